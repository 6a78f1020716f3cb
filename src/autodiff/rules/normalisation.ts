/** Softmax and layer normalisation. */
import { constantOf } from '../../onnx/tensorData';
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
 * y = s u + c with u = (x - mean) r, r = 1 / sqrt(var + epsilon); outputs y, mean, r.
 * dx = r (v - mean(v) - u mean(v u)) with v = s g, plus 1/N for the mean and -r^2 u / N for r.
 * u and r come from a second LayerNormalization with scale 1, which is one fused pass.
 */
function layerNormalization(...[g, n, b]: Parameters<Rule>): ReturnType<Rule> {
  const [x, scale] = n.x as [string, string];
  const axis = n.axis(0, n.int('axis', -1));
  const axes = Array.from({ length: n.rank(0) - axis }, (_, i) => axis + i);
  let made: string[] | undefined;
  const unit = (): string[] => {
    const value = constantOf(b.dtype, [1], [1]);
    const dims = n.dims(1);
    const known = dims.every(dim => dim !== null);
    const ones = known
      ? b.constant(b.dtype, dims, Array<number>(dims.reduce((p, dim) => p * dim, 1)).fill(1))
      : b.op('ConstantOfShape', [b.shape(scale)], { value });
    const epsilon = n.float('epsilon', 1e-5);
    return (made ??= b.ops('LayerNormalization', [x, ones], 3, { axis, epsilon }));
  };
  // Mean and r are float32 whatever the type of x.
  const stashed = (value: string): string => (b.dtype === 'float32' ? value : b.cast(value));
  const size = (): string => b.cast(b.op('ReduceProd', [b.sizes(x, axes)], { keepdims: 0 }));
  const input = (): string => {
    const [u, , deviation] = unit() as [string, string, string];
    const r = stashed(deviation);
    const v = b.mul(g, scale);
    const centred = b.sub(b.sub(v, b.mul(u, b.mean(b.mul(v, u), axes))), b.mean(v, axes));
    let dx = b.mul(centred, r);
    const [gMean, gR] = [n.g(1), n.g(2)];
    if (gMean) dx = b.add(dx, b.div(stashed(gMean), size()));
    if (gR) dx = b.sub(dx, b.mul(u, b.div(b.mul(stashed(gR), b.mul(r, r)), size())));
    return dx;
  };
  return [input, spread(() => b.mul(g, unit()[0]!)), spread(() => g)];
}
