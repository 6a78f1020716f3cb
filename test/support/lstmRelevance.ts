/** The relevance of an LSTM's steps, written down step by step: the oracle of the rules for recurrent models. */

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const dot = (x: readonly number[], y: readonly number[]): number =>
  sum(x.map((value, i) => value * y[i]!));

/**
 * Of `out` times the last state of an LSTM with gates in the order i, o, f, c: the relevance of its inputs `x` [steps][width], and of
 * its biases. Gates get nothing, their signals all (Arras et al. 2017, arXiv:1706.07206, section 3.2).
 */
export function lstmRelevance(
  x: readonly (readonly number[])[],
  W: number[][],
  R: number[][],
  B: number[],
  out: readonly number[],
): { words: number[]; bias: number } {
  const hidden = out.length;
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  const units = [...Array(hidden).keys()];
  const zero = units.map(() => 0);
  const steps: { c: number[]; f: number[]; i: number[]; g: number[]; z: number[]; h: number[] }[] =
    [];
  let [h, c] = [zero, zero];
  for (const vector of x) {
    const z = W.map((row, j) => dot(row, vector) + dot(R[j]!, h) + B[j]! + B[4 * hidden + j]!);
    const part = (gate: number, f: (value: number) => number): number[] =>
      units.map(u => f(z[gate * hidden + u]!));
    const [i, o, f, g] = [part(0, sigmoid), part(1, sigmoid), part(2, sigmoid), part(3, Math.tanh)];
    const before = { h, c };
    c = units.map(u => f[u]! * before.c[u]! + i[u]! * g[u]!);
    h = units.map(u => o[u]! * Math.tanh(c[u]!));
    steps.push({ c: before.c, f, i, g, z: z.slice(3 * hidden), h: before.h });
  }
  // The logit's relevance is that of h, which is all the cell's: R_c = R_h.
  let ofC = units.map(u => out[u]! * h[u]!);
  let bias = 0;
  const words = new Array<number>(x.length).fill(0);
  let now = c;
  for (let t = x.length - 1; t >= 0; t--) {
    const { c: before, f, i, g, z, h: last } = steps[t]!;
    const ofG = units.map(u => (ofC[u]! * i[u]! * g[u]!) / now[u]!);
    const next = units.map(u => (ofC[u]! * f[u]! * before[u]!) / now[u]!);
    const ofH = [...zero];
    units.forEach(u => {
      const row = 3 * hidden + u;
      const each = ofG[u]! / z[u]!;
      words[t]! += each * dot(W[row]!, x[t]!);
      units.forEach(v => (ofH[v]! += each * R[row]![v]! * last[v]!));
      bias += each * (B[row]! + B[4 * hidden + row]!);
    });
    ofC = next.map((value, u) => value + ofH[u]!);
    now = before;
  }
  return { words, bias };
}
