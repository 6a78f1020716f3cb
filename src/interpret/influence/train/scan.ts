/** One reading of a training file: which records can be used, and why the others cannot. */
import { createHash, type Hash } from 'node:crypto';
import {
  recordAt,
  textInput,
  walkRecords,
  type DatasetCache,
  type DatasetFormat,
  type FieldOptions,
  type FileLines,
} from '../../../dataset';
import type { Model } from '../../../model/model';
import type { TrainingProblem } from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { TextInput } from '../../../protocol/task';
import type { RunOptions } from '../../task/predictRows';
import type { Target } from '../curvature/rowLoss';
import { pauser } from '../../pause';
import { encodeStart } from './encodeExample';
import { Problems } from './problems';
import { hashBytes, TableBuilder, type RecordTable } from './recordTable';
import { targetOf } from './targetOf';

export interface Scan {
  readonly table: RecordTable;
  readonly problems: readonly TrainingProblem[];
  /** SHA-256 (hexadecimal) over texts and targets of the records that can be used, in order. */
  readonly sha256: string;
}

export interface DatasetFile {
  readonly lines: FileLines;
  readonly format: DatasetFormat;
  readonly fields: FieldOptions;
  readonly cache: DatasetCache;
}

/** Records between two looks at the clock. */
const together = 64;

/** Throws GlassboxError: 'cancelled', and 'bad-input' where no record can be used. */
export async function scan(
  model: Model,
  { lines, format, fields, cache }: DatasetFile,
  { signal, progress }: RunOptions,
): Promise<Scan> {
  const { head } = model.about;
  const builder = new TableBuilder(head);
  const problems = new Problems();
  const all = createHash('sha256');
  const [pause, tell] = [pauser(signal), teller(lines, progress)];
  let seen = 0;
  for (const place of walkRecords(lines, format, { ...fields, cache })) {
    if (seen++ % together === 0) {
      await pause();
      tell(place.start);
    }
    const found = readOne(model, () => {
      const record = recordAt(lines, format, place.start, { ...fields, cache });
      return textInput(record);
    });
    const says = 'problem' in found ? found.problem : await unreadable(model, found.input);
    if (says !== null || 'problem' in found) {
      problems.add(place.start, says ?? '');
      continue;
    }
    const hash = hashOf(model, found.input);
    builder.add(place, hash, found.target);
    addTo(all, hash, found.target);
  }
  const table = builder.done();
  if (table.count === 0) throw nothing(lines, seen, problems.list());
  return { table, problems: problems.list(), sha256: all.digest('hex') };
}

type Found = { readonly input: TextInput; readonly target: Target } | { readonly problem: string };

function readOne({ about }: Model, read: () => TextInput): Found {
  let input: TextInput;
  try {
    input = read();
  } catch (error) {
    if (error instanceof GlassboxError) return { problem: withoutPlace(error.message) };
    throw error;
  }
  const found = targetOf(about.head, input.gold, input.words?.length ?? null);
  return 'problem' in found ? found : { input, target: found.target };
}

/** 'a.jsonl, line 3, column 9: the line is no JSON. Correct it.' without where and what to do, so that like problems are one. */
function withoutPlace(message: string): string {
  const says = message.replace(/^.*?, line \d+(, column \d+)?: /u, '');
  return says.replace(/\. [A-Z].*$/su, '').replace(/\.$/u, '');
}

/** Blanks, control characters, accents without a letter: of these a tokenizer may make nothing. */
const nothingToRead = /^[\p{C}\p{M}\p{Z}\uFFFD]*$/u;

/** Asked before a line is taken for an example: why the model reads nothing of it, or null. */
async function unreadable(model: Model, input: TextInput): Promise<string | null> {
  if (!nothingToRead.test(input.text)) return null;
  return (await encodeStart(model, input)) ? null : 'the tokenizer makes no token of the text';
}

/** Of what the model reads of a record: the same text has the same features. */
export function hashOf({ about: { head } }: Model, { text, pair, words }: TextInput): Uint8Array {
  const ofTokens = head.decides === 'token';
  const read = ofTokens ? [text, words?.map(({ start, end }) => [start, end])] : [text, pair];
  return createHash('sha256').update(JSON.stringify(read)).digest().subarray(0, hashBytes);
}

function addTo(all: Hash, hash: Uint8Array, target: Target): void {
  all.update(hash).update(JSON.stringify(target));
}

/** Says now and then how far the reading is. */
function teller({ lineCount }: FileLines, progress: RunOptions['progress']) {
  let last = performance.now();
  return (line: number): void => {
    if (!progress || performance.now() - last < 100) return;
    last = performance.now();
    const says = `Read ${line} of ${lineCount} lines`;
    progress({ done: line, total: lineCount, says });
  };
}

function nothing(
  { name }: FileLines,
  seen: number,
  [first]: readonly TrainingProblem[],
): GlassboxError {
  if (!first) {
    return new GlassboxError(
      'bad-input',
      `${name} holds no records; choose the file that the model was trained on.`,
    );
  }
  const where = first.count === seen ? 'on every line' : `on ${first.count} of ${seen} lines`;
  return new GlassboxError(
    'bad-input',
    `No line of ${name} can be used as training data: ${where} ${first.says}; choose the file that the model was trained on, or name its fields of text and label in the settings.`,
  );
}
