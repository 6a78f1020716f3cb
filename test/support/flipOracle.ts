/** What the flip program must find, by brute force in float64. */
import assert from 'node:assert/strict';
import type {
  FlipAnswer,
  FlipFrame,
  FlipQuestion,
} from '../../src/interpret/attack/flip/flipQuestion';
import type { Model } from '../../src/model/model';
import { numbersOf } from '../../src/onnx/tensorData';

/** The embedding table, a row an entry. */
export async function tableOf(model: Model): Promise<number[][]> {
  const { table, width, vocabulary } = model.about.embedding;
  const all = numbersOf((await model.graph()).constants.get(table)!);
  return Array.from({ length: vocabulary }, (_, id) => all.slice(id * width, (id + 1) * width));
}

export function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0);
}

/** (e_v - e_i) . g of every entry v. */
export function gainsOf(
  table: readonly (readonly number[])[],
  id: number,
  gradient: readonly number[],
): number[] {
  const current = table[id]!;
  return table.map(vector =>
    dot(
      vector.map((value, i) => value - current[i]!),
      gradient,
    ),
  );
}

export function cosine(x: readonly number[], y: readonly number[]): number {
  return dot(x, y) / (Math.hypot(...x) * Math.hypot(...y));
}

/** A filter that lets each entry through with this probability. */
export function randomFilter(size: number, share: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length: size }, () => (random() < share ? 1 : 0));
}

/**
 * Asserts that the answer is that of the gradient [L][D]: norms, products, and as sets up to ties the best entries that the filter
 * and the cosine let through, the best first. `tolerance` is relative to the largest product of lengths |e| |g|.
 */
export function assertAnswer(
  answer: FlipAnswer,
  { row, filterOf }: FlipQuestion,
  frame: FlipFrame,
  gradient: readonly (readonly number[])[],
  table: readonly (readonly number[])[],
  tolerance = 1e-5,
): void {
  const longest = Math.max(...table.map(vector => Math.hypot(...vector)));
  const steepest = Math.max(...gradient.map(vector => Math.hypot(...vector)));
  const close = (found: number, truth: number, scale: number, what: string): void => {
    const off = Math.abs(found - truth);
    assert.ok(off <= tolerance * scale, `${what}: ${found} is not ${truth}, of ${scale}`);
  };
  row.ids.forEach((id, at) => {
    if (row.mask[at] === 0) {
      assert.deepEqual([answer.norms[at], answer.dots[at], answer.replacements[at]], [0, 0, []]);
      return;
    }
    const slope = gradient[at]!;
    close(answer.norms[at]!, Math.hypot(...slope), steepest, `norm at ${at}`);
    close(answer.dots[at]!, dot(table[id]!, slope), steepest * longest, `product at ${at}`);
    const found = answer.replacements[at]!;
    const filter = filterOf[at];
    if (filter === null || filter === undefined) {
      assert.deepEqual(found, []);
      return;
    }
    const gains = gainsOf(table, id, slope);
    const fits = [...table.keys()].filter(
      v =>
        v !== id &&
        frame.filters[filter]![v] === 1 &&
        (frame.minCosine === null || cosine(table[v]!, table[id]!) >= frame.minCosine),
    );
    const best = fits.map(v => gains[v]!).sort((a, b) => b - a);
    assert.equal(found.length, Math.min(frame.best, fits.length), `replacements at ${at}`);
    assert.equal(new Set(found.map(one => one.id)).size, found.length);
    found.forEach((one, rank) => {
      assert.ok(fits.includes(one.id), `${one.id} may not stand at ${at}`);
      const scale = steepest * longest;
      close(one.gain, gains[one.id]!, scale, `gain of ${one.id} at ${at}`);
      // The entry of this rank, or one that is as good but for rounding.
      close(gains[one.id]!, best[rank]!, scale, `rank ${rank} at ${at}`);
      if (rank > 0) assert.ok(one.gain <= found[rank - 1]!.gain, 'the best first');
    });
  });
}
