import { parse } from 'csv-parse/sync';
import type { Dialect } from './csvReading';

/**
 * The decoded values of one record.
 * @param text the lines of the record joined with '\n', without a final line break; the quotes in it are in order.
 */
export function csvCells(text: string, dialect: Dialect): string[] {
  const [cells] = parse(text, {
    delimiter: dialect.delimiter,
    quote: dialect.quotes ? '"' : null,
    escape: '"',
    record_delimiter: '\n',
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: false,
  });
  return cells ?? [''];
}
