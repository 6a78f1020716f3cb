/** The records of a dataset through the engine in chunks, as they are read, so that the engine never waits for the file. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { textInput } from '../dataset';
import { readRecords, type BatchRecord } from '../dataset/records';
import { GlassboxError } from '../protocol/messages';
import type { TextInput } from '../protocol/task';
import { askAboutRecord } from './askEngine';
import type { RunDataset, RunPlace } from './runDataset';

/** A record with what the engine said of it; or with what is wrong with it alone. */
export type AskedRecord<Answer> = { readonly place: RunPlace } & (
  | { readonly input: TextInput; readonly answer: Answer }
  | { readonly input: TextInput; readonly failed: GlassboxError }
  | { readonly input: null; readonly failed: GlassboxError }
);

export interface ChunkedRun<Answer> {
  readonly dataset: RunDataset;
  /** Answers in the order of the texts. */
  readonly ask: (texts: readonly TextInput[]) => Promise<readonly Answer[]>;
  /** After a crash of the engine; throws where there is no engine any more. */
  readonly loadAgain: () => Promise<unknown>;
  readonly signal: AbortSignal | undefined;
  /** Lines (from 1) of records that are done already. */
  readonly done?: ReadonlySet<number>;
}

/** Records of a chunk: as many as the engine works on for about `aim` milliseconds, so that others get their turn soon. */
const chunk = { first: 32, most: 4096, characters: 1 << 20, aim: 400 };
/** One at work, one waiting for the engine. */
const inFlight = 2;

/**
 * All records in order, chunk by chunk. A chunk that crashes the engine is asked again, and then record by record: only what crashes it
 * twice alone has failed. Throws GlassboxError for what concerns all records, 'cancelled' among it.
 */
export async function* askInChunks<Answer>(
  run: ChunkedRun<Answer>,
): AsyncGenerator<readonly AskedRecord<Answer>[]> {
  const { dataset, signal, done } = run;
  const { source, format, fields = {}, lines = null } = dataset;
  const pace = new Pace();
  const asked: Promise<readonly AskedRecord<Answer>[]>[] = [];
  let reading: ReadRecord[] = [];
  let characters = 0;
  const send = (): void => {
    const answer = askChunk(run, reading, pace);
    // Its turn comes; until then a failure is nobody's.
    answer.catch(() => undefined);
    asked.push(answer);
    reading = [];
    characters = 0;
  };
  const next = async (): Promise<readonly AskedRecord<Answer>[]> => {
    const answer = await asked.shift()!;
    // What waits is sent to the engine before this is worked on.
    await setImmediate();
    return answer;
  };
  for await (const record of readRecords(source, format, { fields, lines, signal })) {
    if (done?.has(record.start + 1)) continue;
    const read = readOne(dataset, record);
    reading.push(read);
    characters += (read.input?.text.length ?? 0) + (read.input?.pair?.length ?? 0);
    if (reading.length < pace.size && characters < chunk.characters) continue;
    send();
    if (asked.length === inFlight) yield await next();
  }
  if (reading.length > 0) send();
  while (asked.length > 0) yield await next();
}

type ReadRecord =
  | { readonly place: RunPlace; readonly input: TextInput }
  | { readonly place: RunPlace; readonly input: null; readonly failed: GlassboxError };

function readOne({ file }: RunDataset, { start, sha256, read }: BatchRecord): ReadRecord {
  const place = { file, line: start + 1, field: '', sha256 };
  try {
    const record = read();
    return { place: { ...place, field: record.text.name }, input: textInput(record) };
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    return { place, input: null, failed: error };
  }
}

async function askChunk<Answer>(
  run: ChunkedRun<Answer>,
  records: readonly ReadRecord[],
  pace: Pace,
): Promise<readonly AskedRecord<Answer>[]> {
  const inputs = records.flatMap(({ input }) => (input ? [input] : []));
  const answers = await askAll(run, inputs);
  pace.answered(records.length);
  let next = 0;
  return records.map((record): AskedRecord<Answer> => {
    if (!record.input) return record;
    const answer = answers[next++]!;
    const { place, input } = record;
    return 'failed' in answer
      ? { place, input, failed: answer.failed }
      : { place, input, ...answer };
  });
}

type Answered<Answer> = { readonly answer: Answer } | { readonly failed: GlassboxError };

async function askAll<Answer>(
  { ask, loadAgain, signal }: ChunkedRun<Answer>,
  inputs: readonly TextInput[],
): Promise<Answered<Answer>[]> {
  if (inputs.length === 0) return [];
  const together = await askAboutRecord(() => ask(inputs), loadAgain, signal);
  if (!(together instanceof GlassboxError)) return together.map(answer => ({ answer }));
  // What the model cannot do it can do of no record.
  if (together.code === 'unsupported') throw together;
  const each: Answered<Answer>[] = [];
  for (const input of inputs) {
    const alone = await askAboutRecord(() => ask([input]), loadAgain, signal);
    each.push(alone instanceof GlassboxError ? { failed: alone } : { answer: alone[0]! });
  }
  return each;
}

/** How many records are asked about together. */
class Pace {
  size = chunk.first;
  private last: number | null = null;

  /** The time between two answers is that of the later one's work, as long as one waits while another is at work. */
  answered(count: number): void {
    const now = performance.now();
    if (this.last !== null && count > 0) {
      const fitting = (count * chunk.aim) / Math.max(1, now - this.last);
      const most = Math.min(chunk.most, 4 * this.size);
      this.size = Math.round(Math.max(1, Math.min(most, fitting)));
    }
    this.last = now;
  }
}

/** 'reviews.dev.jsonl' or '12 selected lines of reviews.dev.jsonl'. */
export function aboutDataset({ file, lines }: RunDataset): string {
  const name = path.basename(file);
  if (!lines) return name;
  const count = new Set(lines).size;
  return `${count} selected ${count === 1 ? 'line' : 'lines'} of ${name}`;
}
