/** Whether an explanation can be trusted: each check is one sentence that a person understands. */
import type {
  BaselineKind,
  HealthCheck,
  Quadrature,
  ScalarKind,
  Token,
} from '../../protocol/explanation';
import type { TextRange, Windows } from '../../protocol/task';
import type { Reductions } from './gradients/runPoints';

/** Below these, a sum over the embedding is rounding (reference: LayerNorm's shift and scale invariance). */
const roundingOnly = 1e-5;
/** How far a path method's sum may miss, relative to the rise (see `completeness`). */
const completenessLimit = 0.02;
/** A probability so close to 0 or 1 has almost no gradient. */
const saturation = 1e-4;
/** One token with more than this share of all magnitudes. */
const dominance = 0.99;

/** Every number is one. */
export function finite(attributions: readonly number[]): HealthCheck {
  const broken = attributions.filter(value => !Number.isFinite(value)).length;
  return {
    check: 'finite',
    ok: broken === 0,
    value: broken,
    says:
      broken === 0
        ? 'All numbers are finite.'
        : `${broken} of ${attributions.length} numbers are infinite or undefined: the model overflows on this text, and its map cannot be used.`,
  };
}

/** The map says something: not all zero, and not everything on one token. */
export function nonzero(attributions: readonly number[], tokens: readonly Token[]): HealthCheck {
  const sizes = attributions.map(value => (Number.isFinite(value) ? Math.abs(value) : 0));
  const total = sizes.reduce((a, b) => a + b, 0);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const share = total === 0 ? 0 : largest / total;
  const degenerate = sizes.length > 3 && share > dominance;
  const says = (): string => {
    if (total === 0)
      return 'All numbers are zero: the explained number does not react to any token.';
    if (!degenerate) return 'The map is neither empty nor all on one token.';
    const token = tokens[sizes.indexOf(largest)]!.text;
    return `Almost everything (${percent(share)}) falls on the single token "${token}": the rest of the map is not worth reading.`;
  };
  return { check: 'nonzero', ok: total > 0 && !degenerate, value: share, says: says() };
}

export interface PathFacts {
  /** Sum of the attributions, with sign. */
  readonly sum: number;
  /** Sum of their magnitudes. */
  readonly magnitude: number;
  /** The scalar at the text minus the scalar at the baseline. */
  readonly rise: number;
  readonly scalar: ScalarKind;
  readonly steps: number;
  readonly quadrature: Quadrature;
  readonly baseline: BaselineKind;
}

/**
 * Completeness (Sundararajan et al., proposition 1): a path method's numbers add up to the scalar's rise.
 * The error is relative to the rise, or to a tenth of all magnitudes where the rise is nearly nothing.
 */
export function completeness(facts: PathFacts): HealthCheck {
  const { sum, magnitude, rise, scalar } = facts;
  const scale = Math.max(Math.abs(rise), magnitude / 10);
  const error = scale === 0 ? 0 : Math.abs(sum - rise) / scale;
  const ok = error <= completenessLimit;
  const start = `the ${scalar} ${rise < 0 ? 'falls' : 'rises'} by ${short(Math.abs(rise))} from the baseline`;
  if (ok) {
    return {
      check: 'completeness',
      ok,
      value: error,
      says: `The numbers add up to ${short(sum)}; ${start} (${percent(error)} off).`,
    };
  }
  return {
    check: 'completeness',
    ok,
    value: error,
    says: `The numbers add up to ${short(sum)}, but ${start}: ${percent(error)} off, so they are not to be trusted. ${wayOut(facts)}`,
  };
}

function wayOut({ quadrature, steps, baseline }: PathFacts): string {
  if (quadrature !== 'gauss-legendre' || steps < 20) {
    return 'There are too few points on the path: take 50 Gauss-Legendre points.';
  }
  return baseline === 'zero'
    ? "At zero word vectors this architecture's first normalisation is singular, so more points help little: take the [PAD] or [MASK] baseline."
    : 'The path is rough: take more points.';
}

/** 'sum' before a LayerNorm: the gradient is orthogonal to a constant shift, so the sum is rounding. */
export function layerNormSum({ rawSum, rawL1 }: Reductions): HealthCheck {
  const ratio = largestRatio(rawSum, rawL1);
  const ok = ratio >= roundingOnly;
  return {
    check: 'layernorm-sum',
    ok,
    value: ratio,
    says: ok
      ? "The gradient's sum over the embedding is more than rounding."
      : "The gradient's sum over the embedding is rounding noise: the word vectors go into a LayerNorm, which does not notice a shift. Combine by 'dot' or 'l2' instead.",
  };
}

/** 'dot' before a norm without anything added: the gradient is orthogonal to the vector itself. */
export function layerNormDot({ productSum, rawL2, inputL2 }: Reductions): HealthCheck {
  const ratio = largestRatio(
    productSum,
    rawL2.map((length, index) => length * inputL2[index]!),
  );
  const ok = ratio >= roundingOnly;
  return {
    check: 'layernorm-dot',
    ok,
    value: ratio,
    says: ok
      ? 'Gradient times word vector is more than rounding.'
      : "Gradient times word vector is rounding noise: the word vectors go into a normalisation as they are, which does not notice their length. Combine by 'l2' instead.",
  };
}

/** So much of a map's differences between tokens should be found again with other noise. */
const agreementLimit = 0.8;

/**
 * Whether other noise would give the same map. `agreement`: the share of the differences between tokens that would be found
 * again; null where that is undefined.
 */
export function steady(agreement: number | null): HealthCheck | null {
  if (agreement === null) return null;
  const ok = agreement >= agreementLimit;
  const found = `${percent(agreement)} of the differences between tokens`;
  return {
    check: 'steady',
    ok,
    value: agreement,
    says: ok
      ? `Other noise would give much the same map (${found} would be found again).`
      : `Other noise would give another map (only ${found} would be found again): take more samples, or less noise.`,
  };
}

/** Whether the explained reading had the whole text before it. */
export function seen(windows: Windows | null, unseen: readonly TextRange[]): HealthCheck {
  const characters = unseen.reduce((sum, { start, end }) => sum + end - start, 0);
  const read =
    windows === null
      ? 'The model read the whole text.'
      : `The text is longer than the model's input: it was read in ${windows.count} ${windows.count === 1 ? 'window' : 'windows'} of ${windows.tokens} tokens${windows.count > 1 ? `, overlapping by ${windows.overlap}` : ''}.`;
  return {
    check: 'truncated',
    ok: characters === 0,
    value: characters,
    says:
      characters === 0
        ? read
        : `${windows === null ? 'The text is too long for the model:' : `${read.slice(0, -1)};`} ${characters} characters were not seen by what is explained here, and are marked so.`,
  };
}

export function unknownTokens(tokens: readonly Token[]): HealthCheck {
  const unknown = tokens.filter(token => token.unknown).length;
  return {
    check: 'unknown-tokens',
    ok: unknown === 0,
    value: unknown,
    says:
      unknown === 0
        ? 'Every token is in the vocabulary.'
        : `${unknown} of ${tokens.length} tokens are not in the vocabulary; the model cannot tell them from other unknown words.`,
  };
}

export function emptyText(): HealthCheck {
  return {
    check: 'empty-text',
    ok: false,
    value: 0,
    says: 'The text is empty: the model saw its special tokens only.',
  };
}

/** The derivative of a probability p by its logit is p (1 - p), that of its loss p - 1. */
export function saturated(scalar: ScalarKind, probability: number): HealthCheck | null {
  if (scalar === 'logit') return null;
  const slope = scalar === 'loss' ? 1 - probability : Math.min(probability, 1 - probability);
  const ok = slope >= saturation;
  return {
    check: 'saturated',
    ok,
    value: probability,
    says: ok
      ? `The probability is ${short(probability)}, far enough from 0 and 1 to react.`
      : `The model is so sure (probability ${probability.toFixed(6)}) that the gradient of the ${scalar} almost vanishes; explain the logit instead.`,
  };
}

/** More than this, relative to the logits, and a map explains a noticeably different function. */
export const convertedLimit = 0.05;

/**
 * The gradient belongs to the function that predicted: measured once when the model was loaded; where the weights
 * had to be converted, at this very text.
 */
export function sameFunction(disagreement: number, exact: boolean): HealthCheck {
  const size = disagreement === 0 ? 'exactly' : `to ${disagreement.toExponential(0)}`;
  const ok = disagreement <= convertedLimit;
  if (exact) {
    return {
      check: 'same-function',
      ok,
      value: disagreement,
      says: ok
        ? `The explained function gives the model's own prediction (${size}).`
        : `The explained function does not give the model's own prediction (logits differ by ${percent(disagreement)}), so this map is of another function and is not to be trusted; take another method.`,
    };
  }
  return {
    check: 'same-function',
    ok,
    value: disagreement,
    says: `The explained float32 function differs from the file's by ${percent(disagreement)} of the logits at this text${ok ? '' : ': the map is of a noticeably different function, so use the float32 export of the model'}.`,
  };
}

/** The largest |numerator| / denominator; 1 where every denominator is zero (another check says so). */
function largestRatio(numerators: readonly number[], denominators: readonly number[]): number {
  const ratios = numerators
    .map((value, index) => Math.abs(value) / denominators[index]!)
    .filter(Number.isFinite);
  return ratios.length === 0 ? 1 : Math.max(...ratios);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return share < 1e-4 ? 'less than 0.01 %' : `${short(100 * share)} %`;
}
