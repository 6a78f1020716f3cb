/** From attributions to the scores that are shown. */
import type { Normalisation } from './explanation';

/**
 * Scales values into [-1, 1]: 'max' divides by the largest magnitude of all tokens of the text, special
 * ones included (a map in which [CLS] takes everything should look like one); 'l1' by the sum of
 * magnitudes. Values that are all zero stay zero, and one that is not finite becomes zero (health.ts says so).
 */
export function normalise(values: readonly number[], how: Normalisation): number[] {
  const finite = values.map(value => (Number.isFinite(value) ? value : 0));
  const sizes = finite.map(Math.abs);
  const scale = {
    max: (): number => sizes.reduce((a, b) => Math.max(a, b), 0),
    l1: (): number => sizes.reduce((a, b) => a + b, 0),
    none: (): number => 1,
  }[how]();
  return finite.map(value => (scale === 0 ? 0 : value / scale));
}
