import assert from 'node:assert/strict';
import fc from 'fast-check';
import { recordAt } from '../../../src/dataset/recordAt';
import { textInput } from '../../../src/dataset/textInput';
import { checkPlaces, complaintOf, linesOf } from './sources';

function at(value: object, options = {}) {
  return recordAt(linesOf(JSON.stringify(value), 'data.jsonl'), 'jsonl', 0, options);
}

/** Names of text, second text and label. */
function namesOf(value: object, options = {}): (string | null)[] {
  const { text, pair, label } = at(value, options);
  return [text.name, pair?.name ?? null, label?.name ?? null];
}

describe('dataset: pairs of texts', () => {
  it('knows pairs by their names, whatever the order, the case and the signs in them', () => {
    const pairs = [
      ['premise', 'hypothesis'],
      ['sentence1', 'sentence2'],
      ['Sentence 1', 'Sentence 2'],
      ['sentence_A', 'sentence_B'],
      ['text_a', 'text_b'],
      ['text1', 'text2'],
      ['question1', 'question2'],
      ['#1 String', '#2 String'],
      ['question', 'sentence'],
      ['question', 'context'],
      ['question', 'passage'],
      ['query', 'document'],
      ['text', 'text_pair'],
      ['data.premise', 'data.hypothesis'],
    ] as const;
    for (const [first, second] of pairs) {
      const names = [first, second, 'label'];
      assert.deepEqual(namesOf({ label: 1, [second]: 'b', [first]: 'a' }), names);
      assert.deepEqual(namesOf({ [first]: 'a', label: 1, [second]: 'b', idx: 4 }), names);
    }
    assert.deepEqual(namesOf({ 'a.premise': 'p', 'b.hypothesis': 'h' }), ['a.premise', null, null]);
  });

  it('takes a single text where the second is empty or missing', () => {
    assert.deepEqual(namesOf({ sentence1: 'a', sentence2: null }), ['sentence1', null, null]);
    assert.deepEqual(namesOf({ sentence1: 'a', sentence2: ' ' }), ['sentence1', null, null]);
    assert.deepEqual(namesOf({ premise: 'a', label: 0 }), ['premise', null, 'label']);
    assert.deepEqual(namesOf({ review: 'a', title: 'b' }), ['review', null, null]);
  });

  it('goes by the fields that were set', () => {
    const row = { premise: 'p', hypothesis: 'h', explanation: 'e', label: 1 };
    assert.deepEqual(namesOf(row, { pairField: 'explanation' }), [
      'premise',
      'explanation',
      'label',
    ]);
    assert.deepEqual(namesOf(row, { pairField: '(none)' }), ['premise', null, 'label']);
    assert.deepEqual(namesOf(row, { pairField: '' }), ['premise', 'hypothesis', 'label']);
    assert.deepEqual(namesOf(row, { textField: 'hypothesis' }), ['hypothesis', null, 'label']);
    assert.deepEqual(namesOf(row, { textField: 'explanation', pairField: 'PREMISE' }), [
      'explanation',
      'premise',
      'label',
    ]);
    assert.deepEqual(namesOf(row, { labelField: '(none)' }), ['premise', 'hypothesis', null]);
    assert.deepEqual(namesOf({ a: 'x', b: 'y' }, { pairField: 'b' }), ['a', 'b', null]);
    assert.deepEqual(namesOf({ a: 'x', b: null }, { textField: 'a', pairField: 'b' }), [
      'a',
      null,
      null,
    ]);
  });

  it('says what is wrong with a field that was set', () => {
    const refusal = (value: object, options: object) => complaintOf(() => at(value, options));
    assert.equal(
      refusal({ text: 'a' }, { pairField: 'other' }),
      'data.jsonl, line 1: there is no field "other"; the fields are "text". Correct the setting glassbox.pairField.',
    );
    assert.match(
      refusal({ text: 'a', b: true }, { pairField: 'b' }),
      /the second text field "b" is true or false, not text\..* glassbox\.pairField;/,
    );
    assert.match(
      refusal({ text: 'a', b: 'c' }, { textField: 'b', pairField: 'b' }),
      /"b" cannot be both texts of a pair/,
    );
  });

  it('takes a score for the label of a pair, and of nothing else', () => {
    assert.deepEqual(namesOf({ sentence1: 'a', sentence2: 'b', score: 3.8 }), [
      'sentence1',
      'sentence2',
      'score',
    ]);
    assert.deepEqual(namesOf({ sentence1: 'a', sentence2: 'b', label: 1, score: 3.8 })[2], 'label');
    assert.deepEqual(namesOf({ sentence: 'a', score: 3.8 })[2], null);
    const duplicate = { question1: 'a', question2: 'b', is_duplicate: 0 };
    assert.deepEqual(namesOf(duplicate)[2], 'is_duplicate');
  });

  it('maps both texts of any pair in JSONL, CSV and TSV to their places in the file', () => {
    const text = fc
      .array(fc.constantFrom('a', 'Z', ' ', '"', '""', '\\', ',', '\n', '😀', 'e\u0301', '漢'))
      .map(parts => `x${parts.join('')}`);
    const cell = (value: string) => `"${value.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(text, text, (premise, hypothesis) => {
        const files = {
          jsonl: JSON.stringify({ premise, label: 0, hypothesis }),
          csv: `premise,label,hypothesis\n${cell(premise)},0,${cell(hypothesis)}`,
          tsv: `premise\tlabel\thypothesis\n${cell(premise)}\t0\t${cell(hypothesis)}`,
        };
        for (const [format, content] of Object.entries(files)) {
          const source = linesOf(content);
          const last = source.lineCount - 1;
          const record = recordAt(source, format as keyof typeof files, last);
          assert.deepEqual(textInput(record), {
            text: premise,
            pair: hypothesis,
            gold: { kind: 'label', label: '0' },
          });
          const escape = format === 'jsonl' ? '\\' : '"';
          checkPlaces(source, record.text, (line, character) => line[character] === escape);
          checkPlaces(source, record.pair!, (line, character) => line[character] === escape);
        }
      }),
    );
  });

  it('tells a header by the names of a pair', () => {
    const csv = linesOf('question,sentence\nWho sang?,Ann sang.\n');
    assert.equal(recordAt(csv, 'csv', 1).pair?.value, 'Ann sang.');
    const set = linesOf('alpha,beta\nx,y\nz,w\n');
    const options = { textField: 'alpha', pairField: 'beta' };
    assert.equal(recordAt(set, 'csv', 1, options).pair?.value, 'y');
  });
});
