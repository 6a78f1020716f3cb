import { usualName } from './fieldNames';

export interface Column {
  readonly name: string;
  /** False when every value in the sample is a number or empty. */
  readonly textual: boolean;
  /** The text or the label of a file without a header, by what the values look like. */
  readonly role: 'text' | 'label' | null;
}

/**
 * Whether the first row names the columns. It does when it holds a name that was set; otherwise not when a cell is a
 * number or comes again below in its own column; otherwise when a cell is a usual name ('text', 'Review Text',
 * 'airline_sentiment'), or when all cells are single words above a column of sentences.
 */
export function isHeader(
  first: readonly string[],
  rows: readonly (readonly string[])[],
  namesSet: readonly string[],
): boolean {
  const cells = first.map(cell => cell.trim());
  if (cells.some(cell => cell !== '' && namesSet.includes(cell.toLowerCase()))) {
    return true;
  }
  const isData = cells.some(
    (cell, column) =>
      isNumber(cell) || (cell !== '' && rows.some(row => row[column]?.trim() === cell)),
  );
  if (isData) {
    return false;
  }
  const named = cells.some(cell => {
    const usual = usualName(cell);
    return usual === 'exact' || (usual === 'ending' && /^\S+$|^(?:\p{Lu}\S*\s*)+$/u.test(cell));
  });
  const singleWords = cells.every(cell => /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(cell));
  return (
    named || (singleWords && cells.some((_, column) => wordsIn(rows.map(row => row[column])) >= 3))
  );
}

/** Columns under a header; nameless ones are called 'column<n>', repeated names get a number. */
export function headerColumns(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Column[] {
  const seen = new Map<string, number>();
  return header.map((cell, column) => {
    const name = cell.trim() || `column${column + 1}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const values = rows.map(row => row[column] ?? '');
    const textual = values.length === 0 || values.some(value => !isNumber(value) && value !== '');
    return { name: times > 1 ? `${name} (${times})` : name, textual, role: null };
  });
}

/**
 * Columns of a file without a header: 'column1', 'column2', ... The text is the column with the most characters; the
 * label is the other one of two, when its values are short.
 */
export function namelessColumns(rows: readonly (readonly string[])[]): Column[] {
  const columns = headerColumns(
    (rows[0] ?? []).map(() => ''),
    rows,
  );
  const lengths = columns.map((_, column) =>
    rows.reduce((sum, row) => sum + (row[column]?.length ?? 0), 0),
  );
  const text = lengths.indexOf(Math.max(...lengths));
  return columns.map((column, index) => {
    const short = rows.every(row => (row[index]?.length ?? 0) <= 40);
    const isLabel = columns.length === 2 && index !== text && short;
    return { ...column, role: index === text ? 'text' : isLabel ? 'label' : null };
  });
}

function isNumber(cell: string): boolean {
  return cell.trim() !== '' && Number.isFinite(Number(cell));
}

/** Words in a value of a column, on average. */
function wordsIn(values: readonly (string | undefined)[]): number {
  const words = values.reduce((sum, value) => sum + (value?.trim().split(/\s+/).length ?? 0), 0);
  return values.length === 0 ? 0 : words / values.length;
}
