/** Fused operators (activations, normalisations, products, rotary embeddings) against ONNX Runtime's own kernels. */
import assert from 'node:assert/strict';
import { convert } from '../../../src/autodiff/lower';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { prepare } from '../../../src/autodiff/passes';
import { assertDifferentiable, checkLowered, FusedGraph } from '../../support/fusedGraph';
import { assertClose, numbers } from '../../support/numbers';
import { runGraph } from '../../support/runGraph';

describe('lowering of fused activations', () => {
  for (const op of ['BiasGelu', 'FastGelu']) {
    it(`${op} with a bias`, async () => {
      const g = new FusedGraph();
      await checkLowered(g.output(...g.node(op, [g.input([2, 3, 8]), g.weight([8])])));
    });
  }

  for (const op of ['FastGelu', 'Gelu', 'QuickGelu']) {
    it(op, async () => {
      const g = new FusedGraph();
      await checkLowered(g.output(...g.node(op, [g.input([2, 3, 8])])));
    });
  }

  it('QuickGelu with its factor', async () => {
    const g = new FusedGraph();
    await checkLowered(g.output(...g.node('QuickGelu', [g.input([2, 3, 8])], { alpha: 0.7 })));
  });

  it('BiasSplitGelu', async () => {
    const g = new FusedGraph();
    const [x, bias] = [g.input([2, 3, 8]), g.weight([8])];
    g.output(...g.node('BiasSplitGelu', [x, bias]));
    // ONNX Runtime has no kernel for the CPU: the same by slices and the error function.
    const other = new FusedGraph();
    const { b } = other;
    const sum = b.op('Add', [other.input([2, 3, 8]), other.weight([8])]);
    const part = (from: number, to: number): string =>
      b.op('Slice', [sum, b.ints([from]), b.ints([to]), b.ints([2])]);
    const gate = part(4, 8);
    const erf = b.op('Erf', [b.op('Div', [gate, b.scalar(Math.SQRT2)])]);
    const half = b.op('Mul', [gate, b.op('Mul', [b.scalar(0.5), b.op('Add', [erf, b.scalar(1)])])]);
    await checkLowered(g, other.output(b.op('Mul', [part(0, 4), half])).graph);
  });

  it('BiasAdd, BiasDropout and BiasSoftmax', async () => {
    const g = new FusedGraph();
    const added = g.node('BiasAdd', [g.input([2, 3, 8]), g.weight([8]), g.input([2, 3, 8])]);
    await checkOr(g.output(...added), 'BiasAdd');
    const d = new FusedGraph();
    const dropped = d.node('BiasDropout', [d.input([2, 3, 8]), d.weight([8]), d.input([2, 3, 8])]);
    await checkOr(d.output(...dropped), 'BiasDropout');
    const s = new FusedGraph();
    const attributes = { axis: 3, is_inner_broadcast: 0 };
    const softmax = s.node(
      'BiasSoftmax',
      [s.input([2, 4, 3, 5]), s.input([2, 1, 1, 5])],
      attributes,
    );
    await checkOr(s.output(...softmax), 'BiasSoftmax');
  });
});

/** Where ONNX Runtime has no kernel for the CPU, the numbers are compared with plain arithmetic. */
async function checkOr(g: FusedGraph, op: string): Promise<void> {
  const reference = references[op];
  if (!reference) {
    await checkLowered(g);
    return;
  }
  const plain = prepare(convert(g.graph).graph);
  assert.deepEqual(plain.domains, {});
  const name = g.graph.outputs[0]!.name;
  const constants = [...g.graph.constants.values()].map(c => [
    ...new Float32Array(c.bytes.buffer, c.bytes.byteOffset, c.bytes.length / 4),
  ]);
  const actual = numbers((await runGraph(plain, g.feeds))[name]);
  const inputs = Object.values(g.feeds).map(numbers);
  assertClose(actual, reference(inputs, constants), 2e-6, op);
  await assertDifferentiable(plain, g.feeds);
}

const tanhGelu = (x: number): number =>
  (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const references: Record<string, (x: number[][], w: number[][]) => number[]> = {
  BiasAdd: ([x, skip], [bias]) => x!.map((v, i) => v + bias![i % 8]! + skip![i]!),
  BiasDropout: ([x, skip], [bias]) => x!.map((v, i) => v + bias![i % 8]! + skip![i]!),
  BiasSoftmax: ([x, bias]) =>
    Array.from({ length: x!.length / 5 }).flatMap((_, row) => {
      const batch = Math.floor(row / 12);
      const powers = [0, 1, 2, 3, 4].map(i => Math.exp(x![row * 5 + i]! + bias![batch * 5 + i]!));
      const sum = powers.reduce((total, power) => total + power);
      return powers.map(power => power / sum);
    }),
  GemmFastGelu: ([x], [w, bias]) =>
    Array.from({ length: 6 * 4 }, (_, at) => {
      const [row, column] = [Math.floor(at / 4), at % 4];
      const product = Array.from({ length: 8 }, (_, k) => x![row * 8 + k]! * w![k * 4 + column]!);
      return tanhGelu(product.reduce((sum, v) => sum + v, bias![column]!));
    }),
};

describe('lowering of fused normalisations', () => {
  it('SkipLayerNormalization with 3 to 5 inputs, and its sum', async () => {
    for (const count of [3, 4, 5]) {
      const g = new FusedGraph();
      const inputs = [g.input([2, 3, 8]), g.input([2, 3, 8])];
      while (inputs.length < count) inputs.push(g.weight([8]));
      const outputs = g.node('SkipLayerNormalization', inputs, { epsilon: 1e-5 }, [0, 3]);
      await checkLowered(g.output(...outputs));
    }
  });

  it('SkipLayerNormalization whose skip is the same for all rows', async () => {
    const g = new FusedGraph();
    const inputs = [g.input([2, 3, 8]), g.input([1, 3, 8]), g.weight([8]), g.weight([8])];
    await checkLowered(g.output(...g.node('SkipLayerNormalization', inputs)));
  });

  it('SkipSimplifiedLayerNormalization with its bias and sum', async () => {
    const g = new FusedGraph();
    const inputs = [g.input([2, 3, 8]), g.input([2, 3, 8]), g.weight([8]), g.weight([8])];
    const op = 'SkipSimplifiedLayerNormalization';
    await checkLowered(g.output(...g.node(op, inputs, { epsilon: 1e-6 }, [0, 3])));
  });

  it('SimplifiedLayerNormalization of the standard domain', async () => {
    const g = new FusedGraph(17);
    const inputs = [g.input([2, 3, 8]), g.weight([8])];
    const attributes = { axis: -1, epsilon: 1e-6 };
    const op = 'SimplifiedLayerNormalization';
    await checkLowered(g.output(...g.node(op, inputs, attributes, [0, 1], '')));
  });

  it('RMSNormalization over one and two axes', async () => {
    for (const [axis, width] of [
      [-1, [8]],
      [1, [3, 8]],
    ] as const) {
      const g = new FusedGraph(23);
      const inputs = [g.input([2, 3, 8]), g.weight(width)];
      await checkLowered(g.output(...g.node('RMSNormalization', inputs, { axis }, [0], '')));
    }
  });

  it('EmbedLayerNormalization, whose word table stays the place of the cut', async () => {
    const variants = [
      { segments: true, mask: true, positions: false },
      { segments: false, mask: false, positions: false },
      { segments: true, mask: true, positions: true },
    ];
    for (const { segments, mask, positions } of variants) {
      const g = new FusedGraph();
      const ids = g.b.input('input_ids', 'int32', ['batch', 'length']);
      g.feeds['input_ids'] = {
        dtype: 'int32',
        dims: [2, 4],
        data: Int32Array.from(g.whole([2, 4], 0, 9)),
      };
      const inputs = [
        ids,
        segments ? g.integers('int32', [2, 4], g.whole([2, 4], 0, 1)) : '',
        g.weight([10, 8], 'words'),
        g.weight([6, 8]),
        segments ? g.weight([2, 8]) : '',
        g.weight([8]),
        g.weight([8]),
        mask ? g.integers('int32', [2, 4], [1, 1, 1, 0, 1, 0, 0, 0]) : '',
        positions ? g.integers('int32', [2, 4], g.whole([2, 4], 0, 5)) : '',
      ];
      const outputs = g.node('EmbedLayerNormalization', inputs, { epsilon: 1e-5 }, [0, 1, 2]);
      const { graph } = await checkLowered(g.output(...outputs));
      assert.equal(findEmbeddingLookup(prepare(graph)).table.name, 'words');
    }
  });
});

describe('lowering of fused products', () => {
  it('FusedMatMul with every transposition', async () => {
    for (const transA of [0, 1]) {
      for (const transB of [0, 1]) {
        const g = new FusedGraph();
        const a = g.input(transA ? [2, 3, 5, 4] : [2, 3, 4, 5], 2);
        const c = g.input(transB ? [2, 3, 6, 5] : [2, 3, 5, 6], 2);
        const outputs = g.node('FusedMatMul', [a, c], { transA, transB, alpha: 0.3 });
        await checkLowered(g.output(...outputs));
      }
    }
  });

  it('FusedMatMul whose batch axis comes late', async () => {
    for (const [transA, dims] of [
      [0, [4, 2, 3, 5]],
      [1, [5, 2, 3, 4]],
    ] as const) {
      const g = new FusedGraph();
      const a = g.input(dims, 2);
      const c = g.input([2, 3, 5, 6], 2);
      const outputs = g.node('FusedMatMul', [a, c], { transA, transBatchA: 1 });
      await checkLowered(g.output(...outputs));
    }
  });

  it('TransposeMatMul', async () => {
    const g = new FusedGraph();
    const operands = [g.input([2, 5, 4], 2), g.input([5, 6], 2)];
    await checkLowered(g.output(...g.node('TransposeMatMul', operands, { transA: 1, alpha: 2 })));
  });

  it('FusedGemm with its activations', async () => {
    const slope = {
      activation: 'LeakyRelu',
      activation_alpha: { kind: 'float', value: 0.3 },
    } as const;
    for (const activation of [{ activation: 'Tanh' }, slope]) {
      const g = new FusedGraph();
      const inputs = [g.input([3, 8]), g.weight([4, 8]), g.weight([4])];
      const attributes = { ...activation, transB: 1, alpha: 0.5, beta: 2 };
      await checkLowered(g.output(...g.node('FusedGemm', inputs, attributes)));
    }
  });

  it('GemmFastGelu', async () => {
    const g = new FusedGraph();
    const inputs = [g.input([2, 3, 8]), g.weight([8, 4]), g.weight([4])];
    await checkOr(g.output(...g.node('GemmFastGelu', inputs)), 'GemmFastGelu');
  });

  it('FusedConv with a sum and an activation', async () => {
    const floats = { kind: 'floats', value: [0.2] } as const;
    for (const activation of [
      { activation: 'Relu' },
      { activation: 'LeakyRelu', activation_params: floats },
    ]) {
      const g = new FusedGraph();
      const inputs = [
        g.input([2, 4, 7], 2),
        g.weight([6, 4, 3]),
        g.weight([6]),
        g.input([2, 6, 7], 2),
      ];
      await checkLowered(g.output(...g.node('FusedConv', inputs, { ...activation, pads: [1, 1] })));
    }
  });
});

describe('lowering of convolutions with their channels last', () => {
  it('NhwcFusedConv', async () => {
    const g = new FusedGraph();
    const inputs = [g.input([2, 7, 5, 4], 3), g.weight([6, 4, 3, 3]), g.weight([6])];
    const attributes = { activation: 'Relu', pads: [1, 1, 1, 1], strides: [2, 1] };
    g.output(...g.node('NhwcFusedConv', inputs, attributes));
    // ONNX Runtime has no kernel in float32 for the CPU.
    const other = new FusedGraph();
    const { b } = other;
    const x = b.op('Transpose', [other.input([2, 7, 5, 4], 3)], { perm: [0, 3, 1, 2] });
    const { pads, strides } = attributes;
    const y = b.op('Conv', [x, other.weight([6, 4, 3, 3]), other.weight([6])], { pads, strides });
    const last = b.op('Transpose', [b.op('Relu', [y])], { perm: [0, 2, 3, 1] });
    await checkLowered(g, other.output(last).graph);
  });
});

describe('lowering of rotary embeddings', () => {
  const cases = {
    'of three dimensions': { dims: [2, 3, 16], attributes: {}, cache: 4, ids: [2, 3] },
    interleaved: { dims: [2, 3, 16], attributes: { interleaved: 1 }, cache: 4, ids: [2, 3] },
    'with the heads first': { dims: [2, 2, 3, 8], attributes: {}, cache: 4, ids: [2, 3] },
    'from an offset on': { dims: [2, 3, 16], attributes: {}, cache: 4, ids: [1] },
    'of a part of the features': {
      dims: [2, 3, 16],
      attributes: { rotary_embedding_dim: 4, num_heads: 2 },
      cache: 2,
      ids: [2, 3],
    },
    'interleaved, of a part of the features': {
      dims: [2, 2, 3, 8],
      attributes: { rotary_embedding_dim: 4, num_heads: 2, interleaved: 1 },
      cache: 2,
      ids: [2, 3],
    },
  };
  for (const [name, { dims, attributes, cache, ids }] of Object.entries(cases)) {
    it(`RotaryEmbedding ${name}`, async () => {
      const g = new FusedGraph();
      const positions = g.integers('int64', ids, g.whole(ids, 0, 4));
      const inputs = [g.input(dims), positions, g.weight([9, cache]), g.weight([9, cache])];
      await checkLowered(g.output(...g.node('RotaryEmbedding', inputs, attributes)));
    });
  }

  it('RotaryEmbedding of ONNX itself', async () => {
    for (const interleaved of [0, 1]) {
      for (const width of [0, 4]) {
        const g = new FusedGraph(23);
        const half = width === 0 ? 4 : 2;
        const positions = g.integers('int64', [2, 3], g.whole([2, 3], 0, 4));
        const inputs = [g.input([2, 3, 16]), g.weight([9, half]), g.weight([9, half]), positions];
        const attributes = { interleaved, rotary_embedding_dim: width, num_heads: 2 };
        await checkLowered(g.output(...g.node('RotaryEmbedding', inputs, attributes, [0], '')));
      }
      const g = new FusedGraph(23);
      const inputs = [g.input([2, 2, 3, 8]), g.weight([2, 3, 4]), g.weight([2, 3, 4])];
      await checkLowered(g.output(...g.node('RotaryEmbedding', inputs, { interleaved }, [0], '')));
    }
  });
});
