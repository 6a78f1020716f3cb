import assert from 'node:assert/strict';
import fc from 'fast-check';
import { goldInWords } from '../../../src/dataset/gold';
import { recordAt } from '../../../src/dataset/recordAt';
import { textInput } from '../../../src/dataset/textInput';
import { checkPlaces, complaintOf, linesOf } from './sources';

function at(value: object, options = {}) {
  return recordAt(linesOf(JSON.stringify(value), 'data.jsonl'), 'jsonl', 0, options);
}

function refusal(value: object, options = {}): string {
  return complaintOf(() => at(value, options));
}

const range = (start: number, end: number) => ({ start, end });

describe('dataset: lists of words, tags and labels in JSONL', () => {
  it('finds each word of any list in the file', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
      fc.constantFrom('New York', '"', '\\', '😀', '\n', '\ud83d', '', '[', ',', '}'),
    );
    const rows = fc.array(fc.tuple(word, fc.constantFrom('O', 'B-PER')), { minLength: 1 });
    const sentence = rows.filter(list => list.some(([text]) => text.trim() !== ''));
    const space = fc.constantFrom(undefined, 1);
    fc.assert(
      fc.property(sentence, space, (list, indent) => {
        const row = {
          id: 1,
          ner_tags: list.map(([, tag]) => tag),
          tokens: list.map(([text]) => text),
        };
        const line = JSON.stringify(row, null, indent).replaceAll('\n', ' ');
        const source = linesOf(line);
        const { text, words, label } = recordAt(source, 'jsonl', 0);
        assert.equal(label, null);
        assert.equal(text.value, row.tokens.join(' '));
        assert.deepEqual(
          words!.map(({ start, end, tag }) => [text.value.slice(start, end), tag]),
          list,
        );
        for (const { start, end } of words!) {
          const [from, to] = [text.positionOf(start), text.positionOf(end)];
          const written = source.line(0).slice(from.character - 1, to.character + 1);
          assert.equal(JSON.parse(written), text.value.slice(start, end));
        }
        checkPlaces(source, text, (raw, character) => ['\\', '"'].includes(raw[character]!));
      }),
    );
  });

  it('knows the usual names; indices of tags are handed on as they are written', () => {
    for (const words of ['tokens', 'words', 'Tokens']) {
      for (const tags of ['ner_tags', 'tags', 'labels', 'ner']) {
        const told = textInput(at({ [tags]: [3, 0], [words]: ['Ann', 'sang'] }));
        assert.deepEqual(told, {
          text: 'Ann sang',
          words: [range(0, 3), range(4, 8)],
          gold: { kind: 'tags', tags: ['3', '0'] },
        });
      }
    }
    const many = { tokens: ['a', 'b'], pos_tags: [9, 9], chunk_tags: [8, 8], ner_tags: [1, 2] };
    assert.equal(goldInWords(at(many)), '1 2');
    assert.equal(goldInWords(at(many, { labelField: 'pos_tags' })), '9 9');
    assert.equal(at({ ...many, text: 'a b' }).text.name, 'tokens');
  });

  it('takes the text where that is named, or where the words have no tags', () => {
    const row = { text: 'a b', tokens: ['a', 'b'], ner_tags: [1, 2] };
    const told = at(row, { textField: 'text' });
    assert.deepEqual([told.text.name, told.words, told.label], ['text', null, null]);
    assert.equal(at({ text: 'a b', tokens: ['a', 'b'] }).text.name, 'text');
  });

  it('takes words without tags, and words with one label', () => {
    const plain = at({ id: 'x', tokens: ['a', 'b'] });
    assert.deepEqual(textInput(plain), { text: 'a b', words: [range(0, 1), range(2, 3)] });
    const labelled = textInput(at({ tokens: ['a', 'b'], label: 'good' }));
    assert.deepEqual(labelled.gold, { kind: 'label', label: 'good' });
    const holes = at({ tokens: ['a', 'b'], tags: ['O', null] });
    assert.deepEqual(
      holes.words!.map(({ tag }) => tag),
      ['O', null],
    );
    assert.equal(textInput(holes).gold, undefined);
    assert.equal(
      textInput(at({ tokens: ['a'], tags: [1] }, { labelField: '(none)' })).gold,
      undefined,
    );
  });

  it('refuses words and tags that differ in number', () => {
    assert.equal(
      refusal({ tokens: ['a', 'b', 'c'], tags: ['O', 'O'] }),
      'data.jsonl, line 1: "tokens" has 3 words, "tags" has 2 tags. Give one tag for each word.',
    );
    const row = { tokens: ['a'], tags: ['O'], other: ['O', 'O'] };
    assert.match(refusal(row, { labelField: 'other' }), /"other" has 2 tags/);
  });

  it('tells the word that was pointed at by its place in the line', () => {
    //                   0         1         2
    //                   012345678901234567890
    const source = linesOf('{"tokens":["Ann","sang"],"tags":["B","O"]}');
    const record = recordAt(source, 'jsonl', 0);
    const focus = (character?: number) => textInput(record, 0, character).focusWord;
    assert.deepEqual([12, 15, 18, 22].map(focus), [0, 0, 1, 1]);
    assert.deepEqual([0, 10, 16, 33, undefined].map(focus), [
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('reads a list of labels, which may be empty', () => {
    const toxic = at({ text: 'x', labels: ['toxic', 'insult'] });
    assert.deepEqual(textInput(toxic).gold, { kind: 'labels', labels: ['toxic', 'insult'] });
    assert.equal(goldInWords(toxic), 'toxic, insult');
    assert.deepEqual(textInput(at({ text: 'x', labels: [3, 27] })).gold, {
      kind: 'labels',
      labels: ['3', '27'],
    });
    assert.deepEqual(textInput(at({ text: 'x', labels: [] })).gold, { kind: 'labels', labels: [] });
    assert.deepEqual(textInput(at({ text: 'x', labels: 'toxic' })).gold, {
      kind: 'label',
      label: 'toxic',
    });
    assert.deepEqual(textInput(at({ text: 'x', flags: ['a'] }, { labelField: 'flags' })).gold, {
      kind: 'labels',
      labels: ['a'],
    });
  });
});
