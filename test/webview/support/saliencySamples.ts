/** Panel states with what only some methods give: spread over seeds, further maps, shares, methods of each family. */
import type { Explanation, MethodDescription, PanelState } from '../../../src/protocol';
import { plot } from './samples';

const described = (
  name: string,
  title: string,
  family: MethodDescription['family'],
  rest: Partial<MethodDescription> = {},
): MethodDescription => ({
  name,
  title,
  about: `${title}, in a sentence.`,
  source: 'A paper',
  defaults: {},
  aggregations: [],
  family,
  costly: false,
  linear: true,
  ...rest,
});

/** A menu with every family; not in the order in which it is shown. */
export const everyFamily: readonly MethodDescription[] = [
  described('random', 'Random scores', 'control', { defaults: { seed: 1 } }),
  ...plot.methods,
  described('attnlrp', 'AttnLRP', 'relevance', { defaults: { epsilon: 1e-6 } }),
  described('lime', 'LIME', 'perturbation', {
    costly: true,
    defaults: {
      samples: 1000,
      feature: 'word',
      removal: 'mask',
      kernelWidth: 25,
      ridge: 1,
      seed: 1,
    },
  }),
  described('occlusion', 'Occlusion', 'perturbation', {
    costly: true,
    defaults: { feature: 'word', removal: 'mask', span: 1 },
  }),
  described('rollout', 'Attention rollout', 'attention', { linear: false }),
];

const limeMethod: Explanation['method'] = {
  name: 'lime',
  title: 'LIME',
  samples: 1000,
  feature: 'word',
  removal: 'mask',
  kernelWidth: 25,
  ridge: 1,
  seed: 1,
};

/** Raw numbers are 1.61 times the scores, and so are spreads; 'watch' (score 0.06) and 'The' (0.05) are smaller than theirs. */
export const drawn: PanelState = {
  ...plot,
  explanation: {
    ...plot.explanation,
    method: limeMethod,
    spread: plot.explanation.scores.map((_, at) => 1.61 * (at % 3 === 0 ? 0.08 : 0.03)),
    health: [
      {
        check: 'surrogate',
        ok: true,
        value: 0.82,
        says: 'The linear surrogate explains 82 % of the variance of the samples (R\u00b2 0.82).',
      },
    ],
  },
  choices: { ...plot.choices, method: 'lime' },
  methods: everyFamily,
};

const half = plot.explanation.attributions.map((value, at) => (at % 2 === 0 ? -value / 2 : 0));

/** Relevance of words, positions and types, each a map, and their shares with that of the biases. */
export const apart: PanelState = {
  ...plot,
  explanation: {
    ...plot.explanation,
    method: { name: 'attnlrp', title: 'AttnLRP', epsilon: 1e-6 },
    maps: [
      {
        name: 'position',
        title: 'Position',
        about: 'Relevance of the position embeddings.',
        signed: true,
        attributions: half,
      },
      {
        name: 'type',
        title: 'Type',
        about: 'Relevance of the token type embeddings.',
        signed: false,
        attributions: half.map(Math.abs),
      },
      {
        name: 'combined',
        title: 'Combined',
        about: 'Word, position and type embeddings together.',
        signed: true,
        attributions: plot.explanation.attributions.map((value, at) => value + half[at]!),
      },
    ],
    shares: [
      { name: 'word', title: 'Words', value: 1.9 },
      { name: 'position', title: 'Positions', value: -0.62 },
      { name: 'type', title: 'Types', value: 0.012 },
      { name: 'bias', title: 'Biases', value: 0.088 },
    ],
  },
  choices: { ...plot.choices, method: 'attnlrp' },
  methods: everyFamily,
};
