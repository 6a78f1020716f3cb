/** Measures of a text, where a bag of words with known weights tells what they must be. */
import assert from 'node:assert/strict';
import { ModelCache } from '../../../src/engine/modelCache';
import { curveShares } from '../../../src/interpret/measure/curve';
import { measureText } from '../../../src/interpret/measure/measureText';
import { shuffledModel } from '../../../src/interpret/measure/shuffledModel';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import type { Removal } from '../../../src/protocol/explanation';
import type { MeasuredChoice, MeasuredText, MeasureRequest } from '../../../src/protocol/measures';
import { GlassboxError } from '../../../src/protocol/messages';
import { bagModel, sumOfNumbers } from '../../support/bags';
import { Folders, logitsOf, rowOf } from '../../support/models';

const weights = { good: 2, fine: 1, film: 0.25, the: 0, dull: -1, bad: -2, plain: 0.5, slow: -0.5 };
const text = 'the good film , fine dull'.replace(' ,', '');
/** In the order of the text. */
const contributions = [0, 2, 0.25, 1, -1];
const sum = 2.25;

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

function choice(method: string, more: Partial<MeasuredChoice> = {}): MeasuredChoice {
  return { method, parameters: {}, weights: 'real', ...more };
}

function request(
  choices: readonly MeasuredChoice[],
  more: Partial<MeasureRequest> = {},
): MeasureRequest {
  return {
    modelDir: '',
    device: 'cpu',
    text,
    choices,
    scalar: 'logit',
    label: { kind: 'predicted' },
    options: {},
    ...more,
  };
}

/** Less what is never the same. */
function timeless({ methods, milliseconds: _, ...rest }: MeasuredText): unknown {
  return {
    ...rest,
    methods: methods.map(({ explanation, ...method }) => ({
      ...method,
      explanation: explanation && { ...explanation, milliseconds: 0 },
    })),
  };
}

describe('measure: a text', () => {
  const folders = new Folders();
  let bag: Model;
  let bert: Model;
  before(async () => {
    const words = Object.fromEntries(Object.entries(weights).map(([word, w]) => [word, [w]]));
    bag = await bagModel(folders, words, sumOfNumbers, {
      config: { id2label: { 0: 'yes', 1: 'no' } },
    });
    bert = await loadModel(folders.textModel(), 'cpu');
  });
  after(async () => {
    await bag.release();
    await bert.release();
    folders.remove();
  });

  async function measured(model: Model, asked: MeasureRequest): Promise<MeasuredText> {
    return await measureText(model, asked, { shuffled: () => shuffledModel(model) });
  }

  for (const removal of ['mask', 'pad', 'delete'] as Removal[]) {
    it(`the true contributions, tokens taken away by ${removal}: everything in closed form`, async () => {
      const { methods } = await measured(
        bag,
        request([choice('input-x-gradient')], { options: { removal } }),
      );
      const { measures, explanation } = methods[0]!;
      assert.deepEqual(
        explanation!.attributions.slice(1, -1).map(value => Number(value.toFixed(6))),
        contributions,
      );
      // good, fine, film, the, dull.
      const order = [2, 1, 0.25, 0, -1];
      const without = (k: number): number => sum - order.slice(0, k).reduce((a, b) => a + b, 0);
      measures!.curve!.forEach((point, i) => {
        const left = without(Math.round(curveShares[i]! * 5));
        assert.equal(point.share, i / 10);
        assert.ok(Math.abs(point.value - sigmoid(left)) < 1e-6, `${point.share}`);
        assert.equal(point.label, left >= 0 ? 'yes' : 'no');
      });
      const p = sigmoid(sum);
      // 1, 5, 10, 20, 50 % of five tokens are 1, 1, 1, 1 and 3.
      const fall = (left: number): number => p - sigmoid(left);
      const comprehensive = (4 * fall(without(1)) + fall(without(3))) / 5;
      const sufficient = (4 * fall(2) + fall(3.25)) / 5;
      assert.ok(Math.abs(measures!.comprehensiveness! - comprehensive) < 1e-6);
      assert.ok(Math.abs(measures!.sufficiency! - sufficient) < 1e-6);
      assert.equal(measures!.tauLoo, 1);
      assert.ok(measures!.infidelity! < 1e-10);
      assert.equal(measures!.plausibility, null);
      assert.match(measures!.undefinedSays.plausibility!, /does not say/);
      assert.match(measures!.undefinedSays['seed-variance']!, /draws nothing/);
    });
  }

  it('special tokens are never taken away', async () => {
    const { methods } = await measured(bert, request([choice('random')], { text: 'good film' }));
    const { curve } = methods[0]!.measures!;
    const asked = await measured(bert, request([choice('gradient')], { text: 'good film' }));
    // All tokens are gone in both, and what is left is the same.
    assert.equal(curve!.at(-1)!.value, asked.methods[0]!.measures!.curve!.at(-1)!.value);
    const { inputs, maskId } = bert.about;
    assert.notEqual(maskId, null);
    const read = await bert.about.tokenizer!.encode({ text: 'good film' });
    const masked = read.ids.map((id, at) => (read.tokens[at]!.special ? id : maskId!));
    const [logits] = await logitsOf(bert, [rowOf(...masked)]);
    const { labels } = bert.about.head;
    const likeliest = labels[logits!.indexOf(Math.max(...logits!))];
    assert.equal(curve!.at(-1)!.label, likeliest);
    assert.ok(inputs.values.length > 0);
  });

  it('a map is measured alike alone and beside others, and twice', async () => {
    const names = ['integrated-gradients', 'gradient', 'smoothgrad', 'occlusion', 'random'];
    const asked = { text: 'a good film , and a bad one', options: { samples: 4 } };
    const together = await measured(
      bert,
      request(
        names.map(name => choice(name)),
        asked,
      ),
    );
    assert.deepEqual(
      timeless(
        await measured(
          bert,
          request(
            names.map(name => choice(name)),
            asked,
          ),
        ),
      ),
      timeless(together),
    );
    for (const [index, name] of names.entries()) {
      const { methods } = await measured(bert, request([choice(name)], asked));
      const [alone, beside] = [methods[0]!.measures!, together.methods[index]!.measures!];
      assert.deepEqual(alone.undefinedSays, beside.undefinedSays, name);
      const flat = (value: unknown): number[] =>
        typeof value === 'number'
          ? [value]
          : value && typeof value === 'object'
            ? Object.values(value).flatMap(flat)
            : [];
      const [a, b] = [flat(alone), flat(beside)];
      assert.equal(a.length, b.length);
      // Rows beside others differ in rounding only.
      a.forEach((value, i) => {
        assert.ok(Math.abs(value - b[i]!) < 1e-4, `${name}: ${value} and ${b[i]}`);
      });
    }
    const { agreement } = together;
    agreement.forEach((row, i) => {
      assert.equal(row.length, names.length);
      row.forEach((value, j) => {
        assert.equal(value, agreement[j]![i]);
      });
    });
  });

  it('random is no explanation: its map hangs on its seed and not on the text', async () => {
    const { methods } = await measured(
      bag,
      request([choice('random'), choice('input-x-gradient')]),
    );
    const [random, true_] = methods.map(({ measures }) => measures!);
    assert.ok(random!.seedVariance! > 0.5);
    assert.ok(random!.infidelity! > true_!.infidelity!);
    assert.ok(random!.sensitivityMax! > true_!.sensitivityMax!);
  });

  it('stability: a synonym of the same weight leaves the prediction where it was', async () => {
    const { methods } = await measured(bag, request([choice('input-x-gradient')]));
    const { edits } = methods[0]!.measures!;
    assert.ok(edits!.length > 0);
    for (const { edit, prediction, attribution } of edits!) {
      assert.ok(prediction >= 0 && attribution >= 0 && attribution <= 2, edit);
      // Contributions do not hang on the words beside them.
      assert.ok(attribution < 1e-6, `${edit}: ${attribution}`);
    }
    // "Bye" and "." are unknown here, and weigh nothing.
    assert.equal(edits!.find(({ edit }) => edit === 'append a word')!.prediction, 0);
  });

  it('plausibility: the marked words; not where another label than gold is explained', async () => {
    const rationale = [{ start: text.indexOf('good'), end: text.indexOf('good') + 4 }];
    const gold = { kind: 'label', label: 'yes' } as const;
    const of = async (more: Partial<MeasureRequest>) =>
      (await measured(bag, request([choice('input-x-gradient')], { rationale, ...more })))
        .methods[0]!.measures!;
    assert.deepEqual((await of({ gold })).plausibility, { tokenF1: 1, iouF1: 1, auprc: 1 });
    const other = await of({ gold: { kind: 'label', label: 'no' } });
    assert.equal(other.plausibility, null);
    assert.match(other.undefinedSays.plausibility!, /reason for "no", and "yes" is explained/);
  });

  it('only what is asked for; what makes no sense is refused', async () => {
    const one = await measured(
      bag,
      request([choice('gradient')], { options: { measures: ['tau-loo'] } }),
    );
    const { measures } = one.methods[0]!;
    // The gradient is the same at every token.
    assert.equal(measures!.tauLoo, null);
    assert.deepEqual(Object.keys(measures!.undefinedSays), ['tau-loo']);
    assert.equal(measures!.curve, null);
    const options = [
      { samples: 0 },
      { shares: [0] },
      { shares: [] },
      { seed: -1 },
      { measures: [] },
    ];
    for (const wrong of options) {
      await assert.rejects(
        measured(bag, request([choice('gradient')], { options: wrong })),
        GlassboxError,
      );
    }
    await assert.rejects(measured(bag, request([choice('nonsense')])), /There is no method/);
  });

  it('a method that cannot explain this model says so in its row', async () => {
    const { methods } = await measured(
      bag,
      request([choice('attention-rollout'), choice('gradient')]),
    );
    assert.equal(methods[0]!.measures, null);
    assert.match(methods[0]!.failed!, /attention/i);
    assert.equal(methods[1]!.failed, null);
  });

  it('cancelled', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(measureText(bag, request([choice('gradient')]), { signal }), {
      code: 'cancelled',
    });
  });
});

describe('measure: shuffled weights', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  it('the same numbers in each matrix, in an order that the seed decides; other predictions', async () => {
    const dir = folders.textModel();
    const model = await loadModel(dir, 'cpu');
    const [one, again, other] = [
      await shuffledModel(model),
      await shuffledModel(model),
      await shuffledModel(model, 7),
    ];
    const bytes = async (of: Model) => (await of.graph()).constants;
    const [real, shuffled] = [await bytes(model), await bytes(one)];
    let moved = 0;
    for (const [name, { bytes: before, dtype, dims }] of real) {
      const after = shuffled.get(name)!;
      if (dtype !== 'float32' || dims.filter(size => size > 1).length < 2) {
        assert.deepEqual(after.bytes, before, name);
        continue;
      }
      const floats = (b: Uint8Array) => new Float32Array(b.slice().buffer);
      assert.notDeepEqual(after.bytes, before, name);
      assert.deepEqual(floats(after.bytes).sort(), floats(before).sort(), name);
      moved++;
    }
    assert.ok(moved > 10);
    const row = [rowOf(2, 10, 20, 30, 3)];
    const of = async (some: Model) => (await logitsOf(some, row))[0]!;
    assert.deepEqual(await of(again), await of(one));
    assert.notDeepEqual(await of(one), await of(model));
    assert.notDeepEqual(await of(other), await of(one));
    assert.match(one.about.name, /shuffled weights/);
    for (const some of [one, again, other, model]) await some.release();
  });

  it('explains the label of the real model, which is measured', async () => {
    const model = await loadModel(folders.textModel(), 'cpu');
    const shuffled = await shuffledModel(model);
    const choices = [
      choice('input-x-gradient'),
      choice('input-x-gradient', { weights: 'shuffled' }),
    ];
    const asked = request(choices, { text: 'a good film', options: { samples: 3 } });
    const { methods } = await measureText(model, asked, {
      shuffled: () => Promise.resolve(shuffled),
    });
    const [real, random] = methods;
    assert.equal(random!.title, `${real!.title}, shuffled weights`);
    assert.equal(random!.explanation!.explained.label, real!.explanation!.explained.label);
    assert.notDeepEqual(random!.explanation!.attributions, real!.explanation!.attributions);
    // Nothing and everything taken away: the real model, whoever explains.
    for (const at of [0, 10]) {
      assert.deepEqual(random!.measures!.curve![at], real!.measures!.curve![at]);
    }
    await shuffled.release();
    await model.release();
  });

  it('is shuffled once, kept with its model, and released with it', async () => {
    const cache = new ModelCache();
    const dirs = [folders.textModel(), folders.textModel(), folders.textModel()];
    const real = await cache.get(dirs[0]!, 'cpu');
    const shuffled = await cache.shuffledOf(real);
    assert.equal(await cache.shuffledOf(real), shuffled);
    assert.deepEqual(cache.folders, [dirs[0]]);
    let released = 0;
    const release = shuffled.release.bind(shuffled);
    shuffled.release = () => {
      released++;
      return release();
    };
    for (const dir of dirs.slice(1)) await cache.get(dir, 'cpu');
    // The fourth model has taken its place or that of its model.
    assert.equal(released, 1);
    assert.equal(cache.folders.length, 2);
    await cache.clear();
    assert.equal(released, 1);
  });
});
