/** The discrete Fourier transform. */
import { GlassboxError } from '../../protocol/messages';
import { describeNode, type Rule, type RuleTable } from '../rule';
import { zerosAround } from './placing';

export const fourierRules: RuleTable = {
  DFT: (g, n, b) => [() => transformBack(g, n, b), null, null],
};

/**
 * The transform of length m is y = F x, with real and imaginary parts along the last axis. Its adjoint F^H g is
 * m times the inverse transform; that of the inverse is 1/m times the transform. A shorter or longer x was
 * filled with zeros or cut to the length m; of a real x only half of y may have been kept.
 */
function transformBack(...[g, n, b]: Parameters<Rule>): string {
  const x = n.x[0]!;
  const rank = n.rank(0);
  const axis = n.axis(0, n.has(2) ? n.known(2, 'axis')[0]! : -2);
  const inverse = n.int('inverse', 0) === 1;
  const half = n.int('onesided', 0) === 1;
  if (half && inverse) {
    throw new GlassboxError(
      'unsupported',
      `Glassbox cannot differentiate ${describeNode(n.node)}, an inverse transform of one side; export it with both sides.`,
    );
  }
  const sizeOf = (value: string): string => b.shapePart(value, axis, axis + 1);
  const length = n.has(1) ? b.reshape(n.x[1]!, b.ints([1])) : sizeOf(x);
  /** Zeros, or a cut, at the end of the axis. */
  const resize = (value: string, to: string): string => {
    const pads = b.concat([b.ints([0]), b.sub(to, sizeOf(value))], 0);
    return zerosAround(value, b, pads, [axis], rank);
  };
  const whole = half ? resize(g, length) : g;
  const back = b.op('DFT', [whole, '', b.int(axis)], { inverse: inverse ? 0 : 1 });
  const m = b.cast(b.squeeze(length, [0]));
  const scaled = inverse ? b.div(back, m) : b.mul(back, m);
  const complex = n.has(1) ? resize(scaled, sizeOf(x)) : scaled;
  if (n.dims(0).at(-1) === 2) return complex;
  return b.op('Gather', [complex, b.ints([0])], { axis: rank - 1 });
}
