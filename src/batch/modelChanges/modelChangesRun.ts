/** Two models on the lines of a dataset: whose predictions and maps changed, the largest change first. */
import path from 'node:path';
import type { ModelChangesState } from '../../protocol/comparison';
import type { DriversSettings, PredictRequest } from '../../protocol/evaluation';
import { GlassboxError } from '../../protocol/messages';
import { loadModelOf } from '../askEngine';
import type { BatchEngine } from '../engine';
import { GrowingResults } from '../growingResults';
import { aboutDataset, askInChunks } from '../recordChunks';
import { countRecordsOf, type RunDataset } from '../runDataset';
import { recordSettings, runHeader } from '../runHeader';
import { bothAnswers, type MapQuestion } from './bothAnswers';
import { changeLineOf, modelChangesKind, parseChangeLine, type BothAnswers } from './changeLine';
import { ChangeTable } from './changeTable';

/** A model, and how it reads. */
export type ModelQuestion = Omit<PredictRequest, 'texts'>;

export interface ModelChangesRun {
  readonly dataset: RunDataset;
  readonly before: ModelQuestion;
  readonly after: ModelQuestion;
  /** Null: maps are not compared, which takes a fraction of the time. */
  readonly maps: MapQuestion | null;
  /** Path of a JSONL; null: nothing is written. */
  readonly output: string | null;
  /** What a run that was stopped has found: it is gone on with. Must be of the same dataset, models and maps. */
  readonly earlier?: ChangeTable;
}

export interface ModelChangesWatch {
  readonly signal?: AbortSignal | undefined;
  /** Before the first line, and after each chunk. */
  readonly onProgress?: (state: ModelChangesState) => void;
}

export interface ModelChanges {
  readonly state: ModelChangesState;
  /** To go on with. */
  readonly table: ChangeTable;
}

/** A map that costs one gradient. */
export const defaultMaps: Pick<DriversSettings, 'method' | 'parameters' | 'scalar'> = {
  method: 'input-x-gradient',
  parameters: {},
  scalar: 'logit',
};

/**
 * Runs to the end ('done'), or until the signal ('stopped'). Throws GlassboxError: 'bad-input' where the models do not have the same
 * task, and as evaluationRun.
 */
export async function modelChangesRun(
  { dataset, before, after, maps, output, earlier = new ChangeTable() }: ModelChangesRun,
  engine: BatchEngine<'predict' | 'explainMany'>,
  { signal, onProgress }: ModelChangesWatch = {},
): Promise<ModelChanges> {
  const table = earlier;
  const names = { before: nameOf(before), after: nameOf(after) };
  let total = 0;
  let results: GrowingResults | null = null;
  const now = (state: ModelChangesState['state']): ModelChangesState => ({
    file: path.basename(dataset.file),
    about: aboutDataset(dataset),
    before: { name: names.before, dir: before.modelDir },
    after: { name: names.after, dir: after.modelDir },
    total,
    ...table.figures(),
    state,
  });
  try {
    total = await countRecordsOf(dataset, signal);
    const load = async () => ({
      old: await loadModelOf(engine, before, signal),
      fresh: await loadModelOf(engine, after, signal),
    });
    const { old, fresh } = await load();
    if (old.task !== fresh.task) {
      throw new GlassboxError(
        'bad-input',
        `${old.name} and ${fresh.name} do different things (${old.task}, ${fresh.task}), so their answers cannot be compared; choose two models with the same task.`,
      );
    }
    if (output !== null) {
      const settings = {
        after_model_name: fresh.name,
        after_model_hash: fresh.hash,
        after_reading: recordSettings(dataset, after).reading,
        maps,
        ...recordSettings(dataset, before),
      };
      const opened = await GrowingResults.open({
        path: output,
        header: runHeader(modelChangesKind, dataset, settings, old),
        kind: modelChangesKind,
        dataset,
        parse(text) {
          const line = parseChangeLine(text);
          if (!line) return null;
          table.add(line);
          return { line: line.row.line, sha256: line.record.sha256, kept: null };
        },
      });
      results = opened.results;
    }
    onProgress?.(now('running'));
    const chunks = askInChunks<BothAnswers>({
      dataset,
      ask: texts => bothAnswers(engine, { before, after, maps, task: old.task }, texts, signal),
      loadAgain: load,
      signal,
      done: new Set(table.lines),
    });
    for await (const chunk of chunks) {
      const lines = chunk.map(changeLineOf);
      await results?.appendAll(lines);
      for (const line of lines) table.add(line);
      onProgress?.(now('running'));
    }
    return { state: now('done'), table };
  } catch (error) {
    if (error instanceof GlassboxError && error.code === 'cancelled') {
      return { state: now('stopped'), table };
    }
    throw error;
  } finally {
    await results?.close();
  }
}

function nameOf({ modelDir }: ModelQuestion): string {
  return path.basename(path.resolve(modelDir));
}
