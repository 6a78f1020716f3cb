/** Ops that read or write elements at given indices. Picking and placing are each other's derivative. */
import { GlassboxError } from '../../protocol/messages';
import { describeNode, type NodeView, type Rule, type RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { scatterAlong, zerosAround } from './placing';

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
  GatherND: (g, n, b) => [() => gatherNdBack(g, n, b), null],
  ScatterElements: (g, n, b) => scatterBack(g, n, b, 'Elements', { axis: n.int('axis', 0) }),
  ScatterND: (g, n, b) => scatterBack(g, n, b, 'ND', {}),
};

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
  return zerosAround(row, b, b.concat([before, after], 0), [axis], n.rank(0));
}

/**
 * The picked places as positions of the flattened leading axes, into which slices are added. Not by ScatterND: in
 * ONNX Runtime (1.30, CPU) its threads may lose updates where indices repeat.
 */
function gatherNdBack(...[g, n, b]: Parameters<Rule>): string {
  const data = n.x[0]!;
  const picked = n.dims(1).at(-1) ?? null;
  if (picked === null) {
    throw new GlassboxError(
      'unsupported',
      `${describeNode(n.node)} has indices of a length that varies, so its derivative cannot be built; export the model so that it is fixed.`,
    );
  }
  const count = n.int('batch_dims', 0) + picked;
  const full = fullIndices(n, b);
  const coordinate = (axis: number): string => {
    const given = b.op('Slice', [full, b.ints([axis]), b.ints([axis + 1]), b.ints([-1])]);
    const fromEnd = b.add(given, b.shapePart(data, axis, axis + 1));
    return b.where(b.op('Less', [given, b.ints([0])]), fromEnd, given);
  };
  let flat = coordinate(0);
  for (let axis = 1; axis < count; axis++) {
    flat = b.add(b.mul(flat, b.shapePart(data, axis, axis + 1)), coordinate(axis));
  }
  const rank = n.rank(0);
  const rest = count < rank ? [b.shapePart(data, count, rank)] : [];
  const shape = rest.length > 0 ? b.concat([b.ints([-1]), ...rest], 0) : b.ints([-1]);
  const view = b.reshape(data, shape);
  const placed = scatterAlong(g, b, {
    data: view,
    rank: 1 + rank - count,
    axis: 0,
    size: b.shapePart(view, 0, 1),
    indices: b.reshape(flat, b.ints([-1])),
  });
  return b.reshape(placed, b.shape(data));
}

/** GatherND's indices with the coordinates of the batch axes before them, which ScatterND wants to be told. */
function fullIndices(n: NodeView, b: RuleBuilder): string {
  const indices = n.x[1]!;
  const batch = n.int('batch_dims', 0);
  if (batch === 0) return indices;
  const rank = n.rank(1);
  const shape = b.concat([b.shapePart(indices, 0, rank - 1), b.ints([1])], 0);
  const coordinates = Array.from({ length: batch }, (_, axis) => {
    const size = b.squeeze(b.shapePart(indices, axis, axis + 1), [0]);
    const column = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1));
    const all = b.op('Range', [b.int(0), size, b.int(1)]);
    return b.op('Expand', [b.reshape(all, b.ints(column)), shape]);
  });
  return b.concat([...coordinates, indices], -1);
}

/** With 'max' and 'min', where data and update are equal, each gets the adjoint. */
function scatterBack(
  ...[g, n, b, kind, attributes]: [...Parameters<Rule>, 'Elements' | 'ND', Record<string, number>]
): ReturnType<Rule> {
  const [data, indices, updates] = n.x as [string, string, string];
  const y = n.y[0]!;
  const pick = (value: string): string => b.op(`Gather${kind}`, [value, indices], attributes);
  const place = (into: string, values: string, reduction: string): string =>
    b.op(`Scatter${kind}`, [into, indices, values], { ...attributes, reduction });
  const reduction = n.string('reduction', 'none');
  switch (reduction) {
    case 'none':
      return [() => place(g, b.zeros(b.shape(updates)), 'none'), null, () => pick(g)];
    case 'add':
      return [() => g, null, () => pick(g)];
    case 'mul':
      return [
        () => b.mul(g, place(b.expandLike(b.number(1), data), updates, 'mul')),
        null,
        () => b.div(pick(b.mul(g, y)), updates),
      ];
    case 'max':
    case 'min':
      return [
        () => b.where(b.op('Equal', [data, y]), g, b.number(0)),
        null,
        () => b.where(b.op('Equal', [updates, pick(y)]), pick(g), b.number(0)),
      ];
    default:
      throw new GlassboxError(
        'unsupported',
        `Glassbox cannot differentiate ${describeNode(n.node)} with reduction = ${reduction}; export the model without it.`,
      );
  }
}
