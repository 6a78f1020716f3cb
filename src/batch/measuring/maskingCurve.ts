/** Macro-F1 while the strongest tokens are taken away, and the area under it. */

/** Predictions of some lines as numbers of labels. */
export interface CurveLine {
  /** What is right. */
  readonly right: number;
  /** One prediction a share, from 0 to 100 %. */
  readonly predicted: ArrayLike<number>;
}

/**
 * Macro-F1 at each share: the mean over the labels that are right or predicted somewhere of 2 hits / (right + predicted).
 * @param labels how many there are.
 */
export function macroF1Curve(lines: readonly CurveLine[], labels: number): number[] {
  const shares = lines[0]?.predicted.length ?? 0;
  const right = new Uint32Array(labels);
  for (const line of lines) right[line.right]!++;
  const [hits, predicted] = [new Uint32Array(labels), new Uint32Array(labels)];
  return Array.from({ length: shares }, (_, share) => {
    hits.fill(0);
    predicted.fill(0);
    for (const line of lines) {
      const label = line.predicted[share]!;
      predicted[label]!++;
      if (label === line.right) hits[label]!++;
    }
    let [sum, count] = [0, 0];
    for (let label = 0; label < labels; label++) {
      const all = right[label]! + predicted[label]!;
      if (all === 0) continue;
      sum += (2 * hits[label]!) / all;
      count++;
    }
    return sum / count;
  });
}

/**
 * Area under the curve by the trapezoid rule over shares from 0 to 1 (AUC-TP of Atanasova et al. 2020, arXiv:2009.13295, who have per cents of 0
 * to 100: 100 times as much of F1, 10,000 times of F1 in per cents). In [0, 1]; lower is better.
 */
export function areaUnder(curve: readonly number[]): number {
  const inner = curve.slice(1).reduce((sum, value, i) => sum + (value + curve[i]!) / 2, 0);
  return inner / (curve.length - 1);
}
