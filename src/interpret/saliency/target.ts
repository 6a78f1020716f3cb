/** The number that is differentiated: its weights on logits, probabilities and log-probabilities. */
import type { LabelChoice, ScalarKind } from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import { findLabel } from '../../model/labels';

/** Weights by label; the scalar is the weighted sum of all three kinds. */
export interface Target {
  readonly onLogits: readonly number[];
  readonly onProbabilities: readonly number[];
  readonly onLogProbabilities: readonly number[];
}

/** Which label is explained, as an index, and against which one. */
export interface ChosenLabel {
  readonly label: number;
  readonly against: number | null;
  /** 'predicted', 'gold', 'chosen' or 'contrast'. */
  readonly why: string;
}

/** Throws GlassboxError 'bad-input' when the choice needs a label that is not there. */
export function chooseLabel(
  choice: LabelChoice,
  labels: readonly string[],
  predicted: number,
  gold: number | null,
): ChosenLabel {
  switch (choice.kind) {
    case 'predicted':
      return { label: predicted, against: null, why: 'predicted' };
    case 'gold':
      return { label: needGold(gold), against: null, why: 'gold' };
    case 'contrast': {
      const against = needGold(gold);
      if (against === predicted) {
        throw new GlassboxError(
          'bad-input',
          `The prediction agrees with the gold label ("${labels[predicted]!}"), so predicted minus gold is zero everywhere; explain the predicted label instead.`,
        );
      }
      return { label: predicted, against, why: 'contrast' };
    }
    case 'label': {
      const label = findLabel(labels, choice.label);
      if (label === null) {
        throw new GlassboxError(
          'bad-input',
          `The model has no label "${choice.label}"; its labels are ${labels.join(', ')}.`,
        );
      }
      return { label, against: null, why: 'chosen' };
    }
  }
}

function needGold(gold: number | null): number {
  if (gold !== null) return gold;
  throw new GlassboxError(
    'bad-input',
    "This text has no gold label among the model's labels; explain the predicted label, or name the field of the gold labels.",
  );
}

/** The scalar of a label. The loss is the cross-entropy, minus the logarithm of the probability. */
export function targetOf(
  scalar: ScalarKind,
  { label, against }: ChosenLabel,
  labels: number,
): Target {
  const size = scalar === 'loss' ? -1 : 1;
  const weights = Array.from({ length: labels }, (_, index) => {
    if (index === label) return size;
    return index === against ? -size : 0;
  });
  const none = weights.map(() => 0);
  return {
    onLogits: scalar === 'logit' ? weights : none,
    onProbabilities: scalar === 'probability' ? weights : none,
    onLogProbabilities: scalar === 'loss' ? weights : none,
  };
}

/** A scalar that is zero everywhere: to run the model without a question. */
export function noTarget(labels: number): Target {
  const none = Array.from({ length: labels }, () => 0);
  return { onLogits: none, onProbabilities: none, onLogProbabilities: none };
}

/** The scalar's value at the text itself. */
export function scalarValue(
  { onLogits, onProbabilities, onLogProbabilities }: Target,
  logits: readonly number[],
): number {
  const logs = logSoftmax(logits);
  return logits.reduce(
    (sum, logit, index) =>
      sum +
      onLogits[index]! * logit +
      onProbabilities[index]! * Math.exp(logs[index]!) +
      // 0 times minus infinity must be 0.
      (onLogProbabilities[index] === 0 ? 0 : onLogProbabilities[index]! * logs[index]!),
    0,
  );
}

export function logSoftmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const rest = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
  return logits.map(logit => logit - largest - rest);
}
