import { GlassboxError } from '../../../protocol/messages';
import type { Random } from '../../random';
import { complement, randomOf, withoutSome } from './coalitions';
import { addsUp, steady } from './health';
import { solve } from './leastSquares';
import { perturbationMethod, type Weigh } from './method';
import type { PerturbedText } from './perturbedText';
import type { Coalition } from './removal';

/** So many pairs for each feature, or the regression fits what it was shown and nothing else. */
const pairsPerFeature = 2;

interface Pairs {
  /** One of each pair; the other one is its complement. */
  readonly standing: readonly Coalition[];
  readonly weights: Float64Array;
  readonly exact: boolean;
}

const weigh: Weigh = async (text, { parameters, scalar }, options) => {
  const { samples, seed, feature } = parameters;
  const features = text.features.length;
  const pairs = pairsOf(text, samples, seed);
  const coalitions = [
    text.all(0),
    ...pairs.standing.flatMap(standing => [standing, complement(standing)]),
  ];
  const values = await text.values(coalitions, coalitions.length, options);
  const rise = text.value - values[0]!;
  const last = features - 1;
  // The constraint makes the last weight what the others leave of the rise.
  const design = new Int8Array(pairs.standing.length * last);
  const targets = new Float64Array(pairs.standing.length);
  pairs.standing.forEach((standing, row) => {
    const lastStands = standing[last]!;
    for (let i = 0; i < last; i++) design[row * last + i] = standing[i]! - lastStands;
    targets[row] = (values[1 + 2 * row]! - values[2 + 2 * row]!) / 2 - rise * (lastStands - 0.5);
  });
  const fit = await solve(
    {
      design,
      width: last,
      targets,
      weights: pairs.weights,
      penalties: new Float64Array(last),
      fixed: 0,
    },
    options.signal,
  );
  const others = Array.from(fit.coefficients);
  const weights = [...others, others.reduce((left, weight) => left - weight, rise)];
  // What the last one gets, the others lose, so that it moves as their sum does.
  const spread = pairs.exact ? null : fit.spread;
  return {
    weights,
    spread,
    health: [
      addsUp(weights, rise, scalar, feature),
      ...(pairs.exact ? [] : [steady(weights, spread, 'take more samples')]),
    ],
  };
};

/** Throws GlassboxError 'bad-input' where so few samples say nothing. */
function pairsOf({ features, hand }: PerturbedText, samples: number, seed: number): Pairs {
  const count = features.length;
  // A single feature is worth the whole rise.
  if (2 ** count <= Math.max(2, samples)) return allPairs(count);
  const pairs = Math.floor((samples - 2) / 2);
  const least = 2 * pairsPerFeature * count + 2;
  if (pairs < pairsPerFeature * count) {
    throw new GlassboxError(
      'bad-input',
      `Kernel SHAP cannot weigh ${count} words with ${samples} samples; take at least ${least}, or Shapley sampling, which can do with fewer.`,
    );
  }
  const random = randomOf(seed, hand);
  const size = sizeDrawer(random, count);
  const standing = Array.from({ length: pairs }, () => withoutSome(random, count, size()));
  return { standing, weights: new Float64Array(pairs).fill(1), exact: false };
}

/** Each coalition that lacks the last feature, but the empty one; its weight is the Shapley kernel. */
function allPairs(count: number): Pairs {
  const standing = Array.from({ length: 2 ** (count - 1) - 1 }, (_, index) =>
    Uint8Array.from({ length: count }, (_, feature) => ((index + 1) >> feature) & 1),
  );
  const weights = Float64Array.from(standing, entries => {
    const size = entries.reduce((sum, entry) => sum + entry, 0);
    return (count - 1) / (binomial(count, size) * size * (count - size));
  });
  return { standing, weights, exact: true };
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}

/** Draws sizes k from 1 to n - 1 with p(k) ~ 1 / (k (n - k)): all coalitions of a size together have that share of the kernel. */
function sizeDrawer(random: Random, count: number): () => number {
  const shares = Array.from({ length: count - 1 }, (_, i) => 1 / ((i + 1) * (count - i - 1)));
  const total = shares.reduce((a, b) => a + b, 0);
  return () => {
    let left = random.next() * total;
    const index = shares.findIndex(share => (left -= share) < 0);
    return index < 0 ? count - 1 : index + 1;
  };
}

/**
 * The weights phi with sum phi = f(x) - f(nothing) that minimise the sum over coalitions z of kernel(z) (f(z) - f(nothing) - sum of phi in
 * z)^2, which are the Shapley values (theorem 2 of the paper). All coalitions where there are no more of them than samples; else pairs
 * of a drawn one and its complement (Covert and Lee), all of one weight as they are drawn by the kernel. A pair counts as one row, the
 * difference of its two values: f(z) - f(rest) = 2 sum phi_j (z_j - 1/2) where f is a sum. The spread is the jackknife over
 * pairs (leastSquares.ts).
 */
export const kernelShap = perturbationMethod(
  {
    name: 'kernel-shap',
    title: 'Kernel SHAP',
    about:
      'Shapley values by regression: what a word adds to the explained number, averaged over all orders in which the words could come. Exact for short texts, else from drawn parts of the text, with the spread over seeds. The numbers add up to the whole text minus a text of which everything was taken away.',
    source: 'Lundberg and Lee 2017, arXiv:1705.07874; Covert and Lee 2021, arXiv:2012.01536',
    defaults: { samples: 2048, seed: 0, feature: 'word', removal: 'mask' },
    aggregations: [],
    family: 'perturbation',
    costly: true,
    linear: true,
  },
  weigh,
);
