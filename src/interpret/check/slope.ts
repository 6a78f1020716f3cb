/**
 * The slope of a function that is only known with rounding errors, from its values on both sides of a place. What a
 * fit leaves over tells how far rounding and curvature can mislead it.
 */

export interface Slope {
  readonly value: number;
  /** What a right derivative may differ from it. */
  readonly uncertainty: number;
}

/** Standard errors that are still called rounding. */
const confidence = 8;

/**
 * Half the difference of both sides is odd in the distance t: a t + b t^3 + rest. a is fitted by least squares; the
 * rest (rounding, fifth and higher derivatives) gives its standard error. Needs at least three distances; `left` and
 * `right` are the values at -t and t.
 */
export function slopeAtZero(
  distances: readonly number[],
  left: readonly number[],
  right: readonly number[],
): Slope {
  const scale = Math.max(...distances);
  const t = distances.map(distance => distance / scale);
  const odd = t.map((_, i) => (right[i]! - left[i]!) / 2);
  const sum = (term: (x: number, i: number) => number): number =>
    t.reduce((total, x, i) => total + term(x, i), 0);
  const [s2, s4, s6] = [sum(x => x ** 2), sum(x => x ** 4), sum(x => x ** 6)];
  const [r1, r3] = [sum((x, i) => x * odd[i]!), sum((x, i) => x ** 3 * odd[i]!)];
  const determinant = s2 * s6 - s4 * s4;
  const a = (s6 * r1 - s4 * r3) / determinant;
  const b = (s2 * r3 - s4 * r1) / determinant;
  const rest = sum((x, i) => (odd[i]! - a * x - b * x ** 3) ** 2);
  const variance = rest / (t.length - 2);
  const error = Math.sqrt((variance * s6) / determinant);
  return { value: a / scale, uncertainty: (confidence * error) / scale };
}
