/** Traces and rankings as the host would send them. */
import type {
  InfluenceInstance,
  InfluenceMap,
  InfluenceResult,
  InfluenceRow,
  InfluenceState,
  SuspicionResult,
  SuspicionState,
  SuspiciousRow,
} from '../../../src/protocol';
import { suspicionDefaults } from '../../../src/protocol';
import { influenceDefaults } from '../../../src/interpret/influence/options';
import { plot, stateOf, wordPieces } from './samples';

const reviews = [
  'A joy from the first minute to the last , and the leads are wonderful together .',
  'The plot is thin , and nobody seems to care .',
  'Dull , long and without a single laugh .',
  'What a cast , what a story ; I would see it again tomorrow .',
  'The music is fine , but the rest of the film is a bore that never finds its way out of the first act , and then it goes on for another hour in which the same three people say the same three things in the same three rooms , until somebody turns on the light .',
  'Thin plot , great leads .',
];

/** Disagreements on every third line; scores fall with the rank. */
export function rowOf(rank: number, sign: 1 | -1, rest: Partial<InfluenceRow> = {}): InfluenceRow {
  const agrees = rank % 3 !== 1;
  const label = rank % 2 === 0 ? 'negative' : 'positive';
  const other = rank % 2 === 0 ? 'positive' : 'negative';
  const line = 57 + 13 * rank + (sign < 0 ? 5 : 0);
  return {
    text: reviews[(rank + (sign < 0 ? 1 : 0)) % reviews.length]!,
    pair: null,
    words: null,
    label,
    predicted: agrees ? label : other,
    probability: agrees ? 0.97 : 0.88,
    agrees,
    loss: agrees ? 0.03 : 2.1,
    line,
    endLine: line,
    score: (sign * 0.53) / (1 + rank / 3),
    ...rest,
  };
}

const manyRows = (count: number, sign: 1 | -1) =>
  Array.from({ length: count }, (_, rank) => rowOf(rank, sign));

export const asked: InfluenceInstance = {
  text: plot.record.text,
  pair: null,
  words: null,
  label: 'positive',
  predicted: 'negative',
  probability: 0.91,
  agrees: false,
  loss: 2.41,
};

export function influenceResultOf(
  rest: Partial<InfluenceResult> = {},
  count = 20,
): InfluenceResult {
  const lists = { helps: manyRows(count, 1), hurts: manyRows(count, -1) };
  const only = (rows: readonly InfluenceRow[]) => rows.filter(({ agrees }) => agrees === false);
  return {
    method: 'head',
    options: influenceDefaults,
    says: 'Exact influence over the classifier (514 parameters), damping 0.0021 chosen by itself.',
    scoreSays:
      'Positive helps: giving the training line more weight lowers the loss of the label \u201cpositive\u201d on this line; negative hurts.',
    test: { ...asked, labelFrom: 'gold', says: 'the label \u201cpositive\u201d' },
    tests: 1,
    testLoss: asked.loss,
    ...lists,
    disagreeing: { helps: only(lists.helps), hurts: only(lists.hurts) },
    train: {
      file: 'reviews.train.jsonl',
      path: '/data/reviews.train.jsonl',
      lines: 2_000,
      problems: [
        {
          says: 'the label "neutral" is none of the model\'s (negative, positive)',
          count: 1_203,
          lines: [3, 7, 8, 9, 40, ...Array.from({ length: 995 }, (_, at) => 100 + 2 * at)],
        },
        { says: 'the line has no label', count: 2, lines: [12, 13] },
      ],
      computed: 10,
      cached: 1_990,
    },
    residual: 0.00041,
    damping: 0.0021,
    notes: [
      {
        check: 'optimum',
        ok: false,
        value: 0.12,
        says: 'The head is not at its optimum: the mean gradient over the training file is 12 % of a line\u2019s.',
      },
      { check: 'finite', ok: true, value: null, says: 'All numbers are finite.' },
    ],
    scores: null,
    device: 'webgpu',
    milliseconds: 1_234,
    modelHash: 'ab'.repeat(32),
    modelName: 'sample-model',
    ...rest,
  };
}

export function influenceStateOf(
  result: InfluenceResult | null,
  rest: Partial<Omit<InfluenceState, 'result'>> = {},
): InfluenceState {
  return {
    record: { ...plot.record, gold: 'positive' },
    about: 'reviews.dev.jsonl, line 17',
    result,
    running: null,
    settings: { method: result?.method ?? 'head', options: {} },
    defaults: influenceDefaults,
    train: 'data/reviews.train.jsonl',
    ...rest,
  };
}

export const traced = influenceStateOf(influenceResultOf());

/** Several lines at once. */
export const aggregate = influenceStateOf(
  influenceResultOf({ test: null, tests: 12, testLoss: 0.834, helps: manyRows(3, 1), hurts: [] }),
  { record: null, about: '12 selected lines of reviews.dev.jsonl' },
);

/** The saliency of a row's line. */
export function influenceMapOf(row: InfluenceRow, place: InfluenceMap['place']): InfluenceMap {
  const tokens = wordPieces(row.text, row.text.split(' '));
  const record = { ...plot.record, file: 'reviews.train.jsonl', line: row.line, text: row.text };
  const scores = tokens.map((_, at) => Math.sin(at * 1.7));
  return { place, state: stateOf(row.text, tokens, scores, {}, { record }), failed: null };
}

/** Markup, right-to-left, and ten thousand characters. */
export const hostile = {
  markup: '<img src=x onerror="document.title=1"><b>bold</b>',
  rightToLeft:
    '\u05d4\u05e1\u05e8\u05d8 \u05d4\u05d9\u05d4 \u05d8\u05d5\u05d1 \u05de\u05d0\u05d5\u05d3 , 5 of 5 !',
  long: 'A very long review that does not end . '.repeat(257).slice(0, 10_000),
  unbroken: 'x'.repeat(500),
};

export function suspiciousRowOf(rank: number, rest: Partial<SuspiciousRow> = {}): SuspiciousRow {
  const row = rowOf(rank - 1, 1);
  return {
    ...row,
    score: 6.2 / Math.sqrt(rank),
    rank,
    reason:
      row.agrees === false
        ? `Without this line the model would say ${row.predicted} here: the label stands alone among similar lines.`
        : 'Label and prediction agree, but the prediction rests on this line itself.',
    ...rest,
  };
}

export function suspicionResultOf(
  count: number,
  rest: Partial<SuspicionResult> = {},
): SuspicionResult {
  const { train, notes } = influenceResultOf();
  return {
    method: 'head',
    options: suspicionDefaults,
    says: 'Self-influence over the classifier (514 parameters), damping 0.0021 chosen by itself.',
    scoreSays:
      'The larger the score, the more the model\u2019s answer on the line rests on the line itself.',
    rows: Array.from({ length: count }, (_, at) => suspiciousRowOf(at + 1)),
    train,
    disagreeing: 83,
    damping: 0.0021,
    notes,
    device: 'webgpu',
    milliseconds: 840.3,
    modelHash: 'ab'.repeat(32),
    modelName: 'sample-model',
    ...rest,
  };
}

export function suspicionStateOf(
  result: SuspicionResult | null,
  rest: Partial<Omit<SuspicionState, 'result'>> = {},
): SuspicionState {
  return {
    result,
    running: null,
    settings: { method: 'head', options: {} },
    train: 'data/reviews.train.jsonl',
    inProblems: false,
    ...rest,
  };
}
