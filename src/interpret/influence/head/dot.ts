/** sum_i x[a + i] y[b + i] for i < count, in four sums that the processor makes side by side. */
export function dotAt(
  x: ArrayLike<number>,
  a: number,
  y: ArrayLike<number>,
  b: number,
  count: number,
): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const most = count - (count % 4);
  for (let i = 0; i < most; i += 4) {
    s0 += x[a + i]! * y[b + i]!;
    s1 += x[a + i + 1]! * y[b + i + 1]!;
    s2 += x[a + i + 2]! * y[b + i + 2]!;
    s3 += x[a + i + 3]! * y[b + i + 3]!;
  }
  for (let i = most; i < count; i++) s0 += x[a + i]! * y[b + i]!;
  return s0 + s1 + (s2 + s3);
}
