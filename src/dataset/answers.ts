/** Right answers of a question, in the forms that SQuAD and its kin write them. */
import { utf16Offsets } from '../runtime/codePoints';
import type { TextRange } from '../protocol/task';

interface WrittenAnswer {
  readonly text: string;
  /** In code points of the context, as Python counts; null where the dataset does not say. */
  readonly start: number | null;
}

export interface FoundAnswers {
  /** UTF-16 offsets into the context, each range once. */
  readonly ranges: readonly TextRange[];
  /** The dataset says where its answers stand, rather than only what they are. */
  readonly placed: boolean;
}

/**
 * Where the answers of a record stand in its context. Read are "answers": {"text": [...], "answer_start": [...]},
 * lists of {"text", "answer_start"}, lists of strings, and single answers ("answer" or "answer_text", "answer_start").
 * An answer that does not stand where the dataset says is searched: the nearest place counts, without a place the
 * first one. What stands nowhere in the context is left out.
 * @param record the fields of the record by name, values of any kind.
 */
export function findAnswers(
  record: Readonly<Record<string, unknown>>,
  context: string,
): FoundAnswers {
  const written = writtenAnswers(record).filter(({ text }) => text !== '');
  const toUtf16 = utf16Offsets(context);
  const ranges = new Map<string, TextRange>();
  for (const { text, start } of written) {
    const at = placeOf(text, start === null ? null : toUtf16(start), context);
    if (at >= 0) ranges.set(`${at} ${text.length}`, { start: at, end: at + text.length });
  }
  return { ranges: [...ranges.values()], placed: written.some(({ start }) => start !== null) };
}

/** -1 when the text is nowhere in the context. */
function placeOf(text: string, wanted: number | null, context: string): number {
  if (wanted === null) return context.indexOf(text);
  if (context.startsWith(text, wanted)) return wanted;
  const before = context.lastIndexOf(text, wanted);
  const after = context.indexOf(text, wanted);
  if (before < 0 || after < 0) return Math.max(before, after);
  return wanted - before <= after - wanted ? before : after;
}

function writtenAnswers(record: Readonly<Record<string, unknown>>): WrittenAnswer[] {
  const start = record['answer_start'];
  for (const name of ['answers', 'answer', 'answer_text']) {
    const found = readAnswers(unpacked(record[name]), start);
    if (found.length > 0) return found;
  }
  return [];
}

/** A table holds the object as text. */
function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function readAnswers(value: unknown, start: unknown): WrittenAnswer[] {
  if (!Array.isArray(value)) return readObject(value, start);
  const starts: readonly unknown[] = Array.isArray(start) ? start : [];
  return value.flatMap((entry, index) => readObject(entry, starts[index]));
}

/** A text, or an object with texts and where they start. */
function readObject(value: unknown, start: unknown): WrittenAnswer[] {
  if (typeof value !== 'object' || value === null) return readText(value, start);
  const { text, answer_start: own = start } = value as Readonly<Record<string, unknown>>;
  const starts: readonly unknown[] = Array.isArray(own) ? own : [own];
  const texts: readonly unknown[] = Array.isArray(text) ? text : [text];
  return texts.flatMap((each, index) => readText(each, starts[index]));
}

function readText(text: unknown, start: unknown): WrittenAnswer[] {
  return typeof text === 'string' ? [{ text, start: wholeNumber(start) }] : [];
}

/** Cells of a table are text. */
function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : null;
}
