/** Ops that cut away and add at the ends of axes, or read along them in steps. */
import type { NodeView, Rule, RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { undoPicks, zerosAround } from './placing';

export const slicingRules: RuleTable = {
  Slice: (g, n, b) => [() => sliceBack(g, n, b)],
  Pad: (g, n, b) => {
    const axes = n.has(3) ? n.known(3, 'axes').map(axis => n.axis(0, axis)) : allAxes(n);
    const constant = n.string('mode', 'constant') === 'constant';
    // Negative padding cuts away what the padding added.
    const cut = (): string => zerosAround(g, b, b.neg(n.x[1]!), axes, n.rank(0));
    const total = (value: string): string => b.sum(value, allAxes(n), 0);
    return [
      constant ? cut : () => copiesBack(g, n, b, axes),
      null,
      // What is not the data's is the padding's.
      () => b.reshape(b.sub(total(g), total(cut())), b.shape(n.x[2]!)),
    ];
  },
};

function allAxes(n: NodeView): number[] {
  return [...Array(n.rank(0)).keys()];
}

/** 0, 1, 2, ... along an axis of a value. */
function positions(b: RuleBuilder, x: string, axis: number): string {
  const size = b.squeeze(b.shapePart(x, axis, axis + 1), [0]);
  return b.op('Range', [b.int(0), size, b.int(1)]);
}

/** Slicing picks at the slice of 0, 1, 2, ...; with steps of 1 only zeros around it are missing. */
function sliceBack(...[g, n, b]: Parameters<Rule>): string {
  const x = n.x[0]!;
  const int64 = (i: number): string => b.op('Cast', [n.x[i]!], { to: 'int64' });
  const count = n.dims(1)[0] ?? n.rank(0);
  const axes = n.has(3) ? n.known(3, 'axes') : [...Array(count).keys()];
  const steps = n.has(4) ? n.known(4, 'steps') : axes.map(() => 1);
  const positive = axes.map(axis => n.axis(0, axis));
  if (steps.every(step => step === 1)) {
    const sizes = b.sizes(x, positive);
    const given = int64(1);
    const zero = b.ints([0]);
    const fromFront = b.where(b.op('Less', [given, zero]), b.add(given, sizes), given);
    const before = b.op('Min', [b.op('Max', [fromFront, zero]), sizes]);
    const after = b.sub(b.sub(sizes, before), b.sizes(n.y[0]!, positive));
    return zerosAround(g, b, b.concat([before, after], 0), positive, n.rank(0));
  }
  // One axis after the other.
  return positive.reduce((adjoint, axis, i) => {
    const pick = (value: string): string =>
      b.op('Slice', [value, b.ints([i]), b.ints([i + 1]), b.ints([0])]);
    const bounds = [pick(int64(1)), pick(int64(2)), b.ints([0]), b.ints([steps[i]!])];
    const indices = b.op('Slice', [positions(b, x, axis), ...bounds]);
    return undoPicks(adjoint, b, x, n.rank(0), { axis, indices });
  }, g);
}

/** Reflecting, repeating the edge and wrapping around copy elements: those of the padded 0, 1, 2, ... */
function copiesBack(...[g, n, b, axes]: [...Parameters<Rule>, readonly number[]]): string {
  const pads = n.constant(1);
  return axes.reduce((adjoint, axis, i) => {
    const [start, end] = [i, i + axes.length];
    if (pads?.[start] === 0 && pads[end] === 0) return adjoint;
    const both = b.op('Gather', [n.x[1]!, b.ints([start, end])], { axis: 0 });
    const indices = b.op('Pad', [positions(b, n.x[0]!, axis), both], n.node.attributes);
    return undoPicks(adjoint, b, n.x[0]!, n.rank(0), { axis, indices });
  }, g);
}
