/** Measures the explanations of the records of a dataset by some methods, writes what comes out, and goes on where it was stopped. */
import path from 'node:path';
import { textInput } from '../../dataset';
import { readRecords, type BatchRecord } from '../../dataset/records';
import { checkedMeasureOptions } from '../../interpret/measure/options';
import { methodNamed } from '../../interpret/saliency/methods';
import type { MeasuredChoice, MeasureReport, MeasureRequest } from '../../protocol/measures';
import { GlassboxError } from '../../protocol/messages';
import type { TextInput } from '../../protocol/task';
import { askAboutRecord, loadModelOf } from '../askEngine';
import type { BatchEngine } from '../engine';
import { GrowingResults } from '../growingResults';
import { countRecordsOf, type RunDataset } from '../runDataset';
import { recordSettings, runHeader } from '../runHeader';
import { MeasureFigures } from './figures';
import {
  failedLine,
  measuredLine,
  measureKind,
  parseMeasureLine,
  type MeasureLine,
} from './measuredLine';

/** What is asked about every record. */
export type MeasureQuestion = Omit<MeasureRequest, keyof TextInput | 'rationale'>;

export interface MeasureRun {
  readonly dataset: RunDataset;
  /** The random explainer and one method with shuffled weights are measured, too, whether they are among the choices or not. */
  readonly question: MeasureQuestion;
  /** Path of the JSONL; null: nothing is written. */
  readonly output: string | null;
}

export interface MeasureWatch {
  readonly signal?: AbortSignal | undefined;
  /** After each record, once it is written. */
  readonly onLine?: (done: number, total: number, line: MeasureLine) => void;
  /** Before the first record, and now and then; comparisons in it are rougher than those of the end. */
  readonly onReport?: (report: MeasureReport) => void;
}

/** A report takes time itself: what lies between two is so many times as long, and at least a second. */
const pause = { times: 10, least: 1000 };

/**
 * Runs to the end ('done'), or until the signal ('stopped': what is done is written, the record at work is not). What is wrong with one record is one of the
 * errors; only what concerns all records is thrown.
 * Throws GlassboxError: 'bad-input' for settings that make no sense, a dataset without records, and an output file that is something else or of
 * another run; 'bad-model' and 'unsupported' where the model cannot be used; 'engine-lost' where the engine does not come back.
 */
export async function measureRun(
  run: MeasureRun,
  engine: BatchEngine<'measure'>,
  { signal, onLine, onReport }: MeasureWatch = {},
): Promise<MeasureReport> {
  const { dataset, output } = run;
  const { source, format, fields = {}, lines = null } = dataset;
  const options = checkedMeasureOptions(run.question.options);
  const question = { ...run.question, choices: withControls(run.question.choices) };
  // A name that there is not is wrong for all records.
  for (const { method } of question.choices) methodNamed(method);
  const figures = new MeasureFigures(question.choices);
  let results: GrowingResults | null = null;
  let [total, modelName, modelHash] = [0, '', ''];
  const report = async (state: MeasureReport['state']): Promise<MeasureReport> => ({
    file: path.basename(dataset.file),
    modelName,
    modelHash,
    // Before the first line it is not known how a model without a mask token loses tokens.
    options: { ...options, removal: options.removal ?? figures.removal ?? 'mask' },
    total,
    done: figures.done,
    errors: figures.errors,
    methods: await figures.methodsNow(state !== 'running'),
    agreement: figures.agreementNow(),
    state,
    saved: { jsonl: output ?? '', html: '' },
  });
  try {
    total = await countRecordsOf(dataset, signal);
    const model = await loadModelOf(engine, question, signal);
    [modelName, modelHash] = [model.name, model.hash];
    const done = new Set<number>();
    if (output !== null) {
      const { choices, scalar, label } = question;
      const settings = { choices, scalar, label, options, ...recordSettings(dataset, question) };
      const opened = await GrowingResults.open({
        path: output,
        header: runHeader(measureKind, dataset, settings, model),
        kind: measureKind,
        dataset,
        // Counted at once: lines that were kept would take as much memory as the file.
        parse(text) {
          const line = parseMeasureLine(text);
          if (!line) return null;
          const { line: number, sha256 } = line.record;
          if (!done.has(number)) figures.add(line);
          done.add(number);
          return { line: number, sha256, kept: null };
        },
      });
      results = opened.results;
    }
    let next = 0;
    const tell = async (): Promise<void> => {
      if (!onReport || performance.now() < next) return;
      const started = performance.now();
      onReport(await report('running'));
      const now = performance.now();
      next = now + Math.max(pause.least, pause.times * (now - started));
    };
    await tell();
    for await (const record of readRecords(source, format, { fields, lines, signal })) {
      if (done.has(record.start + 1)) continue;
      const line = await measureRecord(dataset, question, engine, record, signal);
      await results?.append(line);
      figures.add(line);
      onLine?.(figures.done, total, line);
      await tell();
    }
    return await report('done');
  } catch (error) {
    if (error instanceof GlassboxError && error.code === 'cancelled')
      return await report('stopped');
    throw error;
  } finally {
    await results?.close();
  }
}

/**
 * The choices, the random explainer, and the first method with shuffled weights: what is no better than the one, or no other than the other,
 * explains nothing.
 */
export function withControls(choices: readonly MeasuredChoice[]): MeasuredChoice[] {
  const all = [...choices];
  const first = all.find(({ method }) => method !== 'random');
  if (first && !all.some(({ weights }) => weights === 'shuffled')) {
    all.push({ ...first, weights: 'shuffled' });
  }
  if (!all.some(({ method, weights }) => method === 'random' && weights === 'real')) {
    all.push({ method: 'random', parameters: {}, weights: 'real' });
  }
  return all;
}

/** What is wrong with this record alone becomes its line. */
async function measureRecord(
  { file }: RunDataset,
  question: MeasureQuestion,
  engine: BatchEngine<'measure'>,
  { start, sha256, read }: BatchRecord,
  signal: AbortSignal | undefined,
): Promise<MeasureLine> {
  const place = { file, line: start + 1, field: '', sha256 };
  let record;
  try {
    record = read();
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    return failedLine(place, error);
  }
  const named = { ...place, field: record.text.name };
  const input = textInput(record);
  const { rationale } = record;
  const params = { ...question, ...input, ...(rationale.length > 0 && { rationale }) };
  const found = await askAboutRecord(
    () => engine.call('measure', params, { signal }),
    () => loadModelOf(engine, question, signal),
    signal,
  );
  if (!(found instanceof GlassboxError)) return measuredLine(named, input, found);
  // What the model cannot do it can do of no record.
  if (found.code === 'unsupported') throw found;
  return failedLine(named, found);
}
