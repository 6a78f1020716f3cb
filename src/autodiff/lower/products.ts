/** Matrix products and convolutions that ONNX Runtime fuses with what surrounds them. */
import type { RuleBuilder } from '../ruleBuilder';
import { activate } from './activations';
import type { FusedNode, Lowering, LoweringTable } from './lowering';

/**
 * Operand `i` with its axes arranged. 'batch': the first axis moves to the place before the last
 * (ONNX Runtime's transBatch). 'last': the last two axes change places, after that.
 */
function arranged(n: FusedNode, b: RuleBuilder, i: number, batch: boolean, last: boolean): string {
  if (!batch && !last) return n.x[i]!;
  const perm = Array.from({ length: n.rank(i, 'an operand') }, (_, axis) => axis);
  if (perm.length < 2) return n.x[i]!;
  if (batch) perm.splice(-1, 0, perm.shift()!);
  if (last) perm.push(perm.pop()!, perm.pop()!);
  return b.op('Transpose', [n.x[i]!], { perm });
}

/** alpha A B, each operand transposed or not. */
const fusedMatMul: Lowering = (n, b) => {
  const operand = (i: number, letter: 'A' | 'B'): string =>
    arranged(n, b, i, n.int(`transBatch${letter}`, 0) === 1, n.int(`trans${letter}`, 0) === 1);
  return [b.scale(b.matmul(operand(0, 'A'), operand(1, 'B')), n.float('alpha', 1))];
};

function gemm(n: FusedNode, b: RuleBuilder): string {
  return b.op('Gemm', n.node.inputs.slice(0, 3), {
    alpha: n.float('alpha', 1),
    beta: n.float('beta', 1),
    transA: n.int('transA', 0),
    transB: n.int('transB', 0),
  });
}

const convAttributes = ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'];

/** A convolution with the node's own padding, strides and groups. */
export function convolve(n: FusedNode, b: RuleBuilder, inputs: readonly string[]): string {
  const own = convAttributes.flatMap(name => {
    const attribute = n.node.attributes[name];
    return attribute ? [[name, attribute] as const] : [];
  });
  return b.op('Conv', inputs, Object.fromEntries(own));
}

/** Inputs: x, weight, bias, and a sum to add before the activation. */
const fusedConv: Lowering = (n, b) => {
  let y = convolve(n, b, n.node.inputs.slice(0, 3));
  if (n.has(3)) y = b.add(y, n.x[3]!);
  return [activate(n, b, y, n.floats('activation_params') ?? [])];
};

/** Channels last, before and after. */
const nhwcConv: Lowering = (n, b) => {
  const rank = n.rank(1, 'a weight');
  const space = Array.from({ length: rank - 2 }, (_, i) => i);
  const first = [0, rank - 1, ...space.map(i => i + 1)];
  const last = [0, ...space.map(i => i + 2), 1];
  const x = b.op('Transpose', [n.x[0]!], { perm: first });
  let y = convolve(n, b, [x, ...n.node.inputs.slice(1, 3)]);
  y = b.op('Transpose', [y], { perm: last });
  if (n.has(3)) y = b.add(y, n.x[3]!);
  return [activate(n, b, y, n.floats('activation_params') ?? [])];
};

export const productLowerings: LoweringTable = {
  'com.microsoft.FusedMatMul': fusedMatMul,
  'com.microsoft.TransposeMatMul': fusedMatMul,
  'com.microsoft.FusedGemm': (n, b) => {
    const names = ['activation_alpha', 'activation_beta', 'activation_gamma'];
    return [
      activate(
        n,
        b,
        gemm(n, b),
        names.map(name => n.float(name, NaN)).filter(p => !Number.isNaN(p)),
      ),
    ];
  },
  'com.microsoft.GemmFastGelu': (n, b) => {
    const product = b.matmul(n.x[0]!, n.x[1]!);
    const sum = n.has(2) ? b.add(product, n.x[2]!) : product;
    return [b.op('Gelu', [sum], { approximate: 'tanh' })];
  },
  'com.microsoft.FusedConv': fusedConv,
  'com.microsoft.NhwcFusedConv': nhwcConv,
  'com.microsoft.NhwcConv': nhwcConv,
};
