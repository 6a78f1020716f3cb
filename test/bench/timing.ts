/** Times two pieces of work against each other in one run, so that a noisy machine disturbs both alike. */

export interface Pair {
  /** Median milliseconds of each. */
  readonly first: number;
  readonly second: number;
  /** Median over the rounds of second / first. */
  readonly ratio: number;
}

/** Runs both once unmeasured, then `rounds` times each in turn. */
export async function timePair(
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
  rounds: number,
): Promise<Pair> {
  await first();
  await second();
  const times: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    times.push([await milliseconds(first), await milliseconds(second)]);
  }
  return {
    first: median(times.map(([a]) => a)),
    second: median(times.map(([, b]) => b)),
    ratio: median(times.map(([a, b]) => b / a)),
  };
}

export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
