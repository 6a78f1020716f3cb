/** Lines that were worked on: where they stand now, and whether they still are what they were. */
import type {
  DatasetCache,
  DatasetFormat,
  DatasetRecord,
  FieldOptions,
  LineSource,
} from '../../dataset';
import { recordAt } from '../../dataset';
import { GlassboxError } from '../../protocol';
import { documentLines } from '../records/documentLines';
import { openDocument } from '../records/openDocument';
import { rawLines } from '../records/readRecord';
import { isAnother, showLines, type Row, type RowPlaces } from '../records/rowPlaces';
import type { Target } from '../records/target';

export interface WorkLines {
  readonly places: RowPlaces;
  /** The file as it was; null for one so big that VS Code hides it from extensions, and that nobody edits here. */
  readonly source: LineSource | null;
  readonly format: DatasetFormat;
  readonly fields: FieldOptions;
  /** Of `source`, which does not change. */
  readonly cache: DatasetCache;
}

/** A record that starts on `line` (from 1), as it was. */
export function workRow(lines: WorkLines, line: number): Row {
  const was = recordOf(lines, line);
  const isSame: Row['isSame'] = (text, pair) =>
    !was || (text === was.text.value && pair === was.pair?.value);
  return { line, isSame };
}

/** The record as the target of other questions. Throws a HostError where another text stands there. */
export async function workTarget(lines: WorkLines, line: number): Promise<Target> {
  const { now, document, isSame } = await placeOf(lines, line);
  if (!isSame) throw isAnother(lines.places.uri, now);
  return { uri: lines.places.uri, document, line: now };
}

/** Shows the record, selected, in its file; where another text stands there now it is shown all the same, and a HostError says so. */
export async function revealWorkLine(lines: WorkLines, line: number): Promise<void> {
  const { now, count, isSame } = await placeOf(lines, line);
  await showLines(lines.places.uri, now, now + count - 1);
  if (!isSame) throw isAnother(lines.places.uri, now);
}

async function placeOf(lines: WorkLines, line: number) {
  const { places, source } = lines;
  const now = places.lineOf({ line });
  const document = await openDocument(places.uri);
  const record = recordOf(lines, line);
  const count = record ? record.endLine - record.startLine + 1 : 1;
  const was = source && rawLines(source, line - 1, line + count - 2);
  const isSame =
    !source || !document || rawLines(documentLines(document), now, now + count - 1) === was;
  return { now, document, count, isSame };
}

/** Null where it could not be read. */
function recordOf(
  { source, format, fields, cache }: WorkLines,
  line: number,
): DatasetRecord | null {
  if (!source) return null;
  try {
    return recordAt(source, format, line - 1, { ...fields, cache });
  } catch (error) {
    if (error instanceof GlassboxError) return null;
    throw error;
  }
}
