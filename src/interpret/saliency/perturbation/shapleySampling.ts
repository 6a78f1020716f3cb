import { randomOf, shuffled } from './coalitions';
import { addsUp, steady } from './health';
import { perturbationMethod, type Weigh } from './method';
import type { Coalition } from './removal';

const weigh: Weigh = async (text, { parameters, scalar }, options) => {
  const { samples, seed, feature } = parameters;
  const features = text.features.length;
  const pairs = Math.ceil(samples / 2);
  const random = randomOf(seed, text.hand);
  const orders = Array.from({ length: pairs }, () => {
    const order = shuffled(random, features);
    return [order, [...order].reverse()] as const;
  });
  const inside = features - 1;
  const count = 1 + 2 * pairs * inside;
  const coalitions = function* (): Generator<Coalition> {
    yield text.all(0);
    for (const order of orders.flat()) yield* growing(text.all(0), order);
  };
  const values = await text.values(coalitions(), count, options);
  const none = values[0]!;
  const sums = new Float64Array(features);
  const squares = new Float64Array(features);
  let next = 1;
  for (const pair of orders) {
    const added = new Float64Array(features);
    for (const order of pair) {
      let before = none;
      order.forEach((feature, at) => {
        const value = at < inside ? values[next++]! : text.value;
        added[feature]! += (value - before) / 2;
        before = value;
      });
    }
    added.forEach((value, i) => {
      sums[i]! += value;
      squares[i]! += value * value;
    });
  }
  const weights = sums.map(sum => sum / pairs);
  const spread = pairs < 2 ? null : sums.map((sum, i) => standardError(sum, squares[i]!, pairs));
  return {
    weights,
    spread,
    health: [
      addsUp(weights, text.value - none, scalar, feature),
      steady(weights, spread, 'take more samples (permutations)'),
    ],
  };
};

/** The text as its features come in this order, one after another, before the last. */
function* growing(standing: Coalition, order: readonly number[]): Generator<Coalition> {
  for (const feature of order.slice(0, -1)) {
    standing[feature] = 1;
    yield standing;
  }
}

/** Of the mean of `count` numbers with this sum and sum of squares. */
function standardError(sum: number, square: number, count: number): number {
  return Math.sqrt(Math.max(0, square - sum ** 2 / count) / (count - 1) / count);
}

/**
 * phi_i = mean over random orders of f(those before i, and i) - f(those before i). Each order is also walked backwards, so that what a
 * word adds early in one it adds late in the other (Mitchell et al. 2022). `samples`: orders, those
 * backwards included (an odd number is rounded up). The numbers of each order add up to f(x) - f(nothing), and so do their means. The spread is
 * the standard error over the pairs of orders, which are independent draws.
 */
export const shapleySampling = perturbationMethod(
  {
    name: 'shapley-sampling',
    title: 'Shapley sampling',
    about:
      'Shapley values by sampling: what a word adds to the explained number when the words come one after another, averaged over random orders and their reverses. Takes a run for each word of each order. The numbers add up to the whole text minus a text of which everything was taken away.',
    source:
      'Castro et al. 2009, doi:10.1016/j.cor.2008.04.004; Strumbelj and Kononenko 2010, JMLR 11; Mitchell et al. 2022, arXiv:2104.12199',
    defaults: { samples: 50, seed: 0, feature: 'word', removal: 'mask' },
    aggregations: [],
    family: 'perturbation',
    costly: true,
    linear: true,
  },
  weigh,
);
