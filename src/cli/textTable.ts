/** A table in a terminal. */
import { printable } from '../batch/printable';

export interface Cell {
  readonly text: string;
  /** Puts colour around what is padded already. */
  readonly tint?: (text: string) => string;
}

/** What is too long is cut; JSON and pages have all of it. */
const most = 60;

/** Lines with columns as wide as their widest cell; columns of numbers stand to the right. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly (Cell | string)[])[],
  strong: (text: string) => string,
): string[] {
  const cells = rows.map(row =>
    row.map(cell => (typeof cell === 'string' ? { text: cell } : cell)),
  );
  const all = [head.map(text => ({ text })), ...cells].map(row =>
    row.map(cell => ({ ...cell, text: clipped(cell.text) })),
  );
  const widths = head.map((_, column) =>
    Math.max(...all.map(row => row[column]?.text.length ?? 0)),
  );
  const isNumber = head.map((_, column) =>
    cells.every(row =>
      /^(?:[-+]?[\d.,]+(?:e-?\d+)?(?: %)?|none|undefined|)$/.test(row[column]?.text ?? ''),
    ),
  );
  return all.map((row, index) =>
    row
      .map(({ text, tint }: Cell, column) => {
        const width = widths[column]!;
        const padded = isNumber[column] ? text.padStart(width) : text.padEnd(width);
        const shown = column === row.length - 1 ? padded.trimEnd() : padded;
        return index === 0 ? strong(shown) : (tint?.(shown) ?? shown);
      })
      .join('  '),
  );
}

function clipped(text: string): string {
  const shown = printable(text);
  return shown.length <= most ? shown : `${shown.slice(0, most - 3)}...`;
}
