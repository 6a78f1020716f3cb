/** Texts that are asked about: their target, and what is said of them; the loss is the model's own. */
import assert from 'node:assert/strict';
import { LossModel } from '../../../src/interpret/influence/curvature/lossModel';
import { testExamples, type TestExample } from '../../../src/interpret/influence/train/testExample';
import type { Model } from '../../../src/model/model';
import { GlassboxError } from '../../../src/protocol/messages';
import type { TextInput } from '../../../src/protocol/task';
import { Folders } from '../../support/models';
import { inputsOf, recordsOf } from '../../support/influenceTasks';
import { assertClose } from '../../support/numbers';
import { labelledModel } from '../../support/trainFiles';

const labels = ['bad', 'good', 'mixed'];
const tags = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];

describe('texts that are asked about', () => {
  const folders = new Folders();
  let model: Model;
  let several: Model;
  let numbers: Model;
  let tagger: Model;
  before(async () => {
    model = await labelledModel(folders, 'bert', labels);
    const multi = { problem_type: 'multi_label_classification' };
    several = await labelledModel(folders, 'bert', labels, multi);
    numbers = await labelledModel(folders, 'bert', ['x', 'y', 'z'], { problem_type: 'regression' });
    tagger = await labelledModel(folders, 'bert-ner', tags);
  });
  after(async () => {
    for (const each of [model, several, numbers, tagger]) await each.release();
    folders.remove();
  });

  async function exampleOf(
    by: Model,
    input: TextInput,
    unit: 'line' | 'entity' = 'line',
  ): Promise<TestExample> {
    const [found] = await testExamples(by, [input], { unit });
    if (found instanceof GlassboxError) throw found;
    return found!;
  }

  /** What is said must be what the loss of the example says, computed by the graph. */
  async function checked(
    by: Model,
    input: TextInput,
    unit?: 'line' | 'entity',
  ): Promise<TestExample> {
    const found = await exampleOf(by, input, unit);
    const [loss] = await (await LossModel.of(by, { lastBlocks: 0 })).losses([found.example]);
    const { instance } = found;
    assert.ok(Math.abs(loss! - instance.loss) < 1e-5, `${loss}, not ${instance.loss}`);
    assert.equal(instance.text, input.text);
    return found;
  }

  it('have their gold label, or the predicted one', async () => {
    const text = 'the film is not good';
    const free = await checked(model, { text });
    const { predicted } = free.instance;
    assert.deepEqual(
      [free.instance.labelFrom, free.instance.label, free.instance.agrees],
      ['predicted', predicted, true],
    );
    assert.equal(free.instance.says, `the label "${predicted}"`);
    const other = labels.find(label => label !== predicted)!;
    const told = await checked(model, { text, gold: { kind: 'label', label: other } });
    assert.deepEqual(
      [told.instance.labelFrom, told.instance.label, told.instance.predicted, told.instance.agrees],
      ['gold', other, predicted, false],
    );
    assert.equal(told.example.target, labels.indexOf(other));
    assert.ok(told.instance.loss > free.instance.loss);
    assert.ok(Math.abs(Math.exp(-free.instance.loss) - free.instance.probability!) < 1e-6);
  });

  it('with a label that the model does not have are asked about the predicted one, said so', async () => {
    const gold = { kind: 'label', label: 'neutral' } as const;
    const { instance, notes } = await checked(model, { text: 'a film', gold });
    assert.equal(instance.labelFrom, 'predicted');
    assert.deepEqual(
      notes.map(({ check, says }) => [check, says]),
      [
        [
          'gold-label',
          'The line\'s own label cannot be used (the label "neutral" is none of the model\'s ("bad", "good", "mixed")), so the predicted one is asked about.',
        ],
      ],
    );
  });

  it('may have several labels, none, or numbers', async () => {
    const text = 'good film';
    const two = await checked(several, {
      text,
      gold: { kind: 'labels', labels: ['good', 'mixed'] },
    });
    assert.equal(two.instance.says, 'the labels "good, mixed"');
    assert.equal(two.instance.probability, null);
    const none = await checked(several, { text, gold: { kind: 'labels', labels: [] } });
    assert.deepEqual([none.instance.says, none.instance.label], ['no label', 'none']);
    await checked(several, { text });
    const gold = { kind: 'labels', labels: ['0.5', '1', '-2'] } as const;
    const point = await checked(numbers, { text, gold });
    assert.deepEqual([point.instance.label, point.instance.agrees], ['0.5, 1, -2', null]);
    assert.equal(point.instance.says, 'the value 0.5, 1, -2');
    await assert.rejects(exampleOf(numbers, { text }), {
      code: 'bad-input',
      message: /^The line has no number that is right, and the loss of the predicted one is zero/u,
    });
  });

  const words = ['the', 'charming', 'b', 'is', 'film'];
  const text = words.join(' ');
  const sentence: TextInput = {
    text,
    words: words.map(word => {
      const start = text.indexOf(word);
      return { start, end: start + word.length };
    }),
    gold: { kind: 'tags', tags: ['O', 'B-PER', 'I-PER', 'O', 'B-LOC'] },
  };

  it('of a tagger are sentences, or one entity in them', async () => {
    const line = await checked(tagger, sentence);
    // [CLS] the charm ##ing b is film [SEP]
    assert.deepEqual(line.example.target, [-100, 0, 1, -100, 2, 0, 3, -100]);
    assert.equal(line.instance.label, 'O B-PER I-PER O B-LOC');
    assert.equal(line.instance.says, 'the tags of the sentence');
    const first = await checked(tagger, sentence, 'entity');
    assert.deepEqual(first.example.target, [-100, -100, 1, -100, 2, -100, -100, -100]);
    assert.equal(first.instance.says, 'the entity PER: charming b');
    assert.equal(first.instance.label, 'B-PER I-PER');
    const last = await checked(tagger, { ...sentence, focusWord: 4 }, 'entity');
    assert.deepEqual(last.example.target, [-100, -100, -100, -100, -100, -100, 3, -100]);
    assert.equal(last.instance.says, 'the entity LOC: film');
    const losses = [line, first, last].map(({ instance }) => instance.loss);
    const middle = await checked(tagger, { ...sentence, focusWord: 3 }, 'entity');
    assert.equal(middle.instance.labelFrom, 'gold');
    assert.match(middle.instance.says, /^".*is.*" as O/u);
    assert.equal(new Set(losses).size, 3);
  });

  it('of a tagger without tags are asked about the predicted ones', async () => {
    const free = { text, words: sentence.words! };
    const line = await checked(tagger, free);
    assert.deepEqual([line.instance.labelFrom, line.instance.agrees], ['predicted', true]);
    assert.equal(line.instance.label, line.instance.predicted);
    const word = await checked(tagger, { text, focusWord: 1 }, 'entity');
    const counted = (word.example.target as number[]).filter(tag => tag >= 0);
    assert.ok(counted.length > 0 && counted.length <= 5);
  });

  it('of a long sentence show the window with the entity', async () => {
    const many = Array<string>(150).fill('film');
    const long = {
      text: many.join(' '),
      words: many.map((_, i) => ({ start: 5 * i, end: 5 * i + 4 })),
      gold: {
        kind: 'tags' as const,
        tags: many.map((_, i) => (i === 120 ? 'B-LOC' : i === 121 ? 'I-LOC' : 'O')),
      },
      focusWord: 121,
    };
    const entity = await checked(tagger, long, 'entity');
    assert.equal(entity.instance.says, 'the entity LOC: film film');
    assert.deepEqual(entity.notes, []);
    const counted = (entity.example.target as number[]).filter(tag => tag >= 0);
    assert.deepEqual(counted, [3, 4]);
    const line = await checked(tagger, long);
    assert.deepEqual(
      line.notes.map(({ check, value }) => [check, value]),
      [['test-truncated', 64]],
    );
    assert.equal(line.instance.label.split(' ').length, 62);
  });

  it('are read together: what is said of each is what is said of it alone', async () => {
    const cases: [Model, readonly TextInput[]][] = [
      [model, inputsOf(recordsOf('label', 260, 3))],
      [tagger, inputsOf(recordsOf('tags', 30, 4))],
    ];
    for (const [by, inputs] of cases) {
      let runs = 0;
      const counting = Object.assign(Object.create(by) as Model, {
        predict: (rows: Parameters<Model['predict']>[0]) => {
          runs++;
          return by.predict(rows);
        },
      });
      const mixed = [...inputs.slice(0, 5), { text: '\u0007' }, ...inputs.slice(5)];
      const told: number[] = [];
      const progress = ({ done }: { done: number }): number => told.push(done);
      const found = await testExamples(counting, mixed, { progress });
      assert.ok(runs <= 4, `${runs} runs for ${mixed.length} texts`);
      assert.deepEqual(told, mixed.length > 256 ? [256, 261] : [31]);
      for (const [i, input] of mixed.entries()) {
        const together = found[i]!;
        if (together instanceof GlassboxError) {
          assert.equal(i, 5);
          continue;
        }
        const alone = await exampleOf(by, input);
        assert.deepEqual(together.example, alone.example);
        const numbers = ({ instance: { loss, probability } }: TestExample): number[] => [
          loss,
          probability ?? 0,
        ];
        // Single precision, and the sums of a longer batch in another order.
        assertClose(numbers(together), numbers(alone), 1e-5, `text ${i}`);
        const said = ({ instance, notes }: TestExample): unknown => [
          { ...instance, loss: 0, probability: 0 },
          notes,
        ];
        assert.deepEqual(said(together), said(alone));
      }
    }
  });

  it('without a token are one clear sentence', async () => {
    await assert.rejects(exampleOf(tagger, { text: '\u0007' }), {
      code: 'bad-input',
      message: /^The text is empty/u,
    });
  });
});
