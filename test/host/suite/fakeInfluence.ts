/** What an engine could answer about a training file in JSONL, for tests that need an answer and no model. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { influenceDefaults } from '../../../src/interpret/influence/options';
import type {
  InfluenceRequest,
  InfluenceResult,
  InfluenceRow,
  SuspicionRequest,
  SuspicionResult,
  TrainingFile,
} from '../../../src/protocol';
import { suspicionDefaults } from '../../../src/protocol';

const about = {
  damping: 0.01,
  device: 'cpu',
  milliseconds: 1,
  modelHash: '00',
  modelName: 'fake',
} as const;

/** Every line, all of them taken for positive: lines with that label help, the others hurt. */
function rowsOf({ path: file }: TrainingFile): InfluenceRow[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line, index) => {
    const { text, label } = JSON.parse(line) as { text: string; label: string };
    const agrees = label === 'positive';
    return {
      ...{ text, pair: null, words: null, label, agrees, predicted: 'positive' },
      ...{ probability: 0.88, loss: agrees ? 0.1 : 2, line: index + 1, endLine: index + 1 },
      score: (agrees ? 1 : -1) / (index + 1),
    };
  });
}

function summaryOf({ path: file }: TrainingFile, lines: number): InfluenceResult['train'] {
  const name = path.basename(file);
  return { file: name, path: file, lines, problems: [], computed: lines, cached: 0 };
}

export function fakeInfluence(request: InfluenceRequest): InfluenceResult {
  const { tests, train, method } = request;
  const rows = rowsOf(train);
  const [only] = tests;
  const label = only?.gold?.kind === 'label' ? only.gold.label : null;
  const hurts = rows.filter(({ score }) => score < 0);
  return {
    method,
    options: { ...influenceDefaults, ...request.options },
    says: `${method} of a fake`,
    scoreSays: 'Positive helps.',
    test:
      only && tests.length === 1
        ? {
            ...{ text: only.text, pair: only.pair ?? null, words: null },
            ...{ label: label ?? 'positive', predicted: 'positive', probability: 0.88 },
            ...{ agrees: (label ?? 'positive') === 'positive', loss: 0.5 },
            ...{ labelFrom: label === null ? 'predicted' : 'gold', says: 'the label' },
          }
        : null,
    tests: tests.length,
    testLoss: 0.5,
    helps: rows.filter(({ score }) => score > 0),
    hurts,
    disagreeing: { helps: [], hurts },
    train: summaryOf(train, rows.length),
    residual: null,
    notes: [],
    scores: null,
    ...about,
  };
}

/** The lines that hurt, in the order of the file, and then the others. */
export function fakeSuspicions({ train, method, options }: SuspicionRequest): SuspicionResult {
  const all = rowsOf(train);
  const rows = [...all].sort((a, b) => Number(a.agrees) - Number(b.agrees) || a.line - b.line);
  return {
    method,
    options: { ...suspicionDefaults, ...options },
    says: `${method} of a fake`,
    scoreSays: 'Large is suspicious.',
    rows: rows.map((row, index) => ({
      ...row,
      rank: index + 1,
      reason: `labelled ${row.label}, the model says positive.`,
    })),
    train: summaryOf(train, all.length),
    disagreeing: all.filter(({ agrees }) => agrees === false).length,
    notes: [],
    ...about,
  };
}
