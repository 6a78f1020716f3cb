import { atText, gradientMethod } from './plan';
import { pathPoints } from './quadrature';

/**
 * (e - e') times the integral of the gradient along the straight line from the baseline e' to the text e
 * (Sundararajan et al., equation 1), all tokens moving together. With the pad and mask baselines the
 * special tokens stay what they are.
 */
export const integratedGradients = gradientMethod({
  description: {
    name: 'integrated-gradients',
    title: 'Integrated gradients',
    about:
      "The gradient averaged on the way from an empty text (the baseline) to this one, times the distance. With 'dot' the numbers add up to the explained number's rise on that way; how far they miss it is shown.",
    source: 'Sundararajan et al. 2017, arXiv:1703.01365',
    defaults: { aggregate: 'dot', steps: 50, quadrature: 'gauss-legendre', baseline: 'zero' },
    aggregations: ['dot', 'l1', 'l2'],
    family: 'gradient',
    costly: false,
    linear: true,
  },
  fixed: [],
  plan: ({ aggregate, steps, quadrature }) => ({
    points: pathPoints(quadrature, steps).map(point => ({ ...atText, ...point })),
    moment: 'mean',
    product: true,
    reduce: aggregate === 'l1' || aggregate === 'l2' ? aggregate : 'sum',
    absolute: false,
    normalisation: 'max',
    complete: true,
  }),
});
