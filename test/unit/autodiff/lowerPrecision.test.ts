/** Half-precision models as float32 ones: every number exactly, and the graph as close as ONNX Runtime's own halves allow. */
import assert from 'node:assert/strict';
import { convert } from '../../../src/autodiff/lower';
import { widen } from '../../../src/autodiff/lower/float32';
import { prepare } from '../../../src/autodiff/passes';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import type { Constant, Graph } from '../../../src/onnx/graph';
import { constantOf, elementsOf, sizeOf } from '../../../src/onnx/tensorData';
import { assertClose, normals, numbers, seededRandom } from '../../support/numbers';
import { runGraph } from '../../support/runGraph';

describe('half-precision constants', () => {
  for (const dtype of ['float16', 'bfloat16'] as const) {
    it(`widen as ONNX Runtime casts them: all 65 536 numbers of ${dtype}`, async () => {
      const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
      const constant: Constant = { dtype, dims: [2 ** 16], bytes: new Uint8Array(bits.buffer) };
      const graph = emptyGraph('halves');
      const b = new GraphBuilder(graph);
      graph.constants.set('halves', constant);
      b.output(b.op('Cast', ['halves'], { to: 'float32' }), 'y');
      const expected = (await runGraph(graph, {}))['y']!.data as Float32Array;
      const actual = elementsOf(widen(constant)) as Float32Array;
      // NaNs may differ in bits that mean nothing.
      assert.ok(actual.every((value, i) => Object.is(value, expected[i])));
    });

    it(`of 110 million weights in ${dtype} widen in about a second`, () => {
      const dims = [11_000_000];
      const constant = { dtype, dims, bytes: new Uint8Array(2 * sizeOf(dims)) };
      const start = process.cpuUsage();
      widen(constant);
      // Time of this process, not of the machine, which others may load.
      const { user, system } = process.cpuUsage(start);
      const tenth = (user + system) / 1000;
      assert.ok(tenth < 300, `a tenth took ${tenth.toFixed(0)} ms`);
    });
  }
});

/** A layer with a mask of -65504, casts to and fro, and a tensor attribute, all in one type. */
function layer(dtype: 'float16' | 'float32'): Graph {
  const graph = emptyGraph('layer');
  const b = new GraphBuilder(graph);
  const random = seededRandom(3);
  const weight = (dims: number[]): string =>
    b.constant(dtype, dims, normals(random, sizeOf(dims)), 'w');
  const x = b.op('Cast', [b.input('x', 'float32', ['B', 'L', 8])], { to: dtype });
  const open = b.op('Cast', [b.input('mask', 'int64', ['B', 'L'])], { to: 'bool' });
  const h = b.op('MatMul', [x, weight([8, 8])]);
  const scores = b.op('MatMul', [h, b.op('Transpose', [h], { perm: [0, 2, 1] })]);
  const mask = b.op('Where', [
    b.op('Unsqueeze', [open, b.ints([1])]),
    b.scalar(0, dtype),
    b.scalar(-65504, dtype),
  ]);
  const p = b.op('Softmax', [b.op('Add', [scores, mask])], { axis: -1 });
  const shape = b.op('Shape', [h]);
  const ones = b.op('ConstantOfShape', [shape], { value: constantOf(dtype, [1], [1]) });
  const mixed = b.op('Add', [b.op('MatMul', [p, h]), ones]);
  const wide = b.op('Cast', [mixed], { to: 'float32' });
  const normal = b.op(
    'LayerNormalization',
    [b.op('Cast', [wide], { to: dtype }), weight([8]), weight([8])],
    { axis: -1 },
  );
  b.output(b.op('Identity', [normal]), 'y');
  graph.outputs = [{ name: 'y', dtype, dims: ['B', 'L', 8] }];
  return graph;
}

describe('half-precision graphs', () => {
  it('compute in float32 what ONNX Runtime computes in halves, up to their rounding', async () => {
    const { graph, conversions } = convert(layer('float16'));
    assert.deepEqual(
      conversions.map(({ kind, exact }) => [kind, exact]),
      [['float16', false]],
    );
    assert.match(conversions[0]!.says, /^float16 weights \(\d+ tensors\), computed in float32$/);
    const plain = prepare(graph);
    assert.ok(
      !plain.nodes.some(({ op, inputs }) => op === 'Cast' && inputs[0] !== 'mask'),
      'no casts are left',
    );
    assert.equal(plain.outputs[0]!.dtype, 'float32');
    const data = Float32Array.from(normals(seededRandom(5), 2 * 3 * 8));
    const feeds = {
      x: { dtype: 'float32', dims: [2, 3, 8], data },
      mask: { dtype: 'int64', dims: [2, 3], data: BigInt64Array.from([1n, 1n, 1n, 1n, 0n, 0n]) },
    } as const;
    const actual = numbers((await runGraph(plain, feeds))['y']);
    const original = layer('float16');
    const b = new GraphBuilder(original);
    const wide = b.op('Cast', ['y'], { to: 'float32' });
    original.outputs = [{ name: wide }];
    assertClose(actual, numbers((await runGraph(original, feeds))[wide]), 5e-3, 'halves');
    assertClose(actual, numbers((await runGraph(layer('float32'), feeds))['y']), 2e-3, 'unrounded');
  });

  it('leave a float32 graph as it is', () => {
    const graph = layer('float32');
    const { graph: same, conversions } = convert(graph);
    assert.deepEqual(conversions, []);
    assert.deepEqual([...same.constants], [...graph.constants]);
  });
});
