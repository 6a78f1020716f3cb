/** How far a head is from the optimum of its training loss: influence describes what happens around an optimum. */

export interface Optimum {
  /** Mean loss over the training rows. */
  readonly loss: number;
  /** L2 norm of its gradient; 0 at an optimum without regularisation. */
  readonly gradientNorm: number;
  /** By how much a (damped) Newton step would lower the mean loss: g^T (C + damping I)^-1 g / 2. */
  readonly gain: number;
  /** `gain` as a share of the loss, and whether it is so much that scores say little about retraining. */
  readonly share: number;
  readonly far: boolean;
  /** One or two sentences. */
  readonly says: string;
}

/** Shares of the loss that a Newton step gains: below the first the head counts as trained, above the second as far from it. */
const limits = { near: 0.01, far: 0.1 };

/** `gradient` of the mean loss, and (C + damping I)^-1 times it. */
export function optimumOf(loss: number, gradient: Float64Array, step: Float64Array): Optimum {
  let [squares, product] = [0, 0];
  gradient.forEach((value, i) => {
    squares += value * value;
    product += value * step[i]!;
  });
  const gain = product / 2;
  const share = loss > 0 ? gain / loss : 0;
  const place = share < limits.near ? 'close to' : share < limits.far ? 'not quite at' : 'far from';
  const percent = share < 1 ? (100 * share).toPrecision(2) : (100 * share).toFixed(0);
  const far = share >= limits.far;
  const warning = !far
    ? ''
    : ' Scores describe small changes around the weights as they are, not retraining from scratch.';
  return {
    loss,
    gradientNorm: Math.sqrt(squares),
    gain,
    share,
    far,
    says: `The last layer is ${place} its optimum on these lines: one Newton step would lower the mean loss of ${loss.toPrecision(3)} by about ${percent} %.${warning}`,
  };
}
