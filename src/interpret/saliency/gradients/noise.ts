/**
 * Normal noise made inside the graph. Each number is a function of (seed, sample, counter) alone, so it
 * does not depend on how samples are batched, on padding, or on what ran before (a counter-based
 * generator; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 */
import type { GraphBuilder } from '../../../onnx/builder';

/** Inputs of the noise: names of int64 values. */
export interface NoiseInputs {
  /** [samples]: which sample each batch entry is. */
  readonly samples: string;
  /** [1]: the seed, from 0 to 2^32 - 1. */
  readonly seed: string;
  /** [positions, width], width even: a number of its own for every place. See `noiseCounters`. */
  readonly counters: string;
}

const low32 = 0xffffffff;

/**
 * Appends standard normal numbers, float32 of shape [samples, positions, width].
 * Uniform numbers come from hashing (seed, sample, counter) and become normal by Box and Muller's
 * transform: the left half of the counters gives the radius, the right half the angle. In float64, which
 * keeps these nodes on the CPU everywhere: a GPU's sine is off by 2^-11, and the noise must not depend on it.
 */
export function appendNoise(b: GraphBuilder, { samples, seed, counters }: NoiseInputs): string {
  const sampleKeys = mix(b, b.op('BitwiseXor', [mix(b, seed), mix(b, samples)]));
  const keys = b.op('Unsqueeze', [sampleKeys, b.ints([1, 2])]);
  const bits = mix(b, b.op('BitwiseXor', [mix(b, counters), keys]));
  const double = (value: number): string => b.scalar(value, 'float64');
  const uniform = b.op('Mul', [
    b.op('Add', [b.op('Cast', [bits], { to: 'float64' }), double(0.5)]),
    double(2 ** -32),
  ]);
  const [first, second] = b.ops('Split', [uniform], 2, { axis: 2, num_outputs: 2 });
  const radius = b.op('Sqrt', [b.op('Mul', [b.op('Log', [first!]), double(-2)])]);
  const angle = b.op('Mul', [second!, double(2 * Math.PI)]);
  const cosine = b.op('Mul', [radius, b.op('Cos', [angle])]);
  const sine = b.op('Mul', [radius, b.op('Sin', [angle])]);
  return b.op('Cast', [b.op('Concat', [cosine, sine], { axis: 2 })], { to: 'float32' });
}

/**
 * A bijective hash of 32 bits held in int64 (xor-shift and multiply; the constants are C. Wellons's
 * search result of least bias). Adding the golden ratio first keeps 0 from mapping to 0. The second
 * multiplier is 0xd35a2d97 minus 2^32: so no product leaves 63 bits.
 */
function mix(b: GraphBuilder, value: string): string {
  const constant = (x: number): string => b.int(x);
  const cut = (x: string): string => b.op('BitwiseAnd', [x, constant(low32)]);
  const fold = (x: string, shift: number): string =>
    b.op('BitwiseXor', [x, b.op('Div', [x, constant(2 ** shift)])]);
  let x = cut(b.op('Add', [value, constant(0x9e3779b9)]));
  x = cut(b.op('Mul', [fold(x, 16), constant(0x21f0aaad)]));
  x = cut(b.op('Mul', [fold(x, 15), constant(0xd35a2d97 - 2 ** 32)]));
  return fold(x, 15);
}

/**
 * Counters for `positions` places of `width` numbers: independent of how many positions there are, so
 * padding changes nothing. Odd widths get one more, to be cut off.
 */
export function noiseCounters(positions: number, width: number): BigInt64Array {
  const even = width + (width % 2);
  return BigInt64Array.from({ length: positions * even }, (_, index) => BigInt(index));
}
