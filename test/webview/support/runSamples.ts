/** Runs over a dataset as the host would send them: evaluations, driving words, two models, measures. Sums are of the rows. */
import type {
  ConfidenceBin,
  DriverRow,
  DriversState,
  EvaluationRow,
  EvaluationState,
  EvaluationSummary,
  LabelScores,
  MeasureColumn,
  MeasuredMethodSummary,
  MeasuredValue,
  MeasureReport,
  ModelChangeRow,
  ModelChangesState,
} from '../../../src/protocol';
import { measureColumns } from '../../../src/protocol';
import { plot } from './samples';

const texts = [
  'A joy from the first minute to the last , and the leads are wonderful together .',
  'The plot is thin , and nobody seems to care .',
  'Dull , long and without a single laugh .',
  'The music is fine , but the rest of the film is a bore that never finds its way out of the first act , and then it goes on for another hour in which the same three people say the same three things in the same three rooms .',
];

export function wrongRow(at: number, rest: Partial<EvaluationRow> = {}): EvaluationRow {
  return {
    line: 3 + 7 * at,
    text: texts[at % texts.length]!,
    gold: at % 2 === 0 ? 'negative' : 'positive',
    predicted: at % 2 === 0 ? 'positive' : 'negative',
    confidence: 0.994 - at / 2500,
    correct: false,
    ...rest,
  };
}

export const wrongRows = (count: number) => Array.from({ length: count }, (_, at) => wrongRow(at));

/** Scores of each label, of a matrix of gold by predicted. */
function scoresOf(
  labels: readonly string[],
  counts: readonly (readonly number[])[],
): LabelScores[] {
  return labels.map((label, at) => {
    const hits = counts[at]![at]!;
    const support = counts[at]!.reduce((sum, count) => sum + count, 0);
    const predicted = counts.reduce((sum, row) => sum + row[at]!, 0);
    return {
      label,
      precision: predicted > 0 ? hits / predicted : null,
      recall: support > 0 ? hits / support : null,
      f1: support + predicted > 0 ? (2 * hits) / (support + predicted) : null,
      support,
      predicted,
    };
  });
}

const bins: readonly ConfidenceBin[] = Array.from({ length: 10 }, (_, at) => {
  const count = at < 5 ? 0 : [12, 18, 30, 60, 480][at - 5]!;
  const right = Math.round(count * [0.5, 0.61, 0.7, 0.8, 0.97][Math.max(0, at - 5)]!);
  return {
    from: at / 10,
    to: (at + 1) / 10,
    right,
    wrong: count - right,
    confidence: count > 0 ? (at + 0.6) / 10 : null,
  };
});

export const noProblems = { unreadable: 0, empty: 0, 'unknown-label': 0, truncated: 0, failed: 0 };

export function summaryOf(
  labels: readonly string[],
  counts: readonly (readonly number[])[],
  rest: Partial<EvaluationSummary> = {},
): EvaluationSummary {
  const judged = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, at) => sum + row[at]!, 0);
  const scores = scoresOf(labels, counts);
  const f1 = scores.map(score => score.f1 ?? 0);
  return {
    task: 'text-classification',
    total: judged,
    done: judged,
    judged,
    right,
    accuracy: judged > 0 ? right / judged : null,
    macroF1: judged > 0 ? f1.reduce((sum, one) => sum + one, 0) / f1.length : null,
    microF1: judged > 0 ? right / judged : null,
    labels: scores,
    confusion: { labels, counts },
    calibration: { error: 0.032, bins },
    numbers: null,
    problems: noProblems,
    ...rest,
  };
}

export function evaluationOf(
  summary: EvaluationSummary,
  wrong: readonly EvaluationRow[],
  rest: Partial<EvaluationState> = {},
): EvaluationState {
  return {
    file: 'reviews.dev.jsonl',
    about: 'reviews.dev.jsonl',
    modelName: 'sample-model',
    summary,
    wrong,
    problems: [],
    state: 'done',
    inProblems: false,
    saved: 'evaluations/reviews.dev.jsonl',
    ...rest,
  };
}

const two = ['negative', 'positive'];
/** 600 lines of two labels, 40 of them wrong. */
export const sentiment = evaluationOf(
  summaryOf(
    two,
    [
      [278, 22],
      [18, 282],
    ],
    {
      total: 604,
      done: 604,
      problems: { ...noProblems, empty: 1, 'unknown-label': 3, truncated: 2 },
    },
  ),
  wrongRows(40),
  {
    problems: [
      { kind: 'truncated', line: 12, says: 'The last 40 tokens were not read.' },
      { kind: 'unknown-label', line: 44, says: 'The model has no label \u201cmixed\u201d.' },
      { kind: 'unknown-label', line: 51, says: 'The model has no label \u201cmixed\u201d.' },
      { kind: 'empty', line: 90, says: 'There is no text.' },
      { kind: 'truncated', line: 99, says: 'The last 7 tokens were not read.' },
      { kind: 'unknown-label', line: 320, says: 'The model has no label \u201cneutral\u201d.' },
    ],
  },
);

/** As far as 100 lines: the most confident wrong ones are still to come. */
export function partOf(whole: EvaluationState, done: number, from = 10): EvaluationState {
  return {
    ...whole,
    state: 'running',
    summary: { ...whole.summary, done },
    wrong: whole.wrong.slice(from),
  };
}

const emotions = ['anger', 'fear', 'joy', 'love', 'sadness', 'surprise'];
export const sixLabels = evaluationOf(
  summaryOf(
    emotions,
    emotions.map((_, row) =>
      emotions.map((__, column) =>
        row === column ? 90 - 14 * row : (row * 7 + column * 5) % 4 === 0 ? 3 + row : row % 2,
      ),
    ),
  ),
  wrongRows(12),
);

export const manyLabels = evaluationOf(
  summaryOf(
    Array.from({ length: 60 }, (_, at) => `intent ${at + 1}`),
    Array.from({ length: 60 }, (_, row) =>
      Array.from({ length: 60 }, (__, column) =>
        row === column ? 20 : row === 59 && column < 20 ? 2 : 0,
      ),
    ),
  ),
  wrongRows(40),
);

const none = { labels: [], confusion: null, calibration: null, macroF1: null, microF1: null };
export const regression = evaluationOf(
  summaryOf(
    two,
    [
      [0, 0],
      [0, 0],
    ],
    {
      ...none,
      task: 'regression',
      total: 80,
      done: 80,
      judged: 80,
      right: 0,
      accuracy: null,
      numbers: {
        meanAbsoluteError: 0.412,
        rootMeanSquareError: 0.655,
        pearson: 0.871,
        spearman: null,
      },
    },
  ),
  [
    wrongRow(1, { gold: '4.5', predicted: '\u22121.25', confidence: null, correct: null }),
    wrongRow(0, { gold: '2', predicted: '3.5', confidence: null, correct: null }),
  ],
);

export const answers = evaluationOf(
  summaryOf(
    two,
    [
      [0, 0],
      [0, 0],
    ],
    {
      ...none,
      task: 'question-answering',
      total: 40,
      done: 40,
      judged: 40,
      right: 31,
      accuracy: 31 / 40,
      answerF1: 0.84,
    },
  ),
  [wrongRow(0, { gold: 'in Paris', predicted: 'Paris', confidence: 0.44 })],
);

/** Nothing has a gold label. */
export const unlabelled = evaluationOf(
  summaryOf(
    two,
    [
      [0, 0],
      [0, 0],
    ],
    { total: 40, done: 40, confusion: null, calibration: null },
  ),
  [],
);

export function driverRow(word: string, mean: number, rest: Partial<DriverRow> = {}): DriverRow {
  return {
    word,
    label: 'positive',
    mean,
    error: Math.abs(mean) / 12,
    occurrences: 42,
    lines: 37,
    labelShare: mean > 0 ? 0.92 : 0.08,
    labelShareOfAll: 0.5,
    z: mean > 0 ? 5.1 : -5.1,
    examples: [3, 17, 58, 1204, 1300],
    ...rest,
  };
}

export function driversOf(
  rows: readonly DriverRow[],
  rest: Partial<DriversState> = {},
): DriversState {
  return {
    file: 'reviews.dev.jsonl',
    about: 'reviews.dev.jsonl',
    modelName: 'sample-model',
    settings: {
      method: 'integrated-gradients',
      parameters: {},
      scalar: 'logit',
      leastLines: 5,
    },
    total: 600,
    done: 600,
    rows,
    labels: two,
    state: 'done',
    methods: plot.methods,
    ...rest,
  };
}

const positive = [
  driverRow('joy', 0.84),
  driverRow('wonderful', 0.61),
  driverRow('spielberg', 0.5, { labelShare: 1, lines: 12, occurrences: 12, z: 3.4 }),
  driverRow('film', 0.44, { labelShare: 0.53, z: 0.7, lines: 210, occurrences: 260 }),
  driverRow('and', 0.09, { labelShare: 0.51, z: 0.2, lines: 400, occurrences: 912 }),
  driverRow('bore', -0.77),
  driverRow('thin', -0.41, { labelShare: 0.2, z: -3.6 }),
  driverRow('but', -0.12, { labelShare: 0.41, z: -2.2 }),
];
export const drivers = driversOf([
  ...positive,
  ...positive.map(row => ({
    ...row,
    label: 'negative',
    mean: -row.mean,
    labelShare: 1 - row.labelShare!,
    z: -row.z!,
  })),
]);

export function changeRow(at: number, rest: Partial<ModelChangeRow> = {}): ModelChangeRow {
  const flipped = at < 4;
  return {
    line: 5 + 11 * at,
    text: texts[at % texts.length]!,
    gold: 'positive',
    before: { label: flipped ? 'negative' : 'positive', confidence: 0.71 },
    after: { label: 'positive', confidence: 0.98 },
    flipped,
    change: 0.69 / (1 + at / 3),
    mapChange: at % 3 === 2 ? null : 0.4 / (1 + at / 2),
    failed: null,
    ...rest,
  };
}

export function changesOf(count: number, rest: Partial<ModelChangesState> = {}): ModelChangesState {
  const rows = Array.from({ length: count }, (_, at) => changeRow(at));
  return {
    file: 'reviews.dev.jsonl',
    about: `${count} selected lines of reviews.dev.jsonl`,
    before: { name: 'sst2-bert', dir: '/models/sst2-bert' },
    after: { name: 'sst2-bert-int8', dir: '/models/sst2-bert-int8' },
    total: count,
    done: count,
    flipped: rows.filter(({ flipped }) => flipped).length,
    accuracyBefore: 0.91,
    accuracyAfter: 0.9,
    rows,
    state: 'done',
    ...rest,
  };
}

const value = (mean: number, rest: Partial<MeasuredValue> = {}): MeasuredValue => ({
  mean,
  error: 0.011,
  lines: 200,
  againstRandom: 'better',
  ...rest,
});

export function measuredMethod(
  title: string,
  values: Partial<Record<MeasureColumn, MeasuredValue>>,
  rest: Partial<MeasuredMethodSummary> = {},
): MeasuredMethodSummary {
  const empty = Object.fromEntries(measureColumns.map(column => [column, null]));
  const fall = 1 - (values['auc-tp']?.mean ?? 0.5);
  return {
    choice: { method: title.toLowerCase(), parameters: {}, weights: 'real' },
    title,
    family: 'gradient',
    lines: 200,
    failed: 0,
    values: { ...empty, ...values } as MeasuredMethodSummary['values'],
    curve: Array.from({ length: 11 }, (_, at) => ({
      share: at / 10,
      macroF1: 0.33 + 0.58 * (1 - at / 10) ** (1 + 6 * fall),
    })),
    millisecondsPerLine: 42,
    ...rest,
  };
}

const chance = { againstRandom: null } as const;
const measured: readonly MeasuredMethodSummary[] = [
  measuredMethod('Integrated gradients', {
    'auc-tp': value(0.41),
    comprehensiveness: value(0.52),
    sufficiency: value(0.04),
    'tau-loo': value(0.31),
    'seed-variance': value(0.21, { againstRandom: null }),
  }),
  measuredMethod(
    'LIME',
    {
      'auc-tp': value(0.38),
      comprehensiveness: value(0.55),
      sufficiency: value(0.06),
      'tau-loo': value(0.44),
    },
    { family: 'perturbation', millisecondsPerLine: 1340, failed: 2 },
  ),
  measuredMethod('Gradient', {
    'auc-tp': value(0.61, { againstRandom: 'no better' }),
    comprehensiveness: value(0.31, { againstRandom: 'worse' }),
    sufficiency: value(0.2, { againstRandom: 'no better' }),
    'tau-loo': value(-0.02, { againstRandom: 'no better' }),
  }),
  measuredMethod(
    'Attention rollout',
    { 'auc-tp': value(0.57), comprehensiveness: value(0.36) },
    { family: 'attention' },
  ),
  measuredMethod(
    'Random',
    {
      'auc-tp': value(0.62, chance),
      comprehensiveness: value(0.33, chance),
      sufficiency: value(0.21, chance),
      'tau-loo': value(0.01, chance),
    },
    { family: 'control' },
  ),
  measuredMethod(
    'Integrated gradients, shuffled weights',
    { 'auc-tp': value(0.6, { againstRandom: 'no better' }), comprehensiveness: value(0.9) },
    { choice: { method: 'integrated-gradients', parameters: {}, weights: 'shuffled' } },
  ),
];

export function reportOf(
  methods: readonly MeasuredMethodSummary[] = measured,
  rest: Partial<MeasureReport> = {},
): MeasureReport {
  return {
    file: 'reviews.dev.jsonl',
    modelName: 'sample-model',
    modelHash: 'ab'.repeat(32),
    options: {
      measures: ['auc-tp', 'comprehensiveness', 'sufficiency', 'tau-loo'],
      removal: 'mask',
      shares: [0.01, 0.05, 0.1, 0.2, 0.5],
      samples: 10,
      seed: 1,
    },
    total: 200,
    done: 200,
    errors: 0,
    methods,
    agreement: methods.map((_, i) =>
      methods.map((__, j) => (i === j ? 1 : i + j === 5 ? null : (i - j) % 2 === 0 ? 0.62 : -0.18)),
    ),
    state: 'done',
    saved: { jsonl: 'measures/reviews.dev.jsonl', html: 'measures/reviews.dev.html' },
    ...rest,
  };
}
