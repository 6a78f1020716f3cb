/** Ops that pick, place or pad elements. Picking and placing are each other's derivative. */
import { GlassboxError } from '../../protocol/messages';
import { describeNode, type NodeView, type Rule, type RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';

export const indexingRules: RuleTable = {
  Gather: (g, n, b) => [() => gatherBack(g, n, b), null],
  GatherElements: (g, n, b) => [
    () =>
      b.op('ScatterElements', [b.zeros(b.shape(n.x[0]!)), n.x[1]!, g], {
        axis: n.int('axis', 0),
        reduction: 'add',
      }),
    null,
  ],
  GatherND: (g, n, b) => [
    () => {
      if (n.int('batch_dims', 0) !== 0) throw unsupported(n, 'batch_dims');
      return b.op('ScatterND', [b.zeros(b.shape(n.x[0]!)), n.x[1]!, g], { reduction: 'add' });
    },
    null,
  ],
  ScatterElements: (g, n, b) => {
    const axis = n.int('axis', 0);
    return [
      () => {
        if (adds(n)) return g;
        const zeros = b.zeros(b.shape(n.x[2]!));
        return b.op('ScatterElements', [g, n.x[1]!, zeros], { axis });
      },
      null,
      () => b.op('GatherElements', [g, n.x[1]!], { axis }),
    ];
  },
  ScatterND: (g, n, b) => [
    () => (adds(n) ? g : b.op('ScatterND', [g, n.x[1]!, b.zeros(b.shape(n.x[2]!))])),
    null,
    () => b.op('GatherND', [g, n.x[1]!]),
  ],
  Slice: (g, n, b) => [() => sliceBack(g, n, b)],
  // Negative padding cuts away what the padding added.
  Pad: (g, n, b) => [
    () => {
      if (n.string('mode', 'constant') !== 'constant') throw unsupported(n, 'mode');
      const cut = b.neg(n.x[1]!);
      if (!n.has(3)) return b.op('Pad', [g, cut]);
      const axes = n.known(3, 'axes').map(axis => n.axis(0, axis));
      return pad(b, g, cut, axes, n.rank(0));
    },
    null,
  ],
  // A running sum from the other end.
  CumSum: (g, n, b) => [
    () =>
      b.op('CumSum', [g, n.x[1]!], {
        exclusive: n.int('exclusive', 0),
        reverse: 1 - n.int('reverse', 0),
      }),
    null,
  ],
};

/** Only these two kinds of placing are linear. */
function adds(n: NodeView): boolean {
  const reduction = n.string('reduction', 'none');
  if (reduction !== 'add' && reduction !== 'none') throw unsupported(n, 'reduction');
  return reduction === 'add';
}

function gatherBack(...[g, n, b]: Parameters<Rule>): string {
  const axis = n.axis(0, n.int('axis', 0));
  const [data, indices] = n.x as [string, string];
  const position = n.constant(1);
  const size = b.shapePart(data, axis, axis + 1);
  if (position?.length !== 1 || n.rank(1) > 1) {
    return scatterAlong(g, b, { data, indices, axis, rank: n.rank(0), size });
  }
  // One fixed position, such as [CLS]: zeros around it, which is faster than scattering.
  const index = b.ints(position);
  const before = position[0]! < 0 ? b.add(size, index) : index;
  const after = b.sub(b.sub(size, before), b.ints([1]));
  const row = n.rank(1) === 0 ? b.unsqueeze(g, [axis]) : g;
  return pad(b, row, b.concat([before, after], 0), [axis], n.rank(0));
}

interface Scatter {
  /** Its shape, with `size` (1-D) along `axis`, is the shape of the result. */
  readonly data: string;
  readonly rank: number;
  readonly axis: number;
  readonly size: string;
  readonly indices: string;
}

/** Adds the slices of `g` into zeros, at `indices` along the axis. */
function scatterAlong(g: string, b: RuleBuilder, to: Scatter): string {
  const { data, indices, axis, rank, size } = to;
  const shapeWith = (length: string): string => {
    const parts = [length];
    if (axis > 0) parts.unshift(b.shapePart(data, 0, axis));
    if (axis < rank - 1) parts.push(b.shapePart(data, axis + 1, rank));
    return parts.length === 1 ? length : b.concat(parts, 0);
  };
  const updates = b.reshape(g, shapeWith(b.ints([-1])));
  const column = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1));
  const wide = b.expandLike(b.reshape(indices, b.ints(column)), updates);
  const zeros = b.zeros(shapeWith(size));
  return b.op('ScatterElements', [zeros, wide, updates], { axis, reduction: 'add' });
}

/**
 * Zeros around `g` along some axes; `pads` holds all starts, then all ends. Pad's own input for axes is not
 * used: ONNX Runtime forgets it where it moves a Transpose over a Pad, and permutes the pads as if they
 * were of all axes.
 */
function pad(
  b: RuleBuilder,
  g: string,
  pads: string,
  axes: readonly number[],
  rank: number,
): string {
  const none = b.ints(Array<number>(2 * rank).fill(0));
  const places = b.ints([...axes, ...axes.map(axis => axis + rank)]);
  return b.op('Pad', [g, b.op('ScatterElements', [none, places, pads], { axis: 0 })]);
}

function sliceBack(...[g, n, b]: Parameters<Rule>): string {
  const x = n.x[0]!;
  const int64 = (i: number): string => b.op('Cast', [n.x[i]!], { to: 'int64' });
  const count = n.dims(1)[0] ?? n.rank(0);
  const axes = n.has(3) ? n.known(3, 'axes') : [...Array(count).keys()];
  const steps = n.has(4) ? n.known(4, 'steps') : axes.map(() => 1);
  const positive = axes.map(axis => n.axis(0, axis));
  const sizes = b.sizes(x, positive);
  if (steps.every(step => step === 1)) {
    const given = int64(1);
    const zero = b.ints([0]);
    const fromFront = b.where(b.op('Less', [given, zero]), b.add(given, sizes), given);
    const before = b.op('Min', [b.op('Max', [fromFront, zero]), sizes]);
    const after = b.sub(b.sub(sizes, before), b.sizes(n.y[0]!, positive));
    return pad(b, g, b.concat([before, after], 0), positive, n.rank(0));
  }
  // Slicing is picking at the slice of 0, 1, 2, ...: undo one axis after the other.
  let adjoint = g;
  positive.forEach((axis, i) => {
    const pick = (value: string): string =>
      b.op('Slice', [value, b.ints([i]), b.ints([i + 1]), b.ints([0])]);
    const size = b.shapePart(x, axis, axis + 1);
    const scalar = b.squeeze(size, [0]);
    const all = b.op('Range', [b.int(0), scalar, b.int(1)]);
    const indices = b.op('Slice', [
      all,
      pick(int64(1)),
      pick(int64(2)),
      b.ints([0]),
      b.ints([steps[i]!]),
    ]);
    adjoint = scatterAlong(adjoint, b, { data: adjoint, indices, axis, rank: n.rank(0), size });
  });
  return adjoint;
}

function unsupported(n: NodeView, attribute: string): GlassboxError {
  return new GlassboxError(
    'unsupported',
    `Glassbox cannot differentiate ${describeNode(n.node)} with ${attribute} = ${n.string(attribute, String(n.int(attribute, 0)))}; export the model without it.`,
  );
}
