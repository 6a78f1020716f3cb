/** Relevance propagation on models that can be worked out by hand. */
import assert from 'node:assert/strict';
import type { Model } from '../../../src/model/model';
import type { GraphBuilder } from '../../../src/onnx/builder';
import type { LabelChoice } from '../../../src/protocol/task';
import { lstmRelevance } from '../../support/lstmRelevance';
import { Folders, loadBare, rowOf, wordModel } from '../../support/models';
import { assertClose, seededRandom } from '../../support/numbers';
import { methods, relevance, share, sum } from '../../support/relevance';

const dot = (x: readonly number[], y: readonly number[]): number =>
  sum(x.map((value, i) => value * y[i]!));

/** Numbers of a matrix [rows][columns], the same every time. */
function randomMatrix(rows: number, columns: number, seed: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => Math.fround(2 * random() - 1)),
  );
}

function constantOf(b: GraphBuilder, matrix: readonly (readonly number[])[]): string {
  return b.constant('float32', [matrix.length, matrix[0]!.length], matrix.flat());
}

describe('relevance worked out by hand', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  /** Works with a model on word vectors, and frees it. */
  async function withWords(
    vectors: readonly (readonly number[])[],
    head: (b: GraphBuilder, words: string) => string,
    work: (model: Model) => Promise<void>,
  ): Promise<void> {
    const model = await loadBare(folders, wordModel(vectors, head));
    try {
      await work(model);
    } finally {
      await model.release();
    }
  }

  it('of a linear bag of words is w . e, and b is the share of the biases', async () => {
    const vectors = randomMatrix(5, 3, 1);
    const weights = randomMatrix(3, 2, 2);
    const bias = [0.5, -2];
    await withWords(
      vectors,
      (b, words) =>
        b.op('Add', [
          b.op('MatMul', [
            b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 }),
            constantOf(b, weights),
          ]),
          b.constant('float32', [2], bias),
        ]),
      async model => {
        const ids = [1, 3, 3, 4];
        for (const [index, label] of ['LABEL_0', 'LABEL_1'].entries()) {
          const column = weights.map(row => row[index]!);
          const truth = ids.map(id => dot(vectors[id]!, column));
          for (const method of ['lrp', 'lrp-cp']) {
            const [found] = await relevance(
              model,
              [rowOf(...ids)],
              method,
              {},
              { kind: 'label', label },
            );
            assertClose([...found!.attributions], truth, 1e-6, method);
            assertClose([share(found!, 'bias')], [bias[index]!], 1e-6, 'bias');
            assert.deepEqual(found!.maps, []);
          }
          // z / (z + epsilon sign z) of it.
          const z = sum(truth) + bias[index]!;
          const kept = Math.abs(z) / (Math.abs(z) + 0.5);
          const [damped] = await relevance(
            model,
            [rowOf(...ids)],
            'lrp-epsilon',
            { epsilon: 0.5 },
            { kind: 'label', label },
          );
          assertClose(
            [...damped!.attributions],
            truth.map(value => kept * value),
            1e-5,
            'damped',
          );
          assertClose([share(damped!, 'bias')], [kept * bias[index]!], 1e-5, 'bias');
          assertClose([share(damped!, 'lost')], [(1 - kept) * z], 1e-4, 'lost');
        }
      },
    );
  });

  it('by the epsilon rule through two layers is that of its formula', async () => {
    const vectors = randomMatrix(4, 3, 3);
    const [first, second] = [randomMatrix(3, 4, 4), randomMatrix(4, 2, 5)];
    const [inner, outer] = [
      [0.3, -0.2, 0.1, 0.4],
      [0.2, -0.1],
    ];
    const epsilon = 0.25;
    const ids = [1, 2, 3, 0];
    // R_i = sum_j x_i w_ij R_j / (z_j + epsilon sign z_j), by Bach et al., z with its bias.
    const back = (x: number[], W: number[][], z: number[], R: number[]): number[] =>
      x.map((value, i) =>
        sum(R.map((r, j) => (value * W[i]![j]! * r) / (z[j]! + epsilon * Math.sign(z[j]!)))),
      );
    const layer = (x: readonly number[], W: number[][], bias: number[]): number[] =>
      bias.map(
        (shift, j) =>
          shift +
          dot(
            x,
            W.map(row => row[j]!),
          ),
      );
    const hidden = ids.map(id => layer(vectors[id]!, first, inner));
    const active = hidden.map(z => z.map(value => Math.max(0, value)));
    const pooled = inner.map((_, j) => sum(active.map(row => row[j]!)));
    const logits = layer(pooled, second, outer);
    const label = logits[0]! > logits[1]! ? 0 : 1;
    const start = logits.map((value, j) => (j === label ? value : 0));
    const ofPooled = back(pooled, second, logits, start);
    const truth = ids.map((id, at) => {
      // A sum hands on by shares, a ReLU as it is.
      const own = ofPooled.map((r, j) =>
        pooled[j] === 0 ? 0 : (r * active[at]![j]!) / pooled[j]!,
      );
      return sum(back(vectors[id]!, first, hidden[at]!, own));
    });
    await withWords(
      vectors,
      (b, words) => {
        const product = b.op('MatMul', [words, constantOf(b, first)]);
        const z = b.op('Add', [product, b.constant('float32', [4], inner)]);
        const all = b.op('ReduceSum', [b.op('Relu', [z]), b.ints([1])], { keepdims: 0 });
        return b.op('Gemm', [all, constantOf(b, second), b.constant('float32', [2], outer)]);
      },
      async model => {
        const [found] = await relevance(model, [rowOf(...ids)], 'lrp-epsilon', { epsilon });
        assertClose([...found!.attributions], truth, 1e-5, 'relevance');
      },
    );
  });

  it('of a gated layer gives half to each, or all to the signal', async () => {
    const vectors = randomMatrix(4, 2, 6);
    const [gate, up] = [randomMatrix(2, 1, 7), randomMatrix(2, 1, 8)];
    const column = (matrix: number[][]): number[] => matrix.map(row => row[0]!);
    const at = (id: number) => ({
      z: dot(vectors[id]!, column(gate)),
      u: dot(vectors[id]!, column(up)),
    });
    const silu = (z: number): number => z / (1 + Math.exp(-z));
    // Gate and signal of different tokens: silu(first) times second.
    await withWords(
      vectors,
      (b, words) => {
        const pick = (token: number): string =>
          b.op('Gather', [words, b.constant('int64', [1], [token])], { axis: 1 });
        const z = b.op('MatMul', [pick(0), constantOf(b, gate)]);
        const u = b.op('MatMul', [pick(1), constantOf(b, up)]);
        const signal = b.op('Mul', [b.op('Mul', [z, b.op('Sigmoid', [z])]), u]);
        const all = b.op('ReduceSum', [signal, b.ints([1])], { keepdims: 0 });
        return b.op('MatMul', [all, b.constant('float32', [1, 2], [1, 0])]);
      },
      async model => {
        const label: LabelChoice = { kind: 'label', label: 'LABEL_0' };
        const value = silu(at(1).z) * at(2).u;
        const [half] = await relevance(model, [rowOf(1, 2)], 'lrp', {}, label);
        assertClose([...half!.attributions], [value / 2, value / 2], 1e-5, 'AttnLRP');
        const [all] = await relevance(model, [rowOf(1, 2)], 'lrp-cp', {}, label);
        assert.equal(all!.attributions[0], 0);
        assertClose([...all!.attributions], [0, value], 1e-5, 'CP-LRP');
      },
    );
  });

  it('passes an activation that is written as a product, with a bias before it', async () => {
    const vectors = randomMatrix(4, 2, 14);
    const weights = randomMatrix(2, 1, 15);
    const ids = [0, 2, 3];
    const shift = 0.7;
    const column = weights.map(row => row[0]!);
    // Mish, z tanh(log(1 + e^z)): what z gets is shared by w . e and the bias.
    const factor = (z: number): number => Math.tanh(Math.log1p(Math.exp(z)));
    const products = ids.map(id => dot(vectors[id]!, column));
    const truth = products.map(product => product * factor(product + shift));
    const ofBias = sum(products.map(product => shift * factor(product + shift)));
    await withWords(
      vectors,
      (b, words) => {
        const product = b.op('MatMul', [words, constantOf(b, weights)]);
        const z = b.op('Add', [product, b.constant('float32', [1, 1, 1], [shift])]);
        const mish = b.op('Mul', [z, b.op('Tanh', [b.op('Softplus', [z])])]);
        const all = b.op('ReduceSum', [mish, b.ints([1])], { keepdims: 0 });
        return b.op('MatMul', [all, b.constant('float32', [1, 2], [1, 0])]);
      },
      async model => {
        for (const method of ['lrp', 'lrp-cp']) {
          const label: LabelChoice = { kind: 'label', label: 'LABEL_0' };
          const [found] = await relevance(model, [rowOf(...ids)], method, {}, label);
          assertClose([...found!.attributions], truth, 1e-5, method);
          assertClose([share(found!, 'bias')], [ofBias], 1e-5, 'bias');
        }
      },
    );
  });

  it('of a maximum goes to its winner', async () => {
    const vectors = [
      [1, 5],
      [3, -2],
      [2, 4],
    ];
    await withWords(
      vectors,
      (b, words) =>
        b.op('MatMul', [
          b.op('ReduceMax', [words, b.ints([1])], { keepdims: 0 }),
          b.constant('float32', [2, 2], [2, 0, 1, 0]),
        ]),
      async model => {
        for (const method of methods) {
          const [found] = await relevance(model, [rowOf(0, 1, 2)], method, { epsilon: 1e-12 });
          assertClose([...found!.attributions], [5, 6, 0], 1e-6, method);
        }
      },
    );
  });

  it('of an LSTM gives gates nothing, as Arras et al. (2017) have it', async () => {
    const [size, hidden] = [3, 2];
    const vectors = randomMatrix(5, size, 9);
    const W = randomMatrix(4 * hidden, size, 10);
    const R = randomMatrix(4 * hidden, hidden, 11);
    const B = randomMatrix(1, 8 * hidden, 12)[0]!;
    const out = randomMatrix(hidden, 2, 13);
    const ids = [1, 4, 2, 3];
    await withWords(
      vectors,
      (b, words) => {
        const steps = b.op('Transpose', [words], { perm: [1, 0, 2] });
        const parameters = [
          b.constant('float32', [1, 4 * hidden, size], W.flat()),
          b.constant('float32', [1, 4 * hidden, hidden], R.flat()),
          b.constant('float32', [1, 8 * hidden], B),
        ];
        const [, last] = b.ops('LSTM', [steps, ...parameters], 3, { hidden_size: hidden });
        return b.op('MatMul', [b.op('Squeeze', [last!, b.ints([0])]), constantOf(b, out)]);
      },
      async model => {
        const x = ids.map(id => vectors[id]!);
        const label: LabelChoice = { kind: 'label', label: 'LABEL_1' };
        const truth = lstmRelevance(
          x,
          W,
          R,
          B,
          out.map(row => row[1]!),
        );
        for (const method of ['lrp', 'lrp-cp']) {
          const [found] = await relevance(model, [rowOf(...ids)], method, {}, label);
          assertClose([...found!.attributions], truth.words, 1e-5, method);
          assertClose([share(found!, 'bias')], [truth.bias], 1e-5, 'biases');
        }
      },
    );
  });

  it('that a constant has won is lost, and CP-LRP says so', async () => {
    await withWords(
      [
        [1, 5],
        [3, -2],
      ],
      (b, words) => {
        const floor = b.op('Max', [words, b.constant('float32', [1, 1, 2], [2, 2])]);
        return b.op('MatMul', [
          b.op('ReduceSum', [floor, b.ints([1])], { keepdims: 0 }),
          b.constant('float32', [2, 2], [1, 0, 1, 0]),
        ]);
      },
      async model => {
        const [found] = await relevance(model, [rowOf(0, 1)], 'lrp-cp');
        assert.deepEqual(found!.attributions, [5, 3]);
        assert.deepEqual(
          found!.shares.map(({ name, value }) => [name, value]),
          [
            ['word', 8],
            ['bias', 0],
            ['lost', 4],
          ],
        );
        const check = found!.health.find(entry => entry.check === 'conservation')!;
        assert.equal(check.ok, false);
        assert.match(check.says, /somewhere in this model relevance is lost or made/);
      },
    );
  });

  it('has no rule for some operators, and says so in one sentence', async () => {
    await withWords(
      [
        [1, 2],
        [2, 1],
      ],
      (b, words) =>
        b.op('ReduceSum', [b.op('Log', [b.op('Abs', [words])]), b.ints([1])], { keepdims: 0 }),
      async model => {
        for (const method of methods) {
          await assert.rejects(relevance(model, [rowOf(0, 1)], method), {
            code: 'unsupported',
            message:
              /model\.onnx: Relevance propagation has no rule for Log "[^"]+"; explain this model by gradients or by perturbation\.$/,
          });
        }
      },
    );
  });
});
