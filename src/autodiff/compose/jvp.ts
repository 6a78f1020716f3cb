/** Forward-mode derivatives, composed of two reverse ones. */
import { seedsOf, type Derivation, type Pairs } from './derivation';

/**
 * Appends the Jacobian-vector product: the tangents of `outputs` when the keys of `tangents` (constants, inputs
 * or intermediate values) move in the direction of its values, which have the same shapes.
 * An output that does not move is missing from the answer.
 *
 * The vector-Jacobian product J^T w is linear in w, so its derivative by w in the direction v is J v ("double
 * backward", Townsend 2017). The w in between is a placeholder: what depends on it is pruned later.
 */
export async function jvp(
  derivation: Derivation,
  outputs: readonly string[],
  tangents: Pairs,
): Promise<Map<string, string>> {
  const placeholders = new Map<string, string>();
  for (const value of outputs) placeholders.set(value, await derivation.placeholder(value));
  const adjoints = await derivation.vjp(placeholders, [...tangents.keys()]);
  const moved = await derivation.vjp(seedsOf(derivation, pairUp(adjoints, tangents)), [
    ...placeholders.values(),
  ]);
  const found = new Map<string, string>();
  for (const [value, placeholder] of placeholders) {
    const tangent = moved.get(placeholder);
    if (tangent !== undefined) found.set(value, tangent);
  }
  return found;
}

/** The two partners of each value that has both. */
export function* pairUp(left: Pairs, right: Pairs): Generator<[string, string]> {
  for (const [value, first] of left) {
    const second = right.get(value);
    if (second !== undefined) yield [first, second];
  }
}
