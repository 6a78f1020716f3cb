/** The sampler: which texts are asked, how often, in which batches, and how it is stopped. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../../../src/interpret/random';
import { explain } from '../../../../src/interpret/saliency/explain';
import { explainIds } from '../../../../src/interpret/saliency/explainIds';
import { explainMany } from '../../../../src/interpret/saliency/explainMany';
import { methodsFor } from '../../../../src/interpret/saliency/methods';
import { withoutSome } from '../../../../src/interpret/saliency/perturbation/coalitions';
import { nearness } from '../../../../src/interpret/saliency/perturbation/lime';
import { loadModel } from '../../../../src/model/loadModel';
import type { Model } from '../../../../src/model/model';
import type { Explanation } from '../../../../src/protocol/explanation';
import { bagModel, sumOfNumbers } from '../../../support/bags';
import { ask, Folders, loadBare, rowOf, wordModel, type AskOptions } from '../../../support/models';
import { assertClose } from '../../../support/numbers';
import { checkOf, inBatchesOf } from '../../../support/perturbed';
import { mean } from '../../../support/statistics';

const text = 'The film is not very good, the charming film is bad.';
/** Few samples, so that each stays quick; all of them draw but occlusion. */
const methods = [
  ['occlusion', { span: 2 }],
  ['lime', { samples: 80 }],
  ['kernel-shap', { samples: 60 }],
  ['shapley-sampling', { samples: 4 }],
] as const;

describe('the sampler of perturbed texts', () => {
  let folders: Folders;
  let model: Model;
  before(async () => {
    folders = new Folders();
    model = await loadModel(folders.textModel(), 'cpu');
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  const run = (method: string, more: AskOptions = {}, input = text): Promise<Explanation> =>
    explain(model, ask(input, method, more));

  for (const [method, parameters] of methods) {
    for (const removal of ['mask', 'delete'] as const) {
      it(`${method}, ${removal}: the same numbers for any batch size, and beside any other text`, async () => {
        const more = { parameters: { ...parameters, removal } };
        const alone = await run(method, more);
        for (const size of [1, 7]) {
          const { result } = await inBatchesOf(model, size, () => run(method, more));
          assertClose(
            [...result.attributions],
            [...alone.attributions],
            1e-5,
            `batches of ${size}`,
          );
        }
        const { modelDir, device, scalar, label } = ask('', method);
        const texts = [{ text: 'good !' }, { text }, { text: 'The etoile is bad , bad , bad .' }];
        const together = await explainMany(model, {
          ...{ modelDir, device, scalar, label, method, texts },
          ...more,
        });
        const [, second] = together as Explanation[];
        assert.deepEqual(second!.attributions, alone.attributions, 'to the last bit');
        assert.deepEqual(second!.spread, alone.spread);
      });
    }

    it(`${method}: a cancel is heard between two runs`, async () => {
      const abort = new AbortController();
      const predict = model.predict.bind(model);
      let runs = 0;
      model.predict = async rows => {
        // The first run reads the text.
        if (++runs === 2) abort.abort();
        return await predict(rows);
      };
      const long = Array.from({ length: 300 }, () => 'good bad').join(' ');
      const request = ask(long, method, { parameters: { samples: 10_000 } });
      await assert.rejects(explain(model, request, { signal: abort.signal }), {
        code: 'cancelled',
      });
      model.predict = predict;
      assert.equal(runs, 2);
    });
  }

  it('draws by the seed and the text alone', async () => {
    for (const [method, parameters] of [...methods.slice(1), ['random', {}] as const]) {
      const of = async (seed: number): Promise<string> => {
        const { attributions, spread } = await run(method, { parameters: { ...parameters, seed } });
        return JSON.stringify([attributions, spread]);
      };
      const first = await of(1);
      assert.equal(await of(1), first, method);
      assert.notEqual(await of(2), first, method);
    }
  });

  it('asks about equal texts once', async () => {
    const three = 'film good bad';
    for (const [method, asked] of [
      ['lime', 2 ** 3 - 1],
      ['kernel-shap', 2 ** 3 - 1],
      ['shapley-sampling', 2 ** 3 - 1],
      ['occlusion', 3],
    ] as const) {
      const { rows } = await inBatchesOf(model, 64, () => run(method, {}, three));
      assert.equal(rows, 1 + asked, `${method}: the text and its parts`);
    }
    // "good good" without one of both is the same text.
    const more = { parameters: { removal: 'delete' } } as const;
    const { rows } = await inBatchesOf(model, 64, () => run('occlusion', more, 'good good bad'));
    assert.equal(rows, 1 + 2);
  });

  it('tells how far it has come, up to the end and never back', async () => {
    const told: number[] = [];
    const { result } = await inBatchesOf(model, 64, () => {
      const request = ask(`${text} ${text}`, 'shapley-sampling', { parameters: { samples: 60 } });
      return explain(model, request, {
        progress: ({ done, total, says }) => {
          told.push(done / total);
          assert.match(says, /^\d+ of \d+ perturbed texts$/);
        },
      });
    });
    assert.ok(result.tokens.length > 20 && told.length > 0);
    assert.deepEqual(
      told,
      [...told].sort((a, b) => a - b),
    );
    assert.ok(told.every(share => share > 0 && share <= 1));
  });

  it('special tokens, and masks that stand in the text, are never taken away', async () => {
    for (const [method, parameters] of methods) {
      const found = await run(
        method,
        { parameters: { ...parameters, removal: 'delete' } },
        'good [MASK] bad film',
      );
      found.tokens.forEach((token, at) => {
        if (token.special || token.text === '[MASK]') assert.equal(found.attributions[at], 0);
      });
      assert.ok(found.attributions.some(value => value !== 0));
    }
  });

  it('where a model has no mask token, words are left out, and the record says so', async () => {
    const vectors = [[0], [1], [5], [-2]];
    const bare = await loadBare(folders, wordModel(vectors, sumOfNumbers));
    const request = { scalar: 'logit', label: { kind: 'label', label: 'LABEL_0' } } as const;
    for (const method of ['occlusion', 'lime', 'kernel-shap', 'shapley-sampling']) {
      const ids = [rowOf(2, 1, 3)];
      const parameters = { ridge: 1e-9 };
      const [found] = await explainIds(bare, ids, { ...request, method, parameters });
      assert.equal(found!.method.removal, 'delete');
      assertClose([...found!.attributions], [5, 1, -2], 1e-5, method);
      for (const removal of ['mask', 'pad'] as const) {
        const asked = { ...request, method, parameters: { removal } };
        await assert.rejects(explainIds(bare, ids, asked), {
          code: 'bad-input',
          message: /"delete"/,
        });
      }
    }
    const known = methodsFor(bare.about).find(({ name }) => name === 'lime')!;
    assert.equal(known.defaults.removal, 'delete');
    await bare.release();
  });

  it('padding in rows of ids has no numbers', async () => {
    const { ids } = rowOf(2, 20, 21, 3);
    const padded = {
      ids: [...ids, 0, 0],
      mask: [1, 1, 1, 1, 0, 0],
      typeIds: ids.map(() => 0).concat(0, 0),
    };
    const request = { scalar: 'logit', label: { kind: 'predicted' }, method: 'occlusion' } as const;
    for (const removal of ['mask', 'delete'] as const) {
      const parameters = { removal };
      const [short] = await explainIds(model, [rowOf(...ids)], { ...request, parameters });
      const [long] = await explainIds(model, [padded], { ...request, parameters });
      const expected = [...short!.attributions, 0, 0];
      assertClose([...long!.attributions], expected, 1e-4, removal);
    }
  });

  describe('refuses in one sentence', () => {
    const cases: [string, string, AskOptions['parameters'], RegExp][] = [
      ['a kernel without width', 'lime', { kernelWidth: 0 }, /kernel width must be/],
      ['a negative ridge', 'lime', { ridge: -1 }, /ridge must be/],
      ['a span of nothing', 'occlusion', { span: 0 }, /span must be/],
      ['a single sample', 'lime', { samples: 1 }, /at least two/],
      ['too few samples for the words', 'kernel-shap', { samples: 20 }, /at least \d+/],
    ];
    for (const [what, method, parameters, message] of cases) {
      it(what, async () => {
        await assert.rejects(run(method, { parameters: parameters! }), {
          code: 'bad-input',
          message,
        });
      });
    }
  });
});

describe("LIME's constants", () => {
  it('nearness is sqrt(exp(-D^2 / w^2)), D 100 times the cosine distance', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (bits, width) => {
          const size = Math.sqrt(bits.reduce<number>((a, b) => a + b * b, 0));
          const dot = bits.reduce<number>((a, b) => a + b, 0);
          const cosine = size === 0 ? 0 : dot / (size * Math.sqrt(bits.length));
          const expected = Math.sqrt(Math.exp(-((100 * (1 - cosine)) ** 2) / width ** 2));
          const found = nearness(Uint8Array.from(bits), width);
          assert.ok(Math.abs(found - expected) <= 1e-6 * expected + 1e-12);
        },
      ),
    );
  });

  it('each subset of a size is as likely', () => {
    const random = new Random(3);
    const counts = new Map<string, number>();
    const draws = 10_000;
    for (let i = 0; i < draws; i++) {
      const key = withoutSome(random, 5, 2).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    assert.equal(counts.size, 10);
    // Chi-square with 9 degrees of freedom: 27.9 is exceeded once in a thousand.
    const expected = draws / 10;
    const chi = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    assert.ok(chi < 27.9, `chi-square ${chi}`);
  });
});

describe('what perturbations say about themselves', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  it('a parity of the words is no sum of them: R2 and spread say so', async () => {
    const words = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(w => [w, [1]]));
    const model = await bagModel(folders, words, (b, vectors) => {
      const sum = b.op('ReduceSum', [vectors, b.ints([1])], { keepdims: 0 });
      const parity = b.op('Cos', [b.op('Mul', [sum, b.scalar(Math.PI)])]);
      return b.op('MatMul', [parity, b.constant('float32', [1, 2], [1, 0])]);
    });
    const label = { kind: 'label', label: 'yes' } as const;
    const found = await explain(model, ask('a b c d e f g h', 'lime', { label }));
    const [fit, spread] = [checkOf(found, 'surrogate')!, checkOf(found, 'spread')!];
    assert.deepEqual([fit.ok, spread.ok], [false, false], `${fit.says} ${spread.says}`);
    assert.match(fit.says, /far from linear/);
    assert.match(spread.says, /chance/);
    const once = ask('a b c', 'shapley-sampling', { label, parameters: { samples: 1 } });
    const single = await explain(model, once);
    assert.equal(single.spread, null);
    assert.match(checkOf(single, 'spread')!.says, /single draw/);
    await model.release();
  });

  it('a model that is sure of itself is no fault: without a word it may be unsure', async () => {
    const words = { great: [15], film: [0] };
    const model = await bagModel(folders, words, sumOfNumbers);
    const of = (method: string): Promise<Explanation> =>
      explain(model, ask('great film', method, { scalar: 'probability' }));
    assert.equal(checkOf(await of('gradient'), 'saturated')!.ok, false);
    const found = await of('occlusion');
    assert.equal(checkOf(found, 'saturated'), undefined);
    assertClose([...found.attributions], [0, 0.5, 0, 0], 1e-6, 'from almost 1 to one half');
    await model.release();
  });

  it('few samples for many words are said to be too few', async () => {
    const words = Object.fromEntries(['good', 'bad', 'film'].map((w, i) => [w, [i]]));
    const model = await bagModel(folders, words, sumOfNumbers);
    const long = Array.from({ length: 20 }, (_, i) => ['good', 'bad', 'film'][i % 3]).join(' ');
    const found = await explain(model, ask(long, 'lime', { parameters: { samples: 40 } }));
    assert.equal(checkOf(found, 'surrogate')!.ok, false);
    assert.match(checkOf(found, 'surrogate')!.says, /at least 80 samples/);
    await model.release();
  });

  it('random numbers are uniform, special tokens have none, and they say that they explain nothing', async () => {
    const model = await bagModel(folders, { good: [1], bad: [-1] }, sumOfNumbers);
    const all: number[] = [];
    for (let seed = 0; seed < 50; seed++) {
      const long = Array.from({ length: 20 }, () => 'good bad').join(' ');
      const found = await explain(model, ask(long, 'random', { parameters: { seed } }));
      assert.deepEqual([found.attributions[0], found.attributions.at(-1)], [0, 0]);
      all.push(...found.attributions.slice(1, -1));
      assert.equal(checkOf(found, 'control')!.ok, false);
    }
    assert.equal(all.length, 2000);
    assert.ok(all.every(value => value >= -1 && value < 1));
    // Four standard errors of uniform numbers: mean 0, mean square 1/3.
    assert.ok(Math.abs(mean(all)) < 4 * Math.sqrt(1 / 3 / 2000));
    assert.ok(Math.abs(mean(all.map(v => v * v)) - 1 / 3) < 4 * Math.sqrt(4 / 45 / 2000));
    await model.release();
  });
});
