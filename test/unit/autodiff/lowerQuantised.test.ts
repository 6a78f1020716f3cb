/**
 * Quantised operators: the lowered graph against the same function on the real numbers that the weights stand for,
 * and, within the noise of the rounding, against ONNX Runtime's own kernels.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { convert } from '../../../src/autodiff/lower';
import { dequantise } from '../../../src/autodiff/lower/dequantise';
import { refusedLowerings } from '../../../src/autodiff/lower/table';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { constantOf, elementsOf, numbersOf, sizeOf } from '../../../src/onnx/tensorData';
import type { DataType } from '../../../src/onnx/graph';
import { checkLowered, FusedGraph } from '../../support/fusedGraph';
import { assertClose, numbers } from '../../support/numbers';
import { runGraph } from '../../support/runGraph';

/** The largest part of the largest output that rounding to 256 steps has cost. */
const noise = 0.03;

/** A quantised weight, with the names of its parts. */
interface Quantised {
  readonly q: string;
  readonly scale: string;
  readonly zero: string;
  /** What it stands for. */
  readonly real: Float32Array;
}

/** Random whole numbers with a scale for the tensor, or one for each index of its last axis. */
function quantised(
  g: FusedGraph,
  dims: readonly number[],
  dtype: DataType = 'uint8',
  columns = false,
): Quantised {
  const low = dtype === 'uint8' ? 0 : -128;
  const values = g.whole(dims, low, low + 255);
  const count = columns ? dims.at(-1)! : 1;
  const scales = Array.from({ length: count }, (_, i) => Math.fround(0.01 + 0.002 * i));
  const zeros = Array.from({ length: count }, (_, i) => low + 128 + (i % 3));
  const shape = columns ? [count] : [];
  return {
    q: g.b.constant(dtype, dims, values, 'weight_quantized'),
    scale: g.b.constant('float32', shape, scales, 'weight_scale'),
    zero: g.b.constant(dtype, shape, zeros, 'weight_zero_point'),
    real: Float32Array.from(values, (v, i) => (v - zeros[i % count]!) * scales[i % count]!),
  };
}

/** A rounding of an input, as dynamic quantisation does it. */
function rounded(g: FusedGraph, x: string): string[] {
  return g.node('DynamicQuantizeLinear', [x], {}, [0, 1, 2], '');
}

type Form = (g: FusedGraph) => { output: string; reference: (other: FusedGraph) => string };

/** Checks a graph, and the same function with real weights. */
async function checkQuantised(form: Form, opset = 20): Promise<void> {
  const g = new FusedGraph(opset);
  const { output, reference } = form(g);
  g.output(output);
  const other = new FusedGraph(opset);
  other.output(reference(other));
  const { conversions } = await checkLowered(g, other.graph);
  assert.equal(conversions[0]?.kind, 'quantised');
  const itself = numbers(Object.values(await runGraph(g.graph, g.feeds))[0]);
  const real = numbers(Object.values(await runGraph(other.graph, g.feeds))[0]);
  assertClose(real, itself, noise, 'against the quantised run');
}

describe('dequantising constants', () => {
  it('is (q - zero point) x scale, whatever shares a scale', () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(
        shape,
        fc.constantFrom(0, 1, 2, -1),
        fc.constantFrom('tensor', 'axis', 'block'),
        (dims, axis, form) => {
          const q = Int8Array.from({ length: sizeOf(dims) }, (_, i) => ((i * 37) % 256) - 128);
          const along = (axis + 3) % 3;
          const block = 2;
          const scaleDims =
            form === 'tensor'
              ? []
              : form === 'axis'
                ? [dims[along]!]
                : dims.map((d, i) => (i === along ? Math.ceil(d / block) : d));
          const scales = Float32Array.from({ length: sizeOf(scaleDims) }, (_, i) => 0.5 + i);
          const zeros = Int8Array.from(scales, (_, i) => (i % 7) - 3);
          const result = dequantise(constantOf('int8', dims, q), {
            scale: constantOf('float32', scaleDims, scales),
            zeroPoint: constantOf('int8', scaleDims, zeros),
            axis,
            ...(form === 'block' ? { block } : {}),
          });
          const values = numbersOf(result);
          for (let i = 0; i < dims[0]; i++) {
            for (let j = 0; j < dims[1]; j++) {
              for (let k = 0; k < dims[2]; k++) {
                const at = [i, j, k];
                const flat = (i * dims[1] + j) * dims[2] + k;
                const [p, r, s] = at.map((v, a) => (a === along ? Math.floor(v / block) : v));
                const places = {
                  tensor: 0,
                  axis: at[along]!,
                  block: (p! * (scaleDims[1] ?? 1) + r!) * (scaleDims[2] ?? 1) + s!,
                };
                const place = places[form];
                assert.equal(
                  values[flat],
                  Math.fround((q[flat]! - zeros[place]!) * scales[place]!),
                );
              }
            }
          }
        },
      ),
    );
  });

  it('takes less than a second for the 110 million weights of a BERT-base', () => {
    const dims = [11_000, 1000];
    const q = constantOf('uint8', dims, new Uint8Array(sizeOf(dims)).fill(7));
    const scale = constantOf('float32', [1000], new Float32Array(1000).fill(0.5));
    const start = process.cpuUsage();
    const result = dequantise(q, { scale, zeroPoint: undefined, axis: 1 });
    // Time of this process, not of the machine, which others may load.
    const { user, system } = process.cpuUsage(start);
    const tenth = (user + system) / 1000;
    assert.equal((elementsOf(result) as Float32Array).at(-1), 3.5);
    assert.ok(tenth < 300, `a tenth took ${tenth.toFixed(0)} ms`);
  });
});

describe('lowering of dynamic quantisation', () => {
  /** The scales' product as quantisers write it, and other orders of the same. */
  const orders: Record<string, (g: FusedGraph, value: string, ofX: string, ofW: string) => string> =
    {
      'by the product of the scales': (g, v, x, w) => g.b.op('Mul', [v, g.b.op('Mul', [x, w])]),
      'by the product in the other order': (g, v, x, w) =>
        g.b.op('Mul', [g.b.op('Mul', [w, x]), v]),
      'by one scale after the other': (g, v, x, w) => g.b.op('Mul', [g.b.op('Mul', [v, w]), x]),
    };
  for (const [name, multiply] of Object.entries(orders)) {
    it(`MatMulInteger, made real ${name}`, async () => {
      for (const [dtype, columns] of [
        ['uint8', false],
        ['int8', true],
      ] as const) {
        await checkQuantised(g => {
          const x = g.input([2, 3, 8]);
          const w = quantised(g, [8, 6], dtype, columns);
          const [q, scale, zero] = rounded(g, x) as [string, string, string];
          const product = g.b.op('MatMulInteger', [q, w.q, zero, w.zero]);
          const output = multiply(g, g.b.op('Cast', [product], { to: 'float32' }), scale, w.scale);
          return {
            output,
            reference: o =>
              o.b.op('MatMul', [o.input([2, 3, 8]), o.b.constant('float32', [8, 6], w.real)]),
          };
        });
      }
    });
  }

  it('MatMulInteger of two rounded values', async () => {
    await checkQuantised(g => {
      const [x, y] = [g.input([2, 3, 8], 2), g.input([2, 8, 4], 2)];
      const [p, pScale, pZero] = rounded(g, x) as [string, string, string];
      const [q, qScale, qZero] = rounded(g, y) as [string, string, string];
      const product = g.b.op('Cast', [g.b.op('MatMulInteger', [p, q, pZero, qZero])], {
        to: 'float32',
      });
      return {
        output: g.b.op('Mul', [product, g.b.op('Mul', [qScale, pScale])]),
        reference: o => o.b.op('MatMul', [o.input([2, 3, 8], 2), o.input([2, 8, 4], 2)]),
      };
    });
  });

  it('ConvInteger', async () => {
    await checkQuantised(g => {
      const w = quantised(g, [6, 4, 3]);
      const [q, scale, zero] = rounded(g, g.input([2, 4, 7], 2)) as [string, string, string];
      const pads = { pads: [1, 1] };
      const product = g.b.op('ConvInteger', [q, w.q, zero, w.zero], pads);
      const real = g.b.op('Cast', [product], { to: 'float32' });
      return {
        output: g.b.op('Mul', [real, g.b.op('Mul', [scale, w.scale])]),
        reference: o =>
          o.b.op('Conv', [o.input([2, 4, 7], 2), o.b.constant('float32', [6, 4, 3], w.real)], pads),
      };
    });
  });

  it('DynamicQuantizeMatMul and MatMulIntegerToFloat', async () => {
    await checkQuantised(g => {
      const x = g.input([2, 3, 8]);
      const w = quantised(g, [8, 6], 'uint8', true);
      const bias = g.b.constant('float32', [6], [1, 2, 3, 4, 5, 6]);
      const first = g.node('DynamicQuantizeMatMul', [x, w.q, w.scale, w.zero, bias]);
      const [q, scale, zero] = rounded(g, x) as [string, string, string];
      const second = g.node('MatMulIntegerToFloat', [q, w.q, scale, w.scale, zero, w.zero]);
      return {
        output: g.b.op('Concat', [...first, ...second], { axis: 0 }),
        reference: o => {
          const product = o.b.op('MatMul', [
            o.input([2, 3, 8]),
            o.b.constant('float32', [8, 6], w.real),
          ]);
          const sum = o.b.op('Add', [product, o.b.constant('float32', [6], [1, 2, 3, 4, 5, 6])]);
          return o.b.op('Concat', [sum, product], { axis: 0 });
        },
      };
    });
  });

  it('QAttention', async () => {
    await checkQuantised(g => {
      const w = quantised(g, [6, 24]);
      const bias = g.weight([24], 'bias');
      const real = new Float32Array(elementsOf(g.graph.constants.get(bias)!) as Float32Array);
      const [q, scale, zero] = rounded(g, g.input([2, 5, 6])) as [string, string, string];
      const mask = g.integers('int32', [2, 5], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
      const inputs = [q, w.q, bias, scale, w.scale, mask, zero, w.zero];
      return {
        output: g.node('QAttention', inputs, { num_heads: 2 })[0]!,
        reference: o => {
          const x = o.input([2, 5, 6]);
          const weights = [
            o.b.constant('float32', [6, 24], w.real),
            o.b.constant('float32', [24], real),
          ];
          const mask = o.integers('int32', [2, 5], []);
          return o.node('Attention', [x, ...weights, mask], { num_heads: 2 })[0]!;
        },
      };
    });
  });

  it('the embedding table, which stays the place of the cut under its own name', async () => {
    const g = new FusedGraph();
    const w = quantised(g, [10, 8]);
    const ids = g.b.input('input_ids', 'int64', ['batch', 'length']);
    g.feeds['input_ids'] = { dtype: 'int64', dims: [1, 3], data: BigInt64Array.from([3n, 9n, 0n]) };
    const words = g.b.op('DequantizeLinear', [
      g.b.op('Gather', [w.q, ids], { axis: 0 }),
      w.scale,
      w.zero,
    ]);
    const { graph, conversions } = await checkLowered(g.output(g.b.op('Tanh', [words])));
    const { table } = findEmbeddingLookup(graph);
    assert.equal(table.name, 'weight');
    assert.deepEqual(elementsOf(table.constant), w.real);
    assert.equal(conversions[0]?.exact, true, 'nothing that the model computes was rounded');
  });

  it('DynamicQuantizeLSTM', async () => {
    await checkQuantised(g => {
      const [input, hidden] = [6, 4];
      const part = (rows: number, name: string) => {
        const values = g.whole([1, rows, 4 * hidden], 0, 255);
        return {
          q: g.b.constant('uint8', [1, rows, 4 * hidden], values, name),
          scale: g.b.constant('float32', [1], [0.004], `${name}_scale`),
          zero: g.b.constant('uint8', [1], [128], `${name}_zero`),
          // As LSTM has it: rows and columns change places.
          real: Float32Array.from(values, (_, i) => {
            const [row, column] = [Math.floor(i / rows), i % rows];
            return (values[column * 4 * hidden + row]! - 128) * Math.fround(0.004);
          }),
        };
      };
      const [w, r] = [part(input, 'W'), part(hidden, 'R')];
      const x = g.input([5, 2, input]);
      const inputs = [x, w.q, r.q, '', '', '', '', '', w.scale, w.zero, r.scale, r.zero];
      const attributes = { hidden_size: hidden };
      return {
        output: g.node('DynamicQuantizeLSTM', inputs, attributes)[0]!,
        reference: o => {
          const weights = [
            o.b.constant('float32', [1, 4 * hidden, input], w.real),
            o.b.constant('float32', [1, 4 * hidden, hidden], r.real),
          ];
          return o.node('LSTM', [o.input([5, 2, input]), ...weights], attributes, [0], '')[0]!;
        },
      };
    });
  });
});

describe('lowering of static quantisation', () => {
  /** Steps fine enough for normal numbers. */
  const steps = (g: FusedGraph, name: string): string[] => [
    g.b.constant('float32', [], [0.05], `${name}_scale`),
    g.b.constant('uint8', [], [128], `${name}_zero`),
  ];

  it('pairs of QuantizeLinear and DequantizeLinear around a product', async () => {
    await checkQuantised(g => {
      const x = g.input([2, 3, 8]);
      const w = quantised(g, [8, 6], 'int8', true);
      const of = (value: string, [scale, zero]: string[]): string => {
        const q = g.b.op('QuantizeLinear', [value, scale!, zero!]);
        return g.b.op('DequantizeLinear', [q, scale!, zero!]);
      };
      const weight = g.b.op('DequantizeLinear', [w.q, w.scale, w.zero], { axis: 1 });
      return {
        output: g.b.op('MatMul', [of(x, steps(g, 'x')), weight]),
        reference: o =>
          o.b.op('MatMul', [o.input([2, 3, 8]), o.b.constant('float32', [8, 6], w.real)]),
      };
    });
  });

  it('a scale for each block of a weight', async () => {
    await checkQuantised(g => {
      const values = g.whole([8, 6], -100, 100);
      const scales = Array.from({ length: 12 }, (_, i) => Math.fround(0.01 * (i + 1)));
      const q = g.b.constant('int8', [8, 6], values);
      const scale = g.b.constant('float32', [2, 6], scales);
      const weight = g.b.op('DequantizeLinear', [q, scale], { axis: 0, block_size: 4 });
      const real = Float32Array.from(
        values,
        (v, i) => v * scales[Math.floor(i / 24) * 6 + (i % 6)]!,
      );
      return {
        output: g.b.op('MatMul', [g.input([2, 3, 8]), weight]),
        reference: o =>
          o.b.op('MatMul', [o.input([2, 3, 8]), o.b.constant('float32', [8, 6], real)]),
      };
    }, 21);
  });

  it('movements of rounded values', async () => {
    await checkQuantised(g => {
      const [scale, zero] = steps(g, 'x') as [string, string];
      const q = g.b.op('QuantizeLinear', [g.input([2, 3, 8], 2), scale, zero]);
      const turned = g.b.op('Transpose', [q], { perm: [0, 2, 1] });
      const twice = g.b.op('Concat', [turned, turned], { axis: 2 });
      return {
        output: g.b.op('DequantizeLinear', [twice, scale, zero]),
        reference: o => {
          const turned = o.b.op('Transpose', [o.input([2, 3, 8], 2)], { perm: [0, 2, 1] });
          return o.b.op('Concat', [turned, turned], { axis: 2 });
        },
      };
    });
  });

  it('QLinearMatMul and what follows it', async () => {
    await checkQuantised(g => {
      const w = quantised(g, [8, 6]);
      const [scale, zero] = steps(g, 'x') as [string, string];
      const wide = [g.b.scalar(0.1), zero];
      const q = g.b.op('QuantizeLinear', [g.input([2, 3, 8]), scale, zero]);
      const product = g.b.op('QLinearMatMul', [q, scale, zero, w.q, w.scale, w.zero, ...wide]);
      const squashed = g.node('QLinearSigmoid', [
        product,
        ...wide,
        g.b.scalar(1 / 256),
        g.b.constant('uint8', [], [0]),
      ]);
      return {
        output: g.b.op('DequantizeLinear', [
          squashed[0]!,
          g.b.scalar(1 / 256),
          g.b.constant('uint8', [], [0]),
        ]),
        reference: o =>
          o.b.op('Sigmoid', [
            o.b.op('MatMul', [o.input([2, 3, 8]), o.b.constant('float32', [8, 6], w.real)]),
          ]),
      };
    });
  });

  it('QLinearConv and QGemm with biases in steps', async () => {
    await checkQuantised(g => {
      const w = quantised(g, [6, 4, 3]);
      const [scale, zero] = steps(g, 'x') as [string, string];
      const wide = [g.b.scalar(0.1), zero];
      const bias = [400, -300, 200, -100, 50, 0];
      const q = g.b.op('QuantizeLinear', [g.input([2, 4, 7], 2), scale, zero]);
      const inputs = [
        q,
        scale,
        zero,
        w.q,
        w.scale,
        w.zero,
        ...wide,
        g.b.constant('int32', [6], bias),
      ];
      const real = bias.map(v => v * 0.05 * 0.01);
      return {
        output: g.b.op('DequantizeLinear', [g.b.op('QLinearConv', inputs), ...wide]),
        reference: o =>
          o.b.op('Conv', [
            o.input([2, 4, 7], 2),
            o.b.constant('float32', [6, 4, 3], w.real),
            o.b.constant('float32', [6], real),
          ]),
      };
    });
    await checkQuantised(g => {
      const w = quantised(g, [8, 6]);
      const [scale, zero] = steps(g, 'x') as [string, string];
      const bias = [400, -300, 200, -100, 50, 0];
      const q = g.b.op('QuantizeLinear', [g.input([3, 8]), scale, zero]);
      const inputs = [q, scale, zero, w.q, w.scale, w.zero, g.b.constant('int32', [6], bias)];
      const real = bias.map(v => v * 0.05 * 0.01);
      return {
        output: g.node('QGemm', inputs)[0]!,
        reference: o =>
          o.b.op('Gemm', [
            o.input([3, 8]),
            o.b.constant('float32', [8, 6], w.real),
            o.b.constant('float32', [6], real),
          ]),
      };
    });
  });
});

describe('lowering of weights in blocks of a few bits', () => {
  it('MatMulNBits, with and without zero points, where the last block is short', async () => {
    for (const [bits, zeros] of [
      [4, false],
      [4, true],
      [8, true],
    ] as const) {
      const [rows, width, block] = [5, 40, 16];
      const blocks = Math.ceil(width / block);
      const bytes = (block * bits) / 8;
      const g = new FusedGraph();
      const inputs = [
        g.input([2, 3, width]),
        g.b.constant(
          'uint8',
          [rows, blocks, bytes],
          g.whole([rows, blocks, bytes], 0, 255),
          'w_q4',
        ),
        g.b.constant(
          'float32',
          [rows * blocks],
          g.whole([rows * blocks], 1, 9).map(v => v / 50),
        ),
      ];
      const zeroBytes = rows * Math.ceil((blocks * bits) / 8);
      if (zeros) inputs.push(g.b.constant('uint8', [zeroBytes], g.whole([zeroBytes], 0, 255)));
      const attributes = { N: rows, K: width, bits, block_size: block };
      const { graph, conversions } = await checkLowered(
        g.output(...g.node('MatMulNBits', inputs, attributes)),
        g.graph,
        1e-5,
      );
      assert.deepEqual(graph.constants.get('w')?.dims, [width, rows]);
      assert.equal(conversions[0]?.exact, true);
    }
  });

  it('MatMulBnb4, in both of its types', async () => {
    for (const type of [0, 1]) {
      const [rows, width, block] = [4, 32, 16];
      const g = new FusedGraph();
      const inputs = [
        g.input([2, 3, width]),
        g.b.constant(
          'uint8',
          [(rows * width) / 2],
          g.whole([(rows * width) / 2], 0, 255),
          'w_Bnb4',
        ),
        g.b.constant(
          'float32',
          [(rows * width) / block],
          g.whole([(rows * width) / block], 1, 9).map(v => v / 10),
        ),
      ];
      const attributes = { N: rows, K: width, block_size: block, quant_type: type };
      const { graph } = await checkLowered(g.output(...g.node('MatMulBnb4', inputs, attributes)));
      assert.deepEqual(graph.constants.get('w')?.dims, [width, rows]);
    }
  });

  /** Two numbers a byte, or one, as tables in a type of four bits are read. */
  const gathering = (packed: boolean, zeros: boolean): FusedGraph => {
    const g = new FusedGraph();
    const ids = g.b.input('input_ids', 'int64', ['batch', 'length']);
    g.feeds['input_ids'] = { dtype: 'int64', dims: [1, 3], data: BigInt64Array.from([3n, 9n, 0n]) };
    const table = (dims: number[], name: string): string => {
      const bytes = g.whole(dims, 0, 255);
      if (packed) return g.b.constant('uint8', dims, bytes, name);
      const halves = bytes.flatMap(byte => [byte & 15, byte >> 4]);
      return g.b.constant('uint8', dims.with(-1, dims.at(-1)! * 2), halves, name);
    };
    const scales = g.whole([10, 2], 1, 9).map(v => v / 50);
    const inputs = [table([10, 16], 'table_q4'), ids, g.b.constant('float32', [10, 2], scales)];
    if (zeros) inputs.push(table([10, 1], 'zeros'));
    const attributes = { gather_axis: 0, quantize_axis: 1, block_size: 16, bits: 4 };
    return g.output(g.b.op('Tanh', g.node('GatherBlockQuantized', inputs, attributes)));
  };

  it('GatherBlockQuantized', async () => {
    for (const zeros of [false, true]) {
      const { graph } = await checkLowered(gathering(true, zeros));
      assert.equal(findEmbeddingLookup(graph).table.name, 'table');
    }
    await checkLowered(gathering(false, true), gathering(true, true).graph);
  });
});

describe('what cannot be taken apart', () => {
  for (const name of Object.keys(refusedLowerings)) {
    it(`${name} is refused in one sentence that names it and the way out`, () => {
      const place = name.lastIndexOf('.');
      const g = new FusedGraph();
      g.output(...g.node(name.slice(place + 1), [g.input([2, 8])], {}, [0], name.slice(0, place)));
      const sentence = new RegExp(
        `^GlassboxError: Glassbox cannot take ${name.slice(place + 1)} ".*" apart: it .*; use the plain float32 export`,
      );
      assert.throws(() => convert(g.graph), sentence);
    });
  }

  it('whole numbers that no scale makes real are refused likewise', () => {
    const g = new FusedGraph();
    const [q, , zero] = rounded(g, g.input([2, 8])) as [string, string, string];
    const w = quantised(g, [8, 6]);
    g.output(g.b.op('Cast', [g.b.op('MatMulInteger', [q, w.q, zero, w.zero])], { to: 'float32' }));
    assert.throws(
      () => convert(g.graph),
      /^GlassboxError: .*MatMulInteger ".*" apart: .*float32 export/,
    );
  });
});
