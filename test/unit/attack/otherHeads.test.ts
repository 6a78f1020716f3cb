/** Attacks on numbers and on labels that do not exclude one another, where the outcome is known in closed form. */
import assert from 'node:assert/strict';
import { attack } from '../../../src/interpret/attack/attack';
import { request } from '../../support/attackStudy';
import { bagModel } from '../../support/bags';
import { Folders } from '../../support/models';

const words = { good: [1], fine: [0.5], bad: [-1], dire: [-2], film: [0], a: [0] };

describe('attacks on other heads', () => {
  let folders: Folders;
  before(() => {
    folders = new Folders();
  });
  after(() => {
    folders.remove();
  });

  it('move the number of a regression the nearer way, or the way that is asked', async () => {
    const model = await bagModel(
      folders,
      words,
      (b, vectors) => b.op('ReduceSum', [vectors, b.ints([1])], { keepdims: 0 }),
      { config: { problem_type: 'regression', id2label: { 0: 'stars' } } },
    );
    assert.equal(model.about.head.task, 'regression');
    // 1.0: up by 2 takes two words (film and a become good), down by 2 takes one (good becomes dire).
    const ask = request({ text: 'a good film' }, { by: 2, maxFlips: 3 });
    const either = await attack(model, ask);
    assert.equal(either.outcome, 'flipped', either.says);
    assert.equal(either.wordsChanged, 1);
    const value = (text: { readonly prediction: { readonly logits: readonly number[] } }) =>
      text.prediction.logits[0]!;
    assert.ok(value(either.original) - value(either.final) >= 2);
    const up = await attack(model, { ...ask, target: 'up' });
    assert.equal(up.outcome, 'flipped', up.says);
    assert.equal(up.wordsChanged, 2);
    assert.ok(value(up.final) - value(up.original) >= 2);
    assert.equal(either.queries > up.queries, true, 'both ways were paid for');
    // "a film" is 0: without "good" the value would move by 1.
    const reduced = await attack(model, {
      ...ask,
      attack: 'input-reduction',
      options: { by: 0.5 },
    });
    assert.equal(reduced.final.text, 'good');
    await model.release();
  });

  it('take a label away or put one there, whatever the others are', async () => {
    const model = await bagModel(
      folders,
      words,
      (b, vectors) =>
        b.op('MatMul', [
          b.op('ReduceSum', [vectors, b.ints([1])], { keepdims: 0 }),
          b.constant('float32', [1, 2], [1, -1]),
        ]),
      {
        config: {
          problem_type: 'multi_label_classification',
          id2label: { 0: 'praise', 1: 'blame' },
        },
      },
    );
    assert.equal(model.about.head.task, 'multi-label-classification');
    const ask = request({ text: 'a good film' }, {});
    const away = await attack(model, ask);
    assert.equal(away.outcome, 'flipped', away.says);
    assert.ok(away.original.prediction.probabilities[0]! >= 0.5);
    assert.ok(away.final.prediction.probabilities[0]! < 0.5);
    const there = await attack(model, { ...ask, target: 'blame' });
    assert.equal(there.outcome, 'flipped', there.says);
    assert.ok(there.final.prediction.probabilities[1]! >= 0.5);
    await model.release();
  });
});
