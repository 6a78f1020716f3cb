/** Targets of gold labels: against cases written by hand for every task, and tags through every scheme. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lossOf, type Target } from '../../../src/interpret/influence/curvature/rowLoss';
import { judge } from '../../../src/interpret/influence/judged';
import {
  decided,
  labelInWords,
  probabilityOf,
} from '../../../src/interpret/influence/train/labelInWords';
import { refuseTask, targetOf } from '../../../src/interpret/influence/train/targetOf';
import { entitiesOf, type TagSpan } from '../../../src/interpret/task/entities';
import type { Head } from '../../../src/model/head';
import type { Gold, TaskKind } from '../../../src/protocol/task';

const links = {
  'text-classification': 'softmax',
  'binary-classification': 'sigmoid',
  'multi-label-classification': 'sigmoid',
  regression: 'identity',
  'token-classification': 'softmax',
  'fill-mask': 'softmax',
  'question-answering': 'softmax',
} as const;

function headOf(task: TaskKind, labels: readonly string[]): Head {
  return {
    task,
    link: links[task],
    decides:
      task === 'token-classification' || task === 'fill-mask'
        ? 'token'
        : task === 'question-answering'
          ? 'ends'
          : 'text',
    outputs: ['logits'],
    labels,
    classes: task === 'binary-classification' ? 1 : labels.length,
    squashed: null,
  };
}

const label = (name: string): Gold => ({ kind: 'label', label: name });
const several = (...names: string[]): Gold => ({ kind: 'labels', labels: names });
const tags = (text: string): Gold => ({ kind: 'tags', tags: text.split(' ') });

const mood = headOf('text-classification', ['negative', 'positive']);
const offence = headOf('binary-classification', ['fine', 'offensive']);
const topics = headOf('multi-label-classification', ['toxic', 'insult', 'threat']);
const score = headOf('regression', ['value']);
const point = headOf('regression', ['valence', 'arousal']);
const bio = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];

describe('targets of gold labels', () => {
  const cases: [string, Head, Gold | undefined, unknown][] = [
    ['a label by name', mood, label('positive'), 1],
    ['by name but for capitals', mood, label(' Negative'), 0],
    ['by index', mood, label('1'), 1],
    ['a list with one label', mood, several('negative'), 0],
    ['no label', mood, undefined, 'there is no label'],
    ['an empty list', mood, several(), 'there is no label'],
    [
      'a label that the model does not have',
      mood,
      label('neutral'),
      'the label "neutral" is none of the model\'s ("negative", "positive")',
    ],
    [
      'two labels for one decision',
      mood,
      several('0', '1'),
      'there are 2 labels, and the model gives one',
    ],
    ['tags for a text', mood, tags('O O'), 'there is a tag for each word, but no label'],
    ['one of two labels of one logit', offence, label('offensive'), [1]],
    ['the other one', offence, label('0'), [0]],
    ['several labels', topics, several('threat', 'toxic'), [1, 0, 1]],
    ['none of them', topics, several(), [0, 0, 0]],
    ['several in one cell', topics, label('insult; toxic'), [1, 1, 0]],
    ['a switch for each', topics, several('0', '1', '1'), [0, 1, 1]],
    ['switches as a table of floats has them', topics, several('0.0', '0.0', '1.0'), [0, 0, 1]],
    [
      'one of several that is unknown',
      topics,
      several('toxic', 'rude'),
      'the label "rude" is none of the model\'s ("toxic", "insult", "threat")',
    ],
    ['a number', score, label('-3.5e0'), [-3.5]],
    ['two numbers', point, several('1', '2.25'), [1, 2.25]],
    ['no number', score, label('good'), 'the label "good" is no number'],
    ['an empty cell is no 0', score, label(' '), 'the label " " is no number'],
    ['too few numbers', point, label('1'), 'there is 1 number, and the model gives 2'],
    ['too many', score, several('1', '2'), 'there are 2 numbers, and the model gives 1'],
  ];
  for (const [name, head, gold, expected] of cases) {
    it(`${head.task}: ${name}`, () => {
      const found = targetOf(head, gold, null);
      assert.deepEqual(
        found,
        typeof expected === 'string' ? { problem: expected } : { target: expected },
      );
      if ('target' in found) {
        const fits = lossOf(head, 'model').fits(found.target, head.classes!);
        assert.ok(fits, 'the loss does not take the target');
      }
    });
  }

  const bioes = ['O', 'B-PER', 'I-PER', 'E-PER', 'S-PER'];
  const bioul = ['O', 'B-PER', 'I-PER', 'L-PER', 'U-PER'];
  const iob1 = ['O', 'I-PER', 'I-LOC', 'B-LOC'];
  const schemes: [string, readonly string[], string, string][] = [
    ['BIO as it is', bio, 'B-PER I-PER O B-LOC', 'B-PER I-PER O B-LOC'],
    ['indices', bio, '1 2 0 3', 'B-PER I-PER O B-LOC'],
    ['BIO for BIOES', bioes, 'B-PER I-PER I-PER O B-PER', 'B-PER I-PER E-PER O S-PER'],
    ['BIO for BIOUL', bioul, 'B-PER I-PER B-PER', 'B-PER L-PER U-PER'],
    ['BIOES for BIO', bio, 'S-PER B-LOC I-LOC E-LOC', 'B-PER B-LOC I-LOC I-LOC'],
    ['BIOUL for BIO', bio, 'U-PER B-LOC L-LOC', 'B-PER B-LOC I-LOC'],
    ['BIOES for BIOUL', bioul, 'S-PER O B-PER E-PER', 'U-PER O B-PER L-PER'],
    ['IOB1 for BIO', bio, 'I-PER I-PER O I-LOC B-LOC', 'B-PER I-PER O B-LOC B-LOC'],
    ['IOB1 for a model of IOB1', iob1, 'I-PER I-PER O I-LOC B-LOC', 'I-PER I-PER O I-LOC B-LOC'],
    ['IO for BIO', bio, 'PER PER O LOC', 'B-PER I-PER O B-LOC'],
    ['BIO for IO', ['O', 'PER', 'LOC'], 'B-PER I-PER O B-LOC', 'PER PER O LOC'],
    ['another sign for none', bio, '_ B-PER -', 'O B-PER O'],
    [
      'an I that nobody began stays beside entities that are begun',
      bio,
      'I-PER O B-LOC',
      'I-PER O B-LOC',
    ],
    ['parts of speech', ['DET', 'NOUN'], 'DET NOUN NOUN', 'DET NOUN NOUN'],
  ];
  for (const [name, labels, given, expected] of schemes) {
    it(`tags: ${name}`, () => {
      const words = given.split(' ').length;
      const found = targetOf(headOf('token-classification', labels), tags(given), words);
      assert.ok('target' in found, JSON.stringify(found));
      const written = (found.target as number[]).map(tag => labels[tag]).join(' ');
      assert.equal(written, expected);
    });
  }

  it('tags: what the model does not have, and what does not fit', () => {
    const head = headOf('token-classification', bio);
    const of = (gold: Gold | undefined, words: number | null) => targetOf(head, gold, words);
    const known = '("O", "B-PER", "I-PER", "B-LOC", "I-LOC")';
    assert.deepEqual(of(tags('B-ORG O'), 2), {
      problem: `the tag "B-ORG" is none of the model's ${known}`,
    });
    assert.deepEqual(of(tags('9 0'), 2), {
      problem: `the tag "9" is none of the model's ${known}`,
    });
    assert.deepEqual(of(tags('O O'), 3), { problem: 'there are 2 tags for 3 words' });
    assert.deepEqual(of(undefined, 3), { problem: 'there are no tags' });
    assert.deepEqual(of(label('PER'), 3), {
      problem: 'there is a label for the text, but no tag for each word',
    });
    const speech = headOf('token-classification', ['DET', 'NOUN']);
    assert.deepEqual(targetOf(speech, tags('DET X'), 2), {
      problem: 'the tag "X" is none of the model\'s ("DET", "NOUN")',
    });
  });

  it('tags: entities are the same in every scheme', () => {
    const types = ['PER', 'LOC'];
    const all = (letters: string): string[] => [
      'O',
      ...types.flatMap(type => Array.from(letters, letter => `${letter}-${type}`)),
    ];
    const letters = fc.constantFrom('BI', 'BIES', 'BILU');
    const spans = fc.array(
      fc.record({
        gap: fc.integer({ min: 0, max: 2 }),
        size: fc.integer({ min: 1, max: 4 }),
        type: fc.constantFrom(...types),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(letters, letters, spans, (from, to, parts) => {
        const entities: TagSpan[] = [];
        const given: string[] = [];
        for (const { gap, size, type } of parts) {
          given.push(...Array<string>(gap).fill('O'));
          entities.push({ start: given.length, end: given.length + size, type });
          given.push(...written(from, type, size));
        }
        const labels = all(to);
        const found = targetOf(
          headOf('token-classification', labels),
          { kind: 'tags', tags: given },
          given.length,
        );
        assert.ok('target' in found);
        const names = (found.target as number[]).map(tag => labels[tag]!);
        assert.deepEqual(entitiesOf(names, 'joined'), entities);
        for (const { start, end, type } of entities) {
          assert.deepEqual(names.slice(start, end), written(to, type, end - start));
        }
      }),
    );
  });

  it('says of tasks without labels that they cannot be used', () => {
    for (const task of ['fill-mask', 'question-answering'] as const) {
      assert.throws(
        () => {
          refuseTask(headOf(task, []), 'model.onnx');
        },
        {
          code: 'unsupported',
          message: new RegExp(`^model.onnx is a model for the task "${task}"`),
        },
      );
    }
    refuseTask(mood, 'model.onnx');
  });
});

describe('labels and predictions in words', () => {
  it('of every task', () => {
    assert.equal(labelInWords(mood, 1), 'positive');
    assert.equal(labelInWords(offence, [0]), 'fine');
    assert.equal(labelInWords(topics, [1, 0, 1]), 'toxic, threat');
    assert.equal(labelInWords(topics, [0, 0, 0]), 'none');
    assert.equal(labelInWords(point, [1.23456, -2]), '1.235, -2');
    assert.equal(labelInWords(headOf('token-classification', bio), [1, 2, 0]), 'B-PER I-PER O');
  });

  it('decisions, probabilities and losses are those of the logits', () => {
    const z = (...logits: number[]): Float32Array => Float32Array.from(logits);
    const near = (found: number | null, expected: number): void => {
      assert.ok(Math.abs(found! - expected) < 1e-7, `${found} is not ${expected}`);
    };
    const loss = (head: Head, logits: Float32Array, target: Target): number =>
      judge(head, target, { values: [logits] }).loss;
    assert.equal(decided(mood, [z(2, 1)]), 0);
    near(probabilityOf(mood, z(2, 1)), 1 / (1 + Math.exp(-1)));
    near(loss(mood, z(2, 1), 1), Math.log(1 + Math.E));
    assert.deepEqual(decided(offence, [z(0)]), [1]);
    assert.deepEqual(decided(offence, [z(-1)]), [0]);
    near(probabilityOf(offence, z(-1)), 1 / (1 + Math.exp(-1)));
    near(loss(offence, z(-1), [1]), Math.log(1 + Math.E));
    assert.deepEqual(decided(topics, [z(1, -1, 3)]), [1, 0, 1]);
    assert.equal(probabilityOf(topics, z(1, -1, 3)), null);
    const each = [1, -1, -3].map(margin => Math.log(1 + Math.exp(-margin)));
    near(loss(topics, z(1, -1, 3), [1, 1, 0]), (each[0]! + each[1]! + each[2]!) / 3);
    assert.deepEqual(decided(point, [z(0.5, 2)]), [0.5, 2]);
    assert.equal(probabilityOf(point, z(0.5, 2)), null);
    near(loss(point, z(0.5, 2), [1, 0]), (0.25 + 4) / 2);
  });
});

/** The tags of an entity: B I I, B I E and S, or B I L and U. */
function written(letters: string, type: string, size: number): string[] {
  const [, , last = 'I', alone = 'B'] = letters;
  if (size === 1) return [`${alone}-${type}`];
  const middle = Array<string>(size - 2).fill(`I-${type}`);
  return [`B-${type}`, ...middle, `${last}-${type}`];
}
