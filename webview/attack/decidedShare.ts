/** How sure the model is of what it decided. */
import type { Prediction } from '../../src/protocol';

/** The probability of the decision; null where several or none were decided, and of a number. */
export function decidedShare({ decided, probabilities }: Prediction): number | null {
  const [first, second] = decided;
  if (first === undefined || second !== undefined) return null;
  return probabilities[first] ?? null;
}
