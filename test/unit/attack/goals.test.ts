/** What attacks want of classifiers and regressions, in closed form. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { firstDraft } from '../../../src/interpret/attack/draft';
import { NothingToAttack, type Goal, type GoalQuestion } from '../../../src/interpret/attack/goal';
import { goalFor } from '../../../src/interpret/attack/goals';
import type { ReadText } from '../../../src/interpret/task/readText';
import { GlassboxError } from '../../../src/protocol/messages';
import type { TaskKind } from '../../../src/protocol/task';
import { classified, valueOf } from '../../support/readings';

const labels = ['A', 'B', 'C'];
const draft = firstDraft({ text: '' }, null);

function goalOf(read: ReadText, more: Partial<GoalQuestion> = {}): Goal {
  const { task } = read.hand.head;
  return goalFor[task]({ read, label: { kind: 'predicted' }, target: null, by: 1, ...more });
}

/** [reached, margin], and that the margin is the value of the parts but for `constant`. */
function judged(goal: Goal, read: ReadText, constant = 0): [boolean, number] {
  const { reached, margin } = goal.judge(read, draft);
  const value = valueOf(read, goal.parts(read, draft));
  assert.ok(Math.abs(value - constant - margin) < 1e-5, `${value} - ${constant}, not ${margin}`);
  return [reached, margin];
}

const fails = (says: RegExp) => (error: unknown) =>
  error instanceof GlassboxError && error.code === 'bad-input' && says.test(error.message);

/** Logits that float32 holds exactly. */
const logits = (count: number) =>
  fc.array(
    fc.integer({ min: -1280, max: 1280 }).map(z => z / 64),
    { minLength: count, maxLength: count },
  );
const windows = (count: number) => fc.array(logits(count), { minLength: 1, maxLength: 3 });
const mean = (rows: readonly (readonly number[])[], label: number): number =>
  rows.reduce((sum, row) => sum + row[label]!, 0) / rows.length;

describe('goals of classifiers', () => {
  const original = classified('text-classification', labels, [[3, 1, 2]]);
  const of = (...rows: number[][]): ReadText => classified('text-classification', labels, rows);

  it('without a target want any other label', () => {
    const goal = goalOf(original);
    assert.deepEqual(
      [goal.says, goal.from, goal.label, goal.anchor],
      ['Make the model predict anything but "A".', 'A', { kind: 'label', label: 'A' }, null],
    );
    assert.deepEqual(judged(goal, original), [false, -1]);
    assert.deepEqual(judged(goal, of([1, 5, 4])), [true, 4]);
    assert.deepEqual(judged(goal, of([1, 0, 4], [2, 1, 4])), [true, 2.5]);
    const { label, prediction } = goal.describe(of([1, 5, 4]), draft);
    assert.deepEqual([label, prediction.decided, prediction.logits], ['B', [1], [1, 5, 4]]);
  });

  it('with a target want just that, by its name, its name in other letters, or its number', () => {
    for (const target of ['B', ' b ', '1']) {
      const goal = goalOf(original, { target });
      assert.equal(goal.says, 'Make the model predict "B" instead of "A".');
      assert.deepEqual(judged(goal, original), [false, -2]);
      assert.deepEqual(judged(goal, of([1, 3, 4])), [false, -1]);
      assert.deepEqual(judged(goal, of([1, 6, 4])), [true, 2]);
    }
  });

  it('refuse a label that there is not, and have nothing to do where it is predicted', () => {
    assert.throws(() => goalOf(original, { target: 'X' }), fails(/no label "X".*A, B, C/));
    assert.throws(
      () => goalOf(original, { target: 'A' }),
      (error: unknown) =>
        error instanceof NothingToAttack && error.reason === 'already predicted: A',
    );
    const single = classified('text-classification', ['A'], [[3]]);
    assert.throws(() => goalOf(single), fails(/single label \(A\)/));
  });

  it('speak of both labels of a single logit', () => {
    const binary = (...rows: number[][]): ReadText =>
      classified('binary-classification', ['no', 'yes'], rows);
    const up = goalOf(binary([-1.5]));
    assert.equal(up.from, 'no');
    assert.deepEqual(judged(up, binary([-1.5])), [false, -3]);
    assert.deepEqual(judged(up, binary([2], [1])), [true, 3]);
    const down = goalOf(binary([1.5]), { target: 'no' });
    assert.deepEqual(judged(down, binary([1.5])), [false, -3]);
    assert.deepEqual(judged(down, binary([-0.25])), [true, 0.5]);
  });

  it('are reached where the margin is positive, and tell it by their parts', () => {
    const kinds = fc.constantFrom<[TaskKind, number]>(
      ['text-classification', 3],
      ['binary-classification', 1],
    );
    const cases = kinds.chain(([task, count]) =>
      fc.tuple(fc.constant(task), logits(count), windows(count), fc.nat({ max: 2 })),
    );
    fc.assert(
      fc.property(cases, fc.boolean(), ([task, first, rows, other], targeted) => {
        const names = task === 'text-classification' ? labels : ['no', 'yes'];
        const read = classified(task, names, [first]);
        const own = goalOf(read).from;
        const target = targeted
          ? names.filter(name => name !== own)[other % (names.length - 1)]!
          : null;
        const goal = goalOf(read, { target });
        assert.equal(goal.judge(read, draft).reached, false);
        const now = classified(task, names, rows);
        const [reached, margin] = judged(goal, now);
        const { label } = goal.describe(now, draft);
        assert.equal(reached, target === null ? label !== own : label === target);
        if (margin !== 0) assert.equal(reached, margin > 0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('goals of classifiers with any number of labels', () => {
  const of = (...rows: number[][]): ReadText =>
    classified('multi-label-classification', labels, rows);
  const original = of([2, -1, 1]);

  it('want a label gone that is there, and there one that is not', () => {
    const gone = goalOf(original);
    assert.deepEqual([gone.says, gone.from], ['Make the model drop the label "A".', 'A']);
    assert.deepEqual(judged(gone, original), [false, -2]);
    assert.deepEqual(judged(gone, of([-3, 0, 0], [1, 0, 0])), [true, 1]);
    assert.equal(gone.describe(of([-1, 4, 4]), draft).label, 'not A');
    for (const more of [
      { target: 'B' },
      { label: { kind: 'label', label: 'B' } },
      { label: { kind: 'not', label: 'B' } },
    ] as const) {
      const there = goalOf(original, more);
      assert.deepEqual([there.says, there.from], ['Make the model give the label "B".', 'not B']);
      assert.deepEqual(there.label, { kind: 'not', label: 'B' });
      assert.deepEqual(judged(there, original), [false, -1]);
      assert.deepEqual(judged(there, of([0, 0.5, 0])), [true, 0.5]);
      assert.equal(there.describe(of([0, 0.5, 0]), draft).label, 'B');
    }
    assert.equal(goalOf(original, { label: { kind: 'label', label: 'C' } }).from, 'C');
  });

  it('take the likeliest label where there is none', () => {
    assert.equal(goalOf(of([-3, -1, -2])).says, 'Make the model give the label "B".');
  });

  it('refuse what is there already, and what cannot be', () => {
    assert.throws(() => goalOf(original, { target: 'C' }), /already predicted: C/);
    assert.throws(() => goalOf(original, { target: 'X' }), fails(/no label "X"/));
    const span = { kind: 'span', start: 0, end: 1, label: 'A' } as const;
    assert.throws(() => goalOf(original, { label: span }), fails(/whole texts/));
  });

  it('are reached where the margin is positive, and tell it by their parts', () => {
    fc.assert(
      fc.property(logits(3), windows(3), fc.constantFrom(...labels), (first, rows, name) => {
        const goal = goalOf(of(first), { label: { kind: 'label', label: name } });
        const [reached, margin] = judged(goal, of(...rows));
        assert.equal(reached, goal.describe(of(...rows), draft).label !== goal.from);
        if (margin !== 0) assert.equal(reached, margin > 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('goals of regressions', () => {
  const of = (...rows: number[][]): ReadText => classified('regression', ['value', 'other'], rows);
  const original = of([10, 3]);

  it('want the value to rise, to fall, or either', () => {
    const up = goalOf(original, { target: 'up', by: 2 });
    assert.equal(up.says, "Make the model's value (10) rise by at least 2.");
    assert.deepEqual(judged(up, original, 12), [false, -2]);
    assert.deepEqual(judged(up, of([11.5, 3], [13.5, 3]), 12), [true, 0.5]);
    assert.deepEqual(judged(up, of([7, 3]), 12), [false, -5]);
    const down = goalOf(original, { target: 'down', by: 2 });
    assert.deepEqual(judged(down, of([7, 3]), -8), [true, 1]);
    assert.deepEqual(judged(down, of([13, 3]), -8), [false, -5]);
    const any = goalOf(original, { by: 2 });
    assert.deepEqual(judged(any, original, 12), [false, -2]);
    assert.deepEqual(judged(any, of([7, 3]), -8), [true, 1]);
    assert.deepEqual(judged(any, of([13, 3]), 12), [true, 1]);
    assert.equal(any.describe(of([7.123456, 3]), draft).label, '7.123');
  });

  it('speak of the number that is asked about', () => {
    const goal = goalOf(original, { label: { kind: 'label', label: 'other' }, target: 'down' });
    assert.equal(goal.from, '3');
    assert.deepEqual(judged(goal, of([0, 1.5]), -2), [true, 0.5]);
  });

  it('are reached where it has moved far enough', () => {
    const by = fc.double({ min: 0.01, max: 10, noNaN: true });
    const targets = fc.constantFrom('up', 'down', null);
    fc.assert(
      fc.property(logits(2), windows(2), by, targets, (first, rows, far, target) => {
        const goal = goalOf(of(first), { target, by: far });
        const { reached, margin } = goal.judge(of(...rows), draft);
        const moved = mean(rows, 0) - first[0]!;
        const way = target === null ? Math.abs(moved) : target === 'up' ? moved : -moved;
        assert.ok(Math.abs(margin - (way - far)) < 1e-6);
        assert.equal(reached, margin >= 0);
      }),
      { numRuns: 300 },
    );
  });

  it('refuse other targets, and no distance at all', () => {
    assert.throws(() => goalOf(original, { target: 'left' }), fails(/"up" or "down".*"left"/));
    for (const by of [0, -1, NaN, Infinity]) {
      assert.throws(() => goalOf(original, { by }), fails(/greater than 0/));
    }
    assert.throws(
      () => goalOf(original, { label: { kind: 'label', label: 'x' } }),
      fails(/numbers/),
    );
  });
});
