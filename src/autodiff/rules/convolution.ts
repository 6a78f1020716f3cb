/** Convolutions of any rank, with strides, dilations, padding and groups, and their transposes. */
import type { NodeView, RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { SlidingWindow } from './slidingWindow';

export const convolutionRules: RuleTable = {
  // y = x * W + B: from x [N, C, ...], W [M, C / group, ...] to y [N, M, ...].
  Conv: (g, n, b) => {
    const [x, kernel] = n.x as [string, string];
    const window = slidingWindow(n, b, x, n.y[0]!);
    return [
      () => window.toLong(g, kernel),
      () => window.toKernel(x, g),
      () => overAllButChannels(g, n, b),
    ];
  },
  // The adjoint of a convolution, with its W [C, M / group, ...], as a function of x [N, C, ...].
  ConvTranspose: (g, n, b) => {
    const [x, kernel] = n.x as [string, string];
    const window = slidingWindow(n, b, n.y[0]!, x);
    return [
      () => window.toShort(g, kernel),
      () => window.toKernel(g, x),
      () => overAllButChannels(g, n, b),
    ];
  },
};

/**
 * Without the attribute the sizes of the kernel are read while the graph runs: the derivative of a convolution by its
 * kernel is one whose own kernel is as long as the text.
 */
function slidingWindow(n: NodeView, b: RuleBuilder, long: string, short: string): SlidingWindow {
  const sizes = n.ints('kernel_shape');
  const kernel = sizes ? b.ints(sizes) : b.shapePart(n.x[1]!, 2, n.rank(1));
  return new SlidingWindow(n, b, { long, short, kernel, kernelSizes: sizes });
}

function overAllButChannels(g: string, n: NodeView, b: RuleBuilder): string {
  return b.sum(
    g,
    [...Array(n.rank(0)).keys()].filter(axis => axis !== 1),
    0,
  );
}
