/** The figures of an evaluation against counting them all again, and against cases by hand. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerF1 } from '../../../src/batch/evaluation/answerF1';
import type { EvaluatedLine, EvaluationLine } from '../../../src/batch/evaluation/evaluatedLine';
import { EvaluationFigures } from '../../../src/batch/evaluation/figures';
import { Strongest } from '../../../src/batch/strongest';
import { entitiesOf } from '../../../src/interpret/task/entities';
import type { LabelScores } from '../../../src/protocol/evaluation';
import type { TaskKind } from '../../../src/protocol/task';

const labels = ['a', 'b', 'c', 'd'];

function line(number: number, more: Partial<EvaluatedLine>): EvaluatedLine {
  return {
    record: { file: 'f', line: number, field: '', sha256: null },
    text: `text ${number}`,
    gold: null,
    predicted: 'a',
    confidence: null,
    correct: null,
    probabilities: {},
    unknown_label: null,
    unread: 0,
    windows: 1,
    ...more,
  };
}

function figuresOf(task: TaskKind, lines: readonly EvaluationLine[], names = labels) {
  const figures = new EvaluationFigures({ task, labels: names }, lines.length);
  for (const each of lines) figures.add(each);
  return figures;
}

const near = (found: number | null, expected: number | null, what = ''): void => {
  if (found === null || expected === null) assert.equal(found, expected, what);
  else assert.ok(Math.abs(found - expected) < 1e-9, `${what}: ${found}, not ${expected}`);
};

/** From the definition, with the arrays at hand. */
function scoresByHand(label: string, gold: string[][], predicted: string[][]): LabelScores {
  const has = (lists: string[][], i: number): boolean => lists[i]!.includes(label);
  const count = (fits: (i: number) => boolean): number => [...gold.keys()].filter(fits).length;
  const both = count(i => has(gold, i) && has(predicted, i));
  const [support, given] = [count(i => has(gold, i)), count(i => has(predicted, i))];
  const precision = given > 0 ? both / given : null;
  const recall = support > 0 ? both / support : null;
  const f1 =
    support + given === 0
      ? null
      : both === 0
        ? 0
        : (2 * precision! * recall!) / (precision! + recall!);
  return { label, precision, recall, f1, support, predicted: given };
}

describe('batch: figures of an evaluation', () => {
  const decision = fc.record({
    gold: fc.constantFrom(...labels.slice(0, 3), null),
    predicted: fc.constantFrom(...labels),
    confidence: fc.double({ min: 0.25, max: 1, noNaN: true }),
  });

  it('of single labels are those of the definitions', () => {
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 60 }), all => {
        const lines = all.map(({ gold, predicted, confidence }, i) =>
          line(i + 1, {
            gold,
            predicted,
            confidence,
            correct: gold === null ? null : gold === predicted,
          }),
        );
        const summary = figuresOf('text-classification', lines).summary(true);
        const judged = all.filter(({ gold }) => gold !== null);
        const right = judged.filter(({ gold, predicted }) => gold === predicted);
        assert.deepEqual(
          [summary.done, summary.judged, summary.right],
          [all.length, judged.length, right.length],
        );
        near(summary.accuracy, judged.length ? right.length / judged.length : null, 'accuracy');
        if (judged.length === 0) {
          assert.deepEqual(
            [summary.macroF1, summary.microF1, summary.confusion, summary.calibration],
            [null, null, null, null],
          );
          return;
        }
        near(summary.microF1, summary.accuracy, 'micro-F1 of single labels is the accuracy');
        const gold = judged.map(each => [each.gold!]);
        const predicted = judged.map(each => [each.predicted]);
        const expected = labels.map(label => scoresByHand(label, gold, predicted));
        summary.labels.forEach((scores, i) => {
          const { precision, recall, f1, ...counts } = expected[i]!;
          assert.deepEqual(
            { label: scores.label, support: scores.support, predicted: scores.predicted },
            counts,
          );
          near(scores.precision, precision, 'precision');
          near(scores.recall, recall, 'recall');
          near(scores.f1, f1, 'f1');
        });
        const defined = expected.flatMap(({ f1 }) => (f1 === null ? [] : [f1]));
        near(summary.macroF1, defined.reduce((a, b) => a + b, 0) / defined.length, 'macro-F1');
        assert.deepEqual(summary.confusion!.labels, labels);
        labels.forEach((row, r) => {
          labels.forEach((column, c) => {
            const cell = judged.filter(each => each.gold === row && each.predicted === column);
            assert.equal(summary.confusion!.counts[r]![c], cell.length);
          });
        });
        // ECE: the mean over records of the gap of the record's bin.
        const binOf = (p: number): number => Math.min(9, Math.floor(p * 10));
        const gaps = judged.map(({ confidence }) => {
          const bin = judged.filter(other => binOf(other.confidence) === binOf(confidence));
          const share = bin.filter(other => other.gold === other.predicted).length / bin.length;
          const mean = bin.reduce((sum, other) => sum + other.confidence, 0) / bin.length;
          return Math.abs(share - mean);
        });
        near(summary.calibration!.error, gaps.reduce((a, b) => a + b, 0) / gaps.length, 'ECE');
        const { bins } = summary.calibration!;
        assert.equal(
          bins.reduce((sum, bin) => sum + bin.right + bin.wrong, 0),
          judged.length,
        );
      }),
    );
  });

  it('of label sets are those of the definitions, micro over all labels', () => {
    const set = fc.subarray(labels);
    fc.assert(
      fc.property(fc.array(fc.tuple(set, set), { minLength: 1, maxLength: 40 }), all => {
        const lines = all.map(([gold, predicted], i) =>
          line(i + 1, {
            gold: gold.join(', '),
            predicted: predicted.join(', '),
            gold_labels: gold,
            predicted_labels: predicted,
            correct: gold.join() === predicted.join(),
          }),
        );
        const summary = figuresOf('multi-label-classification', lines).summary(true);
        const expected = labels.map(label =>
          scoresByHand(
            label,
            all.map(([gold]) => gold),
            all.map(([, predicted]) => predicted),
          ),
        );
        summary.labels.forEach((scores, i) => {
          near(scores.f1, expected[i]!.f1, scores.label);
        });
        const both = all.reduce((sum, [g, p]) => sum + g.filter(l => p.includes(l)).length, 0);
        const either = all.reduce((sum, [g, p]) => sum + g.length + p.length, 0);
        near(summary.microF1, either ? (2 * both) / either : null, 'micro-F1');
        assert.equal(summary.confusion, null);
      }),
    );
  });

  it('of tags count whole entities by type, as seqeval does', () => {
    // The example of seqeval's documentation: precision, recall and F1 0.50 (PER right, MISC one word too long).
    const sentences: [string, string][] = [
      ['O O O B-MISC I-MISC I-MISC O', 'O O B-MISC I-MISC I-MISC I-MISC O'],
      ['B-PER I-PER O', 'B-PER I-PER O'],
    ];
    const lines = sentences.map(([gold, predicted], i) => {
      const [right, found] = [gold, predicted].map(tags => entitiesOf(tags.split(' '), 'joined'));
      const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
      return line(i + 1, {
        gold,
        predicted,
        correct: gold === predicted,
        entities: [
          ...found!.map(span => ({
            ...span,
            probability: 0.75,
            status: right!.some(other => same(span, other))
              ? ('right' as const)
              : ('predicted' as const),
          })),
          ...right!
            .filter(span => !found!.some(other => same(span, other)))
            .map(span => ({ ...span, probability: 0.1, status: 'missed' as const })),
        ],
      });
    });
    const tags = ['O', 'B-MISC', 'I-MISC', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];
    const summary = figuresOf('token-classification', lines, tags).summary(true);
    const none = { precision: null, recall: null, f1: null, support: 0, predicted: 0 };
    assert.deepEqual(summary.labels, [
      { label: 'MISC', precision: 0, recall: 0, f1: 0, support: 1, predicted: 1 },
      { label: 'PER', precision: 1, recall: 1, f1: 1, support: 1, predicted: 1 },
      { label: 'LOC', ...none },
    ]);
    assert.deepEqual([summary.microF1, summary.macroF1, summary.accuracy], [0.5, 0.5, 0.5]);
    // Two entities were predicted, each with a probability of 0.75; one is right.
    near(summary.calibration!.error, 0.25);
  });

  it('of numbers are errors and correlations; the largest errors are listed first', () => {
    const pairs = [
      [1, 2],
      [2, 2.5],
      [3, 2],
      [4, 8],
    ] as const;
    const lines = pairs.map(([gold, value], i) =>
      line(i + 1, { gold: String(gold), gold_values: [gold], predicted_values: [value] }),
    );
    const figures = figuresOf('regression', [...lines, line(5, { predicted_values: [1] })]);
    const { numbers, accuracy, judged } = figures.summary(true);
    near(numbers!.meanAbsoluteError, (1 + 0.5 + 1 + 4) / 4);
    near(numbers!.rootMeanSquareError, Math.sqrt((1 + 0.25 + 1 + 16) / 4));
    // Ranks of the predictions: 1.5, 3, 1.5, 4.
    near(numbers!.spearman, 3 / Math.sqrt(5 * 4.5));
    // Deviations -1.5 -0.5 0.5 1.5 and -1.625 -1.125 -1.625 4.375.
    near(numbers!.pearson, 8.75 / Math.sqrt(5 * (2 * 1.625 ** 2 + 1.125 ** 2 + 4.375 ** 2)));
    assert.deepEqual([accuracy, judged], [null, 4]);
    assert.deepEqual(
      figures.wrong().map(row => row.line),
      [4, 1, 3, 2],
    );
  });

  it('of answers are exact ones and the words that are right', () => {
    near(answerF1('the Eiffel Tower', ['Eiffel tower.']), 1);
    near(answerF1('Paris, France', ['in Paris', 'London']), (2 * 1) / 4);
    near(answerF1('', ['a']), 1, 'both are empty without articles');
    near(answerF1('rain rain', ['rain']), (2 * 1) / 3);
    const lines = [
      line(1, { gold: 'x', predicted: 'x', correct: true, token_f1: 1, confidence: 0.5 }),
      line(2, { gold: 'y z', predicted: 'z', correct: false, token_f1: 2 / 3, confidence: 0.5 }),
      line(3, { token_f1: null }),
    ];
    const summary = figuresOf('question-answering', lines, []).summary(true);
    near(summary.accuracy, 0.5);
    near(summary.answerF1!, 5 / 6);
    assert.deepEqual([summary.labels, summary.macroF1], [[], null]);
  });

  it('show the most frequent of many labels, and find the lines of every cell', () => {
    const many = Array.from({ length: 80 }, (_, i) => `label ${i}`);
    const lines = Array.from({ length: 3000 }, (_, i) => {
      const gold = many[(i * i) % 80]!;
      const predicted = many[(i * 3) % 80]!;
      return line(i + 1, { gold, predicted, confidence: 0.5, correct: gold === predicted });
    });
    const figures = figuresOf('text-classification', lines, many);
    const { labels: shown, counts } = figures.summary(true).confusion!;
    assert.equal(shown.length, 50);
    shown.forEach((gold, row) => {
      shown.forEach((predicted, column) => {
        const own = lines.filter(each => each.gold === gold && each.predicted === predicted);
        assert.equal(counts[row]![column], own.length);
        const { records, total } = figures.confusion!.recordsOf(gold, predicted, 3);
        assert.equal(total, own.length);
        assert.deepEqual(
          records.map(record => record.line),
          own.slice(0, 3).map(each => each.record.line),
        );
      });
    });
    const weight = (label: string): number =>
      lines.filter(each => each.gold === label).length +
      lines.filter(each => each.predicted === label).length;
    const least = Math.min(...shown.map(weight));
    assert.ok(many.filter(label => !shown.includes(label)).every(label => weight(label) <= least));
  });

  it('keep the strongest entries in order, whatever the order in which they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5), { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        (weights, most) => {
          const kept = new Strongest<{ line: number }>(most);
          const order = weights.map((weight, i) => ({ weight, line: (i * 17) % 41 }));
          for (const { weight, line: at } of order) kept.add(weight, at, () => ({ line: at }));
          order.sort((x, y) => y.weight - x.weight || x.line - y.line);
          assert.deepEqual(
            kept.entries(),
            order.slice(0, most).map(({ line: at }) => ({ line: at })),
          );
        },
      ),
    );
  });
});
