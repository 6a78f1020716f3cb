import { atText, gradientMethod } from './plan';

/** The gradient g of the scalar by the word vector e of each token; `dot` is sum_d g e. */
export const gradient = gradientMethod({
  description: {
    name: 'gradient',
    title: 'Gradient',
    about:
      "How strongly the explained number reacts to a small change of each token's word vector. By default the length of the gradient, which has no sign; 'dot' multiplies it by the word vector; 'sum' is rounding noise before a LayerNorm.",
    source: 'Simonyan et al. 2013, arXiv:1312.6034; L2 norm: Li et al. 2016, arXiv:1506.01066',
    defaults: { aggregate: 'l2' },
    aggregations: ['l2', 'l1', 'dot', 'sum'],
    family: 'gradient',
    costly: false,
    linear: true,
  },
  fixed: [],
  plan: ({ aggregate }) => ({
    points: [atText],
    moment: 'mean',
    product: aggregate === 'dot',
    reduce: aggregate === 'dot' ? 'sum' : aggregate,
    absolute: false,
    normalisation: 'max',
    complete: false,
  }),
});
