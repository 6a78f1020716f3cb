/** The largest and the smallest of many numbers without sorting them all. */

export interface Ranked {
  readonly row: number;
  readonly score: number;
}

export interface Extremes {
  /** From the largest down. */
  readonly top: Ranked[];
  /** From the smallest up. */
  readonly bottom: Ranked[];
}

/** The `k` largest and the `k` smallest scores; of equal ones the earlier row comes first. Numbers that are none take no part. */
export function extremesOf(scores: ArrayLike<number>, k: number): Extremes {
  const top = new Best(k);
  const bottom = new Best(k);
  for (let row = 0; row < scores.length; row++) {
    top.add(scores[row]!, row);
    bottom.add(-scores[row]!, row);
  }
  return {
    top: top.list,
    bottom: bottom.list.map(({ row, score }) => ({ row, score: -score })),
  };
}

/** A short sorted list; most numbers are turned away by the comparison with its last one. */
class Best {
  readonly list: Ranked[] = [];
  private least = -Infinity;

  constructor(private readonly most: number) {}

  add(score: number, row: number): void {
    const full = this.list.length >= this.most;
    if (Number.isNaN(score) || (full && score <= this.least) || this.most <= 0) return;
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle]!.score >= score) low = middle + 1;
      else high = middle;
    }
    this.list.splice(low, 0, { row, score });
    if (this.list.length > this.most) this.list.pop();
    this.least = this.list.at(-1)!.score;
  }
}
