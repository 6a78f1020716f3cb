/** For each op, what is known of its outputs when something is known of its inputs. Axes are inputs, as from opset 18 on. */
import { typeOfCode } from '../../onnx/dataTypes';
import type { DataType, Node } from '../../onnx/graph';
import { numbersOf } from '../../onnx/tensorData';
import { broadcast, fromFront, numbersIn, single, type Dim, type Known } from './known';

export type InferRule = (node: Node, x: readonly Known[]) => readonly Known[];

function intOf(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : otherwise;
}

const typed =
  (dtype: DataType | undefined): InferRule =>
  (_, [x]) => [{ dtype, dims: x?.dims }];

/** The type and shape of the first input. */
const like: InferRule = (_, [x]) => [{ dtype: x?.dtype, dims: x?.dims }];

const cast: InferRule = (node, [x]) => {
  const dtype = typeOfCode(intOf(node, 'to', 0));
  // Integers stay what they are in any type that holds them; conditions become 0 and 1.
  const ints =
    dtype === 'bool'
      ? x?.ints?.map(dim => (typeof dim === 'number' ? Number(dim !== 0) : null))
      : x?.ints;
  return [{ dtype, dims: x?.dims, ints }];
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

const numeric =
  (compute: (a: number, b: number) => number) =>
  (a: Dim, b: Dim): Dim =>
    typeof a === 'number' && typeof b === 'number' ? compute(a, b) : null;

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

const shape: InferRule = (node, [x]) => {
  const dims = x?.dims?.slice(intOf(node, 'start', 0), intOf(node, 'end', x.dims.length));
  return [{ dtype: 'int64', dims: [dims?.length ?? null], ints: dims }];
};

const gather: InferRule = (node, [x, indices]) => {
  const [data, at] = [x?.dims, indices?.dims];
  const axis = data && fromFront(intOf(node, 'axis', 0), data.length);
  const dims =
    data && at && axis !== undefined
      ? [...data.slice(0, axis), ...at, ...data.slice(axis + 1)]
      : undefined;
  const picked = numbersIn(indices);
  const list = x?.ints;
  const ints = list && picked?.map(i => list[fromFront(i, list.length)] ?? null);
  return [{ dtype: x?.dtype, dims, ints }];
};

const concat: InferRule = (node, x) => {
  const first = x[0]?.dims;
  const axis = first && fromFront(intOf(node, 'axis', 0), first.length);
  const sizes = x.map(part => (axis === undefined ? null : (part.dims?.[axis] ?? null)));
  const total = sizes.every(size => typeof size === 'number')
    ? sizes.reduce((sum, size) => sum + size, 0)
    : null;
  const dims = first?.map((dim, i) => (i === axis ? total : dim));
  const ints = x.every(part => part.ints) ? x.flatMap(part => part.ints!) : undefined;
  return [{ dtype: x[0]?.dtype, dims, ints }];
};

const slice: InferRule = (_, [x, starts, ends, axes, steps]) => {
  const dims = x?.dims;
  const [from, to] = [numbersIn(starts), numbersIn(ends)];
  const step = steps?.dims ? numbersIn(steps) : starts?.ints?.map(() => 1);
  const along = axes?.dims ? numbersIn(axes) : from?.map((_, i) => i);
  if (!dims || !along) return [{ dtype: x?.dtype, dims: dims?.map(() => null) }];
  const cut = along.map(axis => fromFront(axis, dims.length));
  const sizes = dims.map((dim, i) => {
    const place = cut.indexOf(i);
    if (place < 0) return dim;
    if (typeof dim !== 'number' || !from || !to || step?.[place] !== 1) return null;
    const clamp = (at: number): number => Math.min(dim, Math.max(0, at < 0 ? at + dim : at));
    return Math.max(0, clamp(to[place]!) - clamp(from[place]!));
  });
  const unit = from && to && step?.every(s => s === 1);
  const end = to?.[0] !== undefined && to[0] > 2 ** 31 ? undefined : to?.[0];
  return [{ dtype: x.dtype, dims: sizes, ints: unit ? x.ints?.slice(from[0], end) : undefined }];
};

const unsqueeze: InferRule = (_, [x, axes]) => {
  const added = numbersIn(axes);
  if (!x?.dims || !added) return [{ dtype: x?.dtype }];
  const rank = x.dims.length + added.length;
  const places = new Set(added.map(axis => fromFront(axis, rank)));
  const rest = [...x.dims];
  const dims = Array.from({ length: rank }, (_, i): Dim => (places.has(i) ? 1 : rest.shift()!));
  return [{ dtype: x.dtype, dims, ints: rank <= 1 ? x.ints : undefined }];
};

const squeeze: InferRule = (_, [x, axes]) => {
  const { dims } = x ?? {};
  const given = numbersIn(axes);
  const removed = given ?? (dims?.every(dim => typeof dim === 'number') ? ones(dims) : undefined);
  if (!dims || !removed) return [{ dtype: x?.dtype }];
  const places = new Set(removed.map(axis => fromFront(axis, dims.length)));
  return [{ dtype: x?.dtype, dims: dims.filter((_, i) => !places.has(i)), ints: x?.ints }];
};

function ones(dims: readonly Dim[]): number[] {
  return dims.flatMap((dim, i) => (dim === 1 ? [i] : []));
}

const reshape: InferRule = (_, [x, to]) => {
  const rank = to?.dims?.[0];
  const wanted = to?.ints ?? (typeof rank === 'number' ? Array<Dim>(rank).fill(null) : undefined);
  const dims = wanted?.map((dim, i): Dim => {
    if (dim === 0) return x?.dims?.[i] ?? null;
    return dim === -1 ? null : dim;
  });
  // Where the sizes before and after are all known but the one that is inferred, it follows.
  const open = wanted?.indexOf(-1) ?? -1;
  if (dims && open >= 0) dims[open] = remaining(x?.dims, dims.toSpliced(open, 1));
  return [{ dtype: x?.dtype, dims, ints: dims && dims.length <= 1 ? x?.ints : undefined }];
};

/** The quotient of two products of sizes, where equal symbols cancel and one size is left. */
function remaining(all: readonly Dim[] | undefined, used: readonly Dim[]): Dim {
  if (!all || all.includes(null) || used.includes(null)) return null;
  const symbols = all.filter(dim => typeof dim === 'string');
  for (const dim of used) {
    if (typeof dim !== 'string') continue;
    if (!symbols.includes(dim)) return null;
    symbols.splice(symbols.indexOf(dim), 1);
  }
  const product = (dims: readonly Dim[]): number =>
    dims.reduce<number>((n, dim) => (typeof dim === 'number' ? n * dim : n), 1);
  const size = product(all) / product(used);
  if (symbols.length === 0) return Number.isInteger(size) ? size : null;
  return symbols.length === 1 && size === 1 ? symbols[0]! : null;
}

const transpose: InferRule = (node, [x]) => {
  const perm = node.attributes['perm'];
  if (perm?.kind !== 'ints') return [{ dtype: x?.dtype, dims: x?.dims?.toReversed() }];
  return [{ dtype: x?.dtype, dims: perm.value.map(axis => x?.dims?.[axis] ?? null) }];
};

const matmul: InferRule = (_, [a, b]) => {
  const dtype = a?.dtype ?? b?.dtype;
  if (!a?.dims || !b?.dims || a.dims.length < 2 || b.dims.length < 2) return [{ dtype }];
  const batch = broadcast(a.dims.slice(0, -2), b.dims.slice(0, -2))!;
  return [{ dtype, dims: [...batch, a.dims.at(-2)!, b.dims.at(-1)!] }];
};

const gemm: InferRule = (node, [a, b]) => {
  const [rows, columns] = [intOf(node, 'transA', 0), intOf(node, 'transB', 0)];
  const dims = [a?.dims?.[rows ? 1 : 0] ?? null, b?.dims?.[columns ? 0 : 1] ?? null];
  return [{ dtype: a?.dtype, dims }];
};

const reduce: InferRule = (node, [x, axes]) => {
  const keep = intOf(node, 'keepdims', 1) === 1;
  const dims = x?.dims;
  const given = axes?.dims ? numbersIn(axes) : dims?.map((_, i) => i);
  if (!dims || !given) return [{ dtype: x?.dtype }];
  const places = new Set(given.map(axis => fromFront(axis, dims.length)));
  const left = dims.flatMap((dim, i): Dim[] => (places.has(i) ? (keep ? [1] : []) : [dim]));
  return [{ dtype: x.dtype, dims: left }];
};

const argReduce: InferRule = (node, [x]) => {
  const dims = x?.dims;
  const axis = dims && fromFront(intOf(node, 'axis', 0), dims.length);
  const keep = intOf(node, 'keepdims', 1) === 1;
  const left = dims?.flatMap((dim, i): Dim[] => (i === axis ? (keep ? [1] : []) : [dim]));
  return [{ dtype: 'int64', dims: left }];
};

const expand: InferRule = (_, [x, to]) => {
  const rank = to?.dims?.[0];
  const wanted = to?.ints ?? (typeof rank === 'number' ? Array<Dim>(rank).fill(null) : undefined);
  return [{ dtype: x?.dtype, dims: broadcast(x?.dims, wanted) }];
};

const constantOfShape: InferRule = (node, [x]) => {
  const value = node.attributes['value'];
  const fill = value?.kind === 'tensor' ? value.value : undefined;
  const rank = x?.dims?.[0];
  const dims = x?.ints ?? (typeof rank === 'number' ? Array<Dim>(rank).fill(null) : undefined);
  const length = dims?.length === 1 ? dims[0] : undefined;
  const whole = fill && ['int64', 'int32', 'bool'].includes(fill.dtype);
  const ints =
    whole && typeof length === 'number' && length <= 32
      ? Array<Dim>(length).fill(numbersOf(fill)[0]!)
      : undefined;
  return [{ dtype: fill?.dtype ?? 'float32', dims, ints }];
};

const split: InferRule = (node, [x, sizes]) => {
  const dims = x?.dims;
  const axis = dims && fromFront(intOf(node, 'axis', 0), dims.length);
  const parts = numbersIn(sizes);
  const whole = axis === undefined ? null : dims![axis]!;
  const even = typeof whole === 'number' && whole % node.outputs.length === 0;
  return node.outputs.map((_, part) => {
    const size = parts?.[part] ?? (even && !sizes?.dims ? whole / node.outputs.length : null);
    return { dtype: x?.dtype, dims: dims?.map((dim, i) => (i === axis ? size : dim)) };
  });
};

/** [batch, channels, ...]; how far the windows reach is not followed. */
const convolve: InferRule = (_, [x, weight]) => [
  { dtype: x?.dtype, dims: x?.dims?.map((dim, i) => [dim, weight?.dims?.[0] ?? null][i] ?? null) },
];

const pool: InferRule = (_, [x]) => [
  { dtype: x?.dtype, dims: x?.dims?.map((dim, i) => (i < 2 ? dim : null)) },
];

const flatten: InferRule = (_, [x]) => [{ dtype: x?.dtype, dims: [null, null] }];

/** [batch, length, width of the values], for the attention ops of ONNX Runtime. */
const attention: InferRule = (_, [x, weight, bias]) => {
  const width = weight?.dims?.[1] ?? bias?.dims?.[0];
  const dims = x?.dims && [...x.dims.slice(0, 2), typeof width === 'number' ? width / 3 : null];
  return [{ dtype: x?.dtype, dims }];
};

const multiHead: InferRule = (_, [query]) =>
  query?.dims?.length === 3
    ? [{ dtype: query.dtype, dims: query.dims }]
    : [{ dtype: query?.dtype }];

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
  Add: binary(
    undefined,
    numeric((a, b) => a + b),
  ),
  Sub: binary(
    undefined,
    numeric((a, b) => a - b),
  ),
  Mul: binary(
    undefined,
    numeric((a, b) => a * b),
  ),
  Div: binary(
    undefined,
    numeric((a, b) => Math.trunc(a / b)),
  ),
  ...each('Pow Mod BitShift', binary(undefined)),
  Equal: binary('bool', equal),
  Less: binary(
    'bool',
    numeric((a, b) => Number(a < b)),
  ),
  LessOrEqual: binary(
    'bool',
    numeric((a, b) => Number(a <= b)),
  ),
  Greater: binary(
    'bool',
    numeric((a, b) => Number(a > b)),
  ),
  GreaterOrEqual: binary(
    'bool',
    numeric((a, b) => Number(a >= b)),
  ),
  And: binary(
    'bool',
    numeric((a, b) => Number(a !== 0 && b !== 0)),
  ),
  Or: binary(
    'bool',
    numeric((a, b) => Number(a !== 0 || b !== 0)),
  ),
  Xor: binary(
    'bool',
    numeric((a, b) => Number((a !== 0) !== (b !== 0))),
  ),
  Not: (_, [x]) => [
    {
      dtype: 'bool',
      dims: x?.dims,
      ints: x?.ints?.map(dim => (typeof dim === 'number' ? 1 - dim : null)),
    },
  ],
  Where: where,
  Shape: shape,
  Size: (_, [x]) => {
    const size = x?.dims?.every(dim => typeof dim === 'number')
      ? x.dims.reduce((product, dim) => product * dim, 1)
      : null;
    return [{ dtype: 'int64', dims: [], ints: [size] }];
  },
  Gather: gather,
  GatherElements: (_, [x, indices]) => [{ dtype: x?.dtype, dims: indices?.dims }],
  Concat: concat,
  Slice: slice,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  MatMul: matmul,
  MatMulInteger: (node, x) => [{ ...matmul(node, x)[0], dtype: 'int32' }],
  Gemm: gemm,
  ...each('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2', reduce),
  ...each('ArgMax ArgMin', argReduce),
  Conv: convolve,
  ...each('MaxPool AveragePool LpPool', pool),
  Expand: expand,
  ConstantOfShape: constantOfShape,
  Range: range,
  Split: split,
  'com.microsoft.Attention': attention,
  'com.microsoft.QAttention': attention,
  'com.microsoft.MultiHeadAttention': multiHead,
  'com.microsoft.GroupQueryAttention': multiHead,
  'com.microsoft.EmbedLayerNormalization': embedLayerNorm,
};
