/** Activations with a bias, as ONNX Runtime's graph optimiser writes them. */
import type { RuleBuilder } from '../ruleBuilder';
import type { FusedNode, LoweringTable } from './lowering';

function withBias(n: FusedNode, b: RuleBuilder): string {
  return n.has(1) ? b.add(n.x[0]!, n.x[1]!) : n.x[0]!;
}

function gelu(b: RuleBuilder, x: string, approximate: 'none' | 'tanh'): string {
  return b.op('Gelu', [x], { approximate });
}

/** Halves of the last axis. */
function halves(b: RuleBuilder, x: string): [string, string] {
  return b.ops('Split', [x], 2, { axis: -1, num_outputs: 2 }) as [string, string];
}

/** The activation that a fused matrix product or convolution ends in; '' is none. */
export function activate(n: FusedNode, b: RuleBuilder, x: string, p: readonly number[]): string {
  const name = n.string('activation', '');
  switch (name) {
    case '':
      return x;
    case 'Relu':
    case 'Sigmoid':
    case 'Tanh':
    case 'Softplus':
    case 'Softsign':
    case 'HardSwish':
      return b.op(name, [x]);
    case 'LeakyRelu':
      return b.op(name, [x], { alpha: p[0] ?? 0.01 });
    case 'Elu':
      return b.op(name, [x], { alpha: p[0] ?? 1 });
    case 'HardSigmoid':
      return b.op(name, [x], { alpha: p[0] ?? 0.2, beta: p[1] ?? 0.5 });
    case 'Clip':
      return b.op(name, [x, b.number(p[0] ?? -Infinity), b.number(p[1] ?? Infinity)]);
    default:
      throw n.refusal(`ends in the activation "${name}"`);
  }
}

export const activationLowerings: LoweringTable = {
  'com.microsoft.Gelu': (n, b) => [gelu(b, n.x[0]!, 'none')],
  'com.microsoft.BiasGelu': (n, b) => [gelu(b, withBias(n, b), 'none')],
  'com.microsoft.FastGelu': (n, b) => [gelu(b, withBias(n, b), 'tanh')],
  /** x sigmoid(alpha x) */
  'com.microsoft.QuickGelu': (n, b) => {
    const x = n.x[0]!;
    return [b.mul(x, b.op('Sigmoid', [b.scale(x, n.float('alpha', 1.702))]))];
  },
  /** Of x + bias, the first half times the GELU of the second. */
  'com.microsoft.BiasSplitGelu': (n, b) => {
    const [kept, gate] = halves(b, withBias(n, b));
    return [b.mul(kept, gelu(b, gate, 'none'))];
  },
  /** x + bias + skip */
  'com.microsoft.BiasAdd': (n, b) => [b.add(withBias(n, b), n.x[2]!)],
  /** At inference nothing is dropped. */
  'com.microsoft.BiasDropout': (n, b) => {
    if (n.wants(1)) throw n.refusal('gives its dropout mask away');
    const sum = withBias(n, b);
    return [n.has(2) ? b.add(sum, n.x[2]!) : sum];
  },
  'com.microsoft.BitmaskDropout': n => {
    if (n.wants(1)) throw n.refusal('gives its dropout mask away');
    return [n.x[0]!];
  },
  /** softmax(x + bias), where the bias is broadcast over outer or inner batch axes. */
  'com.microsoft.BiasSoftmax': (n, b) => {
    const rank = n.rank(0, 'an input');
    const axis = n.int('axis', 1);
    const last = axis === -1 || axis === rank - 1;
    const same = n.rank(1, 'a bias') === rank;
    if (!last || !same) throw n.refusal('broadcasts its bias in an unusual way');
    return [b.op('Softmax', [withBias(n, b)], { axis: -1 })];
  },
};
