/** The lines of a file with an evaluation: what the model says of a record, with all that the figures are made of. */
import { EmptyText } from '../../dataset';
import { goldNumbers } from '../../interpret/task/regressing';
import type { EvaluationProblem, PredictedText } from '../../protocol/evaluation';
import type { Prediction } from '../../protocol/explanation';
import type { Entity, TextInput } from '../../protocol/task';
import { choices } from '../attackJson';
import type { AskedRecord } from '../recordChunks';
import type { RunPlace } from '../runDataset';
import { isObject, parseObject, type RunKind } from '../runHeader';
import { answerF1 } from './answerF1';
import { confidenceOf } from './confidence';

export const evaluationKind: RunKind = {
  glassbox: 'evaluation-run',
  what: 'an evaluation',
  past: 'evaluated',
};

/** Names are written with underscores, as in Python's JSON. */
export interface EvaluatedLine {
  readonly record: RunPlace;
  readonly text: string;
  readonly pair?: string;
  readonly gold: string | null;
  readonly predicted: string;
  readonly confidence: number | null;
  readonly correct: boolean | null;
  /** Of each choice of the decision; of a regression its values. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Of several labels at once. */
  readonly gold_labels?: readonly string[] | null;
  readonly predicted_labels?: readonly string[];
  readonly entities?: readonly Pick<Entity, 'type' | 'start' | 'end' | 'status' | 'probability'>[];
  /** Of regression. */
  readonly gold_values?: readonly number[] | null;
  readonly predicted_values?: readonly number[];
  /** Of answers; null where the dataset has none. */
  readonly token_f1?: number | null;
  readonly unknown_label: string | null;
  readonly unread: number;
  readonly windows: number;
}

/** A record about which the model says nothing. */
export interface ProblemLine {
  readonly record: RunPlace;
  readonly problem: Extract<EvaluationProblem['kind'], 'unreadable' | 'empty' | 'failed'>;
  readonly says: string;
}

export type EvaluationLine = EvaluatedLine | ProblemLine;

export function lineOf(asked: AskedRecord<PredictedText>): EvaluationLine {
  const { place: record, input } = asked;
  if (input === null) {
    const problem = asked.failed instanceof EmptyText ? 'empty' : 'unreadable';
    return { record, problem, says: asked.failed.message };
  }
  if ('failed' in asked) return { record, problem: 'failed', says: asked.failed.message };
  const { answer } = asked;
  if ('failed' in answer) {
    return { record, problem: answer.empty ? 'empty' : 'failed', says: answer.failed };
  }
  const { prediction, gold, correct, unknownLabel, unread, windows } = answer;
  return {
    record,
    text: input.text,
    ...(input.pair !== undefined && { pair: input.pair }),
    gold,
    predicted: prediction.label,
    confidence: confidenceOf(prediction),
    correct,
    probabilities: choices(prediction),
    ...factsOf(answer, input),
    unknown_label: unknownLabel,
    unread,
    windows,
  };
}

/** What the figures of a task need besides. */
function factsOf(
  { prediction, gold }: Extract<PredictedText, { prediction: Prediction }>,
  input: TextInput,
): Partial<EvaluatedLine> {
  const { task, labels, decided, right, logits, entities } = prediction;
  const named = (indices: readonly number[]): string[] => indices.map(index => labels[index]!);
  switch (task) {
    case 'multi-label-classification':
      return { gold_labels: gold === null ? null : named(right), predicted_labels: named(decided) };
    case 'token-classification':
      return {
        entities: entities.map(({ type, start, end, status, probability }) => {
          return { type, start, end, status, probability };
        }),
      };
    case 'regression': {
      const numbers = goldNumbers(input.gold ?? null);
      const fits = numbers?.length === logits.length;
      return { gold_values: fits ? numbers : null, predicted_values: logits };
    }
    case 'question-answering': {
      const answers = input.gold?.kind === 'answers' ? input.gold.answers : [];
      const texts = answers.map(({ start, end }) => (input.pair ?? '').slice(start, end));
      return { token_f1: gold === null ? null : answerF1(prediction.label, texts) };
    }
    case 'text-classification':
    case 'binary-classification':
    case 'fill-mask':
      return {};
  }
}

/** Null where the text is no line of an evaluation. Looks at what the figures read. */
export function parseEvaluationLine(text: string): EvaluationLine | null {
  const value = parseObject(text);
  const record = value?.['record'];
  if (!value || !isObject(record) || !Number.isInteger(record['line'])) return null;
  if (typeof value['problem'] === 'string' && typeof value['says'] === 'string') {
    return value as unknown as ProblemLine;
  }
  const { gold, confidence, correct } = value;
  const fits =
    typeof value['text'] === 'string' &&
    typeof value['predicted'] === 'string' &&
    (gold === null || typeof gold === 'string') &&
    (confidence === null || Number.isFinite(confidence)) &&
    (correct === null || typeof correct === 'boolean');
  return fits ? (value as unknown as EvaluatedLine) : null;
}
