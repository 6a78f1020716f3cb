/** Whether the numbers of a perturbation method can be trusted: each check is one sentence. */
import type { FeatureKind, HealthCheck, ScalarKind } from '../../../protocol/explanation';

/** A surrogate that explains less of the variance is not the model. */
const leastR2 = 0.5;
/** Of the weights that are seen, chance may be so much: a quarter of their squares. */
const mostSpread = 0.5;
/** Coefficients need some texts each, or the surrogate fits what it was shown and nothing else. */
const textsPerFeature = 4;

/** Of LIME: how well the linear surrogate fits the perturbed texts. */
export function surrogate(
  r2: number | null,
  { samples, features, scalar }: { samples: number; features: number; scalar: ScalarKind },
): HealthCheck {
  const check = 'surrogate';
  if (r2 === null) {
    const says = `The ${scalar} is the same for all perturbed texts, so there is nothing that a surrogate could fit.`;
    return { check, ok: false, value: null, says };
  }
  const fits = `The linear surrogate explains ${percent(Math.max(0, r2))} of the variance of the ${scalar} over ${samples} perturbed texts (R2 ${r2.toFixed(2)})`;
  if (samples < textsPerFeature * features) {
    return {
      check,
      ok: false,
      value: r2,
      says: `${fits}, but it has ${features} weights to fit them with, so that says little: take at least ${textsPerFeature * features} samples.`,
    };
  }
  const ok = r2 >= leastR2;
  return {
    check,
    ok,
    value: r2,
    says: ok
      ? `${fits}.`
      : `${fits}: here the model is far from linear, so no weights of single words describe it well.`,
  };
}

/** How large the spread is beside the numbers themselves, both as root mean squares. Null: it is not known. */
export function steady(
  weights: ArrayLike<number>,
  spread: ArrayLike<number> | null,
  more: string,
): HealthCheck {
  const check = 'spread';
  if (spread === null) {
    const says = `How far another seed would move the numbers cannot be told from a single draw: ${more}.`;
    return { check, ok: false, value: null, says };
  }
  const size = rootMeanSquare(weights);
  const ratio = size === 0 ? 0 : rootMeanSquare(spread) / size;
  const ok = ratio <= mostSpread;
  const says = `Another seed would move the numbers by about ${percent(ratio)} of their size`;
  return {
    check,
    ok,
    value: ratio,
    says: ok ? `${says}.` : `${says}, so that much of the map is chance: ${more}.`,
  };
}

/** Efficiency: Shapley values add up to what all features together are worth. */
export function addsUp(
  weights: ArrayLike<number>,
  rise: number,
  scalar: ScalarKind,
  feature: FeatureKind,
): HealthCheck {
  const numbers = Array.from(weights);
  const sum = numbers.reduce((a, b) => a + b, 0);
  const scale = Math.max(Math.abs(rise), numbers.reduce((a, b) => a + Math.abs(b), 0) / 10);
  const error = scale === 0 ? 0 : Math.abs(sum - rise) / scale;
  // Nothing but rounding may be between them.
  const ok = error <= 1e-6;
  const worth = `the ${scalar} with all ${plurals[feature]} minus the ${scalar} with none (${short(rise)})`;
  return {
    check: 'completeness',
    ok,
    value: error,
    says: ok
      ? `The numbers add up to ${worth}.`
      : `The numbers add up to ${short(sum)}, not to ${worth}, so they are not to be trusted.`,
  };
}

/** What is left out at the place of the decision would leave nothing to decide. */
export function heldNote(held: number, feature: FeatureKind): HealthCheck {
  const which = held === 1 ? singulars[feature] : `${held} ${plurals[feature]}`;
  return {
    check: 'held',
    ok: true,
    value: held,
    says: `The decision is read at ${held === 1 ? `one ${which}, which stays` : `${which}, which stay`} in every perturbed text and so has no number; take words away by the mask to see those too.`,
  };
}

const singulars: Readonly<Record<FeatureKind, string>> = {
  token: 'token',
  word: 'word',
  type: 'kind of word',
};

const plurals: Readonly<Record<FeatureKind, string>> = {
  token: 'tokens',
  word: 'words',
  type: 'kinds of words',
};

function rootMeanSquare(values: ArrayLike<number>): number {
  const sum = Array.from(values).reduce((total, value) => total + value * value, 0);
  return Math.sqrt(sum / values.length);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return share > 0 && share < 1e-4 ? 'less than 0.01 %' : `${short(100 * share)} %`;
}
