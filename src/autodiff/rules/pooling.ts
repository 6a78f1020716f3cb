/** Poolings with a kernel; those over all of space are reductions. */
import type { NodeView, Rule, RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { normSide, powerSide } from './norm';
import { SlidingWindow } from './slidingWindow';
import { windowSettings } from './windowSettings';

export const poolingRules: RuleTable = {
  // The adjoint goes to where the maximum was.
  MaxPool: (g, n, b) => [() => maxPoolBack(g, n, b)],
  MaxUnpool: (g, n, b) => [
    () => {
      const flat = (value: string): string => b.reshape(value, b.ints([-1]));
      const picked = b.op('GatherElements', [flat(g), flat(n.x[1]!)], { axis: 0 });
      return b.reshape(picked, b.shape(n.x[0]!));
    },
    null,
    null,
  ],
  AveragePool: (g, n, b) => [() => averagePoolBack(g, n, b)],
  // y = (sum |x|^p)^(1/p)
  LpPool: (g, n, b) => [
    () => {
      const p = n.int('p', 2);
      const sums = new Channelwise(n, b).toLong(normSide(g, n.y[0]!, p, b));
      return b.mul(powerSide(n.x[0]!, p, b), sums);
    },
  ],
};

function maxPoolBack(...[g, n, b]: Parameters<Rule>): string {
  // Indices count through the whole input, row by row. `cleanup` merges the second call with the node.
  const given = Object.entries(n.node.attributes);
  const attributes = Object.fromEntries(given.filter(([name]) => name !== 'storage_order'));
  const [, indices] = b.ops('MaxPool', n.x, 2, attributes);
  const flat = (value: string): string => b.reshape(value, b.ints([-1]));
  const size = b.reshape(b.op('Size', [n.x[0]!]), b.ints([1]));
  const parts = [b.zeros(size), flat(indices!), flat(g)];
  const placed = b.op('ScatterElements', parts, { axis: 0, reduction: 'add' });
  return b.reshape(placed, b.shape(n.x[0]!));
}

/** y is a sum over the window, divided by how many of its places count. */
function averagePoolBack(...[g, n, b]: Parameters<Rule>): string {
  const sums = new Channelwise(n, b);
  if (sums.inside) {
    const count = n.ints('kernel_shape')!.reduce((product, size) => product * size, 1);
    return sums.toLong(b.scale(g, 1 / count));
  }
  // Of ones, the sum is the number of places inside, and the average that number by the number that counts.
  const axes = Array.from({ length: n.rank(0) - 2 }, (_, i) => i + 2);
  const shape = b.concat([b.ints([1, 1]), b.sizes(n.x[0]!, axes)], 0);
  const ones = b.op('Expand', [b.number(1), shape]);
  const places = sums.toShort(ones);
  const share =
    n.int('count_include_pad', 0) === 0
      ? g
      : b.mul(g, b.op('AveragePool', [ones], n.node.attributes));
  return sums.toLong(b.div(share, places));
}

/** Sums over a window, within each channel. */
class Channelwise {
  private readonly window: SlidingWindow;
  private readonly kernel: string;

  constructor(
    private readonly n: NodeView,
    private readonly b: RuleBuilder,
  ) {
    const kernelSizes = n.ints('kernel_shape')!;
    const window = { long: n.x[0]!, short: n.y[0]!, kernel: b.ints(kernelSizes), kernelSizes };
    this.window = new SlidingWindow(windowSettings(n), b, window);
    this.kernel = b.op('Expand', [b.number(1), b.ints([1, 1, ...kernelSizes])]);
  }

  /** No window reaches over an end. */
  get inside(): boolean {
    return this.window.pads?.every(pad => pad === 0) ?? false;
  }

  toShort(ones: string): string {
    return this.window.toShort(ones, this.kernel);
  }

  /** The adjoint of the sums: [N, C, ...] is taken as N C single channels. */
  toLong(g: string): string {
    const { n, b } = this;
    const space = b.shapePart(n.y[0]!, 2, n.rank(0));
    const single = b.reshape(g, b.concat([b.ints([-1, 1]), space], 0));
    return b.reshape(this.window.toLong(single, this.kernel), b.shape(n.x[0]!));
  }
}
