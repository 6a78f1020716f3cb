/** What a model says of every record of a dataset: written while it comes, and gone on with where it was stopped. */
import path from 'node:path';
import type {
  EvaluationCell,
  EvaluationState,
  PredictedText,
  PredictRequest,
} from '../../protocol/evaluation';
import { GlassboxError } from '../../protocol/messages';
import { loadModelOf } from '../askEngine';
import type { BatchEngine } from '../engine';
import { GrowingResults } from '../growingResults';
import { askInChunks, aboutDataset } from '../recordChunks';
import { countRecordsOf, type RunDataset } from '../runDataset';
import { recordSettings, runHeader } from '../runHeader';
import { rowsOfCell, type CellSource } from './cellRows';
import { evaluationKind, lineOf, parseEvaluationLine } from './evaluatedLine';
import { EvaluationFigures } from './figures';

export interface EvaluationRun {
  readonly dataset: RunDataset;
  readonly question: Omit<PredictRequest, 'texts'>;
  /** Path of the JSONL; null: nothing is written. */
  readonly output: string | null;
}

export interface EvaluationWatch {
  readonly signal?: AbortSignal | undefined;
  /** Before the first prediction, with what an earlier run has done; then after each chunk, once it is written. */
  readonly onProgress?: (evaluation: Evaluation) => void;
}

/** An evaluation, finished or on its way. */
export interface Evaluation {
  readonly state: EvaluationState;
  /**
   * Lines of a cell of the confusion matrix, the first `limit` of them, in order of the file; texts are read from `source`, the same dataset as it is now.
   */
  readonly cellRows: (
    source: CellSource,
    cell: { readonly gold: string; readonly predicted: string },
    limit?: number,
  ) => EvaluationCell;
}

/**
 * Runs to the end ('done'), or until the signal ('stopped': what was answered is counted and written). What is wrong with one record is one of its
 * problems; only what concerns all records is thrown.
 * Throws GlassboxError: 'bad-input' for a dataset without records, and an output file that is something else or of another run; 'bad-model'
 * and 'unsupported' where the model cannot be used; 'engine-lost' where the engine does not come back.
 */
export async function evaluationRun(
  { dataset, question, output }: EvaluationRun,
  engine: BatchEngine<'predict'>,
  { signal, onProgress }: EvaluationWatch = {},
): Promise<Evaluation> {
  let figures = new EvaluationFigures({ task: 'text-classification', labels: [] }, 0);
  let modelName = '';
  let results: GrowingResults | null = null;
  const now = (state: EvaluationState['state']): Evaluation => ({
    state: {
      file: path.basename(dataset.file),
      about: aboutDataset(dataset),
      modelName,
      summary: figures.summary(state !== 'running'),
      wrong: figures.wrong(),
      problems: [...figures.problems],
      state,
      inProblems: false,
      saved: output ?? '',
    },
    cellRows: (source, cell, limit = mostCellRows) => rowsOfCell(figures, source, cell, limit),
  });
  try {
    const total = await countRecordsOf(dataset, signal);
    const model = await loadModelOf(engine, question, signal);
    modelName = model.name;
    figures = new EvaluationFigures(model, total);
    const done = new Set<number>();
    if (output !== null) {
      const opened = await GrowingResults.open({
        path: output,
        header: runHeader(evaluationKind, dataset, recordSettings(dataset, question), model),
        kind: evaluationKind,
        dataset,
        // Counted at once: lines that were kept would take as much memory as the file.
        parse(text) {
          const line = parseEvaluationLine(text);
          if (!line) return null;
          const { line: number, sha256 } = line.record;
          if (!done.has(number)) figures.add(line);
          done.add(number);
          return { line: number, sha256, kept: null };
        },
      });
      results = opened.results;
    }
    onProgress?.(now('running'));
    const chunks = askInChunks<PredictedText>({
      dataset,
      ask: texts => engine.call('predict', { ...question, texts }, { signal }),
      loadAgain: () => loadModelOf(engine, question, signal),
      signal,
      done,
    });
    for await (const chunk of chunks) {
      const lines = chunk.map(lineOf);
      await results?.appendAll(lines);
      for (const line of lines) figures.add(line);
      onProgress?.(now('running'));
    }
    return now('done');
  } catch (error) {
    if (error instanceof GlassboxError && error.code === 'cancelled') return now('stopped');
    throw error;
  } finally {
    await results?.close();
  }
}

const mostCellRows = 200;
