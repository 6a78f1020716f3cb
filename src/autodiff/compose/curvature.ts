/** Products of a vector with the Hessian of a weighted sum of row losses, or with its Gauss-Newton part. */
import { seedsOf, type Derivation, type Pairs } from './derivation';
import { jvp, pairUp } from './jvp';

/**
 * Appends H v, with H the Hessian of sum_i weights[i] losses[i] by the keys of `tangents` and v its values.
 * Reverse over reverse: the gradient of <gradient, v>. Costs 8 forward passes where matrix products dominate
 * (forward 1, adjoints 1, and 2 for each of: tangents of values, adjoints of those, weights).
 * Returns the product for each key; those that it cannot reach (a loss linear in them) are missing.
 */
export async function hessianProduct(
  derivation: Derivation,
  losses: string,
  weights: string,
  tangents: Pairs,
): Promise<Map<string, string>> {
  const wrt = [...tangents.keys()];
  const gradient = await derivation.vjp(new Map([[losses, weights]]), wrt);
  return derivation.vjp(seedsOf(derivation, pairUp(gradient, tangents)), wrt);
}

/**
 * Appends G v with G = J^T H_z J: J the Jacobian of `logits` by the keys of `tangents`, H_z the Hessian of
 * sum_i weights[i] losses[i] by the logits (for cross-entropy diag(p) - p p^T in each row). G is positive
 * semidefinite wherever the loss is convex in the logits, and equals H where the logits are linear in the
 * parameters. Costs 5 forward passes: forward 1, J v 2, J^T 2.
 */
export async function gaussNewtonProduct(
  derivation: Derivation,
  logits: string,
  losses: string,
  weights: string,
  tangents: Pairs,
): Promise<Map<string, string>> {
  const wrt = [...tangents.keys()];
  const moved = (await jvp(derivation, [logits], tangents)).get(logits);
  const slope = (await derivation.vjp(new Map([[losses, weights]]), [logits])).get(logits);
  if (moved === undefined || slope === undefined) return new Map();
  const curved = (await derivation.vjp(new Map([[slope, moved]]), [logits])).get(logits);
  if (curved === undefined) return new Map();
  return derivation.vjp(new Map([[logits, curved]]), wrt);
}
