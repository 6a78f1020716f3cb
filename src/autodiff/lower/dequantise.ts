/** Constants of whole numbers as the real numbers that they stand for. */
import type { Constant } from '../../onnx/graph';
import { elementsOf, numbersOf, sizeOf } from '../../onnx/tensorData';

export interface Scheme {
  /** Real numbers a step: one, one for each index along `axis`, or one for each block along it. */
  readonly scale: Constant;
  /** Of the scale's shape; absent: zero. */
  readonly zeroPoint?: Constant | undefined;
  readonly axis: number;
  /** Number of neighbours along `axis` that share a scale, where the scale has the constant's own rank. */
  readonly block?: number;
}

/**
 * (q - zeroPoint) * scale in float32, as ONNX DequantizeLinear defines it.
 * Throws an Error where the scale's shape fits none of the three forms.
 */
export function dequantise(
  quantised: Constant,
  { scale, zeroPoint, axis, block = 0 }: Scheme,
): Constant {
  const { dims } = quantised;
  const q = elementsOf(quantised) as Int32Array;
  const scales = Float32Array.from(numbersOf(scale));
  const given = zeroPoint ? numbersOf(zeroPoint) : [0];
  const zeros = Float64Array.from(scales, (_, i) => given[given.length === 1 ? 0 : i]!);
  const values = new Float32Array(sizeOf(dims));
  if (scales.length === 1) {
    const [step, zero] = [scales[0]!, zeros[0]!];
    for (let i = 0; i < values.length; i++) values[i] = (q[i]! - zero) * step;
  } else {
    const along = axis < 0 ? axis + dims.length : axis;
    const [outer, length] = [sizeOf(dims.slice(0, along)), dims[along]!];
    const inner = sizeOf(dims.slice(along + 1));
    const blocked = block > 0;
    const blocks = blocked ? Math.ceil(length / block) : length;
    if (scales.length !== (blocked ? outer * blocks * inner : length)) {
      throw new Error(`${scales.length} scales do not fit a tensor of shape [${dims.join(', ')}].`);
    }
    let at = 0;
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < length; i++) {
        const row = blocked ? (o * blocks + Math.floor(i / block)) * inner : i;
        for (let j = 0; j < inner; j++, at++) {
          const s = blocked ? row + j : row;
          values[at] = (q[at]! - zeros[s]!) * scales[s]!;
        }
      }
    }
  }
  return { dtype: 'float32', dims, bytes: new Uint8Array(values.buffer) };
}

/** Low nibbles first, as ONNX and ONNX Runtime pack numbers of four bits (or two). */
export function unpackBits(bytes: Uint8Array, bits: number): Uint8Array {
  const each = 8 / bits;
  const mask = 2 ** bits - 1;
  const values = new Uint8Array(bytes.length * each);
  for (let i = 0; i < bytes.length; i++) {
    for (let k = 0; k < each; k++) values[i * each + k] = (bytes[i]! >> (bits * k)) & mask;
  }
  return values;
}
