/** The page of an evaluation: its numbers are the evaluation's, and texts of others stay texts. */
import assert from 'node:assert/strict';
import { evaluationPage } from '../../../../src/batch/page/evaluationPage';
import { printable } from '../../../../src/batch/printable';
import type {
  ConfidenceBin,
  EvaluationState,
  EvaluationSummary,
} from '../../../../src/protocol/evaluation';
import { assertHarmless, hostile } from './hostile';
import { all, attribute, parsePage, rowsOf, textOf, valuesOf } from './parsed';

const bins: ConfidenceBin[] = [
  { from: 0, to: 0.5, right: 0, wrong: 0, confidence: null },
  { from: 0.5, to: 0.75, right: 1, wrong: 3, confidence: 0.6543210987 },
  { from: 0.75, to: 1, right: 11, wrong: 1, confidence: 0.9 },
];

const summary: EvaluationSummary = {
  task: 'text-classification',
  total: 1200,
  done: 1200,
  judged: 16,
  right: 12,
  accuracy: 0.75,
  macroF1: 0.7123456,
  microF1: 0.75,
  labels: [
    { label: 'bad', precision: 0.7, recall: 0.8125, f1: 0.7520661157, support: 8, predicted: 10 },
    { label: 'good', precision: null, recall: 0, f1: null, support: 8, predicted: 0 },
  ],
  confusion: {
    labels: ['bad', 'good'],
    counts: [
      [6, 2],
      [0, 0],
    ],
  },
  calibration: { error: 0.1234567, bins },
  numbers: null,
  problems: { unreadable: 1, empty: 0, 'unknown-label': 2, truncated: 0, failed: 0 },
};

const evaluated: EvaluationState = {
  file: 'reviews.jsonl',
  about: '16 selected lines of reviews.jsonl',
  modelName: 'tiny',
  summary,
  wrong: [
    {
      line: 7,
      text: 'a film',
      gold: 'bad',
      predicted: 'good',
      confidence: 0.987654,
      correct: false,
    },
    { line: 9, text: 'a joy', gold: null, predicted: 'bad', confidence: null, correct: false },
  ],
  problems: [{ kind: 'unreadable', line: 3, says: 'reviews.jsonl, line 3 is no JSON.' }],
  state: 'done',
  inProblems: false,
  saved: '',
};

describe('page of an evaluation', () => {
  const page = parsePage(evaluationPage(evaluated));

  it('shows the summary', () => {
    const text = textOf(page);
    assert.match(text, /accuracy75\.0 % \(12 of 16 lines with a known gold label\)/);
    assert.match(text, /macro-F10\.712/);
    assert.match(text, /expected calibration error0\.123/);
    assert.match(text, /lines1,200 of 1,200/);
    assertHarmless(page);
  });

  it('shows scores by label, undefined ones as such', () => {
    const rows = rowsOf(page, 'By label');
    assert.deepEqual(rows.map(valuesOf), [
      [0.7, 0.8125, 0.7520661157, 8, 10],
      [0, 8, 0],
    ]);
    assert.deepEqual(all(rows[1]!, 'td').map(textOf), [
      'undefined',
      '0.000',
      'undefined',
      '8',
      '0',
    ]);
  });

  it('shows the confusion matrix, each row tinted by its own sum', () => {
    const rows = rowsOf(page, 'Confusion matrix');
    assert.deepEqual(rows.map(valuesOf), summary.confusion!.counts);
    const shares = rows.map(row =>
      all(row, 'td').map(cell => Number(/--share: ([\d.]+)/.exec(attribute(cell, 'style')!)![1])),
    );
    assert.deepEqual(shares, [
      [0.75, 0.25],
      [0, 0],
    ]);
  });

  it('draws calibration and confidence', () => {
    const circles = all(page, 'circle').map(each => ({
      x: Number(attribute(each, 'cx')),
      y: Number(attribute(each, 'cy')),
    }));
    // The diagonal gives the scale.
    const [from, to] = attribute(all(page, 'polyline')[0]!, 'points')!
      .split(' ')
      .map(point => point.split(',').map(Number));
    const across = (x: number) => (x - from![0]!) / (to![0]! - from![0]!);
    const up = (y: number) => (y - from![1]!) / (to![1]! - from![1]!);
    assert.equal(circles.length, 2);
    for (const [index, [confidence, accuracy]] of [
      [0.6543, 0.25],
      [0.9, 11 / 12],
    ].entries()) {
      assert.ok(Math.abs(across(circles[index]!.x) - confidence!) < 1e-3);
      assert.ok(Math.abs(up(circles[index]!.y) - accuracy!) < 1e-3);
    }
    const heights = all(page, 'rect').map(each => Number(attribute(each, 'height')));
    const kinds = all(page, 'rect').map(each => attribute(each, 'class'));
    assert.deepEqual(kinds, ['right', 'wrong', 'right', 'wrong']);
    const unit = heights[0]!;
    assert.deepEqual(
      heights.map(height => Math.round(height / unit)),
      [1, 3, 11, 1],
    );
    const numbers = rowsOf(page, 'Calibration and confidence').map(row =>
      all(row, 'td').map(textOf),
    );
    assert.deepEqual(numbers[0], ['none', '0', '0', 'none']);
    assert.deepEqual(numbers[1], ['0.654', '1', '3', '0.250']);
  });

  it('lists wrong lines and problems, and says when it does not list all', () => {
    const rows = rowsOf(page, 'Wrong lines, the most confident first');
    assert.deepEqual(
      rows.map(row => all(row, 'td').map(textOf)),
      [
        ['7', 'a film', 'bad', 'good', '0.988'],
        ['9', 'a joy', 'none', 'bad', 'none'],
      ],
    );
    assert.match(textOf(page), /The first 2 of 4\./);
    assert.match(textOf(page), /cannot be read: 1; label unknown to the model: 2/);
  });

  it('shows what there is of regressions, and of a run that was stopped', () => {
    const numbers = {
      meanAbsoluteError: 0.5,
      rootMeanSquareError: 0.625,
      pearson: 0.25,
      spearman: null,
    };
    const other = {
      ...summary,
      labels: [],
      confusion: null,
      calibration: null,
      numbers,
      accuracy: null,
    };
    const text = textOf(
      parsePage(evaluationPage({ ...evaluated, summary: { ...other, done: 5 }, state: 'stopped' })),
    );
    assert.match(text, /mean absolute error0\.500/);
    assert.match(text, /Pearson correlation0\.250/);
    assert.match(text, /Spearman correlationundefined/);
    assert.match(text, /accuracyundefined: no line/);
    assert.match(text, /Stopped after 5 of 1,200 lines/);
    assert.doesNotMatch(text, /Confusion matrix|Calibration and/);
  });

  it('holds texts of others as texts', () => {
    for (const text of hostile) {
      const evil = parsePage(
        evaluationPage({
          ...evaluated,
          about: text,
          modelName: text,
          summary: {
            ...summary,
            labels: [{ ...summary.labels[0]!, label: text }],
            confusion: { labels: [text], counts: [[1]] },
          },
          wrong: [{ ...evaluated.wrong[0]!, text, gold: text, predicted: text }],
          problems: [{ kind: 'failed', line: 1, says: text }],
        }),
      );
      assertHarmless(evil);
      const shown = all(evil, 'bdi').map(textOf);
      assert.equal(shown.filter(each => each === printable(text)).length, 9);
    }
  });
});
