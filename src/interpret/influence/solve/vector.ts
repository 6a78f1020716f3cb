/**
 * Arithmetic of flat vectors. They are float64 although a model's derivatives are float32: a solver adds up hundreds
 * of them, and its residual must not be a statement about rounding. That is 8 bytes a parameter and vector.
 */
export type Vector = Float64Array;

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The Euclidean norm. */
export function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** y += factor * x, in place. */
export function addScaled(y: Vector, factor: number, x: Vector): void {
  for (let i = 0; i < y.length; i++) y[i]! += factor * x[i]!;
}

/** factor * x */
export function scaled(factor: number, x: Vector): Vector {
  return x.map(value => factor * value);
}
