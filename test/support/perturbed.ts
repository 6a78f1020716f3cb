/** What a model says about parts of a text, asked one row at a time: an oracle of the sampler. */
import type { Row } from '../../src/model/inputs';
import type { Model } from '../../src/model/model';
import type { Explanation, HealthCheck } from '../../src/protocol/explanation';

/** The logits of the first output, of tokens [length * classes], each row asked alone. */
export async function askedAlone(model: Model, rows: readonly Row[]): Promise<number[][]> {
  const found: number[][] = [];
  for (const row of rows) found.push(Array.from((await model.predict([row]))[0]!.values[0]!));
  return found;
}

/** A row without some of its positions. */
export function without({ ids, mask, typeIds }: Row, gone: readonly number[]): Row {
  const left = (numbers: readonly number[]): number[] =>
    numbers.filter((_, at) => !gone.includes(at));
  return { ids: left(ids), mask: left(mask), typeIds: left(typeIds) };
}

/** A row with `id` at some of its positions. */
export function filled(row: Row, gone: readonly number[], id: number): Row {
  return { ...row, ids: row.ids.map((own, at) => (gone.includes(at) ? id : own)) };
}

/** phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (f(S and i) - f(S)); `values` by bits of S. */
export function shapleyOf(values: readonly number[]): number[] {
  const count = Math.log2(values.length);
  const factorials = [1];
  for (let i = 1; i <= count; i++) factorials.push(factorials[i - 1]! * i);
  return Array.from({ length: count }, (_, feature) => {
    let sum = 0;
    values.forEach((value, set) => {
      if (set & (1 << feature)) return;
      let size = 0;
      for (let bits = set; bits > 0; bits >>= 1) size += bits & 1;
      const weight = (factorials[size]! * factorials[count - size - 1]!) / factorials[count]!;
      sum += weight * (values[set | (1 << feature)]! - value);
    });
    return sum;
  });
}

/** Runs `work` while the model is asked about at most `size` rows at once, and counts the rows. */
export async function inBatchesOf<T>(
  model: Model,
  size: number,
  work: () => Promise<T>,
): Promise<{ result: T; rows: number }> {
  const predict = model.predict.bind(model);
  let rows = 0;
  model.predict = async all => {
    rows += all.length;
    const found = [];
    for (let at = 0; at < all.length; at += size) {
      found.push(...(await predict(all.slice(at, at + size))));
    }
    return found;
  };
  try {
    return { result: await work(), rows };
  } finally {
    model.predict = predict;
  }
}

export function checkOf({ health }: Explanation, name: string): HealthCheck | undefined {
  return health.find(({ check }) => check === name);
}
