/** Softmax and layer normalisation. */
import { spread, type Rule, type RuleTable } from '../rule';

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
};

/**
 * y = s u + c with u = (x - mean) r, r = 1 / sqrt(var + epsilon); outputs y, mean, r. With z = x - mean, v = s g:
 * dx = r (v - mean(v) - z r^2 mean(v z)), plus dmean / N, minus dr r^3 z / N.
 * Mean and r come from a second call with the same inputs, which `cleanup` merges with the first.
 */
function layerNormalization(...[g, n, b]: Parameters<Rule>): ReturnType<Rule> {
  const [x, scale] = n.x as [string, string];
  const axis = n.axis(0, n.int('axis', -1));
  const axes = Array.from({ length: n.rank(0) - axis }, (_, i) => axis + i);
  // Mean and r are float32 whatever the type of x.
  const stashed = (value: string): string => (b.dtype === 'float32' ? value : b.cast(value));
  let made: { z: string; r: string } | undefined;
  const statistics = (): { z: string; r: string } => {
    if (made) return made;
    const [, mean, r] = b.ops('LayerNormalization', n.x, 3, n.node.attributes);
    made = { z: b.sub(x, stashed(mean!)), r: stashed(r!) };
    return made;
  };
  const size = (): string => b.cast(b.op('ReduceProd', [b.sizes(x, axes)], { keepdims: 0 }));
  const input = (): string => {
    const { z, r } = statistics();
    const v = b.mul(g, scale);
    const slope = b.mul(b.mean(b.mul(v, z), axes), b.mul(r, r));
    const centred = b.sub(b.sub(v, b.mul(z, slope)), b.mean(v, axes));
    let dx = b.mul(centred, r);
    const [gMean, gR] = [n.g(1), n.g(2)];
    if (gMean) dx = b.add(dx, b.div(stashed(gMean), size()));
    if (gR) {
      const cube = b.mul(r, b.mul(r, r));
      dx = b.sub(dx, b.mul(z, b.div(b.mul(stashed(gR), cube), size())));
    }
    return dx;
  };
  const unit = (): string => b.mul(statistics().z, statistics().r);
  return [input, spread(() => b.mul(g, unit())), spread(() => g)];
}
