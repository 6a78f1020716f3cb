/** Passes keep what a graph computes; each is compared with the graph as it was, in ONNX Runtime. */
import assert from 'node:assert/strict';
import { cleanup, prepare } from '../../../src/autodiff/passes';
import { copyTransposed } from '../../../src/autodiff/passes/copyTransposed';
import { upgrade } from '../../../src/autodiff/passes/upgrade';
import { emptyGraph, GraphBuilder, type PlainAttributes } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { Attribute, Graph } from '../../../src/onnx/graph';
import { GlassboxError } from '../../../src/protocol/messages';
import { familyNames, loadFamily } from '../../support/families';
import { assertClose, normals, numbers, seededRandom } from '../../support/numbers';
import { float32, runGraph } from '../../support/runGraph';

function count(graph: Graph, op: string): number {
  return graph.nodes.filter(node => node.op === op).length;
}

/** A graph of float32 inputs x (and more) of the given shapes. */
function graphOf(
  opset: number,
  shapes: readonly (readonly number[])[],
  build: (b: GraphBuilder, x: string[]) => string | string[],
): Graph {
  const graph = emptyGraph('test', opset);
  const b = new GraphBuilder(graph);
  const x = shapes.map((dims, i) => b.input(`x${i}`, 'float32', dims));
  for (const name of [build(b, x)].flat()) b.output(name);
  return graph;
}

/** Both graphs give the same outputs on the same random inputs. */
async function assertSame(before: Graph, after: Graph): Promise<void> {
  checkGraph(after);
  const random = seededRandom(3);
  const feeds = Object.fromEntries(
    before.inputs.map(({ name, dims }) => {
      const sizes = dims as number[];
      return [
        name,
        float32(
          sizes,
          normals(
            random,
            sizes.reduce((p, d) => p * d, 1),
          ),
        ),
      ];
    }),
  );
  const [old, now] = [await runGraph(before, feeds), await runGraph(after, feeds)];
  for (const { name } of before.outputs) {
    assert.deepEqual(now[name]!.dims, old[name]!.dims);
    assertClose(numbers(now[name]), numbers(old[name]), 1e-6, name);
  }
}

/** How many LayerNorms and GELUs a family has, where these are not BERT's 5 and 2. */
const norms: Partial<Record<(typeof familyNames)[number], number>> = {
  'deberta-v2': 6,
  llama: 0,
  'qwen2-sdpa': 0,
  modernbert: 8,
  cnn: 0,
  lstm: 0,
  bilstm: 0,
  gru: 0,
};
/** These have no rule of their own: their parts have, and as one node they were not faster. */
const rmsNorms: typeof norms = { llama: 5, 'qwen2-sdpa': 5 };
const gelus: typeof norms = {
  ...norms,
  ...{ electra: 3, 'deberta-v2': 3, modernbert: 4 },
};

describe('prepare', () => {
  for (const name of familyNames) {
    it(`keeps the logits of ${name}, and raises what the exporter took apart`, async () => {
      const { graph, golden, feeds } = loadFamily(name);
      const copy = structuredClone(graph);
      const prepared = prepare(graph);
      checkGraph(prepared);
      assert.deepEqual(graph, copy, 'its argument is as it was');
      const { logits } = await runGraph(prepared, feeds);
      assertClose(numbers(logits), golden.logits.flat(), 1e-5, 'logits');
      assert.equal(count(prepared, 'LayerNormalization'), norms[name] ?? 5);
      assert.equal(count(prepared, 'Gelu'), gelus[name] ?? 2);
      assert.equal(count(prepared, 'Erf') + count(prepared, 'Identity'), 0);
      assert.equal(count(prepared, 'ReduceMean'), rmsNorms[name] ?? 0);
    });
  }

  it('may be extended without changing the original', () => {
    const { graph } = loadFamily('bert');
    const prepared = prepare(graph);
    new GraphBuilder(prepared).input('more', 'float32', []);
    prepared.outputs.pop();
    assert.equal(graph.inputs.length, 3);
    assert.equal(graph.outputs.length, 1);
  });
});

describe('upgrade', () => {
  const floats = (value: number): Attribute => ({ kind: 'float', value });
  const one =
    (op: string, attributes: PlainAttributes = {}) =>
    (b: GraphBuilder, x: string[]) =>
      b.op(op, x, attributes);
  const cases: [string, Graph][] = [
    ['Unsqueeze 11', graphOf(11, [[2, 3]], one('Unsqueeze', { axes: [0, 3] }))],
    ['Squeeze 11', graphOf(11, [[2, 1, 3]], one('Squeeze', { axes: [1] }))],
    ['Squeeze 11, all', graphOf(11, [[2, 1, 3, 1]], one('Squeeze'))],
    ['ReduceSum 11', graphOf(11, [[2, 3]], one('ReduceSum', { axes: [-1], keepdims: 0 }))],
    ...['Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map(
      (kind): [string, Graph] => [
        `Reduce${kind} 13`,
        graphOf(13, [[2, 3]], (b, x) =>
          b.op(`Reduce${kind}`, [b.op('Abs', x)], { axes: [1], keepdims: 1 }),
        ),
      ],
    ),
    ['Softmax 11, flattened', graphOf(11, [[2, 3, 4]], one('Softmax'))],
    ['Softmax 11, last axis', graphOf(11, [[2, 3, 4]], one('Softmax', { axis: 2 }))],
    ['LogSoftmax 11, axis 0', graphOf(11, [[2, 3, 4]], one('LogSoftmax', { axis: 0 }))],
    ['Split 11', graphOf(11, [[5, 2]], (b, x) => b.ops('Split', x, 2, { axis: 0, split: [2, 3] }))],
    ['Split 13, even', graphOf(13, [[6, 2]], (b, x) => b.ops('Split', x, 3, { axis: 0 }))],
    ['Clip 9', graphOf(9, [[2, 9]], one('Clip', { min: floats(-0.5), max: floats(0.5) }))],
    ['Clip 9, above', graphOf(9, [[2, 9]], one('Clip', { max: floats(0.5) }))],
    ['Pad 10', graphOf(10, [[2, 3]], one('Pad', { pads: [0, 1, 1, 0], value: floats(7) }))],
    [
      'Slice 9',
      graphOf(9, [[4, 5]], one('Slice', { starts: [1, -3], ends: [9, -1], axes: [0, 1] })),
    ],
    [
      'Dropout 11',
      graphOf(11, [[2, 3]], (b, x) => b.op('Exp', [b.op('Dropout', x, { ratio: floats(0.9) })])),
    ],
    [
      'Scatter 10',
      graphOf(
        10,
        [
          [3, 2],
          [1, 2],
        ],
        (b, [data, updates]) =>
          b.op('Scatter', [data!, b.constant('int64', [1, 2], [2, 0]), updates!]),
      ),
    ],
    ['a branch of If 11', graphOf(11, [[2, 3]], branching)],
  ];
  for (const [name, graph] of cases) {
    it(`keeps the meaning of ${name}`, async () => {
      const upgraded = upgrade(graph);
      assert.equal(upgraded.opset, 20);
      await assertSame(graph, upgraded);
    });
  }

  /** Unsqueeze with attributes inside both branches, on a value from outside. */
  function branching(b: GraphBuilder, [x]: string[]): string {
    const branch = (prefix: string, axes: number[]): Attribute => {
      const inner = emptyGraph(prefix, 0);
      const nested = new GraphBuilder(inner, `${prefix}/`);
      nested.output(nested.op('Unsqueeze', [x!], { axes }));
      return { kind: 'graph', value: inner };
    };
    const condition = b.constant('bool', [], [1]);
    return b.op('If', [condition], {
      then_branch: branch('then', [0]),
      else_branch: branch('else', [1]),
    });
  }

  it('leaves newer graphs in their operator set, and refuses very old ones', () => {
    assert.equal(upgrade(emptyGraph('new', 21)).opset, 21);
    assert.throws(() => upgrade(emptyGraph('old', 7)), GlassboxError);
  });
});

describe('raising', () => {
  const normalise =
    (axis: number, scale: number) =>
    (b: GraphBuilder, [x]: string[]) => {
      const mean = (of: string): string => b.op('ReduceMean', [of, b.ints([axis])]);
      const centred = b.op('Sub', [x!, mean(x!)]);
      const variance = mean(b.op('Mul', [centred, centred]));
      const unit = b.op('Div', [centred, b.op('Sqrt', [b.op('Add', [b.scalar(1e-5), variance])])]);
      const weight = b.constant('float32', [3], [scale, 1, 2]);
      return b.op('Add', [b.constant('float32', [3], [0.5, 0, 1]), b.op('Mul', [weight, unit])]);
    };
  const gelu =
    (root: number) =>
    (b: GraphBuilder, [x]: string[]) => {
      const gate = b.op('Add', [b.scalar(1), b.op('Erf', [b.op('Div', [x!, b.scalar(root)])])]);
      return b.op('Mul', [b.op('Mul', [b.scalar(0.5), x!]), gate]);
    };
  const fast = (b: GraphBuilder, [x]: string[]) => {
    const cubic = b.op('Mul', [b.op('Mul', [x!, b.scalar(0.044715)]), x!]);
    const inner = b.op('Mul', [
      b.op('Mul', [x!, b.scalar(0.7978845608)]),
      b.op('Add', [b.scalar(1), cubic]),
    ]);
    return b.op('Mul', [
      x!,
      b.op('Mul', [b.scalar(0.5), b.op('Add', [b.op('Tanh', [inner]), b.scalar(1)])]),
    ]);
  };

  it('recognises other ways of writing LayerNorm and GELU', async () => {
    const cases: [string, Graph][] = [
      ['LayerNormalization', graphOf(18, [[2, 4, 3]], normalise(-1, 3))],
      ['Gelu', graphOf(18, [[2, 9]], gelu(Math.SQRT2))],
      ['Gelu', graphOf(18, [[2, 9]], fast)],
    ];
    for (const [op, graph] of cases) {
      const prepared = prepare(graph);
      assert.deepEqual(
        prepared.nodes.map(node => node.op),
        [op],
      );
      await assertSame(graph, prepared);
    }
  });

  it('leaves alone what only looks like them', async () => {
    for (const graph of [
      graphOf(18, [[2, 3, 3]], normalise(1, 3)),
      graphOf(18, [[2, 9]], gelu(1.5)),
    ]) {
      const prepared = prepare(graph);
      assert.equal(prepared.nodes.length, graph.nodes.length);
      await assertSame(graph, prepared);
    }
  });
});

describe('cleanup', () => {
  it('merges equal nodes, removes idle and dead ones, and keeps the outputs', async () => {
    const graph = graphOf(20, [[2, 3]], (b, [x]) => {
      const [first, second] = [b.op('Exp', [x!]), b.op('Exp', [b.op('Identity', [x!])])];
      b.op('Sin', [x!]);
      const there = b.op('Transpose', [b.op('Add', [first, second])], { perm: [1, 0] });
      const back = b.op('Transpose', [there], { perm: [1, 0] });
      return [b.op('Tanh', [back]), b.op('Identity', [x!])];
    });
    const clean = cleanup(graph);
    assert.deepEqual(
      clean.nodes.map(node => node.op),
      ['Exp', 'Add', 'Tanh', 'Identity'],
    );
    await assertSame(graph, clean);
  });

  it('joins a LayerNormalization with another that also gives the statistics', async () => {
    const graph = graphOf(20, [[2, 3], [3]], (b, x) => [
      b.op('Exp', [b.op('LayerNormalization', x)]),
      b.op('Neg', [b.ops('LayerNormalization', x, 3)[2]!]),
    ]);
    const clean = cleanup(graph);
    assert.equal(count(clean, 'LayerNormalization'), 1);
    await assertSame(graph, clean);
  });

  it('merges neither random numbers nor splits into different numbers of parts', () => {
    const graph = graphOf(20, [[6]], (b, x) => {
      const noise = (): string => b.op('RandomNormalLike', x);
      const halves = b.ops('Split', x, 2, { num_outputs: 2 });
      const thirds = b.ops('Split', x, 3, { num_outputs: 3 });
      return [
        b.op('Sub', [noise(), noise()]),
        b.op('Neg', [halves[0]!]),
        b.op('Neg', [thirds[0]!]),
      ];
    });
    assert.equal(cleanup(graph).nodes.length, graph.nodes.length);
  });

  it('keeps what only a nested graph reads', () => {
    const graph = graphOf(20, [[2, 3]], (b, [x]) => {
      const inner = emptyGraph('branch', 0);
      const nested = new GraphBuilder(inner, 'inner/');
      nested.output(nested.op('Neg', [b.op('Exp', [x!])]));
      const branch: Attribute = { kind: 'graph', value: inner };
      return b.op('If', [b.constant('bool', [], [1])], {
        then_branch: branch,
        else_branch: branch,
      });
    });
    assert.equal(count(cleanup(graph), 'Exp'), 1);
  });
});

describe('copies of transposed operands', () => {
  it('replace transA, one for all products of an operand, and leave other products alone', async () => {
    const shapes = [
      [5, 3],
      [5, 4],
      [5, 2],
    ];
    const graph = graphOf(20, shapes, (b, [x, g, h]) => {
      const turned = b.op('Gemm', [g!, x!], { transA: 1, alpha: 0.5 });
      const bias = b.constant('float32', [2], [1, 2]);
      return [
        b.op('Gemm', [x!, g!], { transA: 1 }),
        b.op('Gemm', [x!, h!], { transA: 1 }),
        b.op('Transpose', [turned], { perm: [1, 0] }),
        b.op('Gemm', [g!, h!, bias], { transA: 1 }),
      ];
    });
    const after = cleanup(copyTransposed(graph));
    assert.equal(count(after, 'Gemm'), 4);
    assert.equal(count(after, 'Transpose'), 1, 'of x, which is also that of the turned product');
    await assertSame(graph, after);
  });
});
