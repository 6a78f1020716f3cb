import assert from 'node:assert/strict';
import fc from 'fast-check';
import { movedOffset, questionAt, wordAt, wordsOf } from '../../../src/host/attack/stepQuestion';
import { apply, firstDraft, type Edit } from '../../../src/interpret/attack/draft';
import type { AttackedText, LabelChoice, Token } from '../../../src/protocol';

const text = 'one two three four five six seven';
const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
  start: index,
  end: index + word.length,
}));

function attacked(change: Partial<AttackedText['prediction']>, label = 'x'): AttackedText {
  return {
    text,
    pair: null,
    words: null,
    label,
    prediction: {
      task: 'text-classification',
      link: 'softmax',
      label,
      labels: [],
      logits: [],
      probabilities: [],
      decided: [],
      right: [],
      entities: [],
      ...change,
    },
    margin: 0,
  };
}

describe('host: what is asked about a step', () => {
  it('is what is predicted there, in the place of the attacked decision', () => {
    const label: LabelChoice = { kind: 'label', label: 'positive' };
    assert.deepEqual(questionAt(label, attacked({})), { kind: 'predicted' });
    const mask: LabelChoice = { kind: 'mask', mask: 1, token: 'old' };
    assert.deepEqual(questionAt(mask, attacked({ task: 'fill-mask' }, 'new')), {
      kind: 'mask',
      mask: 1,
      token: 'new',
    });
  });

  it('is the attacked one of many labels, there or gone', () => {
    const task = 'multi-label-classification';
    const labels = ['toxic', 'insult'];
    const toxic: LabelChoice = { kind: 'label', label: 'toxic' };
    assert.deepEqual(questionAt(toxic, attacked({ task, labels, decided: [0, 1] })), toxic);
    assert.deepEqual(questionAt(toxic, attacked({ task, labels, decided: [1] })), {
      kind: 'not',
      label: 'toxic',
    });
  });

  it('follows a word through replacements, deletions and insertions', () => {
    const someEdit = fc.record({
      word: fc.nat(words.length - 1),
      kind: fc.constantFrom('replace', 'delete', 'insert'),
      to: fc.constantFrom('a', 'longer', 'two words'),
    });
    fc.assert(
      fc.property(fc.nat(words.length - 1), fc.array(someEdit, { maxLength: 5 }), (own, wanted) => {
        const touched = new Set([own]);
        const edits = wanted.flatMap(({ word, kind, to }): Edit[] => {
          if (touched.has(word)) return [];
          touched.add(word);
          const { start, end } = words[word]!;
          const place = kind === 'insert' ? { start, end: start } : { start, end };
          return [{ field: 0, ...place, edit: kind, to: kind === 'delete' ? '' : to }];
        });
        const anchor = { field: 0 as const, ...words[own]! };
        const draft = apply(firstDraft({ text, words }, anchor), edits);
        const moved = movedOffset(words[own]!.start, draft.changes);
        assert.equal(moved, draft.anchor?.start);
        const word = wordAt(draft.input.words!, moved)!;
        const { start, end } = draft.input.words![word]!;
        const { start: from, end: to } = words[own]!;
        assert.equal(draft.input.text.slice(start, end), text.slice(from, to));
      }),
    );
  });

  it('takes the beginning of what stands in the place of the word', () => {
    const { start, end } = words[2]!;
    const anchor = { field: 0 as const, start, end };
    const draft = apply(firstDraft({ text }, anchor), [
      { field: 0, start: words[0]!.start, end: words[0]!.end, edit: 'replace', to: 'eleven' },
      { field: 0, start, end, edit: 'replace', to: 'x' },
    ]);
    assert.equal(movedOffset(start, draft.changes), draft.anchor?.start);
  });

  it('counts words as the tokenizer cuts them', () => {
    const token = (start: number, end: number, word: number | null, field: 0 | 1 = 0): Token => ({
      field,
      text: 't',
      start,
      end,
      special: word === null,
      unknown: false,
      word,
    });
    const tokens = [
      token(0, 0, null),
      token(0, 2, 0),
      token(2, 4, 0),
      token(5, 6, 1),
      token(0, 3, 2, 1),
    ];
    assert.deepEqual(wordsOf({ tokens }), [
      { start: 0, end: 4 },
      { start: 5, end: 6 },
    ]);
    assert.equal(wordAt(wordsOf({ tokens }), 4), 1);
    assert.equal(wordAt(wordsOf({ tokens }), 6), null);
  });
});
