/** Normalisations that ONNX Runtime fuses with the residual sum, the bias or the embedding lookups before them. */
import type { RuleBuilder } from '../ruleBuilder';
import type { FusedNode, Lowering, LoweringTable } from './lowering';

/** x / sqrt(mean(x^2) + epsilon) * scale, over the last axes (Zhang and Sennrich 2019, RMSNorm). */
function rmsNorm(
  b: RuleBuilder,
  x: string,
  scale: string,
  axes: readonly number[],
  epsilon: number,
): { normal: string; inverse: string } {
  const square = b.mean(b.mul(x, x), axes);
  const inverse = b.op('Reciprocal', [b.op('Sqrt', [b.add(square, b.number(epsilon))])]);
  return { normal: b.mul(b.mul(x, inverse), scale), inverse };
}

const simplified =
  (defaultAxis: number): Lowering =>
  (n, b) => {
    const axis = n.int('axis', defaultAxis);
    const axes =
      axis < 0
        ? Array.from({ length: -axis }, (_, i) => axis + i)
        : Array.from({ length: n.rank(0, 'an input') - axis }, (_, i) => axis + i);
    const { normal, inverse } = rmsNorm(b, n.x[0]!, n.x[1]!, axes, n.float('epsilon', 1e-5));
    return [normal, inverse];
  };

/** input + skip + bias; the skip may lack the batch axis, or have it with size 1. */
function residualSum(n: FusedNode, b: RuleBuilder, bias: number): string {
  const sum = b.add(n.x[0]!, n.x[1]!);
  return n.has(bias) ? b.add(sum, n.x[bias]!) : sum;
}

function refuseMoments(n: FusedNode): void {
  if (n.wants(1) || n.wants(2)) throw n.refusal('gives its mean or variance away');
}

/** Inputs: input, skip, gamma, beta, bias. Outputs: normalised, -, -, the sum before it. */
const skipLayerNorm: Lowering = (n, b) => {
  refuseMoments(n);
  const sum = residualSum(n, b, 4);
  const epsilon = n.float('epsilon', 1e-12);
  const inputs = n.has(3) ? [sum, n.x[2]!, n.x[3]!] : [sum, n.x[2]!];
  return [b.op('LayerNormalization', inputs, { axis: -1, epsilon }), '', '', sum];
};

/** Inputs: input, skip, gamma, bias. */
const skipSimplified: Lowering = (n, b) => {
  refuseMoments(n);
  const sum = residualSum(n, b, 3);
  return [rmsNorm(b, sum, n.x[2]!, [-1], n.float('epsilon', 1e-12)).normal, '', '', sum];
};

/**
 * Inputs: ids, segment ids, word, position and segment table, gamma, beta, mask, position ids.
 * Outputs: normalised, number of unmasked tokens of each row (0 without a mask), the sum before.
 */
const embedLayerNorm: Lowering = (n, b) => {
  const [ids, segmentIds, words, positions, segments, gamma, beta, mask, positionIds] = n.x;
  const lookUp = (table: string, at: string): string => b.op('Gather', [table, at], { axis: 0 });
  const places = n.has(8)
    ? lookUp(positions!, positionIds!)
    : b.op('Slice', [positions!, b.ints([0]), b.shapePart(ids!, 1, 2), b.ints([0])]);
  let sum = b.add(lookUp(words!, ids!), places);
  if (n.has(4)) sum = b.add(sum, lookUp(segments!, segmentIds!));
  const epsilon = n.float('epsilon', 1e-12);
  const normal = b.op('LayerNormalization', [sum, gamma!, beta!], { axis: -1, epsilon });
  return [normal, n.wants(1) ? tokenCounts(n, b, ids!, mask!) : '', sum];
};

function tokenCounts(n: FusedNode, b: RuleBuilder, ids: string, mask: string): string {
  const to = 'int32';
  if (!n.has(7)) {
    const none = b.op(
      'ReduceSum',
      [b.op('Mul', [ids, b.constant(n.known(0).dtype ?? 'int32', [], [0])]), b.ints([1])],
      { keepdims: 0 },
    );
    return b.op('Cast', [none], { to });
  }
  const one = b.constant('int64', [], [1]);
  const real = b.op('Equal', [b.op('Cast', [mask], { to: 'int64' }), one]);
  return b.op('ReduceSum', [b.op('Cast', [real], { to }), b.ints([1])], { keepdims: 0 });
}

export const normalisationLowerings: LoweringTable = {
  SimplifiedLayerNormalization: simplified(-1),
  'com.microsoft.SimplifiedLayerNormalization': simplified(-1),
  RMSNormalization: simplified(-1),
  'com.microsoft.SkipLayerNormalization': skipLayerNorm,
  'com.microsoft.SkipSimplifiedLayerNormalization': skipSimplified,
  'com.microsoft.EmbedLayerNormalization': embedLayerNorm,
};
