/** --lines: which records of a file. */
import { InvalidArgumentError } from 'commander';
import type { DatasetFormat, FieldOptions, LineSource } from '../dataset';
import { readRecords } from '../dataset/records';

/** So many records from the beginning, or lines from 1, both ends included. */
export type LineSelection =
  | { readonly kind: 'first'; readonly count: number }
  | { readonly kind: 'ranges'; readonly ranges: readonly (readonly [number, number])[] };

export const linesHelp =
  'so many records from the beginning (200), or lines from 1 (5-20,33; one line: 7-7)';

/** Throws commander's InvalidArgumentError. */
export function parseLines(text: string): LineSelection {
  if (/^[1-9]\d*$/.test(text)) return { kind: 'first', count: Number(text) };
  const ranges = text.split(',').map(part => {
    const [, first, last] = /^([1-9]\d*)(?:-([1-9]\d*))?$/.exec(part.trim()) ?? [];
    const range = [Number(first), Number(last ?? first)] as const;
    if (first !== undefined && range[0] <= range[1]) return range;
    throw new InvalidArgumentError(
      'Write a number of records, as 200, or lines from 1, as 5-20,33; one line as 7-7.',
    );
  });
  return { kind: 'ranges', ranges };
}

/** Lines from 0; null: all. Throws GlassboxError as `readRecords`. */
export async function chosenLines(
  selection: LineSelection | undefined,
  source: LineSource,
  format: DatasetFormat,
  options: { readonly fields: FieldOptions; readonly signal: AbortSignal },
): Promise<number[] | null> {
  if (selection === undefined) return null;
  const lines: number[] = [];
  if (selection.kind === 'ranges') {
    for (const [first, last] of selection.ranges) {
      for (let line = first - 1; line < Math.min(last, source.lineCount); line++) lines.push(line);
    }
    return lines;
  }
  for await (const { start } of readRecords(source, format, options)) {
    lines.push(start);
    if (lines.length === selection.count) break;
  }
  return lines;
}
