/** Attention rollout and attention x gradient against matrices multiplied by hand and finite differences. */
import assert from 'node:assert/strict';
import { findAttentionLayers } from '../../../src/autodiff/attentionLayers';
import { renameInputs } from '../../../src/autodiff/passes/graphIndex';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { loadModel } from '../../../src/model/loadModel';
import { feedsOf, type Row } from '../../../src/model/inputs';
import type { Model } from '../../../src/model/model';
import { GraphBuilder } from '../../../src/onnx/builder';
import type { Graph } from '../../../src/onnx/graph';
import type { Explanation } from '../../../src/protocol/explanation';
import { Session, type TensorValue } from '../../../src/runtime/session';
import { familyDir, readGolden } from '../../support/families';
import { Folders, goldenRows, loadBare, rowOf, wordModel } from '../../support/models';
import { assertClose } from '../../support/numbers';
import { float32, runGraph } from '../../support/runGraph';

type Matrix = number[][];

/** Which position of a row the classifier of a family reads. */
const reads: Readonly<Record<string, (row: Row) => number>> = {
  bert: () => 0,
  'bert-dynamo': () => 0,
  distilbert: () => 0,
  'deberta-v2': () => 0,
  modernbert: () => 0,
  gpt2: row => row.mask.lastIndexOf(1),
  'qwen2-sdpa': row => row.mask.lastIndexOf(1),
};

async function layersOf(model: Model): Promise<string[]> {
  const { facts, embedding } = model.about;
  return findAttentionLayers(await model.graph(), facts, embedding.output).map(
    layer => layer.probabilities,
  );
}

/** By row, by layer, by head. */
async function probabilities(model: Model, rows: readonly Row[]): Promise<Matrix[][][]> {
  const graph = await model.graph();
  const names = await layersOf(model);
  const exposed = { ...graph, outputs: names.map(name => ({ name })) };
  const found = await runGraph(exposed, feedsOf(model.about.inputs, rows));
  return rows.map((_, row) => names.map(name => headsOf(found[name]!, row, rows.length)));
}

function headsOf({ dims, data }: TensorValue, row: number, rows: number): Matrix[] {
  const length = dims.at(-1)!;
  const heads = data.length / rows / length ** 2;
  const cell = (head: number, i: number, j: number): number =>
    Number(data[((row * heads + head) * length + i) * length + j]);
  const all = Array.from({ length }, (_, i) => i);
  return Array.from({ length: heads }, (_, head) => all.map(i => all.map(j => cell(head, i, j))));
}

const identity = (size: number): Matrix =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));

const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map(row => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));

const combine = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((x, j) => f(x, b[i]![j]!)));

const meanOf = (heads: readonly Matrix[]): Matrix =>
  heads
    .reduce((a, b) => combine(a, b, (x, y) => x + y))
    .map(row => row.map(value => value / heads.length));

/** (A_n + I) / 2 ... (A_1 + I) / 2 */
function rolledOut(layers: readonly (readonly Matrix[])[]): Matrix {
  const size = layers[0]![0]!.length;
  return layers.reduce((product, heads) => {
    const half = combine(meanOf(heads), identity(size), (x, y) => (x + y) / 2);
    return multiply(half, product);
  }, identity(size));
}

async function explainRows(
  model: Model,
  rows: readonly Row[],
  method: string,
): Promise<Explanation[]> {
  return await explainIds(model, rows, {
    method,
    parameters: {},
    scalar: 'logit',
    label: { kind: 'predicted' },
  });
}

/** A row without its padding, and the numbers of its tokens. */
const real = (row: Row, numbers: readonly number[]): number[] =>
  numbers.filter((_, i) => row.mask[i] === 1);

describe('attention', () => {
  for (const [name, read] of Object.entries(reads)) {
    describe(`of ${name}`, () => {
      const rows = goldenRows(readGolden(familyDir(name)));
      let model: Model;
      before(
        async () => (model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' })),
      );
      after(() => model.release());

      it('rolls out to the product of its matrices, at the row that the classifier reads', async () => {
        const found = await explainRows(model, rows, 'attention-rollout');
        const all = await probabilities(model, rows);
        rows.forEach((row, i) => {
          const expected = rolledOut(all[i]!)[read(row)]!;
          assertClose(real(row, found[i]!.attributions), real(row, expected), 1e-5, `row ${i}`);
          const total = found[i]!.attributions.reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(total - 1) < 1e-5, `the numbers sum to ${total}`);
          assert.equal(found[i]!.signed, false);
        });
      });

      it('says the same of a padded row of a batch and of the row alone', async () => {
        for (const method of ['attention-rollout', 'attention-x-gradient']) {
          const found = await explainRows(model, rows, method);
          for (const [i, row] of rows.entries()) {
            const cut = (list: readonly number[]): number[] => real(row, list);
            const alone = { ids: cut(row.ids), mask: cut(row.mask), typeIds: cut(row.typeIds) };
            const [single] = await explainRows(model, [alone], method);
            assertClose([...single!.attributions], cut(found[i]!.attributions), 1e-4, method);
          }
        }
      });
    });
  }

  it('times its gradient is that of finite differences', async () => {
    const model = await loadModel(familyDir('bert'), 'cpu', { tokenizer: 'optional' });
    try {
      const [row] = goldenRows(readGolden(familyDir('bert'))) as [Row];
      const [found] = await explainRows(model, [row], 'attention-x-gradient');
      const label = found!.prediction.labels.indexOf(found!.prediction.label);
      const [layers] = await probabilities(model, [row]);
      const slopes = await differences(model, row, label, layers!);
      const size = row.ids.length;
      const expected = layers!.reduce((product, heads, layer) => {
        const positive = heads.map((P, head) =>
          combine(P, slopes[layer]![head]!, (p, slope) => Math.max(0, p * slope)),
        );
        return multiply(
          combine(identity(size), meanOf(positive), (x, y) => x + y),
          product,
        );
      }, identity(size));
      const truth = expected[0]!.map((value, i) => value - (i === 0 ? 1 : 0));
      const scale = Math.max(...truth);
      found!.attributions.forEach((value, i) => {
        assert.ok(Math.abs(value - truth[i]!) < 2e-3 * scale, `${value} is not ${truth[i]}`);
      });
    } finally {
      await model.release();
    }
  });

  it('of a tagger is read at the token that is decided', async () => {
    const model = await loadModel(familyDir('bert-ner'), 'cpu', { tokenizer: 'optional' });
    const [row] = goldenRows(readGolden(familyDir('bert-ner'))) as [Row];
    const [layers] = await probabilities(model, [row]);
    for (const position of [1, 4]) {
      const [found] = await explainIds(model, [row], {
        method: 'attention-rollout',
        parameters: {},
        scalar: 'logit',
        label: { kind: 'predicted' },
        position,
      });
      assertClose([...found!.attributions], rolledOut(layers!)[position]!, 1e-5, `${position}`);
    }
    await model.release();
  });

  it('is what models without it are told they lack', async () => {
    for (const name of ['cnn', 'lstm']) {
      const model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
      for (const method of ['attention-rollout', 'attention-x-gradient']) {
        await assert.rejects(explainRows(model, [rowOf(1, 2, 3, 4, 5, 6, 7)], method), {
          code: 'unsupported',
          message: /model\.onnx: The model has no attention probabilities/,
        });
      }
      await model.release();
    }
  });

  it('of branches that do not follow one another is refused', async () => {
    const folders = new Folders();
    const vectors = [
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    const attend = (b: GraphBuilder, words: string): string => {
      const scores = b.op('MatMul', [words, b.op('Transpose', [words], { perm: [0, 2, 1] })]);
      return b.op('MatMul', [b.op('Softmax', [scores], { axis: -1 }), words]);
    };
    const forked = wordModel(vectors, (b, words) => {
      const both = b.op('Add', [attend(b, words), attend(b, b.op('Neg', [words]))]);
      return b.op('ReduceSum', [both, b.ints([1])], { keepdims: 0 });
    });
    const model = await loadBare(folders, forked);
    await assert.rejects(explainRows(model, [rowOf(1, 2)], 'attention-rollout'), {
      code: 'unsupported',
      message: /do not follow one another/,
    });
    await model.release();
    folders.remove();
  });

  it('of a mean over all tokens is the mean of all rows', async () => {
    const folders = new Folders();
    const pooled = wordModel(
      [
        [1, 0],
        [0.5, 1],
        [-1, 2],
      ],
      (b, words) => {
        const turned = b.op('Transpose', [words], { perm: [0, 2, 1] });
        const P = b.op('Softmax', [b.op('MatMul', [words, turned])], { axis: -1 });
        return b.op('ReduceMean', [b.op('MatMul', [P, words]), b.ints([1])], { keepdims: 0 });
      },
    );
    const model = await loadBare(folders, pooled);
    const row = rowOf(0, 1, 2);
    const [found] = await explainRows(model, [row], 'attention-rollout');
    const [layers] = await probabilities(model, [row]);
    const matrix = rolledOut(layers!);
    const expected = row.ids.map((_, j) => matrix.reduce((sum, r) => sum + r[j]! / 3, 0));
    assertClose([...found!.attributions], expected, 1e-6, 'mean');
    await model.release();
    folders.remove();
  });
});

/** By layer and head: the derivative of a logit by each probability, by central differences. */
async function differences(
  model: Model,
  row: Row,
  label: number,
  layers: readonly (readonly Matrix[])[],
): Promise<Matrix[][]> {
  const source = await model.graph();
  const names = await layersOf(model);
  const graph: Graph = {
    ...source,
    inputs: [...source.inputs],
    constants: new Map(source.constants),
    nodes: [],
  };
  const b = new GraphBuilder({ ...graph, nodes: [...source.nodes] }, 'test/');
  b.graph.nodes = graph.nodes;
  const moved = new Map<string, string>();
  for (const node of source.nodes) {
    graph.nodes.push(renameInputs(node, name => moved.get(name) ?? name));
    const layer = names.indexOf(node.outputs[0]!);
    if (layer < 0) continue;
    graph.inputs.push({ name: `delta${layer}`, dtype: 'float32', dims: [null, null, null, null] });
    moved.set(names[layer]!, b.op('Add', [names[layer]!, `delta${layer}`]));
  }
  const session = await Session.of(graph, { optimise: 'off' });
  const size = row.ids.length;
  const heads = layers[0]!.length;
  const dims = [1, heads, size, size];
  const step = 2 ** -6;
  const logit = async (layer: number, place: number, delta: number): Promise<number> => {
    const deltas = names.map((_, at): [string, TensorValue] => {
      const numbers = new Array<number>(heads * size ** 2).fill(0);
      if (at === layer) numbers[place] = delta;
      return [`delta${at}`, float32(dims, numbers)];
    });
    const feeds = { ...feedsOf(model.about.inputs, [row]), ...Object.fromEntries(deltas) };
    const [output] = model.about.head.outputs;
    return Number((await session.run(feeds))[output!]!.data[label]);
  };
  const slopes: Matrix[][] = [];
  for (const layer of names.keys()) {
    const numbers: number[] = [];
    for (let place = 0; place < heads * size ** 2; place++) {
      const rise = (await logit(layer, place, step)) - (await logit(layer, place, -step));
      numbers.push(rise / (2 * step));
    }
    slopes.push(headsOf(float32(dims, numbers), 0, 1));
  }
  await session.release();
  return slopes;
}
