/** Weights of four (or eight, or two) bits with a scale for each block of neighbours. */
import type { Constant } from '../../onnx/graph';
import { constantOf, elementsOf, numbersOf, sizeOf } from '../../onnx/tensorData';
import { dequantise, unpackBits } from './dequantise';
import type { FusedNode, Lowering, LoweringTable } from './lowering';

/**
 * Inputs: A [.., K], B [N, blocks, bytes], scales [N, blocks], zero points (packed like B, or floats), order, bias.
 * A times the transpose of B, whose real values [N, K] are (q - zero point) scale.
 */
const matMulNBits: Lowering = (n, b) => {
  if (n.has(4)) throw n.refusal('reorders its weights (g_idx)');
  const [rows, width, block] = [
    n.requiredInt('N'),
    n.requiredInt('K'),
    n.requiredInt('block_size'),
  ];
  const bits = n.int('bits', 4);
  const blocks = Math.ceil(width / block);
  const packed = n.requiredConstant(1, 'weights');
  const q = constantOf('uint8', [rows, blocks * block], unpackBits(packed.bytes, bits));
  const scale = reshaped(n.requiredConstant(2, 'scales'), [rows, blocks]);
  const zeroPoint = zeroPoints(n, rows, blocks, bits);
  const real = elementsOf(dequantise(q, { scale, zeroPoint, axis: 1, block })) as Float32Array;
  // The last block may be longer than what is left of K.
  const weight = new Float32Array(width * rows);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < width; k++) weight[k * rows + row] = real[row * blocks * block + k]!;
  }
  const product = b.matmul(n.x[0]!, n.around.weight(n.x[1]!, [width, rows], weight));
  return [n.has(5) ? b.add(product, n.x[5]!) : product];
};

function reshaped(constant: Constant, dims: readonly number[]): Constant {
  return { ...constant, dims };
}

/** One a block; without any, the middle of the range. */
function zeroPoints(n: FusedNode, rows: number, blocks: number, bits: number): Constant {
  if (!n.has(3)) return constantOf('uint8', [1], [2 ** (bits - 1)]);
  const given = n.requiredConstant(3, 'zero points');
  if (given.dtype !== 'uint8') return reshaped(given, [rows, blocks]);
  // Each row fills whole bytes.
  const all = unpackBits(given.bytes, bits);
  const stride = all.length / rows;
  const kept = Uint8Array.from(
    { length: rows * blocks },
    (_, i) => all[Math.floor(i / blocks) * stride + (i % blocks)]!,
  );
  return constantOf('uint8', [rows, blocks], kept);
}

/**
 * Inputs: table, indices, scales, zero points. A table in uint8 holds as many numbers a byte as fit in, and without
 * zero points means the middle of their range; one in a type of four bits has been unpacked when it was read.
 */
const gatherBlockQuantized: Lowering = (n, b) => {
  const table = n.requiredConstant(0, 'table');
  const scale = n.requiredConstant(2, 'scales');
  const axis = fromEnd(n.int('quantize_axis', 1), table.dims.length);
  const block = n.int('block_size', 128);
  const bits = n.int('bits', 4);
  const fits = Math.ceil(table.dims[axis]! / block) === scale.dims[axis];
  const small = bits < 8 && table.bytes.every(byte => byte < 2 ** bits);
  const packed = table.dtype === 'uint8' && !(fits && small);
  const unpack = (constant: Constant, dims: readonly number[]): Constant =>
    constant.dtype === 'uint8' && constant.bytes.length !== sizeOf(dims)
      ? constantOf('uint8', dims, unpackBits(constant.bytes, bits))
      : constant;
  const q = unpack(
    table,
    packed ? table.dims.with(-1, table.dims.at(-1)! * (8 / bits)) : table.dims,
  );
  const zeroPoint = n.has(3)
    ? unpack(n.requiredConstant(3, 'zero points'), scale.dims)
    : constantOf('uint8', [1], [packed ? 2 ** (bits - 1) : 0]);
  const { bytes } = dequantise(q, { scale, zeroPoint, axis, block });
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const real = n.around.weight(n.x[0]!, q.dims, values);
  return [b.op('Gather', [real, n.x[1]!], { axis: n.int('gather_axis', 0) })];
};

function fromEnd(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The sixteen numbers of bitsandbytes' types of four bits: floats (FP4), and quantiles of the normal distribution (NF4). */
const fourBitFloats = [0, 1 / 192, 2 / 3, 1, 1 / 3, 1 / 2, 1 / 6, 1 / 4];
const codes: Readonly<Record<number, readonly number[]>> = {
  0: [...fourBitFloats, ...fourBitFloats.map(value => -value)],
  1: [
    -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
    -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
    0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
    0.7229568362236023, 1,
  ],
};

/** Inputs: A [.., K], B [N x K / 2], the largest magnitude of each block of the flat [N, K]. High nibbles come first. */
const matMulBnb4: Lowering = (n, b) => {
  const [rows, width, block] = [
    n.requiredInt('N'),
    n.requiredInt('K'),
    n.requiredInt('block_size'),
  ];
  const code = codes[n.requiredInt('quant_type')];
  if (!code || n.int('transB', 1) !== 1) throw n.refusal('has weights in an unusual form');
  const nibbles = unpackBits(n.requiredConstant(1, 'weights').bytes, 4);
  const largest = numbersOf(n.requiredConstant(2, 'scales'));
  const weight = new Float32Array(width * rows);
  for (let i = 0; i < weight.length; i++) {
    const [row, k] = [Math.floor(i / width), i % width];
    // unpackBits gives the low nibble of each byte first.
    weight[k * rows + row] = code[nibbles[i ^ 1]!]! * largest[Math.floor(i / block)]!;
  }
  return [b.matmul(n.x[0]!, n.around.weight(n.x[1]!, [width, rows], weight))];
};

export const blockQuantisedLowerings: LoweringTable = {
  'com.microsoft.MatMulBnb4': matMulBnb4,
  'com.microsoft.MatMulNBits': matMulNBits,
  'com.microsoft.GatherBlockQuantized': gatherBlockQuantized,
};
