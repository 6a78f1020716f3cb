/** The lines of a file with what changed from one model to another. */
import type { ModelChangeRow } from '../../protocol/comparison';
import type { PredictedText } from '../../protocol/evaluation';
import type { Explanation, Prediction } from '../../protocol/explanation';
import type { TextInput } from '../../protocol/task';
import { confidenceOf } from '../evaluation/confidence';
import { beginningOf } from '../evaluation/figures';
import type { AskedRecord } from '../recordChunks';
import type { RunPlace } from '../runDataset';
import { isObject, parseObject, type RunKind } from '../runHeader';
import { mapChange, predictionChange } from './distance';

export const modelChangesKind: RunKind = {
  glassbox: 'model-changes',
  what: 'a comparison of two models',
  past: 'compared',
};

/** What both models say of a text; maps where they were asked for and could be made. */
export interface BothAnswers {
  readonly before: PredictedText;
  readonly after: PredictedText;
  readonly maps: readonly [Explanation, Explanation] | null;
}

export interface ChangeLine {
  readonly record: RunPlace;
  readonly row: ModelChangeRow;
  /** Null where that cannot be said. */
  readonly correct_before: boolean | null;
  readonly correct_after: boolean | null;
}

export function changeLineOf(asked: AskedRecord<BothAnswers>): ChangeLine {
  const { place: record, input } = asked;
  if (input === null) return failedLine(record, null, asked.failed.message);
  if ('failed' in asked) return failedLine(record, input, asked.failed.message);
  const { before, after, maps } = asked.answer;
  if ('failed' in before) return failedLine(record, input, `Before: ${before.failed}`);
  if ('failed' in after) return failedLine(record, input, `After: ${after.failed}`);
  const numbers = before.prediction.task === 'regression';
  return {
    record,
    row: {
      line: record.line,
      text: beginningOf(input),
      gold: before.gold ?? after.gold,
      before: decisionOf(before.prediction),
      after: decisionOf(after.prediction),
      flipped: !numbers && before.prediction.label !== after.prediction.label,
      change: predictionChange(before.prediction, after.prediction),
      mapChange: maps && mapChange(...maps, input),
      failed: null,
    },
    correct_before: before.correct,
    correct_after: after.correct,
  };
}

function decisionOf(prediction: Prediction): ModelChangeRow['before'] {
  return { label: prediction.label, confidence: confidenceOf(prediction) };
}

function failedLine(record: RunPlace, input: TextInput | null, failed: string): ChangeLine {
  const nothing = { label: '', confidence: null };
  return {
    record,
    row: {
      ...{ line: record.line, text: input ? beginningOf(input) : '', gold: null },
      ...{ before: nothing, after: nothing, flipped: false, change: 0, mapChange: null, failed },
    },
    correct_before: null,
    correct_after: null,
  };
}

/** Null where the text is no such line. */
export function parseChangeLine(text: string): ChangeLine | null {
  const value = parseObject(text);
  const [record, row] = [value?.['record'], value?.['row']];
  const fits =
    isObject(record) &&
    Number.isInteger(record['line']) &&
    isObject(row) &&
    row['line'] === record['line'] &&
    typeof row['text'] === 'string' &&
    Number.isFinite(row['change']) &&
    isObject(row['before']) &&
    isObject(row['after']);
  return fits ? (value as unknown as ChangeLine) : null;
}
