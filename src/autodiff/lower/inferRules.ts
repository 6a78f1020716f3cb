/** For each op, what is known of its outputs when something is known of its inputs. */
import { typeOfCode } from '../../onnx/dataTypes';
import type { DataType } from '../../onnx/graph';
import * as shapes from './inferShapes';
import { intOf, type InferRule } from './inferShapes';
import { broadcast, single, type Dim } from './known';

const typed =
  (dtype: DataType | undefined): InferRule =>
  (_, [x]) => [{ dtype, dims: x?.dims }];

/** The type and shape of the first input. */
const like: InferRule = (_, [x]) => [{ dtype: x?.dtype, dims: x?.dims }];

const cast: InferRule = (node, [x]) => {
  const dtype = typeOfCode(intOf(node, 'to', 0));
  if (dtype === 'int64' || dtype === 'int32') return [{ dtype, dims: x?.dims, ints: x?.ints }];
  const truth = x?.ints?.map(dim => (typeof dim === 'number' ? Number(dim !== 0) : null));
  return [{ dtype, dims: x?.dims, ints: dtype === 'bool' ? truth : undefined }];
};

/** Arithmetic and comparisons; `compute` gives the integers that are known, null where only the operands' sameness would tell. */
function binary(dtype: DataType | undefined, compute?: (a: Dim, b: Dim) => Dim): InferRule {
  return (_, [a, b]) => {
    const dims = broadcast(a?.dims, b?.dims);
    const [p, q] = [a?.ints, b?.ints];
    let ints: readonly Dim[] | undefined;
    if (compute && p && q && (p.length === q.length || p.length === 1 || q.length === 1)) {
      const length = p.length === 1 ? q.length : p.length;
      const at = (list: readonly Dim[], i: number): Dim => list[list.length === 1 ? 0 : i]!;
      ints = Array.from({ length }, (_, i) => compute(at(p, i), at(q, i)));
    }
    return [{ dtype: dtype ?? a?.dtype ?? b?.dtype, dims, ints }];
  };
}

/** Arithmetic on whole numbers. */
function whole(dtype: DataType | undefined, compute: (a: number, b: number) => Dim): InferRule {
  return binary(dtype, (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? compute(a, b) : null,
  );
}

/** A symbol equals itself; of different symbols nothing is known. */
const equal = (a: Dim, b: Dim): Dim => {
  if (a === null || b === null) return null;
  if (a === b) return 1;
  return typeof a === 'number' && typeof b === 'number' ? 0 : null;
};

const where: InferRule = (_, [condition, a, b]) => {
  const chosen = single(condition);
  const ints = typeof chosen === 'number' ? (chosen ? a : b)?.ints : undefined;
  const dims = broadcast(condition?.dims, broadcast(a?.dims, b?.dims));
  return [
    { dtype: a?.dtype ?? b?.dtype, dims, ints: ints?.length === dims?.[0] ? ints : undefined },
  ];
};

/** [batch, length, width of the values] */
const attention: InferRule = (node, [x, weight, bias]) => {
  const sizes = node.attributes['qkv_hidden_sizes'];
  const all = weight?.dims?.[1] ?? bias?.dims?.[0];
  const third = typeof all === 'number' ? all / 3 : null;
  const width = sizes?.kind === 'ints' && sizes.value.length === 3 ? sizes.value[2]! : third;
  return [{ dtype: x?.dtype, dims: x?.dims && [...x.dims.slice(0, 2), width] }];
};

const multiHead: InferRule = (_, [query, , value]) => {
  const width = value?.dims?.length === 3 ? value.dims[2]! : null;
  return [{ dtype: query?.dtype, dims: query?.dims && [...query.dims.slice(0, 2), width] }];
};

/** Keys and values may come with the queries; the result is as wide as the queries alone. */
const groupQuery: InferRule = (_, [query, key]) => {
  const width = key?.dims ? (query?.dims?.[2] ?? null) : null;
  return [{ dtype: query?.dtype, dims: query?.dims && [...query.dims.slice(0, 2), width] }];
};

/** Only the rank: each operand may be transposed. */
const fusedMatMul: InferRule = (_, [a, b]) => {
  const rank = a?.dims && b?.dims ? Math.max(a.dims.length, b.dims.length) : undefined;
  return [{ dtype: a?.dtype, dims: rank && rank >= 2 ? Array<null>(rank).fill(null) : undefined }];
};

const embedLayerNorm: InferRule = (_, [ids, , table]) => {
  const dims = ids?.dims && [...ids.dims, table?.dims?.[1] ?? null];
  const words = { dtype: table?.dtype, dims };
  return [words, { dtype: 'int32', dims: [ids?.dims?.[0] ?? null] }, words];
};

const skipNorm: InferRule = (_, [x]) => {
  const sum = { dtype: x?.dtype, dims: x?.dims };
  return [sum, {}, {}, sum];
};

const range: InferRule = (_, [start]) => [{ dtype: start?.dtype, dims: [null] }];

function each(ops: string, rule: InferRule): Record<string, InferRule> {
  return Object.fromEntries(ops.split(' ').map(op => [op, rule]));
}

const microsoft = (ops: string): string =>
  ops
    .split(' ')
    .map(op => `com.microsoft.${op}`)
    .join(' ');

export const inferRules: Readonly<Record<string, InferRule>> = {
  ...each(
    'Relu LeakyRelu Elu Selu Celu PRelu Softplus Softsign HardSigmoid HardSwish Mish ThresholdedRelu Shrink Sigmoid Tanh Erf Gelu Sqrt Exp Log Neg Abs Sin Cos Reciprocal Sign Floor Ceil Round Clip Softmax LogSoftmax LayerNormalization SimplifiedLayerNormalization RMSNormalization Dropout Trilu CumSum ScatterElements ScatterND Not RotaryEmbedding',
    like,
  ),
  ...each(microsoft('BiasGelu FastGelu QuickGelu Gelu BiasAdd BiasDropout RotaryEmbedding'), like),
  ...each(microsoft('SkipLayerNormalization SkipSimplifiedLayerNormalization'), skipNorm),
  ...each('IsNaN IsInf', typed('bool')),
  ...each('DequantizeLinear', (_, [x, scale]) => [{ dtype: scale?.dtype, dims: x?.dims }]),
  ...each('QuantizeLinear', (_, [x, , zero]) => [{ dtype: zero?.dtype, dims: x?.dims }]),
  DynamicQuantizeLinear: (_, [x]) => [
    { dtype: 'uint8', dims: x?.dims },
    { dtype: 'float32', dims: [] },
    { dtype: 'uint8', dims: [] },
  ],
  Identity: (_, [x]) => [x ?? {}],
  Cast: cast,
  Add: whole(undefined, (a, b) => a + b),
  Sub: whole(undefined, (a, b) => a - b),
  Mul: whole(undefined, (a, b) => a * b),
  Div: whole(undefined, (a, b) => (b === 0 ? null : Math.trunc(a / b))),
  ...each('Pow Mod BitShift', binary(undefined)),
  Equal: binary('bool', equal),
  Less: whole('bool', (a, b) => Number(a < b)),
  LessOrEqual: whole('bool', (a, b) => Number(a <= b)),
  Greater: whole('bool', (a, b) => Number(a > b)),
  GreaterOrEqual: whole('bool', (a, b) => Number(a >= b)),
  And: whole('bool', (a, b) => Number(a !== 0 && b !== 0)),
  Or: whole('bool', (a, b) => Number(a !== 0 || b !== 0)),
  Xor: whole('bool', (a, b) => Number((a !== 0) !== (b !== 0))),
  Not: (_, [x]) => [
    {
      dtype: 'bool',
      dims: x?.dims,
      ints: x?.ints?.map(dim => (typeof dim === 'number' ? 1 - dim : null)),
    },
  ],
  Where: where,
  Shape: shapes.shape,
  Size: (_, [x]) => {
    const size = x?.dims?.every(dim => typeof dim === 'number')
      ? x.dims.reduce((product, dim) => product * dim, 1)
      : null;
    return [{ dtype: 'int64', dims: [], ints: [size] }];
  },
  Gather: shapes.gather,
  GatherElements: (_, [x, indices]) => [{ dtype: x?.dtype, dims: indices?.dims }],
  Concat: shapes.concat,
  Slice: shapes.slice,
  Unsqueeze: shapes.unsqueeze,
  Squeeze: shapes.squeeze,
  Reshape: shapes.reshape,
  Flatten: shapes.flatten,
  Transpose: shapes.transpose,
  MatMul: shapes.matmul,
  MatMulInteger: (node, x) => [{ ...shapes.matmul(node, x)[0], dtype: 'int32' }],
  Gemm: shapes.gemm,
  ...each('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2', shapes.reduce),
  ...each('ArgMax ArgMin', shapes.argReduce),
  Conv: shapes.convolve,
  ...each('MaxPool AveragePool LpPool', shapes.pool),
  ...each('Max Min Sum Mean', shapes.variadic),
  Tile: shapes.tile,
  ...each('Pad Resize GlobalAveragePool GlobalMaxPool GlobalLpPool', shapes.sameRank),
  TopK: shapes.topK,
  GatherND: shapes.gatherND,
  ...each('LSTM GRU RNN', shapes.recurrent),
  Expand: shapes.expand,
  ConstantOfShape: shapes.constantOfShape,
  Range: range,
  Split: shapes.split,
  'com.microsoft.Attention': attention,
  'com.microsoft.QAttention': attention,
  'com.microsoft.MultiHeadAttention': multiHead,
  'com.microsoft.GroupQueryAttention': groupQuery,
  ...each(microsoft('FusedMatMul TransposeMatMul'), fusedMatMul),
  ...each(microsoft('DynamicQuantizeMatMul GemmFastGelu'), shapes.matmul),
  'com.microsoft.MatMulIntegerToFloat': (node, x) => [
    { ...shapes.matmul(node, x)[0], dtype: 'float32' },
  ],
  'com.microsoft.FusedGemm': shapes.gemm,
  'com.microsoft.FusedConv': shapes.convolve,
  'com.microsoft.EmbedLayerNormalization': embedLayerNorm,
};
