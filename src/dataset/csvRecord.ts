import { complaint, refuseNul } from './complaint';
import { csvCells } from './csvCells';
import { findRecord, RecordStarts, type LocatedRecord } from './csvFind';
import { csvLayout, type CsvLayout } from './csvLayout';
import { makeField, type Field, type RawText } from './field';
import type { LineSource } from './lineSource';

/** What was learned about one version of one file. Optional; make a new one when the file changes. */
export class DatasetCache {
  private readonly layouts = new Map<string, CsvLayout>();
  readonly starts = new RecordStarts();
  /** The record that a walk through the whole file (walkRecords.ts) has come to. */
  walked: LocatedRecord | null = null;

  layout(key: string, make: () => CsvLayout): CsvLayout {
    const layout = this.layouts.get(key) ?? make();
    this.layouts.set(key, layout);
    return layout;
  }
}

export interface CsvRecord {
  readonly startLine: number;
  readonly endLine: number;
  readonly fields: readonly Field[];
  /** In a file without a header: the names of text and label, by what the values look like. */
  readonly guessed: { readonly text: string | undefined; readonly label: string | undefined };
}

/**
 * The record of a CSV or TSV file that a line belongs to; a record may span lines. Line breaks inside a value are '\n'
 * whatever the file uses. Throws 'bad-input' for the header, an empty line, quotes that break the rules and a wrong
 * number of columns.
 * @param namesSet names of fields from the settings; they tell a header.
 */
export function csvRecord(
  source: LineSource,
  format: 'csv' | 'tsv',
  line: number,
  namesSet: readonly string[],
  cache: DatasetCache,
): CsvRecord {
  refuseNul(source, line, source.line(line));
  const layout = layoutOf(source, format, namesSet, cache);
  if (layout.header && line >= layout.header.start && line <= layout.header.end) {
    throw complaint(source, line, 'this is the header, not a record. Choose a line below it.');
  }
  const located =
    cache.walked?.record?.start === line
      ? cache.walked
      : findRecord(source, layout, line, cache.starts);
  const { record } = located;
  if (!record) {
    throw complaint(source, line, 'the line is empty. Choose a line with a record.');
  }
  const text = recordText(source, layout, record);
  const cells = csvCells(text, located.dialect);
  const raw = rawCells(text, cells, record.start, located.dialect.quotes);
  const nameOf = (role: 'text' | 'label') =>
    layout.columns.find(column => column.role === role)?.name;
  return {
    startLine: record.start,
    endLine: record.end,
    fields: layout.columns.map(({ name, textual }, index) =>
      makeField(name, textual ? 'string' : 'number', cells[index]!, () => raw[index]!),
    ),
    guessed: { text: nameOf('text'), label: nameOf('label') },
  };
}

/** What the beginning of the file says, read once. */
export function layoutOf(
  source: LineSource,
  format: 'csv' | 'tsv',
  namesSet: readonly string[],
  cache: DatasetCache,
): CsvLayout {
  const lowered = namesSet.map(name => name.toLowerCase());
  return cache.layout([format, ...lowered].join('\n'), () => csvLayout(source, format, lowered));
}

/** The lines of a record, joined; throws when the record is not written as CSV should be. */
function recordText(
  source: LineSource,
  layout: CsvLayout,
  record: NonNullable<LocatedRecord['record']>,
): string {
  if (record.unclosed !== null) {
    throw complaint(
      source,
      record.unclosed,
      'a quote opens here and is never closed. Close it; a quote inside a quoted field is written twice.',
    );
  }
  if (record.stray) {
    throw complaint(
      source,
      record.stray.line,
      'there is text after the quote that closes the field. Write a quote inside a quoted field twice.',
      record.stray.character,
    );
  }
  const expected = layout.columns.length;
  if (record.columns !== expected) {
    const where = layout.header
      ? `the header on line ${layout.header.start + 1}`
      : 'the first record';
    throw complaint(
      source,
      record.start,
      `the record has ${countColumns(record.columns)}, ${where} has ${expected}. Put a value with a delimiter in it in double quotes, or correct the record.`,
    );
  }
  const lines: string[] = [];
  for (let line = record.start; line <= record.end; line++) {
    const text = source.line(line);
    refuseNul(source, line, text);
    lines.push(text);
  }
  return lines.join('\n');
}

function countColumns(count: number): string {
  return count === 1 ? '1 column' : `${count} columns`;
}

/**
 * Where the cells stand in the text of their record. Their lengths follow from their values: a quoted cell has two
 * quotes around it and one more for each quote in it.
 */
function rawCells(
  text: string,
  cells: readonly string[],
  startLine: number,
  quotes: boolean,
): RawText[] {
  let at = 0;
  let line = startLine;
  let lineStart = 0;
  return cells.map(cell => {
    const quoted = quotes && text[at] === '"';
    const from = quoted ? at + 1 : at;
    const to = from + cell.length + (quoted ? cell.split('"').length - 1 : 0);
    const raw = text.slice(from, to);
    const start = { line, character: from - lineStart };
    for (let lineBreak = raw.indexOf('\n'); lineBreak >= 0; line++) {
      lineStart = from + lineBreak + 1;
      lineBreak = raw.indexOf('\n', lineBreak + 1);
    }
    at = to + (quoted ? 2 : 1);
    return { raw, start, escapes: quoted ? /\n|""/g : null };
  });
}
