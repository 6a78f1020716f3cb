/** Comparisons as the host would send them. */
import type {
  ComparisonRow,
  ComparisonState,
  Explanation,
  LineMeasures,
} from '../../../src/protocol';
import { labelPrediction, plot } from './samples';
import { drawn } from './saliencySamples';

const scores = plot.explanation.scores;

/** The same text with other scores; raw numbers are `unit` times these. */
export function explanationWith(
  values: readonly number[],
  rest: Partial<Explanation> = {},
  unit = 1.61,
): Explanation {
  return {
    ...plot.explanation,
    health: [],
    scores: values,
    attributions: values.map(value => value * unit),
    ...rest,
  };
}

export function measuresOf(
  comprehensiveness: number,
  sufficiency: number,
  tauLoo: number | null,
  rest: Partial<LineMeasures> = {},
): LineMeasures {
  return {
    curve: null,
    comprehensiveness,
    sufficiency,
    tauLoo,
    infidelity: null,
    sensitivityMax: null,
    edits: null,
    seedVariance: null,
    plausibility: null,
    undefinedSays: {},
    ...rest,
  };
}

export function rowOf(key: string, rest: Partial<ComparisonRow> = {}): ComparisonRow {
  return {
    key,
    title: key,
    family: null,
    state: 'waiting',
    says: '',
    explanation: null,
    measures: null,
    agreement: null,
    ...rest,
  };
}

const turned = scores.map((score, at) => (at % 4 === 0 ? -score : score * 0.7));

/** A row of each state; random beats AttnLRP in all, integrated gradients in nothing. */
export const methodRows: readonly ComparisonRow[] = [
  rowOf('integrated-gradients', {
    title: 'Integrated gradients',
    family: 'gradient',
    state: 'done',
    explanation: explanationWith(scores),
    measures: measuresOf(0.42, 0.03, 0.51),
    agreement: 1,
  }),
  rowOf('gradient', {
    title: 'Gradient',
    family: 'gradient',
    state: 'done',
    explanation: explanationWith(scores.map(Math.abs), {
      signed: false,
      method: { name: 'gradient', title: 'Gradient', aggregate: 'l2' },
    }),
    measures: measuresOf(0.3, 0.29, 0.2),
    agreement: 0.44,
  }),
  rowOf('attnlrp', {
    title: 'AttnLRP',
    family: 'relevance',
    state: 'done',
    explanation: explanationWith(turned),
    measures: measuresOf(0.04, 0.31, null, {
      undefinedSays: { 'tau-loo': 'Leaving out a token changes nothing here.' },
    }),
    agreement: -0.52,
  }),
  rowOf('lime', {
    title: 'LIME',
    family: 'perturbation',
    state: 'asked',
    says: 'It needs 1,000 runs of the model.',
  }),
  rowOf('occlusion', { title: 'Occlusion', family: 'perturbation', state: 'running' }),
  rowOf('rollout', {
    title: 'Attention rollout',
    family: 'attention',
    state: 'failed',
    says: 'The graph of sample-model has no attention probabilities; choose a method of gradients.',
  }),
  rowOf('random', {
    title: 'Random scores',
    family: 'control',
    state: 'done',
    explanation: explanationWith(scores.map((_, at) => Math.sin(7 * at + 1))),
    measures: measuresOf(0.1, 0.2, 0.02),
    agreement: 0.05,
  }),
];

export function methodsState(
  rows: readonly ComparisonRow[] = methodRows,
  rest: Partial<ComparisonState> = {},
): ComparisonState {
  return {
    kind: 'methods',
    record: plot.record,
    about: plot.explanation.explained.says,
    rows,
    agreement: rows.map((row, at) =>
      rows.map((other, to) => {
        if (!row.explanation || !other.explanation) return null;
        return at === to ? 1 : Math.cos(at + to);
      }),
    ),
    running: { done: 4, total: 7, says: 'Occlusion' },
    ...rest,
  };
}

/** Nothing is done yet. */
export const begun: ComparisonState = methodsState(
  methodRows.map(row => ({
    ...rowOf(row.key, { title: row.title, family: row.family }),
    state: row.state === 'asked' ? 'asked' : 'waiting',
  })),
  { running: { done: 0, total: 6, says: 'Integrated gradients' } },
);

const labels = ['negative', 'neutral', 'positive'] as const;
const prediction = labelPrediction(labels, [0.07, 0.2, 0.73], 2, [0]);

export const labelsState: ComparisonState = {
  kind: 'labels',
  record: plot.record,
  about: 'logit of each label',
  rows: labels.map((label, at) =>
    rowOf(label, {
      state: 'done',
      explanation: explanationWith(
        [scores.map(score => -score), scores.map(() => 0.1), scores][at]!,
        {
          prediction,
          explained: {
            ...plot.explanation.explained,
            label,
            why: 'chosen',
            choice: { kind: 'label', label },
            says: `logit of \u201c${label}\u201d`,
          },
        },
        [1, 0.5, 2][at],
      ),
    }),
  ),
  agreement: [],
  running: null,
};

/** 'joy' is worth less to the second model, which says something else. */
export const modelsState: ComparisonState = {
  kind: 'models',
  record: plot.record,
  about: plot.explanation.explained.says,
  rows: [
    rowOf('/models/before', {
      title: 'sst2-bert',
      state: 'done',
      explanation: explanationWith(scores),
      agreement: 1,
    }),
    rowOf('/models/after', {
      title: 'sst2-bert-int8',
      state: 'done',
      explanation: explanationWith(
        scores.map((score, at) => (at === 15 ? 0.1 : score)),
        { prediction: labelPrediction(['negative', 'positive'], [0.58, 0.42], 0, [0]) },
      ),
      agreement: 0.81,
    }),
  ],
  agreement: [
    [1, 0.81],
    [0.81, 1],
  ],
  running: null,
};

/** Markup and endless words wherever the host puts text of others. */
export function hostileState(markup: string): ComparisonState {
  const unbroken = 'x'.repeat(400);
  return methodsState(
    [
      rowOf('a', {
        title: markup,
        family: 'gradient',
        state: 'done',
        explanation: { ...drawn.explanation, modelName: markup },
        measures: measuresOf(0.1, 0.1, null, { undefinedSays: { 'tau-loo': markup } }),
      }),
      rowOf('b', { title: unbroken, state: 'failed', says: `${markup} ${unbroken}` }),
    ],
    { about: `${markup} ${unbroken}`, record: { ...plot.record, file: markup } },
  );
}
