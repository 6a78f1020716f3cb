import { GlassboxError } from '../../../protocol/messages';
import { randomOf, withoutSome } from './coalitions';
import { steady, surrogate } from './health';
import { solve } from './leastSquares';
import { perturbationMethod, type Weigh } from './method';
import type { Coalition } from './removal';

/** More take minutes to fit, and samples that nobody waits for. */
const mostFeatures = 2000;

const weigh: Weigh = async (text, { parameters, scalar }, options) => {
  const { samples, seed, kernelWidth, ridge } = parameters;
  if (samples < 2) {
    throw new GlassboxError(
      'bad-input',
      'LIME fits a line to perturbed texts and needs at least two; take more samples.',
    );
  }
  const features = text.features.length;
  if (features > mostFeatures) {
    throw new GlassboxError(
      'bad-input',
      `LIME would have to weigh ${features} words here, more than ${mostFeatures}; explain the beginning of the text only, or take occlusion.`,
    );
  }
  const random = randomOf(seed, text.hand);
  const drawn = [
    text.all(1),
    ...Array.from({ length: samples - 1 }, () =>
      withoutSome(random, features, 1 + random.below(features)),
    ),
  ];
  const values = await text.values(drawn, samples, options);
  // The first column is the intercept, which is not held back by the ridge.
  const width = features + 1;
  const design = new Int8Array(samples * width);
  drawn.forEach((standing, row) => {
    design[row * width] = 1;
    design.set(standing, row * width + 1);
  });
  const fit = await solve(
    {
      design,
      width,
      targets: Float64Array.from(values),
      weights: Float64Array.from(drawn, standing => nearness(standing, kernelWidth)),
      penalties: new Float64Array(width).fill(ridge, 1),
      fixed: 1,
    },
    options.signal,
  );
  const weights = fit.coefficients.slice(1);
  const spread = fit.spread?.slice(1, -1) ?? null;
  return {
    weights,
    spread,
    health: [
      surrogate(fit.r2, { samples, features, scalar }),
      steady(weights, spread, 'take more samples'),
    ],
  };
};

/**
 * sqrt(exp(-D^2 / width^2)) with D = 100 times the cosine distance between what stands and the whole text, 1 - sqrt(standing / all);
 * of nothing the distance is 1.
 */
export function nearness(standing: Coalition, width: number): number {
  const left = standing.reduce((sum, entry) => sum + entry, 0);
  const distance = 100 * (1 - Math.sqrt(left / standing.length));
  return Math.sqrt(Math.exp(-(distance ** 2) / width ** 2));
}

/**
 * LIME for text with the constants of its authors' implementation (lime 0.2): the first sample is the text itself, from each other one a
 * number of features between 1 and all of them is taken away, drawn uniformly, then which; weights by `nearness`; a ridge
 * regression with intercept. All features have a weight (the authors show the ten strongest). The regression's target is the explained
 * number, a logit unless a probability is asked for.
 *
 * The spread over seeds costs no further runs: the perturbed texts are independent draws, so that the jackknife over them
 * (leastSquares.ts) says how far the weights of another draw would lie.
 */
export const lime = perturbationMethod(
  {
    name: 'lime',
    title: 'LIME',
    about:
      'The weights of a linear model that is fitted to what the model says about random parts of the text, those near to the whole text counting most. How well it fits (R2) and how far another seed would move the weights are said beside the map: where either is bad, so is the map.',
    source: 'Ribeiro et al. 2016, arXiv:1602.04938; spread: Efron 1982 (jackknife)',
    defaults: {
      samples: 1000,
      seed: 0,
      feature: 'word',
      removal: 'mask',
      kernelWidth: 25,
      ridge: 1,
    },
    aggregations: [],
    family: 'perturbation',
    costly: true,
    linear: true,
  },
  weigh,
);
