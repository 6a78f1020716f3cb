/** Results as the engine would give them, made by hand. */
import { influenceDefaults } from '../../src/interpret/influence/options';
import {
  suspicionDefaults,
  type InfluenceResult,
  type InfluenceRow,
  type SuspicionResult,
  type SuspiciousRow,
  type TestInstance,
  type TrainingSummary,
} from '../../src/protocol/influence';

export const fakeTest: TestInstance = {
  text: 'a very good film',
  pair: null,
  words: null,
  label: 'positive',
  predicted: 'negative',
  probability: 0.75,
  agrees: false,
  loss: 1.386,
  labelFrom: 'gold',
  says: 'the label "positive"',
};

export function fakeRow(line: number, score: number): InfluenceRow {
  return {
    text: `text of line ${line}`,
    pair: null,
    words: null,
    label: 'positive',
    predicted: 'positive',
    probability: 0.875,
    agrees: true,
    loss: 0.1335,
    line,
    endLine: line,
    score,
  };
}

export const fakeSummary: TrainingSummary = {
  file: 'train.jsonl',
  path: '/data/train.jsonl',
  lines: 1000,
  problems: [
    { says: 'the label "neutral" is none of the model\'s', count: 2, lines: [7, 9] },
    { says: 'there is no label', count: 1, lines: [12] },
  ],
  computed: 900,
  cached: 100,
};

const end = {
  damping: 0.01,
  device: 'cpu',
  milliseconds: 12.5,
  modelHash: 'ab'.repeat(32),
  modelName: 'sample',
};

export function fakeInfluence(changes: Partial<InfluenceResult> = {}): InfluenceResult {
  const wrong = { ...fakeRow(230, -1), predicted: 'negative', agrees: false, loss: 2.0794 };
  return {
    method: 'head',
    options: { ...influenceDefaults, k: 2 },
    says: 'Exact head influence, damping 0.01',
    scoreSays: 'Positive helps: more weight on the line lowers the loss.',
    test: fakeTest,
    tests: 1,
    testLoss: fakeTest.loss,
    helps: [fakeRow(17, 2), fakeRow(3, 0.5)],
    hurts: [wrong],
    disagreeing: { helps: [], hurts: [wrong] },
    train: fakeSummary,
    residual: null,
    notes: [{ check: 'optimum', ok: false, value: 0.25, says: 'The head is not at its optimum.' }],
    scores: null,
    ...end,
    ...changes,
  };
}

export function fakeSuspicion(changes: Partial<SuspicionResult> = {}): SuspicionResult {
  const rows = [fakeRow(40, 8), { ...fakeRow(5, 2), text: '=1+1, "quoted"\nsecond', pair: 'b' }];
  return {
    method: 'head',
    options: { ...suspicionDefaults, k: 2 },
    says: 'Self-influence of the head, damping 0.01',
    scoreSays: 'Large is suspicious.',
    rows: rows.map((row, index): SuspiciousRow => {
      return { ...row, rank: index + 1, reason: 'The model is sure of the other label.' };
    }),
    train: fakeSummary,
    disagreeing: 11,
    notes: [],
    ...end,
    ...changes,
  };
}
