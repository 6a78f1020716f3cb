import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findAnswers } from '../../../src/dataset/answers';
import { goldInWords } from '../../../src/dataset/gold';
import { recordAt } from '../../../src/dataset/recordAt';
import { textInput } from '../../../src/dataset/textInput';
import { linesOf } from './sources';

const context = 'In 1889 😀 Ann built it; in 1889 she left.';

function at(value: object, options = {}) {
  return recordAt(linesOf(JSON.stringify(value), 'squad.jsonl'), 'jsonl', 0, options);
}

function textsOf(record: object): string[] {
  const { ranges } = findAnswers(record as Record<string, unknown>, context);
  return ranges.map(({ start, end }) => context.slice(start, end));
}

describe('dataset: answers to a question', () => {
  it('asks the question about the context', () => {
    const record = at({
      id: '1',
      title: 'Tower',
      context,
      question: 'Who built it?',
      // Python counts the emoji as one.
      answers: { text: ['Ann', 'Ann built it'], answer_start: [10, 10] },
    });
    assert.deepEqual(textInput(record), {
      text: 'Who built it?',
      pair: context,
      gold: {
        kind: 'answers',
        answers: [
          { start: 11, end: 14 },
          { start: 11, end: 23 },
        ],
      },
    });
    assert.equal(goldInWords(record), '"Ann" or "Ann built it"');
    const { line, character } = record.pair!.positionOf(11);
    const source = JSON.stringify({ id: '1', title: 'Tower', context });
    assert.equal(line, 0);
    assert.equal(source.slice(character, character + 3), 'Ann');
  });

  it('turns offsets in code points into UTF-16', () => {
    const unit = fc.constantFrom('a', 'b', ' ', '😀', '𝒳', 'é');
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1 }), fc.nat(), fc.nat(), (units, one, two) => {
        const start = one % units.length;
        const end = start + 1 + (two % (units.length - start));
        const text = units.slice(start, end).join('');
        const { ranges } = findAnswers(
          { answers: { text: [text], answer_start: [start] } },
          units.join(''),
        );
        const before = units.slice(0, start).join('').length;
        assert.deepEqual(ranges, [{ start: before, end: before + text.length }]);
      }),
    );
  });

  it('reads every usual form', () => {
    const Ann = [{ start: 11, end: 14 }];
    const forms = [
      { answers: { text: ['Ann', 'Ann'], answer_start: [10, 10] } },
      { answers: { text: 'Ann', answer_start: 10 } },
      {
        answers: [
          { text: 'Ann', answer_start: 10 },
          { text: 'Ann', answer_start: 10 },
        ],
      },
      { answers: ['Ann'] },
      { answers: ['Ann'], answer_start: [10] },
      { answer: 'Ann', answer_start: 10 },
      { answer: { text: 'Ann', answer_start: 10 } },
      { answer_text: 'Ann', answer_start: '10' },
      { answers: '{"text": ["Ann"], "answer_start": [10]}' },
    ];
    for (const form of forms) {
      assert.deepEqual(findAnswers(form, context).ranges, Ann, JSON.stringify(form));
    }
    for (const none of [
      {},
      { answers: null },
      { answers: [] },
      { answers: { text: [], answer_start: [] } },
      { answer: true },
      { answers: [[['Ann']]] },
      { answers: { text: { text: 'Ann' } } },
      { answers: '{no JSON' },
    ]) {
      assert.deepEqual(findAnswers(none, context).ranges, [], JSON.stringify(none));
    }
  });

  it('searches an answer that does not stand where the dataset says: the nearest place counts', () => {
    const start = (answer_start: number | null, text = '1889') =>
      findAnswers({ answers: [{ text, answer_start }] }, context).ranges[0]?.start ?? null;
    assert.deepEqual(
      [0, 3, 5, 25, 40, 9999, null].map(from => start(from)),
      [3, 3, 3, 28, 28, 28, 3],
    );
    assert.equal(start(3, '1890'), null);
    assert.deepEqual(textsOf({ answers: ['nobody', 'Ann'] }), ['Ann']);
  });

  it('goes by the label where the answer is only a word of the context', () => {
    const row = { question: 'Did Ann build it?', passage: context, answer: 'it', label: 1 };
    assert.deepEqual(textInput(at(row)).gold, { kind: 'label', label: '1' });
    assert.equal(textInput(at({ ...row, answer_start: 20 })).gold?.kind, 'answers');
    const set = at({ ...row, answer_start: 20 }, { labelField: 'label' });
    assert.equal(textInput(set).gold?.kind, 'label');
    assert.equal(textInput(at(row, { labelField: '(none)' })).gold, undefined);
  });

  it('reads questions that stand in an object of their own', () => {
    const record = at({ id: 1, data: { question: 'Who?', context, answers: ['Ann'] } });
    assert.deepEqual(record.answers, [{ start: 11, end: 14 }]);
  });

  it('reads questions from a table', () => {
    const quoted = JSON.stringify({ text: ['Ann'], answer_start: [10] }).replaceAll('"', '""');
    const packed = linesOf(`question,context,answers\nWho?,"${context}","${quoted}"\n`);
    assert.deepEqual(recordAt(packed, 'csv', 1).answers, [{ start: 11, end: 14 }]);
    const flat = linesOf(`question,context,answer,answer_start\nWho?,${context},Ann,10\n`);
    assert.deepEqual(recordAt(flat, 'csv', 1).answers, [{ start: 11, end: 14 }]);
  });
});
