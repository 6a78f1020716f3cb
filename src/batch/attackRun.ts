/** Attacks the records of a dataset one after another, writes what comes out, and goes on where it was stopped. */
import path from 'node:path';
import { textInput, type DatasetRecord } from '../dataset';
import { readRecords, type BatchRecord } from '../dataset/records';
import { checkTarget } from '../interpret/attack/goals/target';
import { resolveAttackOptions } from '../interpret/attack/options';
import type { AttackRequest, AttackResult, ResolvedAttackOptions } from '../protocol/attack';
import type { AttackTable, AttackTableRow } from '../protocol/attackTable';
import { GlassboxError } from '../protocol/messages';
import type { TextInput } from '../protocol/task';
import { askAboutRecord, loadModelOf } from './askEngine';
import type { BatchEngine } from './engine';
import { ResultFiles, type ResultPaths } from './resultFiles';
import { countRecordsOf, type RunDataset, type RunPlace } from './runDataset';
import { recordSettings, runHeader } from './runHeader';
import {
  attackedLine,
  attackRunKind,
  errorLine,
  rowOf,
  type AttackRunSettings,
  type RunLine,
} from './runLines';
import { SummaryCount, type CountedRow } from './summary';

/** What is asked about every record. */
export type AttackQuestion = Omit<AttackRequest, keyof TextInput | 'trace'>;

export interface AttackRun {
  readonly dataset: RunDataset;
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
  const { source, format, fields = {}, lines = null } = dataset;
  const table = new TableOf(run);
  let files: ResultFiles | null = null;
  try {
    table.expect(await countRecordsOf(dataset, signal));
    const model = await loadModelOf(engine, question, signal);
    if (question.attack === 'hotflip' && question.target !== null) {
      checkTarget(model.task, model.labels, question.target);
    }
    const attacked = new Set<number>();
    if (output) {
      const settings = settingsOf(run, options);
      const header = runHeader(attackRunKind, dataset, settings, model);
      const opened = await ResultFiles.open(output, header, dataset);
      files = opened.files;
      for (const { line, kept } of opened.done.values()) {
        attacked.add(line);
        table.add(kept);
      }
    }
    watch.onStart?.(table.now('running'));
    for await (const record of readRecords(source, format, { fields, lines, signal })) {
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

async function attackText(
  { question }: AttackRun,
  engine: BatchEngine,
  { input, place }: { readonly input: TextInput; readonly place: RunPlace },
  signal: AbortSignal | undefined,
): Promise<Attacked> {
  const found = await askAboutRecord(
    () => engine.call('attack', { ...question, ...input }, { signal }),
    () => loadModelOf(engine, question, signal),
    signal,
  );
  return found instanceof GlassboxError
    ? { line: errorLine(found, place, input), result: null }
    : { line: attackedLine(found, place), result: found };
}

function settingsOf(
  { dataset, question }: AttackRun,
  options: ResolvedAttackOptions,
): AttackRunSettings {
  const { attack, target, label } = question;
  return { attack, options, target, label, ...recordSettings(dataset, question) };
}
