/** What limits the trust in scores, in one sentence each. */
import type { HealthCheck } from '../../../protocol/explanation';

export interface Solution {
  readonly residual: number;
  readonly steps: number;
}

/** For both solvers: whether the linear system is solved. */
export function residualNote(
  { residual, steps }: Solution,
  tolerance: number,
  wayOut: string,
): HealthCheck {
  const ok = residual <= tolerance;
  const size = `the residual is ${short(residual)} after ${steps} steps`;
  const says = ok
    ? `The linear system is solved: ${size}.`
    : residual >= 1
      ? `The linear system is far from solved (${size}, above ${short(tolerance)}): do not rely on these scores; ${wayOut}.`
      : `The linear system is not solved (${size}, above ${short(tolerance)}), so scores are between those of gradient dot and of the method; ${wayOut}.`;
  return { check: 'residual', ok, value: residual, says };
}

/** Scores that are no numbers, or all zero: null where they are neither. `swept`: how many lines have one. */
export function scoresNote(scores: Float64Array, swept: number): HealthCheck | null {
  let [finite, other] = [0, 0];
  for (const score of scores) {
    if (Number.isFinite(score)) finite++;
    if (Number.isFinite(score) && score !== 0) other++;
  }
  if (finite < swept) {
    const says = `${swept - finite} lines have no score: the derivative of their loss is no finite number.`;
    return { check: 'finite', ok: false, value: swept - finite, says };
  }
  if (other > 0 || swept === 0) return null;
  const says =
    'All scores are zero: the loss asked about has no slope by the chosen parameters, so no line changes it to first order.';
  return { check: 'nonzero', ok: false, value: 0, says };
}

export function without<T>(list: readonly (T | null)[]): T[] {
  return list.filter(item => item !== null);
}

/** Three digits. */
export function short(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));
}

export function counted(count: number): string {
  return count.toLocaleString('en');
}
