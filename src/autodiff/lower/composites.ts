/** Standard operators that are expressions of others: normalisations without rules of their own, and losses. */
import type { RuleBuilder } from '../ruleBuilder';
import type { FusedNode, Lowering, LoweringTable } from './lowering';

/** x minus its mean over some axes, and the mean of the square of that. */
function moments(b: RuleBuilder, x: string, axes: readonly number[]) {
  const centred = b.sub(x, b.mean(x, axes));
  return { centred, variance: b.mean(b.mul(centred, centred), axes) };
}

function normalised(b: RuleBuilder, x: string, epsilon: number): string {
  const { centred, variance } = moments(b, x, [-1]);
  return b.div(centred, b.op('Sqrt', [b.add(variance, b.number(epsilon))]));
}

/** x [N, C, ...] with all of space along one axis. */
function flatSpace(b: RuleBuilder, x: string): string {
  return b.reshape(x, b.ints([0, 0, -1]));
}

/** x scale + bias, where x is [N, C, ...] with one axis of space and the others have an entry a channel. */
function affine(n: FusedNode, b: RuleBuilder, x: string): string {
  const [scale, bias] = [b.unsqueeze(n.x[1]!, [1]), b.unsqueeze(n.x[2]!, [1])];
  return b.add(b.mul(x, scale), bias);
}

const instanceNormalization: Lowering = (n, b) => {
  const normal = normalised(b, flatSpace(b, n.x[0]!), n.float('epsilon', 1e-5));
  return [b.reshape(affine(n, b, normal), b.shape(n.x[0]!))];
};

/** Before operator set 21, scale and bias have an entry a group, and then one a channel. */
const groupNormalization: Lowering = (n, b) => {
  const groups = n.requiredInt('num_groups');
  const x = n.x[0]!;
  const grouped = b.reshape(x, b.ints([0, groups, -1]));
  const normal = normalised(b, grouped, n.float('epsilon', 1e-5));
  if (n.size(1, 0) === groups) return [b.reshape(affine(n, b, normal), b.shape(x))];
  const back = flatSpace(b, b.reshape(normal, b.shape(x)));
  return [b.reshape(affine(n, b, back), b.shape(x))];
};

const meanVarianceNormalization: Lowering = (n, b) => {
  const { centred, variance } = moments(b, n.x[0]!, n.ints('axes') ?? [0, 2, 3]);
  return [b.div(centred, b.add(b.op('Sqrt', [variance]), b.number(1e-9)))];
};

/** x / |x|_p, zero where x is zero. */
const lpNormalization: Lowering = (n, b) => {
  const axes = b.ints([n.int('axis', -1)]);
  const norm = b.op(n.int('p', 2) === 1 ? 'ReduceL1' : 'ReduceL2', [n.x[0]!, axes], {
    keepdims: 1,
  });
  const safe = b.where(b.op('Equal', [norm, b.number(0)]), b.number(1), norm);
  return [b.div(n.x[0]!, safe)];
};

/** x / (bias + alpha mean(x^2))^beta, the mean over neighbouring channels (zeros beyond the first and last). */
const lrn: Lowering = (n, b) => {
  const x = n.x[0]!;
  const size = n.requiredInt('size');
  const planes = b.unsqueeze(flatSpace(b, b.mul(x, x)), [1]);
  const mean = b.op('AveragePool', [planes], {
    kernel_shape: [size, 1],
    pads: [Math.floor((size - 1) / 2), 0, Math.ceil((size - 1) / 2), 0],
    count_include_pad: 1,
  });
  const squares = b.scale(b.reshape(mean, b.shape(x)), n.float('alpha', 1e-4));
  const base = b.add(squares, b.number(n.float('bias', 1)));
  return [b.div(x, b.op('Pow', [base, b.number(n.float('beta', 0.75))]))];
};

/** -w log p of the targets; log p is [N, C, ...], the targets are [N, ...]. */
function likelihoodLoss(n: FusedNode, b: RuleBuilder, logits: string): string {
  const given = n.x[1]!;
  const whole = (value: number): string => b.constant(n.known(1).dtype ?? 'int64', [], [value]);
  const ignored = n.node.attributes['ignore_index']
    ? b.op('Equal', [given, whole(n.int('ignore_index', 0))])
    : undefined;
  const target = ignored ? b.where(ignored, whole(0), given) : given;
  const picked = b.op('GatherElements', [logits, b.unsqueeze(target, [1])], { axis: 1 });
  const loss = b.neg(b.squeeze(picked, [1]));
  const one = b.expandLike(b.number(1), given);
  const own = n.has(2) ? b.op('Gather', [n.x[2]!, target], { axis: 0 }) : one;
  const weight = ignored ? b.where(ignored, b.number(0), own) : own;
  const weighted = b.mul(loss, weight);
  const total = (value: string): string => b.op('ReduceSum', [value], { keepdims: 0 });
  switch (n.string('reduction', 'mean')) {
    case 'none':
      return weighted;
    case 'sum':
      return total(weighted);
    default:
      return b.div(total(weighted), total(weight));
  }
}

export const compositeLowerings: LoweringTable = {
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  LpNormalization: lpNormalization,
  LRN: lrn,
  NegativeLogLikelihoodLoss: (n, b) => [likelihoodLoss(n, b, n.x[0]!)],
  SoftmaxCrossEntropyLoss: (n, b) => {
    const logits = b.op('LogSoftmax', [n.x[0]!], { axis: 1 });
    return [likelihoodLoss(n, b, logits), logits];
  },
};
