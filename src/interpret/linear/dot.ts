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

/** The product of each row of features with `vector` [width], into `products` [rows]. */
export function productsWith(
  vector: Float64Array,
  { rows, features }: { readonly rows: number; readonly features: Float32Array },
  products: Float64Array,
): void {
  const width = vector.length;
  for (let row = 0; row < rows; row++) {
    products[row] = productAt(vector, features, row * width, width);
  }
}

/** As dotAt, but it only ever sees numbers of these two kinds: such code is made faster. */
function productAt(
  vector: Float64Array,
  features: Float32Array,
  from: number,
  width: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const most = width - (width % 4);
  for (let k = 0; k < most; k += 4) {
    s0 += vector[k]! * features[from + k]!;
    s1 += vector[k + 1]! * features[from + k + 1]!;
    s2 += vector[k + 2]! * features[from + k + 2]!;
    s3 += vector[k + 3]! * features[from + k + 3]!;
  }
  for (let k = most; k < width; k++) s0 += vector[k]! * features[from + k]!;
  return s0 + s1 + (s2 + s3);
}
