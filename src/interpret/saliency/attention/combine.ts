/** The formulas that make one map of the probabilities of all layers. All are products with a row from the left: no square matrix of a text is multiplied with another. */
import type { Combine } from './attentionGraph';

/** The mean over heads, [B, L, L]. */
type Heads = (b: Parameters<Combine>[0], value: string) => string;
const overHeads: Heads = (b, value) => b.op('ReduceMean', [value, b.ints([1])], { keepdims: 0 });

/**
 * A row of A_n A_(n-1) ... A_1 with A_l = (P_l + I) / 2, P_l the mean of the heads' probabilities (Abnar and Zuidema 2020, section 3): the
 * other half is the residual connection. Its numbers sum to 1.
 */
export const rollout: Combine = (b, layers, read) =>
  layers.reduceRight((row, { probabilities }) => {
    const attended = b.matmul(row, overHeads(b, probabilities));
    return b.scale(b.add(attended, row), 0.5);
  }, read);

/**
 * A row of R - I with R = (I + C_n) ... (I + C_1), C_l the mean over heads of max(0, P dy/dP) (Chefer et al. 2021, equations 5 and 6,
 * for self-attention). What every position begins with, itself, is taken off again.
 */
export const attentionTimesGradient: Combine = (b, layers, read) => {
  const whole = layers.reduceRight((row, { probabilities, gradient }) => {
    const positive = b.op('Relu', [b.mul(probabilities, gradient())]);
    return b.add(row, b.matmul(row, overHeads(b, positive)));
  }, read);
  return b.sub(whole, read);
};
