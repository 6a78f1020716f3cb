/** Operators on whole numbers as the float operators that they approximate. */
import type { Attribute } from '../../onnx/graph';
import { elementsOf, constantOf, sizeOf } from '../../onnx/tensorData';
import type { RuleBuilder } from '../ruleBuilder';
import { attentionLowerings } from './attention';
import { dequantise } from './dequantise';
import { FusedNode, type Lowering, type LoweringTable } from './lowering';
import { convolve } from './products';

function plusBias(n: FusedNode, b: RuleBuilder, value: string, bias: number): string {
  return n.has(bias) ? b.add(value, n.x[bias]!) : value;
}

/** A quantised output: the float value stands for it, and the whole numbers are gone. */
function standing(n: FusedNode, float: string): string[] {
  n.around.standsFor(n.y[0]!, float);
  return [''];
}

/** Where nothing is known of the whole numbers the node stays: they may be far from what is differentiated. */
const dequantizeLinear: Lowering = (n, b) => {
  const axis = n.int('axis', 1);
  const rank = n.dims(0)?.length ?? Infinity;
  const real = n.around.real(
    n.x[0]!,
    n.x[1]!,
    n.x[2]!,
    axis < rank ? axis : 0,
    n.int('block_size', 0),
  );
  return [real ?? b.op('DequantizeLinear', n.node.inputs, n.node.attributes)];
};

const qLinearMatMul: Lowering = (n, b) => standing(n, b.matmul(n.real(0, 1, 2), n.real(3, 4, 5)));

/** Inputs: x, its scale and zero point, weight, its scale and zero point, those of y, bias (in steps of both scales). */
const qLinearConv: Lowering = (n, b) => {
  const weight = realWeight(n, 3, 4, 5, 0);
  const inputs = [n.real(0, 1, 2), weight];
  if (n.has(8)) inputs.push(stepsBias(n, b, 8, 1, 4));
  return standing(n, convolve(n, b, inputs));
};

function realWeight(n: FusedNode, i: number, scale: number, zero: number, axis: number): string {
  const real = n.around.real(n.x[i]!, n.x[scale]!, n.x[zero]!, axis);
  if (real === undefined) throw n.refusal('has weights that are not constant');
  return real;
}

/** An int32 bias counts in steps of (scale of x) (scale of the weight). */
function stepsBias(n: FusedNode, b: RuleBuilder, bias: number, x: number, weight: number): string {
  const steps = elementsOf(n.requiredConstant(bias, 'bias')) as Int32Array;
  const xScale = elementsOf(n.requiredConstant(x, 'scales')) as Float32Array;
  const scales = elementsOf(n.requiredConstant(weight, 'scales')) as Float32Array;
  const values = Float32Array.from(
    steps,
    (step, i) => step * xScale[0]! * scales[scales.length === 1 ? 0 : i]!,
  );
  return b.constant('float32', [values.length], values);
}

/** Inputs: A, scale, zero point, B, scale, zero point, C (int32), and of y. Without y's scale, y is float. */
const qGemm: Lowering = (n, b) => {
  const inputs = [n.real(0, 1, 2), realWeight(n, 3, 4, 5, n.int('transB', 0) === 1 ? 0 : 1)];
  if (n.has(6)) inputs.push(stepsBias(n, b, 6, 1, 4));
  const y = b.op('Gemm', inputs, {
    alpha: n.float('alpha', 1),
    transA: n.int('transA', 0),
    transB: n.int('transB', 0),
  });
  return n.has(7) ? standing(n, y) : [y];
};

const binary =
  (op: string): Lowering =>
  (n, b) =>
    standing(n, b.op(op, [n.real(0, 1, 2), n.real(3, 4, 5)]));

const unary =
  (op: string, ...names: string[]): Lowering =>
  (n, b) => {
    const kept = names.flatMap((name): [string, Attribute][] => {
      const attribute = n.node.attributes[name];
      return attribute ? [[name, attribute]] : [];
    });
    return standing(n, b.op(op, [n.real(0, 1, 2)], Object.fromEntries(kept)));
  };

/** Inputs: scale and zero point of y, then value, scale and zero point of each part. */
const concat: Lowering = (n, b) => {
  const parts: string[] = [];
  for (let i = 2; i < n.node.inputs.length; i += 3) {
    const [value, scale, zero] = n.node.inputs.slice(i, i + 3);
    const real = n.around.real(value!, scale!, zero!, -1);
    if (real === undefined) throw n.refusal('joins values that are not known');
    parts.push(real);
  }
  return standing(n, b.concat(parts, n.requiredInt('axis')));
};

/** Inputs: x, weight, bias, scale of x, of the weight, mask, zero point of x, of the weight, past. */
const qAttention: Lowering = (n, b) => {
  const [x, weight] = [n.real(0, 3, 6), n.real(1, 4, 7)];
  const inputs = [x, weight, n.x[2]!, n.x[5]!, n.x[8]!];
  const known = new Map([
    [x, { dtype: 'float32', dims: n.dims(0) } as const],
    [weight, { dtype: 'float32', dims: n.dims(1) } as const],
  ]);
  const around = {
    ...n.around,
    known: (value: string) => known.get(value) ?? n.around.known(value),
  };
  const plain = new FusedNode({ ...n.node, op: 'Attention', inputs }, around);
  return attentionLowerings['com.microsoft.Attention']!(plain, b);
};

/**
 * Inputs: X, W [directions, input, 4 hidden], R [directions, hidden, 4 hidden] (transposed as against LSTM), B,
 * lengths, initial h, initial c, P, scale and zero point of W, then of R.
 */
const dynamicLstm: Lowering = (n, b) => {
  const weight = (i: number, scale: number): string => {
    const { dims, bytes } = dequantise(n.requiredConstant(i, 'weights'), perDirection(n, i, scale));
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    return n.around.weight(n.x[i]!, [dims[0]!, dims[2]!, dims[1]!], transposed(values, dims));
  };
  const inputs = [n.x[0]!, weight(1, 8), weight(2, 10), ...n.x.slice(3, 8)];
  while (inputs.at(-1) === '') inputs.pop();
  return b.ops('LSTM', inputs, n.y.length, n.node.attributes).map((y, i) => (n.wants(i) ? y : ''));
};

/** The scale has one number a direction, or one a direction and column: spread out as blocks over the rows. */
function perDirection(n: FusedNode, weight: number, at: number) {
  const { dims } = n.requiredConstant(weight, 'weights');
  const columns = (i: number) => {
    const constant = n.requiredConstant(i, 'scales');
    const list = elementsOf(constant);
    const each = sizeOf(constant.dims) / dims[0]!;
    const values = Array.from({ length: dims[0]! * dims[2]! }, (_, k) =>
      Number(list[each === 1 ? Math.floor(k / dims[2]!) : k]!),
    );
    return constantOf(constant.dtype, [dims[0]!, 1, dims[2]!], values);
  };
  return { scale: columns(at), zeroPoint: columns(at + 1), axis: 1, block: dims[1]! };
}

/** Swaps the last two of three axes. */
function transposed(values: Float32Array, [outer, rows, columns]: readonly number[]): Float32Array {
  const result = new Float32Array(values.length);
  for (let o = 0, at = 0; o < outer!; o++) {
    for (let i = 0; i < rows!; i++) {
      for (let j = 0; j < columns!; j++, at++) result[(o * columns! + j) * rows! + i] = values[at]!;
    }
  }
  return result;
}

export const quantisedLowerings: LoweringTable = {
  DequantizeLinear: dequantizeLinear,
  'com.microsoft.DequantizeLinear': dequantizeLinear,
  QLinearMatMul: qLinearMatMul,
  QLinearConv: qLinearConv,
  'com.microsoft.QLinearConv': qLinearConv,
  'com.microsoft.QGemm': qGemm,
  'com.microsoft.QLinearAdd': binary('Add'),
  'com.microsoft.QLinearMul': binary('Mul'),
  'com.microsoft.QLinearSigmoid': unary('Sigmoid'),
  'com.microsoft.QLinearLeakyRelu': unary('LeakyRelu', 'alpha'),
  'com.microsoft.QLinearSoftmax': unary('Softmax', 'axis'),
  'com.microsoft.QLinearConcat': concat,
  'com.microsoft.QAttention': qAttention,
  'com.microsoft.DynamicQuantizeLSTM': dynamicLstm,
  /** Inputs: A (float), B, scale and zero point of B, bias. */
  'com.microsoft.DynamicQuantizeMatMul': (n, b) => [
    plusBias(n, b, b.matmul(n.x[0]!, n.real(1, 2, 3)), 4),
  ],
  /** Inputs: A, B, scale of A, of B, zero point of A, of B, bias. */
  'com.microsoft.MatMulIntegerToFloat': (n, b) => [
    plusBias(n, b, b.matmul(n.real(0, 2, 4), n.real(1, 3, 5)), 6),
  ],
};
