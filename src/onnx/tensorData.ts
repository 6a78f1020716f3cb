/** Conversions between the bytes of constants and numbers. */
import type { Constant, DataType } from './graph';

/** Bytes of one element; 0 for strings, which have no fixed size. */
export const elementSize: Readonly<Record<DataType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
  string: 0,
};

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** Number of elements of a tensor of these dimensions. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** True for the types that derivatives exist in. */
export function isFloat(dtype: DataType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16';
}

/**
 * The elements as a typed array: a view where the alignment allows it, else a copy.
 * float16 and bfloat16 come as their bit patterns; bool as bytes.
 */
export function elementsOf(constant: Constant): TypedArray {
  const { dtype, bytes } = constant;
  const size = elementSize[dtype];
  const aligned = size <= 1 || bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset } = aligned;
  const length = size === 0 ? 0 : aligned.byteLength / size;
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    case 'int8':
      return new Int8Array(buffer, byteOffset, length);
    case 'int16':
      return new Int16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'uint64':
      return new BigUint64Array(buffer, byteOffset, length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, byteOffset, length);
    case 'string':
      throw new Error('String tensors have no typed array.');
  }
}

/** The elements as JavaScript numbers (halves decoded, 64-bit integers rounded to 53 bits). */
export function numbersOf(constant: Constant): number[] {
  const elements = elementsOf(constant);
  if (constant.dtype === 'float16') return Array.from(elements as Uint16Array, halfToNumber);
  if (constant.dtype === 'bfloat16') {
    return Array.from(elements as Uint16Array, bits => bitsToFloat(bits << 16));
  }
  return Array.from<number | bigint, number>(elements, Number);
}

/** A constant from numbers, bigints or a typed array of the same type (used without a copy). */
export function constantOf(
  dtype: DataType,
  dims: readonly number[],
  values: readonly number[] | readonly bigint[] | TypedArray,
): Constant {
  if (values.length !== sizeOf(dims)) {
    throw new Error(`${values.length} values do not fill a tensor of shape [${dims.join(', ')}].`);
  }
  return { dtype, dims, bytes: encode(dtype, values) };
}

function encode(
  dtype: DataType,
  values: readonly number[] | readonly bigint[] | TypedArray,
): Uint8Array {
  const bytes = new Uint8Array(values.length * elementSize[dtype]);
  const empty = elementsOf({ dtype, dims: [values.length], bytes });
  if (ArrayBuffer.isView(values) && values.constructor === empty.constructor) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const list: ArrayLike<number | bigint> = values;
  for (let i = 0; i < list.length; i++) {
    const value = list[i]!;
    if (empty instanceof BigInt64Array || empty instanceof BigUint64Array) empty[i] = BigInt(value);
    else if (dtype === 'float16') empty[i] = numberToHalf(Number(value));
    else if (dtype === 'bfloat16') empty[i] = floatToBits(Number(value)) >>> 16;
    else empty[i] = Number(value);
  }
  return bytes;
}

function floatToBits(value: number): number {
  return new Uint32Array(new Float32Array([value]).buffer)[0]!;
}

function bitsToFloat(bits: number): number {
  return new Float32Array(new Uint32Array([bits]).buffer)[0]!;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Rounds to the nearest half, ties to even. */
function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  // A fraction that rounds up to 1024 carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + roundToEven((size / 2 ** exponent - 1) * 1024));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
