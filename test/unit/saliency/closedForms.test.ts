/** Models whose attributions are known exactly. */
import assert from 'node:assert/strict';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import type { Model } from '../../../src/model/model';
import type { GraphBuilder } from '../../../src/onnx/builder';
import type { Explanation, MethodParameters } from '../../../src/protocol/explanation';
import { Folders, loadBare, rowOf, wordModel } from '../../support/models';
import { assertClose } from '../../support/numbers';

/** Word vectors of small whole numbers: sums and products of them are exact in float32. */
const vectors = [
  [0, 0, 0],
  [1, 2, -1],
  [3, -1, 2],
  [-2, 4, 1],
  [5, 1, -3],
];
const weights = [
  [2, -1],
  [1, 3],
  [-4, 1],
];
const ids = [1, 3, 2, 4];

const bag = (b: GraphBuilder, words: string): string =>
  b.op('MatMul', [
    b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 }),
    b.constant('float32', [3, 2], weights.flat()),
  ]);

/** Logits [sum of squares of all numbers, 0]. */
const squares = (b: GraphBuilder, words: string): string =>
  b.op('MatMul', [
    b.op('ReduceSum', [b.op('Mul', [words, words]), b.ints([1])], { keepdims: 0 }),
    b.constant('float32', [3, 2], [1, 0, 1, 0, 1, 0]),
  ]);

/** Logits [length of the sum's direction along (1, 1, 1), 0]: singular at zero, as a norm without bias. */
const direction = (b: GraphBuilder, words: string): string => {
  const sum = b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 });
  const square = b.op('ReduceSum', [b.op('Mul', [sum, sum]), b.ints([1])], { keepdims: 1 });
  const length = b.op('Sqrt', [b.op('Add', [square, b.scalar(1e-12)])]);
  const unit = b.op('Div', [sum, length]);
  return b.op('MatMul', [unit, b.constant('float32', [3, 2], [1, 0, 1, 0, 1, 0])]);
};

const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * y[i]!, 0);

describe('closed forms', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  async function run(
    model: Model,
    method: string,
    parameters: MethodParameters = {},
    label = 'LABEL_0',
  ): Promise<Explanation> {
    const [found] = await explainIds(model, [rowOf(...ids)], {
      method,
      parameters,
      scalar: 'logit',
      label: { kind: 'label', label },
    });
    return found!;
  }

  describe('a linear bag of words', () => {
    let model: Model;
    before(async () => (model = await loadBare(folders, wordModel(vectors, bag))));
    after(() => model.release());

    it('has integrated gradients equal to input x gradient, equal to w . e', async () => {
      for (const [index, label] of ['LABEL_0', 'LABEL_1'].entries()) {
        const column = weights.map(row => row[index]!);
        const truth = ids.map(id => dot(vectors[id]!, column));
        assert.deepEqual((await run(model, 'input-x-gradient', {}, label)).attributions, truth);
        assert.deepEqual(
          (await run(model, 'gradient', { aggregate: 'dot' }, label)).attributions,
          truth,
        );
        const found = await run(model, 'integrated-gradients', {}, label);
        assertClose([...found.attributions], truth, 1e-6, label);
        const check = found.health.find(entry => entry.check === 'completeness')!;
        assert.ok(check.ok && check.value! < 1e-6);
      }
    });

    it('has the same gradient everywhere: norms, sum, smoothed, without variance', async () => {
      const column = weights.map(row => row[0]!);
      const everywhere = (value: number): number[] => ids.map(() => value);
      const of = async (method: string, parameters: MethodParameters): Promise<number[]> => [
        ...(await run(model, method, parameters)).attributions,
      ];
      assert.deepEqual(await of('gradient', { aggregate: 'l1' }), everywhere(7));
      assert.deepEqual(await of('gradient', { aggregate: 'sum' }), everywhere(-1));
      assertClose(await of('gradient', { aggregate: 'l2' }), everywhere(Math.sqrt(21)), 1e-6, 'l2');
      const truth = ids.map(id => dot(vectors[id]!, column));
      assertClose(await of('smoothgrad', { noise: 0.3 }), truth, 1e-5, 'mean');
      const squared = ids.map(id =>
        dot(
          vectors[id]!.map(x => x * x),
          column.map(x => x * x),
        ),
      );
      assertClose(await of('smoothgrad', { moment: 'square' }), squared, 1e-5, 'square');
      const variance = await of('smoothgrad', { moment: 'variance', aggregate: 'l1' });
      assert.deepEqual(variance, everywhere(0));
    });

    it('explains predicted minus gold as the difference of both', async () => {
      const [found] = await explainIds(model, [rowOf(...ids)], {
        method: 'input-x-gradient',
        parameters: {},
        scalar: 'logit',
        label: { kind: 'contrast' },
        gold: [{ kind: 'label', label: 'LABEL_1' }],
      });
      const difference = weights.map(([first, second]) => first! - second!);
      assert.deepEqual(
        [found!.explained.label, found!.explained.against, found!.explained.why],
        ['LABEL_0', 'LABEL_1', 'contrast'],
      );
      const truth = ids.map(id => dot(vectors[id]!, difference));
      assert.deepEqual(found!.attributions, truth);
      assert.deepEqual(
        found!.scores,
        truth.map(value => value / Math.max(...truth.map(Math.abs))),
      );
    });

    it('has gradients of the probability p (1 - p) and of the loss p - 1 times those of z0 - z1', async () => {
      // Only rows with a middling probability tell: logits of the row [3, 1] are 3 - 3 apart.
      const row = rowOf(2, 3, 1, 1, 1, 1);
      const question = { method: 'gradient', parameters: { aggregate: 'sum' } } as const;
      const label = { kind: 'label', label: 'LABEL_0' } as const;
      const [logits] = (await model.predict([row]))[0]!.values as [Float32Array];
      const p = 1 / (1 + Math.exp(logits[1]! - logits[0]!));
      const slope = weights.reduce((sum, [first, second]) => sum + first! - second!, 0);
      const by = async (scalar: 'probability' | 'loss'): Promise<readonly number[]> =>
        (await explainIds(model, [row], { ...question, scalar, label }))[0]!.attributions;
      const expected = (factor: number): number[] => row.ids.map(() => factor * slope);
      assert.ok(p > 1e-6 && p < 1 - 1e-6, `p = ${p}`);
      assertClose([...(await by('probability'))], expected(p * (1 - p)), 1e-4, 'probability');
      assertClose([...(await by('loss'))], expected(p - 1), 1e-4, 'loss');
    });
  });

  describe('a sum of squares', () => {
    let model: Model;
    before(async () => (model = await loadBare(folders, wordModel(vectors, squares))));
    after(() => model.release());
    const truth = ids.map(id => dot(vectors[id]!, vectors[id]!));
    const times = (factor: number): number[] => truth.map(value => factor * value);

    it('has exact integrated gradients by middle, trapezoid and Gauss-Legendre points', async () => {
      for (const quadrature of ['middle', 'trapezoid', 'gauss-legendre'] as const) {
        const found = await run(model, 'integrated-gradients', { quadrature, steps: 7 });
        assertClose([...found.attributions], truth, 1e-6, quadrature);
      }
    });

    it('gives 0.9 of the truth by ten left points, 1.1 by right ones, and says so', async () => {
      for (const [quadrature, factor] of [
        ['left', 0.9],
        ['right', 1.1],
      ] as const) {
        const found = await run(model, 'integrated-gradients', { quadrature, steps: 10 });
        assertClose([...found.attributions], times(factor), 1e-6, quadrature);
        const check = found.health.find(entry => entry.check === 'completeness')!;
        assert.equal(check.ok, false);
        assert.ok(Math.abs(check.value! - 0.1) < 1e-6);
        assert.match(check.says, /too few points/);
      }
    });

    it('gives input x gradient twice the truth', async () => {
      assert.deepEqual((await run(model, 'input-x-gradient')).attributions, times(2));
    });

    it('has a smoothed gradient with the moments of 2 (e + noise)', async () => {
      const sigma = 0.5;
      const samples = 4000;
      const parameters = { noise: sigma, noiseScale: 'absolute', samples, seed: 9 } as const;
      const { attributions: mean } = await run(model, 'smoothgrad', parameters);
      const standardError = (id: number): number =>
        (2 * sigma * Math.sqrt(dot(vectors[id]!, vectors[id]!))) / Math.sqrt(samples);
      ids.forEach((id, i) => {
        assert.ok(Math.abs(mean[i]! - 2 * truth[i]!) < 4 * standardError(id));
      });
      // The variance of each of the three numbers is 4 sigma^2; its standard error sqrt(2 / n) of that.
      const { attributions: variance, signed } = await run(model, 'smoothgrad', {
        ...parameters,
        moment: 'variance',
        aggregate: 'sum',
      });
      const limit = 4 * Math.sqrt(2 / samples / 3);
      variance.forEach(value => {
        assert.ok(Math.abs(value / (12 * sigma ** 2) - 1) < limit, `${value}`);
      });
      assert.equal(signed, false);
    });

    it('scales relative noise by the range of the line, padding left out', async () => {
      // The vectors of tokens 1, 3, 2, 4 reach from -3 to 5; row padding is the zero vector.
      const relative = { noise: 0.05, noiseScale: 'relative', samples: 3, seed: 2 } as const;
      const absolute = { ...relative, noise: 0.4, noiseScale: 'absolute' } as const;
      const first = (await run(model, 'smoothgrad', relative)).attributions;
      assertClose(
        [...first],
        [...(await run(model, 'smoothgrad', absolute)).attributions],
        1e-5,
        'range',
      );
    });
  });

  describe('a direction, which does not notice length', () => {
    let model: Model;
    before(async () => (model = await loadBare(folders, wordModel(vectors, direction))));
    after(() => model.release());

    it('has singular integrated gradients from zero, and the health says so', async () => {
      const found = await run(model, 'integrated-gradients');
      const check = found.health.find(entry => entry.check === 'completeness')!;
      assert.equal(check.ok, false);
      assert.match(check.says, /normalisation is singular/);
    });

    it('has gradient times input zero for a single token, and the health says so', async () => {
      const [found] = await explainIds(model, [rowOf(4)], {
        method: 'input-x-gradient',
        parameters: {},
        scalar: 'logit',
        label: { kind: 'predicted' },
      });
      const check = found!.health.find(entry => entry.check === 'layernorm-dot')!;
      assert.equal(check.ok, false);
      assert.match(check.says, /rounding noise/);
    });
  });
});
