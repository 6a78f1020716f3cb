/** From the program's numbers to attributions, scores and health. */
import type { Row } from '../../model/inputs';
import type { Model } from '../../model/model';
import type { HealthCheck, Prediction, ScalarKind, Token } from '../../protocol/explanation';
import * as health from './health';
import { isSigned, type Method, type Plan, type ResolvedParameters } from './method';
import { normalise } from './normalise';
import type { SaliencyProgram } from './program';
import type { Reductions, RowResult } from './runPoints';
import { scalarValue, type ChosenLabel, type Target } from './target';

/** A text as it was read. */
export interface ReadText {
  readonly row: Row;
  readonly tokens: readonly Token[];
  readonly unseen: { readonly tokens: number; readonly characters: number };
  /** As it stands in the dataset. */
  readonly gold: string | null;
}

/** What is asked about a text. */
export interface Question {
  readonly prediction: Prediction;
  readonly gold: number | null;
  readonly chosen: ChosenLabel;
  readonly scalar: ScalarKind;
  readonly target: Target;
}

export interface Means {
  readonly model: Model;
  readonly program: SaliencyProgram;
  readonly method: Method;
  readonly plan: Plan;
  readonly parameters: ResolvedParameters;
}

export interface Answer {
  /** The raw numbers of the formula. */
  readonly attributions: number[];
  /**
   * Normalised; where they are signed, positive is towards the label. A loss falls as its label
   * becomes likelier, so the scores of a loss have the opposite sign of its attributions.
   */
  readonly scores: number[];
  readonly signed: boolean;
  readonly health: HealthCheck[];
}

export function readResult(
  means: Means,
  text: ReadText,
  question: Question,
  result: RowResult,
): Answer {
  const { plan } = means;
  const sums = pick(plan, result.reductions);
  const attributions = plan.absolute ? sums.map(Math.abs) : [...sums];
  const signed = isSigned(plan);
  const towards = signed && question.scalar === 'loss' ? -1 : 1;
  const scores = normalise(
    // 0 * -1 would be -0, which is printed.
    attributions.map(value => (value === 0 ? 0 : towards * value)),
    plan.normalisation,
  );
  return {
    attributions,
    scores,
    signed,
    health: check(means, text, question, result, attributions),
  };
}

function pick({ product, reduce }: Plan, reductions: Reductions): readonly number[] {
  switch (reduce) {
    case 'sum':
      return product ? reductions.productSum : reductions.rawSum;
    case 'l1':
      return product ? reductions.productL1 : reductions.rawL1;
    case 'l2':
      return product ? reductions.productL2 : reductions.rawL2;
  }
}

function check(
  { model, program, plan, parameters }: Means,
  text: ReadText,
  { prediction, gold, chosen, scalar, target }: Question,
  { reductions, scalars }: RowResult,
  attributions: readonly number[],
): HealthCheck[] {
  const { tokens, unseen, row } = text;
  const checks: (HealthCheck | null)[] = [
    health.finite(attributions),
    health.nonzero(attributions, tokens),
  ];
  if (plan.complete) {
    const sum = reductions.productSum.reduce((a, b) => a + b, 0);
    const magnitude = reductions.productSum.reduce((a, b) => a + Math.abs(b), 0);
    const rise = scalarValue(target, prediction.logits) - scalars.at(-1)!;
    checks.push(health.completeness({ sum, magnitude, rise, scalar, ...parameters }));
  }
  const oneMean = plan.moment === 'mean' && plan.reduce === 'sum';
  if (oneMean && !plan.product) checks.push(health.layerNormSum(reductions));
  // Averaged gradients belong to many places, of which the text is none: there the rule does not hold.
  if (oneMean && plan.product && plan.points.length === 1) {
    checks.push(health.layerNormDot(reductions));
  }
  checks.push(
    health.saturated(scalar, prediction.probabilities[chosen.label]!),
    tokens.every(token => token.special) ? health.emptyText() : null,
    health.truncated(unseen),
    model.about.tokenizer === null
      ? null
      : health.unknownTokens(tokens.filter((_, index) => row.mask[index] === 1)),
    text.gold !== null && gold === null ? health.goldUnknown(text.gold, model.about.labels) : null,
    health.sameFunction(program.disagreement),
    ...model.about.notes,
  );
  return checks.filter(entry => entry !== null);
}
