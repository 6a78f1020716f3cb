/** Sums an adjoint over the axes along which its value was broadcast: the only place that does so. */
import type { RuleBuilder } from './ruleBuilder';
import { rankOf, type ValueFacts } from './shapes';

/**
 * `adjoint` has the dimensions `from` (one list a probe), the value has the dimensions of `to`.
 * An axis that agrees in every probe was not broadcast.
 */
export function unbroadcast(
  b: RuleBuilder,
  adjoint: string,
  from: readonly (readonly number[])[],
  to: ValueFacts,
): string {
  const rank = from[0]!.length;
  const extra = rank - rankOf(to);
  const leading = Array.from({ length: extra }, (_, axis) => axis);
  const inner: number[] = [];
  for (let axis = extra; axis < rank; axis++) {
    const agrees = from.every((dims, probe) => dims[axis] === to.dims[probe]![axis - extra]);
    if (agrees) continue;
    if (to.dims.some(dims => dims[axis - extra] !== 1)) {
      throw new Error(
        `An adjoint of shape ${JSON.stringify(from)} cannot be summed to ${JSON.stringify(to.dims)}.`,
      );
    }
    inner.push(axis);
  }
  if (inner.length === 0) return extra === 0 ? adjoint : b.sum(adjoint, leading, 0);
  const summed = b.sum(adjoint, [...leading, ...inner]);
  return extra === 0 ? summed : b.squeeze(summed, leading);
}
