/** Input Reduction of texts of some hundred words. */
import assert from 'node:assert/strict';
import { oneByOne } from '../../../src/interpret/attack/reduction/coarse';
import type { Model } from '../../../src/model/model';
import { importances } from '../../../src/protocol/attack';
import { bagModel } from '../../support/bags';
import { Folders } from '../../support/models';
import { reduce, singleRemovals } from '../../support/reduce';

/** 'yes' where more words say yes than no; most say nothing. */
const words = { yes: [1], no: [-1], one: [0.01], two: [-0.01], three: [0] };

describe('input reduction of long texts', () => {
  let folders: Folders;
  let model: Model;
  before(async () => {
    folders = new Folders();
    model = await bagModel(folders, words, (b, vectors) => {
      const sum = b.op('ReduceSum', [vectors, b.ints([1])], { keepdims: 0 });
      return b.op('MatMul', [sum, b.constant('float32', [1, 2], [0.5, -0.5])]);
    });
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  const names = ['one', 'two', 'three', 'one', 'yes', 'no', 'yes', 'three'];
  const text = Array.from({ length: 300 }, (_, i) => names[i % names.length]).join(' ');

  for (const importance of importances) {
    it(`takes few rounds to what can be tried one by one, and is 1-minimal: ${importance}`, async () => {
      const found = await reduce(model, { text }, { importance });
      const { path, minimality, notes } = found.found;
      assert.ok(path.length > 0 && path.length < oneByOne + 10, `${path.length} steps`);
      const gone = path.map(({ trial }) => trial.draft.changed.length);
      assert.ok(gone[0]! > 1 && gone.at(-1) === 1, String(gone));
      assert.ok(path.every(({ trial }) => !trial.reached));
      assert.equal(minimality?.proved, true);
      const further = await found.tester.ask(singleRemovals(found));
      assert.ok(further.every(trial => trial === null || trial.reached));
      assert.deepEqual(
        notes.map(({ check }) => check),
        ['many-at-once'],
      );
    });
  }

  it('leaves both texts of a pair a word', async () => {
    const pair = Array.from({ length: 40 }, () => 'three').join(' ');
    const { found } = await reduce(model, { text, pair });
    for (const { trial } of found.path) {
      assert.ok(trial.draft.input.text !== '' && trial.draft.input.pair !== '');
    }
  });

  it('goes one by one as ever in shorter texts and with the preset of AllenNLP', async () => {
    const short = text.split(' ').slice(0, oneByOne).join(' ');
    for (const [asked, options] of [
      [short, {}],
      [text.split(' ').slice(0, 80).join(' '), { preset: 'allennlp' }],
    ] as const) {
      const { found } = await reduce(model, { text: asked }, options);
      assert.ok(found.path.every(({ trial }) => trial.draft.changed.length === 1));
      assert.deepEqual(found.notes, []);
    }
  });
});
