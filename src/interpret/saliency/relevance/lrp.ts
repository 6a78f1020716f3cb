import { relevanceMethod } from './method';

/** Relevance through softmax and products of signals, too (Achtibat et al. 2024, section 3.3). */
export const lrp = relevanceMethod({
  name: 'lrp',
  title: 'LRP (AttnLRP)',
  about:
    'Layer-wise relevance propagation: the logit is handed back layer by layer, through attention to queries and keys as well, with activations passing it unchanged. It does not add up to the logit: the softmax keeps or makes a part, which is shown.',
  source: 'Achtibat et al. 2024, arXiv:2402.05602; LSTM: Arras et al. 2017, arXiv:1706.07206',
  defaults: {},
});

/** Attention and gates are constants, and relevance goes along the values only (Ali et al. 2022, section 4). */
export const cpLrp = relevanceMethod({
  name: 'lrp-cp',
  title: 'CP-LRP',
  about:
    'Layer-wise relevance propagation that conserves: words, positions, types and biases add up to the logit. Attention probabilities count as constants, so what decides where the model looks gets nothing.',
  source: 'Ali et al. 2022, arXiv:2202.07304; LSTM: Arras et al. 2017, arXiv:1706.07206',
  defaults: {},
});

/** CP-LRP with z / (z + epsilon sign z) at each layer's sums z, biases included (Bach et al. 2015, equation 58). */
export const epsilonLrp = relevanceMethod({
  name: 'lrp-epsilon',
  title: 'LRP (epsilon rule)',
  about:
    'Layer-wise relevance propagation along the values of attention, where each layer keeps back what its epsilon absorbs: sums that nearly cancel are damped, and the larger epsilon, the fewer tokens remain. What is absorbed is shown.',
  source:
    'Bach et al. 2015, doi:10.1371/journal.pone.0130140; for BERT as in interpret_nlp (Hao 2020)',
  defaults: { epsilon: 0.001 },
});
