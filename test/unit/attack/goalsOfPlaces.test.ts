/** What attacks want at a mask and of an answer in a context. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply, firstDraft, type Draft } from '../../../src/interpret/attack/draft';
import type { Goal, GoalQuestion } from '../../../src/interpret/attack/goal';
import { goalFor } from '../../../src/interpret/attack/goals';
import type { ReadText } from '../../../src/interpret/task/readText';
import { GlassboxError } from '../../../src/protocol/messages';
import { answered, masked, valueOf } from '../../support/readings';

function goalOf(read: ReadText, more: Partial<GoalQuestion> = {}): Goal {
  const { task } = read.hand.head;
  return goalFor[task]({ read, label: { kind: 'predicted' }, target: null, by: 1, ...more });
}

function judged(goal: Goal, now: ReadText, draft: Draft): [boolean, number] {
  const { reached, margin } = goal.judge(now, draft);
  const value = valueOf(now, goal.parts(now, draft));
  assert.ok(Math.abs(value - margin) < 1e-5, `${value}, not ${margin}`);
  return [reached, margin];
}

const fails = (says: RegExp) => (error: unknown) =>
  error instanceof GlassboxError && error.code === 'bad-input' && says.test(error.message);

const numbers = (count: number) =>
  fc.array(
    fc.integer({ min: -640, max: 640 }).map(z => z / 64),
    { minLength: count, maxLength: count },
  );

describe('goals at a mask', () => {
  const none = [0, 0, 0, 0];
  const original = masked('a ? b ?', [none, [1, 0, 5, 3], none, [4, 2, 0, 0]]);
  const start = (goal: Goal): Draft => firstDraft({ text: 'a ? b ?' }, goal.anchor);

  it('want another token, or just this one', () => {
    const goal = goalOf(original);
    assert.equal(goal.says, 'Make the model fill mask 1 with anything but "2".');
    assert.deepEqual(
      [goal.from, goal.label, goal.anchor, goal.anchorMayChange],
      ['2', { kind: 'mask', mask: 0, token: '2' }, { field: 0, start: 2, end: 3 }, false],
    );
    assert.deepEqual(judged(goal, original, start(goal)), [false, -2]);
    const wanted = goalOf(original, { target: '0' });
    assert.equal(wanted.says, 'Make the model fill mask 1 with "0" instead of "2".');
    assert.deepEqual(judged(wanted, original, start(wanted)), [false, -4]);
    const now = masked('a ? b ?', [none, [4, 0, 3, 1], none, none]);
    assert.deepEqual(judged(goal, now, start(goal)), [true, 1]);
    assert.deepEqual(judged(wanted, now, start(wanted)), [true, 1]);
    const { label, prediction } = goal.describe(now, start(goal));
    assert.deepEqual([label, prediction.labels[prediction.decided[0]!]], ['0', '0']);
  });

  it('stay at the mask that is asked about, wherever edits move it', () => {
    const goal = goalOf(original, { label: { kind: 'mask', mask: 1, token: '1' } });
    assert.deepEqual([goal.from, goal.anchor!.start], ['0', 6]);
    const edit = { field: 0, start: 0, end: 1, edit: 'replace', to: '? yz' } as const;
    const draft = apply(start(goal), [edit]);
    const now = masked('? yz ? b ?', [none, none, [9, 9, 9, 9], none, [1, 0, 3, 0]]);
    assert.deepEqual(judged(goal, now, draft), [true, 2]);
  });

  it('are not reached where the mask is not read', () => {
    const goal = goalOf(original);
    const unread = masked('a', [none]);
    assert.deepEqual(goal.parts(unread, start(goal)), []);
    const { reached, margin } = goal.judge(unread, start(goal));
    assert.ok(!reached && margin < -1000 && Number.isFinite(margin));
    assert.equal(goal.describe(unread, start(goal)).label, 'not read');
  });

  it('refuse words that the vocabulary has not, masks that there are not, and what is predicted', () => {
    assert.throws(
      () => goalOf(original, { target: 'word' }),
      fails(/"word" is not a single token/),
    );
    assert.throws(() => goalOf(original, { target: '2' }), /already predicted: 2/);
    const third = { kind: 'mask', mask: 2, token: '0' } as const;
    assert.throws(() => goalOf(original, { label: third }), fails(/no mask 2/));
    const span = { kind: 'span', start: 0, end: 1, label: 'O' } as const;
    assert.throws(() => goalOf(original, { label: span }), fails(/fills in a mask/));
  });

  it('are reached where the margin is positive, and tell it by their parts', () => {
    fc.assert(
      fc.property(numbers(4), numbers(4), fc.constantFrom(null, '0', '3'), (first, z, target) => {
        const read = masked('?', [first]);
        const own = goalOf(read).from;
        fc.pre(own !== target);
        const goal = goalOf(read, { target });
        const draft = firstDraft({ text: '?' }, goal.anchor);
        const [reached, margin] = judged(goal, masked('?', [z]), draft);
        const top = String(z.indexOf(Math.max(...z)));
        assert.equal(reached, target === null ? top !== own : top === target);
        if (margin !== 0) assert.equal(reached, margin > 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('goals of answers', () => {
  const context = 'in Paris or Rome or Paris';
  const original = answered(context, [0, 6, 0, 4, 0, 1], [0, 6, 0, 4, 0, 1]);
  const start = (goal: Goal, pair = context): Draft => firstDraft({ text: 'q', pair }, goal.anchor);

  it('want another answer, wherever the same one stands', () => {
    const goal = goalOf(original);
    assert.equal(goal.says, 'Make the model answer anything but "Paris".');
    assert.deepEqual(
      [goal.from, goal.label, goal.anchor],
      ['Paris', { kind: 'answer', start: 3, end: 8 }, { field: 1, start: 3, end: 8 }],
    );
    // From "Paris" to "Rome" is the best other answer: 6 + 4.
    assert.deepEqual(judged(goal, original, start(goal)), [false, -2]);
    const last = answered(context, [0, 1, 0, 2, 0, 9], [0, 1, 0, 2, 0, 9]);
    assert.equal(judged(goal, last, start(goal))[0], false);
    const rome = answered(context, [0, 1, 0, 9, 0, 0], [0, 0, 0, 9, 0, 3]);
    // Paris, with the second one's end behind Rome, is not an answer that reads the same: 0 + 3 is.
    assert.deepEqual(judged(goal, rome, start(goal)), [true, 15]);
    assert.equal(goal.describe(rome, start(goal)).label, 'Rome');
  });

  it('with a target want words of the context', () => {
    const goal = goalOf(original, { target: ' Rome ' });
    assert.equal(goal.says, 'Make the model answer "Rome" instead of "Paris".');
    assert.deepEqual(judged(goal, original, start(goal)), [false, -4]);
    const rome = answered(context, [0, 1, 0, 9, 0, 0], [0, 0, 0, 9, 0, 3]);
    assert.deepEqual(judged(goal, rome, start(goal)), [true, 6]);
    assert.throws(() => goalOf(original, { target: 'London' }), fails(/does not stand/));
    assert.throws(() => goalOf(original, { target: 'ome' }), fails(/middle of words/));
    assert.throws(() => goalOf(original, { target: 'Paris' }), /already predicted: Paris/);
  });

  it('know the answer by its place where its own words were edited', () => {
    const goal = goalOf(original);
    const edit = { field: 1, start: 3, end: 8, edit: 'replace', to: 'Athens' } as const;
    const draft = apply(start(goal), [edit]);
    const same = answered(draft.input.pair!, [0, 6, 0, 4, 0, 1], [0, 6, 0, 4, 0, 1]);
    assert.deepEqual(judged(goal, same, draft), [false, -2]);
    const other = answered(draft.input.pair!, [0, 1, 0, 1, 0, 6], [0, 1, 0, 1, 0, 6]);
    assert.equal(judged(goal, other, draft)[0], true);
  });

  it('are decided by what the model answers where the answer, or the target, is gone', () => {
    const gone = (goal: Goal, word: string): [ReadText, Draft] => {
      const at = context.indexOf(word);
      const edit = { field: 1, start: at, end: at + word.length, edit: 'delete', to: '' } as const;
      const draft = apply(start(goal), [edit]);
      return [answered(draft.input.pair!, [0, 0, 4, 0, 1], [0, 0, 4, 0, 1]), draft];
    };
    const untargeted = goalOf(original);
    assert.deepEqual(untargeted.judge(...gone(untargeted, 'Paris')), { reached: true, margin: 0 });
    const targeted = goalOf(original, { target: 'Rome' });
    const { reached, margin } = targeted.judge(...gone(targeted, 'Rome'));
    assert.ok(!reached && margin < -1000 && Number.isFinite(margin));
    const empty = answered('', [], []);
    assert.equal(untargeted.judge(empty, start(untargeted, '')).reached, false);
    assert.equal(untargeted.describe(empty, start(untargeted, '')).label, 'not read');
  });

  it('find another answer behind many that read the same', () => {
    const words = Array.from({ length: 9 }, () => 'x').join(' ');
    const z = [9, 8, 8, 8, 8, 8, 8, 8, 1];
    const ends = [9, -99, -99, -99, -99, -99, -99, -99, 1];
    const read = answered(words, z, ends);
    const goal = goalOf(read);
    // 'x' at its best is 9 + 9; all of 'x x x x x x x x x' is 9 + 1.
    assert.deepEqual(judged(goal, read, start(goal, words)), [false, -8]);
  });

  it('are reached where the margin is positive, and tell it by their parts', () => {
    const words = 'a b a c b';
    const targets = fc.constantFrom(null, 'a', 'b', 'b a');
    fc.assert(
      fc.property(
        numbers(5),
        numbers(5),
        numbers(5),
        numbers(5),
        targets,
        (s, e, nowS, nowE, target) => {
          const first = answered(words, s, e);
          fc.pre(goalOf(first).from !== target);
          const goal = goalOf(first, { target });
          const draft = start(goal, words);
          const now = answered(words, nowS, nowE);
          const [reached, margin] = judged(goal, now, draft);
          const { label } = goal.describe(now, draft);
          assert.equal(reached, target === null ? label !== goal.from : label === target);
          if (margin !== 0) assert.equal(reached, margin > 0);
          // All pairs of a start and an end.
          const best = (fits: (answer: string) => boolean): number => {
            let most = -Infinity;
            for (let i = 0; i < 5; i++) {
              for (let j = i; j < 5; j++) {
                const own = words.slice(2 * i, 2 * j + 1);
                if (fits(own)) most = Math.max(most, nowS[i]! + nowE[j]!);
              }
            }
            return most;
          };
          const wanted = (own: string): boolean =>
            target === null ? own !== goal.from : own === target;
          assert.ok(Math.abs(margin - (best(wanted) - best(own => !wanted(own)))) < 1e-9);
        },
      ),
      { numRuns: 300 },
    );
  });
});
