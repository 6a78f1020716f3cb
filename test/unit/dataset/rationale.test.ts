/** What people marked in a text, in the ways in which datasets say it. */
import assert from 'node:assert/strict';
import { recordAt } from '../../../src/dataset';

function marked(record: object): string[] {
  const source = { name: 'a.jsonl', lineCount: 1, line: () => JSON.stringify(record) };
  const { text, rationale } = recordAt(source, 'jsonl', 0);
  return rationale.map(({ start, end }) => text.value.slice(start, end));
}

describe('dataset: rationales', () => {
  const text = 'a good, good film; goodness';

  it('a 0 or 1 for each word', () => {
    assert.deepEqual(marked({ text, label: 'x', rationale: [0, 1, 0, 1, 0] }), ['good,', 'film;']);
    assert.deepEqual(marked({ text, rationales: [false, true, false, false, false] }), ['good,']);
  });

  it("a 0 or 1 for each of the dataset's own words", () => {
    const words = {
      tokens: ['New York', 'is', 'big'],
      ner_tags: ['O', 'O', 'O'],
      rationale: [1, 0, 0],
    };
    assert.deepEqual(marked(words), ['New York']);
  });

  it('pairs of characters', () => {
    assert.deepEqual(
      marked({
        text,
        evidence: [
          [13, 17],
          [2, 6],
        ],
      }),
      ['good', 'film'],
    );
  });

  it('words and phrases, wherever they stand as a whole', () => {
    assert.deepEqual(marked({ text, rationale: ['Good'] }), ['good', 'good']);
    assert.deepEqual(marked({ text, rationale: 'good film' }), ['good film']);
  });

  it('nothing where it does not fit', () => {
    for (const rationale of [[0, 1], [[2, 99]], [[3, 3]], [], null, 7, ['absent'], [['good']]]) {
      assert.deepEqual(marked({ text, rationale }), []);
    }
    assert.deepEqual(marked({ text }), []);
  });
});
