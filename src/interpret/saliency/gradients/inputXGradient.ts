import { atText, gradientMethod } from './plan';

/** The product e g, element by element; `dot` is its sum over the embedding, `l1` and `l2` are its norms. */
export const inputXGradient = gradientMethod({
  description: {
    name: 'input-x-gradient',
    title: 'Input x gradient',
    about:
      'Word vector times gradient, summed over the embedding: what a straight-line guess says each token adds, compared with a zero vector. Exact for linear models, misleading where the model saturates.',
    source: 'Shrikumar et al. 2016, arXiv:1605.01713',
    defaults: { aggregate: 'dot' },
    aggregations: ['dot', 'l1', 'l2'],
    family: 'gradient',
    costly: false,
    linear: true,
  },
  fixed: [],
  plan: ({ aggregate }) => ({
    points: [atText],
    moment: 'mean',
    product: true,
    reduce: aggregate === 'l1' || aggregate === 'l2' ? aggregate : 'sum',
    absolute: false,
    normalisation: 'max',
    complete: false,
  }),
});
