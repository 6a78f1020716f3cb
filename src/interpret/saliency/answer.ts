/** From the program's numbers to attributions, scores and health. */
import type { Model } from '../../model/model';
import type { HealthCheck, ScalarKind, Token } from '../../protocol/explanation';
import type { TextRange, Windows, WordScore, WordScores } from '../../protocol/task';
import type { Asked } from '../task/reading';
import type { Combined } from './gradients/combine';
import * as health from './health';
import { isSigned, type Method, type Plan, type ResolvedParameters } from './method';
import { normalise } from './normalise';
import type { SaliencyProgram } from './gradients/program';
import type { Reductions } from './gradients/runPoints';
import { wordScores } from './wordScores';

export interface Means {
  readonly model: Model;
  readonly program: SaliencyProgram;
  readonly method: Method;
  readonly plan: Plan;
  readonly parameters: ResolvedParameters;
}

/** What is known about one text when the program has run. */
export interface Found {
  readonly asked: Asked;
  readonly scalar: ScalarKind;
  /** The scalar at the text, without the part that has no derivative (decision.ts, constantOf). */
  readonly value: number;
  /** Those that were seen. */
  readonly tokens: readonly Token[];
  readonly combined: Combined;
  readonly wordScores: WordScores;
  readonly windows: Windows | null;
  readonly unseen: readonly TextRange[];
  /** What reading the text found out, about its gold label for instance. */
  readonly notes: readonly HealthCheck[];
  /** Difference between the logits of the file and those of the explained function, where they are not the same. */
  readonly disagreement: number;
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
  readonly words: WordScore[];
  readonly health: HealthCheck[];
}

export function readResult(means: Means, found: Found): Answer {
  const { plan } = means;
  const sums = pick(plan, found.combined.reductions);
  const attributions = plan.absolute ? sums.map(Math.abs) : [...sums];
  const signed = isSigned(plan);
  const towards = signed && found.scalar === 'loss' ? -1 : 1;
  const scores = normalise(
    // 0 * -1 would be -0, which is printed.
    attributions.map(value => (value === 0 ? 0 : towards * value)),
    plan.normalisation,
  );
  return {
    attributions,
    scores,
    signed,
    words: wordScores(found.tokens, attributions, found.wordScores, plan.normalisation, towards),
    health: check(means, found, attributions),
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
  found: Found,
  attributions: readonly number[],
): HealthCheck[] {
  const { tokens, asked, scalar, combined } = found;
  const { reductions, scalars } = combined;
  const checks: (HealthCheck | null)[] = [
    health.finite(attributions),
    health.nonzero(attributions, tokens),
  ];
  if (plan.complete) {
    const sum = reductions.productSum.reduce((a, b) => a + b, 0);
    const magnitude = reductions.productSum.reduce((a, b) => a + Math.abs(b), 0);
    const rise = found.value - scalars.at(-1)!;
    checks.push(health.completeness({ sum, magnitude, rise, scalar, ...parameters }));
  }
  const oneMean = plan.moment === 'mean' && plan.reduce === 'sum';
  if (oneMean && !plan.product) checks.push(health.layerNormSum(reductions));
  // Averaged gradients belong to many places, of which the text is none: there the rule does not hold.
  if (oneMean && plan.product && plan.points.length === 1) {
    checks.push(health.layerNormDot(reductions));
  }
  checks.push(
    asked.probability === null ? null : health.saturated(scalar, asked.probability),
    tokens.every(token => token.special) ? health.emptyText() : null,
    health.seen(found.windows, found.unseen),
    model.about.tokenizer === null
      ? null
      : health.unknownTokens(tokens.filter(token => !token.special)),
    ...found.notes,
    health.sameFunction(found.disagreement, model.about.exact),
    program.note,
    ...model.about.notes,
  );
  return checks.filter(entry => entry !== null);
}
