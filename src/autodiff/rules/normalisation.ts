/** Softmax, layer and batch normalisation. */
import { GlassboxError } from '../../protocol/messages';
import { describeNode, spread, type Rule, type RuleTable } from '../rule';

export const normalisationRules: RuleTable = {
  // dx = y (g - sum(g y))
  Softmax: (g, n, b) => [
    () => {
      const y = n.y[0]!;
      return b.mul(y, b.sub(g, b.sum(b.mul(g, y), [n.int('axis', -1)])));
    },
  ],
  // dx = g - softmax(x) sum(g)
  LogSoftmax: (g, n, b) => [() => b.sub(g, b.mul(b.exp(n.y[0]!), b.sum(g, [n.int('axis', -1)])))],
  LayerNormalization: (g, n, b) => layerNormalization(g, n, b),
  BatchNormalization: (g, n, b) => batchNormalization(g, n, b),
};

/**
 * y = s u + c with u = (x - mean) r, r = 1 / sqrt(var + epsilon); outputs y, mean, r. With v = s g:
 * dx = r (v - mean(v) - u mean(v u)), plus dmean / N, minus dr r^2 u / N.
 * Mean and r come from a second call with the same inputs, which `cleanup` merges with the first.
 */
function layerNormalization(...[g, n, b]: Parameters<Rule>): ReturnType<Rule> {
  const [x, scale] = n.x as [string, string];
  const axis = n.axis(0, n.int('axis', -1));
  const axes = Array.from({ length: n.rank(0) - axis }, (_, i) => axis + i);
  // Mean and r are float32 whatever the type of x.
  const stashed = (value: string): string => (b.dtype === 'float32' ? value : b.cast(value));
  let made: { u: string; r: string } | undefined;
  const statistics = (): { u: string; r: string } => {
    if (made) return made;
    const [, mean, inverse] = b.ops('LayerNormalization', n.x, 3, n.node.attributes);
    const r = stashed(inverse!);
    made = { u: b.mul(b.sub(x, stashed(mean!)), r), r };
    return made;
  };
  const size = (): string => b.cast(b.op('ReduceProd', [b.sizes(x, axes)], { keepdims: 0 }));
  const input = (): string => {
    const { u, r } = statistics();
    const v = b.mul(g, scale);
    const along = b.mul(u, b.mean(b.mul(v, u), axes));
    let dx = b.mul(b.sub(b.sub(v, along), b.mean(v, axes)), r);
    const [gMean, gR] = [n.g(1), n.g(2)];
    if (gMean) dx = b.add(dx, b.div(stashed(gMean), size()));
    if (gR) dx = b.sub(dx, b.mul(u, b.div(b.mul(stashed(gR), b.mul(r, r)), size())));
    return dx;
  };
  return [input, spread(() => b.mul(g, statistics().u)), spread(() => g)];
}

/**
 * As at inference: y = s (x - mean) r + c with r = 1 / sqrt(var + epsilon), all but x with an entry a channel.
 * Before opset 14 a node with more outputs than y was in training, later the attribute says so.
 */
function batchNormalization(...[g, n, b]: Parameters<Rule>): ReturnType<Rule> {
  const [x, scale, , mean, variance] = n.x as [string, string, string, string, string];
  if (n.int('training_mode', 0) === 1 || n.y.slice(1).some(name => name !== '')) {
    throw new GlassboxError(
      'unsupported',
      `Glassbox cannot differentiate ${describeNode(n.node)} as in training; export the model in evaluation mode.`,
    );
  }
  const rank = n.rank(0);
  const column = (value: string): string =>
    rank === 2
      ? value
      : b.unsqueeze(
          value,
          Array.from({ length: rank - 2 }, (_, i) => i + 1),
        );
  const total = (value: string): string =>
    b.sum(
      value,
      [...Array(rank).keys()].filter(axis => axis !== 1),
      0,
    );
  const r = (): string => {
    const spreadOut = b.add(variance, b.number(n.float('epsilon', 1e-5)));
    return b.op('Reciprocal', [b.op('Sqrt', [spreadOut])]);
  };
  const factor = (): string => b.mul(scale, r());
  const along = (): string => total(b.mul(g, b.sub(x, column(mean))));
  return [
    () => b.mul(g, column(factor())),
    () => b.mul(along(), r()),
    () => total(g),
    () => b.neg(b.mul(total(g), factor())),
    // dr = -r^3 / 2 dvar
    () => b.scale(b.mul(b.mul(along(), factor()), b.mul(r(), r())), -0.5),
  ];
}
