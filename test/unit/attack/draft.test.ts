/** Texts with edits: whatever is done to them, everything stays in its place. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  apply,
  firstDraft,
  textOf,
  type Draft,
  type Edit,
} from '../../../src/interpret/attack/draft';
import type { FieldIndex, TextRange } from '../../../src/protocol/task';

const word = fc.stringMatching(/^[a-z]{1,4}$/);
const ranges = (text: string): TextRange[] =>
  [...text.matchAll(/\S+/g)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  }));

/** What is done to each word of a text of its own words ('w0', 'w1', ...), and what is put before and behind it. */
interface Plan {
  readonly doing: 'keep' | 'delete' | 'replace' | 'characters' | 'insert before' | 'insert behind';
  readonly to: string;
}

const plans = (doing: readonly Plan['doing'][]) =>
  fc.array(fc.record({ doing: fc.constantFrom(...doing), to: word }), {
    minLength: 1,
    maxLength: 8,
  });
const all = ['keep', 'delete', 'replace', 'characters', 'insert before', 'insert behind'] as const;

/** Says in which order things are done. */
const keys = fc.array(fc.nat(), { minLength: 8, maxLength: 8 });

function shuffle<T>(things: readonly T[], by: readonly number[]): T[] {
  const order = [...things.keys()].sort((a, b) => by[a]! - by[b]!);
  return order.map(at => things[at]!);
}

/** 'w0 w1 w2', and the edits in place in it. */
function planned(plan: readonly Plan[], field: FieldIndex = 0): { text: string; edits: Edit[] } {
  const text = plan.map((_, index) => `w${index}`).join(' ');
  const edits = ranges(text).flatMap(({ start, end }, index): Edit[] => {
    const { doing, to } = plan[index]!;
    switch (doing) {
      case 'keep':
        return [];
      case 'delete':
        return [{ field, start, end, edit: 'delete', to: '' }];
      case 'replace':
      case 'characters':
        return [{ field, start, end, edit: doing, to }];
      case 'insert before':
        return [{ field, start, end: start, edit: 'insert', to }];
      case 'insert behind':
        return [{ field, start: end, end, edit: 'insert', to }];
    }
  });
  return { text, edits };
}

/** The words that a plan comes to. */
function expected(plan: readonly Plan[]): string[] {
  return plan.flatMap(({ doing, to }, index) => {
    const own = `w${index}`;
    switch (doing) {
      case 'keep':
        return [own];
      case 'delete':
        return [];
      case 'replace':
      case 'characters':
        return [to];
      case 'insert before':
        return [to, own];
      case 'insert behind':
        return [own, to];
    }
  });
}

function undo(draft: Draft, field: FieldIndex): string {
  return draft.changes
    .filter(change => change.field === field)
    .reduceRight(
      (text, { start, end, from }) => text.slice(0, start) + from + text.slice(end),
      textOf(draft, field),
    );
}

/** The same edits one at a time: each in place in the text that the earlier ones made. */
function oneByOne(text: string, words: TextRange[] | null, edits: readonly Edit[]): Draft {
  return edits.reduce(
    (draft, edit) => {
      const at = (position: number): number => {
        // Of the unique words of a plan those before the edit's own place, as they stand now.
        const before = ranges(text).filter(({ start }) => start < position);
        const index = before.length - 1;
        const own = before[index];
        if (!own || position > own.end) {
          const next = textOf(draft, 0).indexOf(`w${index + 1}`);
          return next;
        }
        return textOf(draft, 0).indexOf(`w${index}`) + position - own.start;
      };
      const start =
        edit.start === edit.end ? at(edit.start) : at(edit.end) - (edit.end - edit.start);
      return apply(draft, [{ ...edit, start, end: start + edit.end - edit.start }]);
    },
    firstDraft({ text, ...(words && { words }) }, null),
  );
}

describe('drafts', () => {
  it('hold the words that were asked for, single blanks between them, in whatever order', () => {
    fc.assert(
      fc.property(plans(all), keys, (plan, by) => {
        const { text, edits } = planned(plan);
        const shuffled = shuffle(edits, by);
        const draft = apply(firstDraft({ text, words: ranges(text) }, null), edits);
        assert.deepEqual(apply(firstDraft({ text, words: ranges(text) }, null), shuffled), draft);
        assert.deepEqual(draft.input.text.split(' ').filter(Boolean), expected(plan));
        assert.doesNotMatch(draft.input.text, /^ | {2}/);
      }),
      { numRuns: 500 },
    );
  });

  it('begin and end without a blank, but where only what was inserted is left of a beginning or end', () => {
    fc.assert(
      fc.property(plans(['keep', 'delete', 'replace', 'characters', 'insert behind']), plan => {
        const { text, edits } = planned(plan);
        const found = apply(firstDraft({ text }, null), edits).input.text;
        assert.equal(found, expected(plan).join(' '));
      }),
      { numRuns: 500 },
    );
  });

  it('know their words: kept ones, replaced ones, inserted ones, and no deleted ones', () => {
    fc.assert(
      fc.property(plans(all), plan => {
        const { text, edits } = planned(plan);
        const { input } = apply(firstDraft({ text, words: ranges(text) }, null), edits);
        const words = input.words!.map(({ start, end }) => input.text.slice(start, end));
        assert.deepEqual(words, expected(plan));
      }),
      { numRuns: 500 },
    );
  });

  it('tell each change in its place, and are undone by them', () => {
    fc.assert(
      fc.property(plans(all), plan => {
        const { text, edits } = planned(plan);
        const draft = apply(firstDraft({ text }, null), edits);
        for (const { start, end, to } of draft.changes) {
          assert.equal(draft.input.text.slice(start, end), to);
        }
        assert.equal(draft.changes.length, edits.length);
        assert.deepEqual(draft.changed, draft.changes);
        assert.equal(undo(draft, 0), text);
      }),
      { numRuns: 500 },
    );
  });

  it('come to the same one edit after the other, of which the last alone has just changed', () => {
    fc.assert(
      fc.property(plans(all), keys, (plan, by) => {
        const { text, edits } = planned(plan);
        const shuffled = shuffle(edits, by);
        const slowly = oneByOne(text, ranges(text), shuffled);
        const { changed, ...together } = apply(
          firstDraft({ text, words: ranges(text) }, null),
          edits,
        );
        assert.deepEqual({ ...slowly, changed }, { ...together, changed });
        assert.equal(slowly.changed.length, Math.min(1, edits.length));
        const last = shuffled.at(-1);
        if (last) assert.equal(slowly.changed[0]!.to.trim(), last.to);
      }),
      { numRuns: 500 },
    );
  });

  it('carry the anchor along: the same characters, and those that replace its own', () => {
    fc.assert(
      fc.property(plans(all), fc.nat(), fc.nat(), (plan, a, b) => {
        const { text, edits } = planned(plan);
        const words = ranges(text);
        const [first, last] = [a % plan.length, b % plan.length].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const anchor = { field: 0, start: words[first]!.start, end: words[last]!.end } as const;
        const draft = apply(firstDraft({ text }, anchor), edits);
        const found = draft.input.text.slice(draft.anchor!.start, draft.anchor!.end);
        assert.ok(draft.anchor!.end <= draft.input.text.length);
        // What is put beside the anchor is none of it.
        const inside = plan.slice(first, last + 1).flatMap((step, at) => {
          const [edge] = expected([step]).slice(-1);
          const own = step.doing.startsWith('insert') || step.doing === 'keep';
          const name = `w${first + at}`;
          if (!own) return step.doing === 'delete' ? [] : [edge!];
          const before = step.doing === 'insert before' && at > 0 ? [step.to] : [];
          const behind = step.doing === 'insert behind' && first + at < last ? [step.to] : [];
          return [...before, name, ...behind];
        });
        assert.equal(found, inside.join(' '));
      }),
      { numRuns: 500 },
    );
  });

  it('leave the other text alone', () => {
    fc.assert(
      fc.property(plans(all), plans(all), (plan, other) => {
        const [{ text }, { text: pair, edits }] = [planned(plan), planned(other, 1)];
        const words = ranges(text);
        const anchor = { field: 0, start: 0, end: words[0]!.end } as const;
        const draft = apply(firstDraft({ text, pair, words }, anchor), edits);
        assert.deepEqual([draft.input.text, draft.input.words], [text, words]);
        assert.deepEqual(draft.anchor, anchor);
        assert.equal(undo(draft, 1), pair);
        const back = apply(
          firstDraft({ text, pair }, { ...anchor, field: 1 }),
          planned(plan).edits,
        );
        assert.deepEqual([back.input.pair, back.anchor], [pair, { ...anchor, field: 1 }]);
      }),
      { numRuns: 200 },
    );
  });

  it('keep marks and words apart that a mark alone held apart', () => {
    const without = (text: string, what: string): string => {
      const start = text.indexOf(what);
      const edit = { field: 0, start, end: start + what.length, edit: 'delete', to: '' } as const;
      return apply(firstDraft({ text }, null), [edit]).input.text;
    };
    assert.equal(without('well-known', '-'), 'well known');
    assert.equal(without('Hello, world.', ','), 'Hello world.');
    assert.equal(without('Hello world.', 'world'), 'Hello.');
    assert.equal(without('plain bad, okay', 'bad'), 'plain, okay');
    assert.equal(without('(so) be it', 'so'), '() be it');
    assert.equal(without('one', 'one'), '');
  });

  it('are the text before once their last change is taken back, with marks between the words too', () => {
    const pieces = fc.array(fc.constantFrom('ab', 'c', '-', ',', ' ', ' '), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, keys, (parts, by) => {
        const text = parts.join('').trim();
        let draft = firstDraft({ text }, null);
        for (const key of by) {
          const units = [...textOf(draft, 0).matchAll(/[a-z]+|[-,]/g)];
          const unit = units[key % units.length];
          if (!unit) break;
          const [start, end] = [unit.index, unit.index + unit[0].length];
          const before = textOf(draft, 0);
          draft = apply(draft, [{ field: 0, start, end, edit: 'delete', to: '' }]);
          assert.equal(undo({ ...draft, changes: draft.changed }, 0), before);
          assert.equal(undo(draft, 0), text);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('put a word where another one goes', () => {
    const text = 'a b c';
    const gone = { field: 0, edit: 'delete', to: '' } as const;
    const added = { field: 0, edit: 'insert', to: 'x' } as const;
    const both = (deleted: number, inserted: number): string => {
      const edits = [
        { ...gone, start: deleted, end: deleted + 1 },
        { ...added, start: inserted, end: inserted },
      ];
      const draft = apply(firstDraft({ text }, null), edits);
      assert.equal(undo(draft, 0), text);
      return draft.input.text;
    };
    assert.equal(both(0, 0), 'x b c');
    assert.equal(both(0, 1), 'x b c');
    assert.equal(both(2, 2), 'a x c');
    assert.equal(both(2, 3), 'a x c');
    assert.equal(both(4, 5), 'a b x');
    // The blank of what was inserted is its own.
    assert.equal(both(4, 4), 'a b x ');
  });

  it('keep of an anchor that is replaced together with what stands before it what replaces both', () => {
    const edit = { field: 0, start: 0, end: 3, edit: 'replace', to: 'xyz!' } as const;
    const { input, anchor } = apply(firstDraft({ text: 'a b c' }, { field: 0, start: 2, end: 5 }), [
      edit,
    ]);
    assert.equal(input.text.slice(anchor!.start, anchor!.end), 'xyz! c');
  });

  it('read text beyond the first plane and other blanks as they are', () => {
    const text = '🙂 a\tb';
    const edit = { field: 0, start: 3, end: 4, edit: 'replace', to: '😀😀' } as const;
    const draft = apply(firstDraft({ text, words: ranges(text) }, null), [edit]);
    assert.equal(draft.input.text, '🙂 😀😀\tb');
    assert.deepEqual(draft.input.words, ranges('🙂 😀😀\tb'));
  });
});
