import assert from 'node:assert/strict';
import { listFields, recordAt } from '../../../src/dataset/recordAt';
import { complaintOf, linesOf } from './sources';

function at(value: object, options = {}) {
  return recordAt(linesOf(JSON.stringify(value), 'data.jsonl'), 'jsonl', 0, options);
}

function namesOf(value: object, options = {}): [string, string | null] {
  const { text, label } = at(value, options);
  return [text.name, label?.name ?? null];
}

function refusal(value: object, options = {}): string {
  return complaintOf(() => at(value, options));
}

describe('dataset: which fields are text and label', () => {
  it('goes by usual names, whatever their case, exact names first', () => {
    assert.deepEqual(namesOf({ Sentiment: 'pos', Review: 'good' }), ['Review', 'Sentiment']);
    assert.deepEqual(namesOf({ title: 't', review: 'r', text: 'x' }), ['text', null]);
    assert.deepEqual(namesOf({ tweet_id: '1', tweetText: 'x', airline_sentiment: 'neg' }), [
      'tweetText',
      'airline_sentiment',
    ]);
    assert.deepEqual(namesOf({ label_text: 'good', label: 1, sentence: 's' }), [
      'sentence',
      'label',
    ]);
    assert.deepEqual(namesOf({ premise: 'p', hypothesis: 'h', label: 'entailment' }), [
      'premise',
      'label',
    ]);
    assert.deepEqual(namesOf({ text: ['a', 'b'], sentence: 'a b', y: true }), ['sentence', 'y']);
    assert.deepEqual(namesOf({ labels: [['a']], text: 'x', category: 'c' }), ['text', 'category']);
  });

  it('takes the only text there is, and no rating for a label', () => {
    assert.deepEqual(namesOf({ id: 3, opinion: 'fine', stars: 5 }), ['opinion', null]);
    assert.deepEqual(namesOf({ opinion: 'fine', label: 'pos' }), ['opinion', 'label']);
  });

  it('goes by the fields that were set', () => {
    const row = { text: 'a', label: 'x', other: 'b', mine: 2 };
    assert.deepEqual(namesOf(row, { textField: 'other', labelField: 'mine' }), ['other', 'mine']);
    assert.deepEqual(namesOf(row, { textField: 'OTHER' }), ['other', 'label']);
    assert.deepEqual(namesOf(row, { textField: '', labelField: '' }), ['text', 'label']);
    assert.deepEqual(namesOf({ one: 'a', two: 'b' }, { labelField: 'two' }), ['one', 'two']);
  });

  it('lists the fields and the setting when it cannot tell, or when a set field is missing', () => {
    assert.equal(
      refusal({ one: 'a', two: 'b', n: 1 }),
      'data.jsonl, line 1: it is not clear which field is the text. Name it in the setting glassbox.textField (and the label in glassbox.labelField); the fields are "one", "two", "n".',
    );
    assert.equal(
      refusal({ text: 'a', label: 'b' }, { textField: 'review' }),
      'data.jsonl, line 1: there is no field "review"; the fields are "text", "label". Correct the setting glassbox.textField.',
    );
    assert.match(
      refusal({ text: 'a' }, { labelField: 'gold' }),
      /"gold".*Correct the setting glassbox\.labelField\.$/,
    );
    assert.match(
      refusal({ text: 'a', tags: [['b']] }, { labelField: 'tags' }),
      /"tags" is a list, not a label/,
    );
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`field${i}`, 'x']));
    assert.match(refusal(many), /"field11" and 18 more\.$/);
    assert.match(refusal({ ['x'.repeat(100)]: 'a', b: 'c' }), /"x{39}…", "b"/);
  });

  it('offers every field that can be text or label', () => {
    const source = linesOf('{"a":"x","b":{"c":1},"d":[1],"e":null,"f":[[]]}');
    const fields = listFields(source, 'jsonl', 0).map(({ name, type, value }) => [
      name,
      type,
      value,
    ]);
    assert.deepEqual(fields, [
      ['a', 'string', 'x'],
      ['d', 'list', '1'],
      ['e', 'null', 'null'],
      ['b.c', 'number', '1'],
    ]);
  });

  it('takes each line of plain text for a text, whatever fields are set', () => {
    const source = linesOf('first 😀 line\r\n\r\n  {"text": "no JSON"}', 'notes.txt');
    const record = recordAt(source, 'txt', 0, { textField: 'review', labelField: 'gold' });
    assert.deepEqual(
      [record.text.name, record.text.value, record.label],
      ['', 'first 😀 line', null],
    );
    assert.deepEqual(record.text.positionOf(7), { line: 0, character: 6 });
    assert.deepEqual(record.text.positionOf(9), { line: 0, character: 9 });
    assert.equal(record.text.offsetAt(0, 13), 13);
    assert.equal(record.text.offsetAt(0, 14), null);
    assert.equal(recordAt(source, 'txt', 2).text.value, '  {"text": "no JSON"}');
    assert.equal(
      complaintOf(() => recordAt(source, 'txt', 1)),
      'notes.txt, line 2: the line is empty. Choose a line with a record.',
    );
  });
});
