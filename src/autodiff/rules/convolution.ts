/** Convolutions of any rank, with strides, dilations, padding and groups, and their transposes. */
import type { Emit, NodeView, RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { FoldedAxes } from './foldedAxes';
import { SlidingWindow } from './slidingWindow';
import { ofAxes, windowSettings } from './windowSettings';

export const convolutionRules: RuleTable = {
  // y = x * W + B: from x [N, C, ...], W [M, C / group, ...] to y [N, M, ...].
  Conv: (g, n, b) => [...convolutionBack(g, n, b), () => overAllButChannels(g, n, b)],
  // The adjoint of a convolution, with its W [C, M / group, ...], as a function of x [N, C, ...].
  ConvTranspose: (g, n, b) => {
    const [x, kernel] = n.x as [string, string];
    const sizes = kernelSizes(n, b);
    const window = new SlidingWindow(windowSettings(n), b, { long: n.y[0]!, short: x, ...sizes });
    return [
      () => window.toShort(g, kernel),
      () => window.toKernel(g, x),
      () => overAllButChannels(g, n, b),
    ];
  },
};

function convolutionBack(g: string, n: NodeView, b: RuleBuilder): [Emit, Emit] {
  const [x, kernel] = n.x as [string, string];
  const [settings, sizes] = [windowSettings(n), kernelSizes(n, b)];
  const whole = wholeAxes(n);
  if (whole.length === 0) {
    const window = new SlidingWindow(settings, b, { long: x, short: n.y[0]!, ...sizes });
    return [() => window.toLong(g, kernel), () => window.toKernel(x, g)];
  }
  // What the kernel spans as a whole are channels: the window slides along the other axes only.
  const slid = settings.strides.map((_, axis) => axis).filter(axis => !whole.includes(axis));
  const fold = new FoldedAxes(b, whole, slid);
  const short = fold.dropped(g);
  const window = new SlidingWindow(ofAxes(settings, slid), b, {
    long: fold.folded(x),
    short,
    kernel: b.ints(slid.map(axis => sizes.kernelSizes![axis]!)),
    kernelSizes: slid.map(axis => sizes.kernelSizes![axis]!),
  });
  return [
    () => fold.unfolded(window.toLong(short, fold.folded(kernel)), x),
    () => fold.unfolded(window.toKernel(fold.folded(x), short), kernel),
  ];
}

/**
 * Without the attribute the sizes of the kernel are read while the graph runs: the derivative of a convolution by its
 * kernel is one whose own kernel is as long as the text.
 */
function kernelSizes(n: NodeView, b: RuleBuilder) {
  const sizes = n.ints('kernel_shape');
  return {
    kernel: sizes ? b.ints(sizes) : b.shapePart(n.x[1]!, 2, n.rank(1)),
    kernelSizes: sizes,
  };
}

/**
 * The spatial axes, counted from 0, that the kernel spans without padding, as that of word vectors in classifiers
 * of text; at least one other axis is left. None where there are groups.
 */
function wholeAxes(n: NodeView): number[] {
  const { pads, strides, group, same } = windowSettings(n);
  const sizes = n.ints('kernel_shape');
  if (!sizes || group !== 1 || same) return [];
  const whole = sizes.flatMap((size, axis) => {
    const padded = pads[axis] !== 0 || pads[axis + strides.length] !== 0;
    return !padded && size > 1 && n.dims(0)[axis + 2] === size ? [axis] : [];
  });
  return whole.length === sizes.length ? whole.slice(1) : whole;
}

function overAllButChannels(g: string, n: NodeView, b: RuleBuilder): string {
  const axes = [...Array(n.rank(0)).keys()].filter(axis => axis !== 1);
  return b.sum(g, axes, 0);
}
