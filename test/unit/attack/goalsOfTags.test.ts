/** What attacks want of taggers: margins against all taggings of a sentence, tried one by one. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply, firstDraft, type Draft } from '../../../src/interpret/attack/draft';
import { NothingToAttack, type Goal, type GoalQuestion } from '../../../src/interpret/attack/goal';
import { goalFor } from '../../../src/interpret/attack/goals';
import { entitiesOf, isOutside } from '../../../src/interpret/task/entities';
import type { ReadText } from '../../../src/interpret/task/readText';
import { GlassboxError } from '../../../src/protocol/messages';
import { tagged, valueOf } from '../../support/readings';

const labels = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];
const text = 'a b c d';

function goalOf(read: ReadText, more: Partial<GoalQuestion> = {}): Goal {
  const label = { kind: 'predicted' } as const;
  return goalFor['token-classification']({ read, label, target: null, by: 1, ...more });
}

const start = (goal: Goal, whole = text): Draft => firstDraft({ text: whole }, goal.anchor);

/** Logits 0, but for 5 of the tags that are named, and what `more` says. */
function tags(names: readonly string[], more: Record<string, number>[] = []): number[][] {
  return names.map((name, word) =>
    labels.map(label => (label === name ? 5 : 0) + (more[word]?.[label] ?? 0)),
  );
}

const read = (names: readonly string[], more?: Record<string, number>[]): ReadText =>
  tagged(text, labels, tags(names, more));

function judged(goal: Goal, now: ReadText, draft: Draft = start(goal)): [boolean, number] {
  const { reached, margin } = goal.judge(now, draft);
  const value = valueOf(now, goal.parts(now, draft));
  assert.ok(Math.abs(value - margin) < 1e-5, `${value}, not ${margin}`);
  return [reached, margin];
}

const fails = (says: RegExp) => (error: unknown) =>
  error instanceof GlassboxError && error.code === 'bad-input' && says.test(error.message);

/** Every way to tag four words. */
const everyTagging: number[][] = [0, 1, 2, 3].reduce<number[][]>(
  all => all.flatMap(some => labels.map((_, tag) => [...some, tag])),
  [[]],
);

/** The largest sum of logits of the taggings that `fits` lets through. */
function bestOf(z: readonly (readonly number[])[], fits: (tags: string[]) => boolean): number {
  return everyTagging
    .filter(tagging => fits(tagging.map(tag => labels[tag]!)))
    .reduce(
      (best, some) =>
        Math.max(
          best,
          some.reduce((sum, tag, at) => sum + z[at]![tag]!, 0),
        ),
      -Infinity,
    );
}

const randomLogits = fc.array(
  fc.array(
    fc.integer({ min: -320, max: 320 }).map(z => z / 64),
    { minLength: 5, maxLength: 5 },
  ),
  { minLength: 4, maxLength: 4 },
);
const spans = fc
  .tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }))
  .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }));

describe('goals of taggers', () => {
  const person = read(['O', 'B-PER', 'I-PER', 'O']);

  it('without a target want exactly this entity gone', () => {
    const goal = goalOf(person);
    assert.equal(goal.says, 'Make the model no longer find exactly "b c" as PER.');
    assert.deepEqual(
      [goal.from, goal.label, goal.anchor],
      [
        'PER: b c',
        { kind: 'span', start: 1, end: 3, label: 'PER' },
        { field: 0, start: 2, end: 5 },
      ],
    );
    assert.deepEqual(judged(goal, person), [false, -5]);
    const described = (names: string[]): [boolean, string] => {
      const now = read(names);
      return [judged(goal, now)[0], goal.describe(now, start(goal)).label];
    };
    assert.deepEqual(described(['O', 'B-LOC', 'I-LOC', 'O']), [true, 'LOC: b c']);
    assert.deepEqual(described(['O', 'O', 'O', 'O']), [true, 'no entity']);
    assert.deepEqual(described(['O', 'B-PER', 'B-PER', 'O']), [true, 'PER: b; PER: c']);
    assert.deepEqual(described(['O', 'B-PER', 'I-PER', 'I-PER']), [true, 'PER: b c d']);
    // An I that follows nothing begins an entity, and what stands elsewhere does not matter.
    assert.deepEqual(described(['O', 'I-PER', 'I-PER', 'B-PER']), [false, 'PER: b c']);
    assert.deepEqual(described(['B-PER', 'B-PER', 'I-PER', 'B-LOC']), [false, 'PER: b c']);
  });

  it('have the margin of the one word that is nearest to another tag', () => {
    const goal = goalOf(person);
    const now = read(['O', 'B-PER', 'I-PER', 'O'], [{}, { 'B-LOC': 3 }, { O: 4 }, { 'I-PER': 1 }]);
    assert.deepEqual(judged(goal, now), [false, -1]);
    const gone = read(['O', 'B-PER', 'O', 'O'], [{}, {}, { 'I-PER': 3 }]);
    assert.deepEqual(judged(goal, gone), [true, 2]);
  });

  it('compare the best tagging that is wanted with the best that is not, of all there are', () => {
    const targets = fc.constantFrom('PER', 'LOC', 'O', null);
    fc.assert(
      fc.property(randomLogits, randomLogits, spans, targets, (first, z, span, target) => {
        const original = tagged(text, labels, first);
        let goal: Goal;
        try {
          goal = goalOf(original, { label: { kind: 'span', ...span, label: 'O' }, target });
        } catch (error) {
          assert.ok(error instanceof NothingToAttack);
          return;
        }
        assert.ok(goal.label.kind === 'span');
        const { start: from, end, label } = goal.label;
        const type = target ?? label;
        const claim = (names: string[]): boolean =>
          type === 'O'
            ? names.slice(from, end).every(isOutside)
            : entitiesOf(names, 'joined').some(
                found => found.start === from && found.end === end && found.type === type,
              );
        const wants = (names: string[]): boolean => claim(names) === (target !== null);
        assert.equal(goal.judge(original, start(goal)).reached, false);
        const now = tagged(text, labels, z);
        const [reached, margin] = judged(goal, now);
        const truth = bestOf(z, wants) - bestOf(z, names => !wants(names));
        assert.ok(Math.abs(margin - truth) < 1e-9, `${margin}, not ${truth}`);
        if (margin !== 0) assert.equal(reached, margin > 0);
      }),
      { numRuns: 400 },
    );
  });

  it('with a target want the words to be one entity of that type, or in none', () => {
    const other = goalOf(person, { target: 'loc' });
    assert.equal(other.says, 'Make the model find exactly "b c" as LOC.');
    assert.deepEqual(judged(other, person), [false, -10]);
    assert.deepEqual(judged(other, read(['O', 'B-LOC', 'O', 'O'])), [false, -5]);
    assert.deepEqual(judged(other, read(['O', 'B-LOC', 'I-LOC', 'O'])), [true, 5]);
    const none = goalOf(person, { target: 'O' });
    assert.equal(none.says, 'Make the model find no entity in "b c".');
    assert.deepEqual(judged(none, person), [false, -10]);
    assert.deepEqual(judged(none, read(['B-PER', 'O', 'O', 'B-LOC'])), [true, 5]);
  });

  it('make an entity where there is none, of the words that were chosen', () => {
    const plain = read(['O', 'O', 'O', 'O']);
    const label = { kind: 'span', start: 0, end: 2, label: 'O' } as const;
    const goal = goalOf(plain, { label, target: 'PER' });
    assert.deepEqual([goal.from, goal.label], ['no entity', label]);
    assert.deepEqual(judged(goal, plain), [false, -10]);
    assert.equal(judged(goal, read(['B-PER', 'I-PER', 'O', 'O']))[0], true);
    assert.equal(judged(goal, read(['B-PER', 'O', 'O', 'O']))[0], false);
    const any = goalOf(plain, { label });
    assert.equal(any.says, 'Make the model find an entity in "a b".');
    assert.deepEqual(judged(any, read(['O', 'B-LOC', 'I-LOC', 'O'])), [true, 5]);
  });

  it('take the entity at the focus, else the first; and there must be one', () => {
    const two = ['B-PER', 'O', 'B-LOC', 'I-LOC'];
    const at = (focusWord: number | null): string =>
      goalOf(tagged(text, labels, tags(two), { focusWord })).from;
    assert.deepEqual([null, 0, 1, 3].map(at), ['PER: a', 'PER: a', 'PER: a', 'LOC: c d']);
    assert.throws(
      () => goalOf(read(['O', 'O', 'O', 'O'])),
      (error: unknown) =>
        error instanceof NothingToAttack && error.reason.includes('finds no entity'),
    );
  });

  it('refuse types that there are not, words that there are not, and what is predicted already', () => {
    assert.throws(() => goalOf(person, { target: 'ORG' }), fails(/no type "ORG".*PER, LOC, O/));
    assert.throws(() => goalOf(person, { target: 'PER' }), /already predicted: PER/);
    const label = { kind: 'span', start: 3, end: 5, label: 'O' } as const;
    assert.throws(() => goalOf(person, { label, target: 'PER' }), fails(/no words 3 to 5/));
    const half = tagged(text, labels, [...tags(['O', 'O', 'O']), null]);
    const last = { kind: 'span', start: 3, end: 4, label: 'O' } as const;
    assert.throws(() => goalOf(half, { label: last, target: 'PER' }), fails(/did not read/));
  });

  it('find the words again by their characters', () => {
    const goal = goalOf(person);
    const edit = { field: 0, start: 0, end: 1, edit: 'replace', to: 'x y z' } as const;
    const draft = apply(start(goal), [edit]);
    const z = tags(['B-PER', 'O', 'O', 'B-PER', 'I-PER', 'O']);
    const now = tagged('x y z b c d', labels, z);
    assert.deepEqual(judged(goal, now, draft), [false, -5]);
    assert.equal(goal.describe(now, draft).label, 'PER: b c');
  });

  it('see deleted words as no entity, and unread ones as nothing at all', () => {
    const del = { field: 0, start: 2, end: 5, edit: 'delete', to: '' } as const;
    const verdicts = ([null, 'LOC', 'O'] as const).map(target => {
      const goal = goalOf(person, { target });
      const gone = apply(start(goal), [del]);
      const now = tagged('a d', labels, tags(['O', 'B-LOC']));
      const { label, prediction } = goal.describe(now, gone);
      assert.deepEqual([label, prediction.decided], ['no entity', [labels.indexOf('B-LOC')]]);
      assert.deepEqual(goal.parts(now, gone), []);
      const unread = tagged(text, labels, [...tags(['O', 'O']), null, null]);
      assert.equal(goal.judge(unread, start(goal)).reached, false);
      assert.ok(goal.judge(unread, start(goal)).margin < -1000);
      return goal.judge(now, gone);
    });
    assert.deepEqual(
      verdicts.map(({ reached }) => reached),
      [true, false, true],
    );
    assert.ok(verdicts.every(({ margin }) => Number.isFinite(margin)));
  });

  it('change one word where each is one of its own', () => {
    const kinds = ['NOUN', 'VERB'];
    const z = [
      [2, 1],
      [1, 4],
    ];
    const words = tagged('a b', kinds, z, { focusWord: 1 });
    const goal = goalOf(words);
    assert.equal(goal.from, 'VERB: b');
    assert.deepEqual(judged(goal, words, start(goal, 'a b')), [false, -3]);
    const both = { kind: 'span', start: 0, end: 2, label: 'NOUN' } as const;
    const target = goalOf(words, { label: both, target: 'NOUN' });
    assert.deepEqual(judged(target, words, start(target, 'a b')), [false, -3]);
  });
});
