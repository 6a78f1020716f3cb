/** The lines that selections of an editor mean. */

interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/**
 * The lines of which something is selected, from 0, in order, each once; null where nothing is selected. A selection that ends
 * before the first character of a line does not mean that line.
 */
export function selectedLines(selections: readonly Range[]): readonly number[] | null {
  const lines = new Set<number>();
  for (const { start, end } of selections) {
    if (start.line === end.line && start.character === end.character) continue;
    const last = end.character === 0 ? end.line - 1 : end.line;
    for (let line = start.line; line <= last; line++) lines.add(line);
  }
  return lines.size === 0 ? null : [...lines].sort((a, b) => a - b);
}
