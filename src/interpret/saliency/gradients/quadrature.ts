/** Points and weights of integrals over [0, 1], for path methods. */
import type { Quadrature } from '../../../protocol/explanation';

export interface PathPoint {
  /** Place on the path, 0 at the baseline and 1 at the input. */
  readonly alpha: number;
  readonly weight: number;
}

/**
 * `count` points of a rule (at least 1; 'trapezoid' at least 2). The weights of every rule sum to 1;
 * Captum 0.8's trapezoid sums to (count - 1) / count, a fault that is not repeated here.
 */
export function pathPoints(rule: Quadrature, count: number): PathPoint[] {
  const even = (alphaOf: (index: number) => number): PathPoint[] =>
    Array.from({ length: count }, (_, index) => ({ alpha: alphaOf(index), weight: 1 / count }));
  switch (rule) {
    case 'left':
      return even(index => index / count);
    case 'right':
      return even(index => (index + 1) / count);
    case 'middle':
      return even(index => (index + 0.5) / count);
    case 'trapezoid':
      return Array.from({ length: count }, (_, index) => ({
        alpha: index / (count - 1),
        weight: (index === 0 || index === count - 1 ? 0.5 : 1) / (count - 1),
      }));
    case 'gauss-legendre':
      return gaussLegendre(count);
  }
}

/**
 * Gauss-Legendre on [0, 1], exact for polynomials up to degree 2 count - 1. The nodes are the roots of
 * the Legendre polynomial, by Newton's iteration from Tricomi's estimate; weights 2 / ((1 - x^2) P'(x)^2)
 * (Abramowitz and Stegun, 25.4.29, on [-1, 1]).
 */
function gaussLegendre(count: number): PathPoint[] {
  const points: PathPoint[] = [];
  for (let index = 0; index < count / 2; index++) {
    const estimate = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5));
    let x = -estimate * (1 - (count - 1) / (8 * count ** 3));
    let slope = 0;
    for (let step = 0; step < 20; step++) {
      const { value, derivative } = legendre(count, x);
      slope = derivative;
      const change = value / derivative;
      x -= change;
      if (Math.abs(change) < 1e-15) break;
    }
    const weight = 1 / ((1 - x * x) * slope * slope);
    // The rule is symmetric; the middle one of an odd count writes the same place twice.
    points[index] = { alpha: (1 + x) / 2, weight };
    points[count - 1 - index] = { alpha: (1 - x) / 2, weight };
  }
  return points;
}

/** The Legendre polynomial of a degree, and its derivative, by the three-term recurrence. */
function legendre(degree: number, x: number): { value: number; derivative: number } {
  let before = 1;
  let value = x;
  for (let n = 2; n <= degree; n++) {
    [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
  }
  return { value, derivative: (degree * (x * value - before)) / (x * x - 1) };
}
