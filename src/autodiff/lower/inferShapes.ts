/** Shapes of what moves, reduces or multiplies tensors, from the shapes of what goes in. Axes are inputs, as from opset 18 on. */
import type { Node } from '../../onnx/graph';
import { numbersOf } from '../../onnx/tensorData';
import { broadcast, fromFront, numbersIn, type Dim, type Known } from './known';

/** What is known of a node's outputs when something is known of its inputs. */
export type InferRule = (node: Node, x: readonly Known[]) => readonly Known[];

export function intOf(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : otherwise;
}

export const shape: InferRule = (node, [x]) => {
  const dims = x?.dims?.slice(intOf(node, 'start', 0), intOf(node, 'end', x.dims.length));
  return [{ dtype: 'int64', dims: [dims?.length ?? null], ints: dims }];
};

export const gather: InferRule = (node, [x, indices]) => {
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

export const concat: InferRule = (node, x) => {
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

export const slice: InferRule = (_, [x, starts, ends, axes, steps]) => {
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

export const unsqueeze: InferRule = (_, [x, axes]) => {
  const added = numbersIn(axes);
  if (!x?.dims || !added) return [{ dtype: x?.dtype }];
  const rank = x.dims.length + added.length;
  const places = new Set(added.map(axis => fromFront(axis, rank)));
  const rest = [...x.dims];
  const dims = Array.from({ length: rank }, (_, i): Dim => (places.has(i) ? 1 : rest.shift()!));
  return [{ dtype: x.dtype, dims, ints: rank <= 1 ? x.ints : undefined }];
};

export const squeeze: InferRule = (_, [x, axes]) => {
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

export const reshape: InferRule = (node, [x, to]) => {
  const rank = to?.dims?.[0];
  const wanted = to?.ints ?? (typeof rank === 'number' ? Array<Dim>(rank).fill(null) : undefined);
  const dims = wanted?.map((dim, i): Dim => {
    if (dim === 0 && intOf(node, 'allowzero', 0) === 0) return x?.dims?.[i] ?? null;
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

export const transpose: InferRule = (node, [x]) => {
  const perm = node.attributes['perm'];
  if (perm?.kind !== 'ints') return [{ dtype: x?.dtype, dims: x?.dims?.toReversed() }];
  return [{ dtype: x?.dtype, dims: perm.value.map(axis => x?.dims?.[axis] ?? null) }];
};

export const matmul: InferRule = (_, [a, b]) => {
  const dtype = a?.dtype ?? b?.dtype;
  if (!a?.dims || !b?.dims || a.dims.length < 2 || b.dims.length < 2) return [{ dtype }];
  const batch = broadcast(a.dims.slice(0, -2), b.dims.slice(0, -2))!;
  return [{ dtype, dims: [...batch, a.dims.at(-2)!, b.dims.at(-1)!] }];
};

export const gemm: InferRule = (node, [a, b]) => {
  const [rows, columns] = [intOf(node, 'transA', 0), intOf(node, 'transB', 0)];
  const dims = [a?.dims?.[rows ? 1 : 0] ?? null, b?.dims?.[columns ? 0 : 1] ?? null];
  return [{ dtype: a?.dtype, dims }];
};

export const reduce: InferRule = (node, [x, axes]) => {
  const keep = intOf(node, 'keepdims', 1) === 1;
  const dims = x?.dims;
  const given = axes?.dims ? numbersIn(axes) : dims?.map((_, i) => i);
  if (!dims || !given) return [{ dtype: x?.dtype }];
  const places = new Set(given.map(axis => fromFront(axis, dims.length)));
  const left = dims.flatMap((dim, i): Dim[] => (places.has(i) ? (keep ? [1] : []) : [dim]));
  return [{ dtype: x.dtype, dims: left }];
};

export const argReduce: InferRule = (node, [x]) => {
  const dims = x?.dims;
  const axis = dims && fromFront(intOf(node, 'axis', 0), dims.length);
  const keep = intOf(node, 'keepdims', 1) === 1;
  const left = dims?.flatMap((dim, i): Dim[] => (i === axis ? (keep ? [1] : []) : [dim]));
  return [{ dtype: 'int64', dims: left }];
};

export const expand: InferRule = (_, [x, to]) => {
  const rank = to?.dims?.[0];
  const wanted = to?.ints ?? (typeof rank === 'number' ? Array<Dim>(rank).fill(null) : undefined);
  return [{ dtype: x?.dtype, dims: broadcast(x?.dims, wanted) }];
};

export const constantOfShape: InferRule = (node, [x]) => {
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

export const split: InferRule = (node, [x, sizes]) => {
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
export const convolve: InferRule = (_, [x, weight]) => [
  { dtype: x?.dtype, dims: x?.dims?.map((dim, i) => [dim, weight?.dims?.[0] ?? null][i] ?? null) },
];

export const pool: InferRule = (_, [x]) => [
  { dtype: x?.dtype, dims: x?.dims?.map((dim, i) => (i < 2 ? dim : null)) },
];

export const flatten: InferRule = (_, [x]) => [{ dtype: x?.dtype, dims: [null, null] }];

/** The shape that all inputs broadcast to. */
export const variadic: InferRule = (_, x) => [
  {
    dtype: x[0]?.dtype,
    dims: x.map(({ dims }) => dims).reduce((a, b) => broadcast(a, b)),
  },
];

export const tile: InferRule = (_, [x, repeats]) => {
  const times = repeats?.ints;
  const dims = x?.dims?.map((dim, i) => {
    const count = times?.[i];
    if (count === 1) return dim;
    return typeof dim === 'number' && typeof count === 'number' ? dim * count : null;
  });
  return [{ dtype: x?.dtype, dims }];
};

/** As many dimensions as the first input has, of which nothing else is followed. */
export const sameRank: InferRule = (_, [x]) => [
  { dtype: x?.dtype, dims: x?.dims?.map(() => null) },
];

/** The largest entries and their places. */
export const topK: InferRule = (_, [x]) => {
  const dims = x?.dims?.map(() => null);
  return [
    { dtype: x?.dtype, dims },
    { dtype: 'int64', dims },
  ];
};

export const gatherND: InferRule = (node, [x, indices]) => {
  const [data, at] = [x?.dims, indices?.dims];
  const depth = at?.at(-1);
  if (!data || typeof depth !== 'number') return [{ dtype: x?.dtype }];
  const taken = intOf(node, 'batch_dims', 0) + depth;
  return [{ dtype: x?.dtype, dims: [...(at ?? []).slice(0, -1), ...data.slice(taken)] }];
};

/** Recurrent layers: all states, then the last ones. */
export const recurrent: InferRule = (node, [x]) => {
  const last = { dtype: x?.dtype, dims: [null, null, null] };
  return [{ dtype: x?.dtype, dims: [null, null, null, null] }, last, last].slice(
    0,
    node.outputs.length,
  );
};

/** What both branches of an `If` agree on. */
export function joined(a: Known | undefined, b: Known | undefined): Known {
  const other = b?.dims;
  const dims =
    a?.dims?.length === other?.length
      ? a?.dims?.map((dim, i) => (dim === other?.[i] ? dim : null))
      : undefined;
  return { dtype: a?.dtype === b?.dtype ? a?.dtype : undefined, dims };
}
