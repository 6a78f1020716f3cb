/** Attacks the records of a dataset one after another, writes what comes out, and goes on where it was stopped. */
import path from 'node:path';
import type { DatasetFormat, DatasetRecord, FieldOptions, LineSource } from '../dataset';
import { textInput } from '../dataset';
import { checkTarget } from '../interpret/attack/goals/target';
import { resolveAttackOptions } from '../interpret/attack/options';
import type { AttackRequest, AttackResult } from '../protocol/attack';
import type { AttackTable, AttackTableRow } from '../protocol/attackTable';
import type { ModelInfo } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import type { TextInput } from '../protocol/task';
import type { EarlierRun } from './earlierRun';
import type { BatchEngine } from './engine';
import { countRecords, readRecords, type BatchRecord } from '../dataset/records';
import { ResultFiles, type ResultPaths } from './resultFiles';
import { runHeader } from './runHeader';
import { attackedLine, errorLine, rowOf, type RunLine, type RunPlace } from './runLines';
import { SummaryCount, type CountedRow } from './summary';

/** What is asked about every record. */
export type AttackQuestion = Omit<AttackRequest, keyof TextInput | 'trace'>;

export interface AttackRun {
  readonly dataset: {
    /** As results shall name it: its path, or a part of that. */
    readonly file: string;
    /** Where it lies on disk. */
    readonly path: string;
    /** Must not change while the run goes on. */
    readonly source: LineSource;
    readonly format: DatasetFormat;
    readonly fields?: FieldOptions;
    /** Lines from 0; null or absent: all. */
    readonly lines?: readonly number[] | null;
  };
  readonly question: AttackQuestion;
  /** Null: nothing is written. */
  readonly output: ResultPaths | null;
}

export interface AttackRunWatch {
  readonly signal?: AbortSignal;
  /** Before the first attack; the rows are those of the run that was stopped. */
  readonly onStart?: (table: AttackTable) => void;
  /** After each record, once it is written. `result` is null where there is none. `table.rows` is the same list every time. */
  readonly onRow?: (table: AttackTable, line: RunLine, result: AttackResult | null) => void;
}

/**
 * Runs to the end ('done'), or until the signal ('stopped': what is done is written, the record at work is not). A record that
 * cannot be read or attacked becomes a row with outcome 'error'; only what concerns all records is thrown.
 * Throws GlassboxError: 'bad-input' for settings that make no sense, a target that the model cannot predict, a dataset without records, and output files that are
 * something else or of another run; 'bad-model' and 'unsupported' where the model cannot be used; 'engine-lost' where the
 * engine does not come back.
 */
export async function attackRun(
  run: AttackRun,
  engine: BatchEngine,
  watch: AttackRunWatch = {},
): Promise<AttackTable> {
  const { dataset, question, output } = run;
  const { signal } = watch;
  const options = resolveAttackOptions(question.attack, question.options);
  const records = { fields: dataset.fields ?? {}, lines: dataset.lines ?? null, signal };
  const { source, format } = dataset;
  const table = new TableOf(run);
  let files: ResultFiles | null = null;
  try {
    const total = await countRecords(source, format, records);
    if (total === 0) throw noRecords(run);
    table.expect(total);
    const model = await loadModel(engine, question, signal);
    if (question.attack === 'hotflip' && question.target !== null) {
      checkTarget(model.task, model.labels, question.target);
    }
    const attacked = new Set<number>();
    if (output) {
      const opened = await ResultFiles.open(
        output,
        runHeader(run, options, model),
        dataset.path,
        done => refuseChanged(run, output, done),
      );
      files = opened.files;
      for (const { counted } of opened.done.values()) {
        attacked.add(counted.row.line);
        table.add(counted);
      }
    }
    watch.onStart?.(table.now('running'));
    for await (const record of readRecords(source, format, records)) {
      if (attacked.has(record.start + 1)) continue;
      const { line, result } = await attackRecord(run, engine, record, signal);
      await files?.append(line);
      table.add(rowOf(line));
      watch.onRow?.(table.now('running'), line, result);
    }
    return table.now('done');
  } catch (error) {
    if (error instanceof GlassboxError && error.code === 'cancelled') return table.now('stopped');
    throw error;
  } finally {
    await files?.close();
  }
}

/** The table as it grows. */
class TableOf {
  private readonly rows: AttackTableRow[] = [];
  private count = new SummaryCount(0);

  constructor(private readonly run: AttackRun) {}

  expect(total: number): void {
    this.count = new SummaryCount(total);
  }

  add(counted: CountedRow): void {
    this.rows.push(counted.row);
    this.count.add(counted);
  }

  now(state: AttackTable['state']): AttackTable {
    const { dataset, question, output } = this.run;
    const { attack, options, target } = question;
    return {
      file: path.basename(dataset.file),
      settings: { attack, options, target },
      rows: this.rows,
      summary: this.count.summary(),
      state,
      saved: output ?? { jsonl: '', csv: '' },
    };
  }
}

interface Attacked {
  readonly line: RunLine;
  readonly result: AttackResult | null;
}

/** What is wrong with this record alone becomes its line. */
async function attackRecord(
  run: AttackRun,
  engine: BatchEngine,
  { start, sha256, read }: BatchRecord,
  signal: AbortSignal | undefined,
): Promise<Attacked> {
  const place = { file: run.dataset.file, line: start + 1, field: '', sha256 };
  let record: DatasetRecord;
  try {
    record = read();
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    return { line: errorLine(error, place, null), result: null };
  }
  const named = { ...place, field: record.text.name };
  return await attackText(run, engine, { input: textInput(record), place: named }, signal);
}

/** A crash of the engine costs one more try; a text that crashes it twice is an error. */
async function attackText(
  { dataset, question }: AttackRun,
  engine: BatchEngine,
  { input, place }: { readonly input: TextInput; readonly place: RunPlace },
  signal: AbortSignal | undefined,
): Promise<Attacked> {
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await engine.call('attack', { ...question, ...input }, { signal });
      return { line: attackedLine(result, place), result };
    } catch (error) {
      if (signal?.aborted) throw cancelled(dataset.source);
      if (!(error instanceof GlassboxError) || isAboutAll(error)) throw error;
      if (error.code === 'engine-lost') {
        // Throws when there is no engine any more: then nothing is wrong with the text.
        await loadModel(engine, question, signal);
        if (attempt === 1) continue;
      }
      return { line: errorLine(error, place, input), result: null };
    }
  }
}

function isAboutAll({ code }: GlassboxError): boolean {
  return code === 'cancelled' || code === 'bad-model' || code === 'version';
}

async function loadModel(
  engine: BatchEngine,
  { modelDir, device, task }: AttackQuestion,
  signal: AbortSignal | undefined,
): Promise<ModelInfo> {
  return await engine.call('loadModel', { modelDir, device, ...(task && { task }) }, { signal });
}

/** Throws where a record that is done already is no longer what it was. */
async function refuseChanged(
  { dataset }: AttackRun,
  { jsonl }: ResultPaths,
  done: EarlierRun['done'],
): Promise<void> {
  const left = new Map(done);
  const { source, format, fields = {}, lines = null } = dataset;
  for await (const { start, sha256 } of readRecords(source, format, { fields, lines })) {
    const before = left.get(start + 1);
    if (before && before.sha256 !== sha256) throw changed(start + 1);
    left.delete(start + 1);
    if (left.size === 0) return;
  }
  const [missing] = left.keys();
  if (missing !== undefined) throw changed(missing);

  function changed(line: number): GlassboxError {
    return new GlassboxError(
      'bad-input',
      `${source.name}, line ${line}, was changed after it was attacked, so the results in ${path.basename(jsonl)} do not fit any more; choose another file name for the results.`,
    );
  }
}

function noRecords({ dataset: { source, lines } }: AttackRun): GlassboxError {
  const where = lines ? `the chosen lines of ${source.name}` : source.name;
  return new GlassboxError('bad-input', `There is no record in ${where}; choose lines with text.`);
}

function cancelled({ name }: LineSource): GlassboxError {
  return new GlassboxError('cancelled', `The attack on ${name} was cancelled.`);
}
