/** From what a method found to the numbers that are shown, and the checks that hold for all methods. */
import type { HealthCheck, MethodFamily, Token } from '../../protocol/explanation';
import type { TextRange, WordScore } from '../../protocol/task';
import * as health from './health';
import type { Attribution, Job, SaliencyWork } from './method';
import { normalise } from '../../protocol/normalise';
import { wordScores } from '../../protocol/wordScores';

export interface Found {
  readonly found: Attribution;
  /** Of the method. */
  readonly family: MethodFamily;
  /** Those that were seen. */
  readonly tokens: readonly Token[];
  readonly unseen: readonly TextRange[];
}

export interface Answer {
  /**
   * Normalised; where they are signed, positive is towards the label. A loss falls as its label
   * becomes likelier, so the scores of a loss have the opposite sign of its attributions.
   */
  readonly scores: number[];
  readonly words: WordScore[];
  readonly health: HealthCheck[];
}

export function readResult(work: SaliencyWork, job: Job, result: Found): Answer {
  const { attributions, signed, normalisation } = result.found;
  const towards = signed && work.scalar === 'loss' ? -1 : 1;
  return {
    scores: normalise(
      // 0 * -1 would be -0, which is printed.
      attributions.map(value => (value === 0 ? 0 : towards * value)),
      normalisation,
    ),
    words: wordScores(result.tokens, attributions, work.wordScores, normalisation, towards),
    health: check(work, job, result),
  };
}

function check(
  { model, scalar }: SaliencyWork,
  { asked, read, reading }: Job,
  { found, family, tokens, unseen }: Found,
): HealthCheck[] {
  const { about } = model;
  // What runs the file itself, away from the text, knows no vanishing slopes and no other function.
  const differentiates = family !== 'perturbation' && family !== 'control';
  const { probability } = asked;
  const checks: (HealthCheck | null)[] = [
    health.finite(found.attributions),
    health.nonzero(found.attributions, tokens),
    ...found.health,
    differentiates && probability !== null ? health.saturated(scalar, probability) : null,
    tokens.every(token => token.special) ? health.emptyText() : null,
    health.seen(read.windows, unseen),
    about.tokenizer === null ? null : health.unknownTokens(tokens.filter(token => !token.special)),
    ...reading.notes,
    health.sameFunction(found.disagreement, about.exact || !differentiates),
    ...about.notes,
  ];
  return checks.filter(entry => entry !== null);
}
