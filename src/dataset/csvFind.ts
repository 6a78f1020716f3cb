import type { CsvLayout } from './csvLayout';
import { CsvReading, type Dialect, type FoundRecord } from './csvReading';
import { remembering, type LineSource } from './lineSource';

/** The record that a line belongs to, and how it is quoted; null for an empty line between records. */
export interface LocatedRecord {
  readonly record: (FoundRecord & { readonly start: number }) | null;
  readonly dialect: Dialect;
}

/** Places where records start, found while a file was read from its beginning; kept for one version of the file. */
export class RecordStarts {
  private readonly starts: number[] = [];

  note(line: number): void {
    if (line >= (this.starts.at(-1) ?? 0) + 1000) {
      this.starts.push(line);
    }
  }

  /** The last known start at or before a line, or `otherwise`. */
  before(line: number, otherwise: number): number {
    return this.starts.findLast(start => start <= line) ?? otherwise;
  }
}

/** Lines looked at on both sides of the one asked for, and characters on each side, try after try. */
const reaches = [
  { lines: 32, characters: 1 << 20 },
  { lines: 256, characters: 1 << 22 },
  { lines: 2048, characters: 1 << 23 },
];

/** One assumption must cost so much more than the other to be given up. */
const margin = 4;

/** A quoted field over more lines than this is taken for a quote that nobody closed. */
export const mostLinesOfARecord = 20_000;

/**
 * Finds the record around a line without reading the file from its start. The lines around are read under two
 * assumptions, that the first of them starts outside or inside a quoted field. They are told apart when both lead to
 * the same record or when one explains the lines clearly worse (records with a wrong number of columns, quotes in
 * impossible places, a quoted field full of lines that look like records). When the lines say too little, more are
 * read, and in the end all lines from the start, which decides it. In files with tabs a third reading, quotes as plain
 * characters, is taken when it explains beginning and neighbourhood better than both.
 * What it can get wrong: a quoted field of more than 64 lines, in which almost every line has exactly the columns of a
 * record and none has a quote.
 */
export function findRecord(
  source: LineSource,
  layout: CsvLayout,
  line: number,
  known: RecordStarts,
): LocatedRecord {
  const near = remembering(source);
  const quoted: Dialect = { delimiter: layout.delimiter, quotes: true };
  const literal: Dialect = { delimiter: layout.delimiter, quotes: false };
  for (const reach of reaches) {
    const { from, to } = reachAround(near, layout.firstLine, line, reach);
    const read = (dialect: Dialect, inside: boolean) =>
      readAround(near, dialect, layout.columns.length, { from, to, line, inside });
    const outside = read(quoted, false);
    const inside = from > layout.firstLine ? read(quoted, true) : null;
    if (layout.delimiter === '\t') {
      const plain = read(literal, false);
      const least = Math.min(outside.cost, inside?.cost ?? Infinity);
      if (plain.cost + layout.cost.literal < least + layout.cost.quoted) {
        return located(plain.found, literal) ?? { record: null, dialect: literal };
      }
    }
    const decided = decide(outside, inside);
    const answer = decided && located(decided.found, quoted);
    if (answer) {
      return answer;
    }
  }
  return readFromStart(source, layout, line, quoted, known);
}

/** `found`: the record on the line; 'empty' between records; null when it is not complete in the lines read. */
interface Around {
  readonly found: FoundRecord | 'empty' | null;
  readonly cost: number;
}

function decide(outside: Around, inside: Around | null): Around | null {
  if (!inside || sameRecord(outside.found, inside.found)) {
    return outside;
  }
  const difference = inside.cost - outside.cost;
  return difference >= margin ? outside : difference <= -margin ? inside : null;
}

function sameRecord(one: Around['found'], other: Around['found']): boolean {
  if (one === null || other === null || one === 'empty' || other === 'empty') {
    return one !== null && one === other;
  }
  return one.start !== null && one.start === other.start && one.end === other.end;
}

/** Null when the record is not complete. */
function located(found: Around['found'], dialect: Dialect): LocatedRecord | null {
  if (found === 'empty') {
    return { record: null, dialect };
  }
  const start = found?.start ?? null;
  return found && start !== null ? { record: { ...found, start }, dialect } : null;
}

function readAround(
  source: LineSource,
  dialect: Dialect,
  columns: number,
  at: { from: number; to: number; line: number; inside: boolean },
): Around {
  const reading = new CsvReading(dialect, columns, at.from, at.inside);
  let found: Around['found'] = null;
  for (let line = at.from; line <= at.to; line++) {
    const isEmpty = reading.between && source.line(line) === '';
    const record = reading.next(line, source.line(line));
    if (line === at.line && isEmpty) {
      found = 'empty';
    }
    if (record && record.end >= at.line) {
      found ??= record;
    }
  }
  if (at.to === source.lineCount - 1) {
    const cutOff = reading.end(at.to);
    found ??= cutOff;
  }
  return { found, cost: reading.cost };
}

function reachAround(
  source: LineSource,
  first: number,
  line: number,
  reach: { readonly lines: number; readonly characters: number },
): { from: number; to: number } {
  let from = line;
  let to = line;
  let left = reach.characters;
  while (from > first && line - from < reach.lines && left > 0) {
    left -= source.line(--from).length;
  }
  left = reach.characters;
  while (to < source.lineCount - 1 && to - line < reach.lines && left > 0) {
    left -= source.line(++to).length;
  }
  return { from, to };
}

/** Reads on from the last known start of a record. A quote that is open for too long is taken back. */
function readFromStart(
  source: LineSource,
  layout: CsvLayout,
  target: number,
  dialect: Dialect,
  known: RecordStarts,
): LocatedRecord {
  const expected = layout.columns.length;
  const begin = known.before(target, layout.firstLine);
  let reading = new CsvReading(dialect, expected, begin);
  let start = begin;
  for (let line = begin; line < source.lineCount; line++) {
    const text = source.line(line);
    if (reading.between) {
      if (line === target && text === '') {
        return { record: null, dialect };
      }
      start = line;
      known.note(line);
    }
    let record = reading.next(line, text);
    const tooLong = !record && line - start >= mostLinesOfARecord;
    if (tooLong || (!record && line === source.lineCount - 1)) {
      record = reading.end(line);
    }
    if (record && record.end >= target) {
      return { record: { ...record, start }, dialect };
    }
    if (tooLong) {
      line = start;
      reading = new CsvReading(dialect, expected, line + 1);
    }
  }
  return { record: null, dialect };
}
