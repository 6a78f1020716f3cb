/** The table of an attack on many records as CSV (RFC 4180, UTF-8, lines end in '\n'). */
import { stringify } from 'csv-stringify/sync';
import type { CountedRow } from './summary';

const columns = [
  'line',
  'original',
  'attacked',
  'outcome',
  'says',
  'success',
  'before',
  'after',
  'gold',
  'words_changed',
  'words',
  'queries',
  'verified_from_text',
] as const;

export const csvHeader = stringify([columns]);

/**
 * Texts are written as they are, always in quotes: no apostrophe is put before a cell that begins with = + - or @, since
 * programs that read the table would take it for a part of the text. A spreadsheet should import these columns as text.
 */
export function csvRow({ row, verified }: CountedRow): string {
  const cells = [
    row.line,
    row.original,
    row.attacked,
    row.outcome,
    row.says,
    String(row.success),
    row.before,
    row.after,
    row.gold,
    row.wordsChanged,
    row.words,
    row.queries,
    verified === null ? '' : String(verified),
  ];
  return stringify([cells], { quoted_string: true });
}
