/** The self-influence g^T A^-1 g of every training line, A = C + damping I of a head: products as large as matrices, block by block. */
import { pairsOf, type Directions } from './directions';
import { eachBlock, type FeatureSource } from './features';
import { columnsOf, type LinearHead } from './linearHead';
import type { LineStarts } from './lineLosses';
import { pauser } from '../../pause';
import { RowProducts } from './rowProducts';

/** Gradients of the rows by the logits in the directions, [rows, directions]; the gradient by W is that (x) h~. */
export interface RowGradients {
  readonly head: LinearHead;
  readonly directions: Directions;
  readonly residuals: Float64Array;
}

/**
 * Where every line is one row: sum_ab r_a r_b h~^T B_ab h~, with B the blocks of A^-1. `inverse` [pairs, columns, columns], in the
 * order of `pairsOf`. Throws GlassboxError 'cancelled'.
 */
export async function selfOfRows(
  source: FeatureSource,
  { head, directions, residuals }: RowGradients,
  inverse: Float64Array,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const { count } = directions;
  const pairs = pairsOf(directions);
  const scores = new Float64Array(source.rows);
  const products = await RowProducts.forms(head.width, head.bias);
  try {
    await eachBlock(
      source,
      async (block, from) => {
        const forms = await products.formsOf(block, inverse, signal);
        for (let row = 0; row < block.rows; row++) {
          const at = (from + row) * count;
          let score = 0;
          pairs.forEach(({ first, second }, j) => {
            const times =
              (first === second ? 1 : 2) * residuals[at + first]! * residuals[at + second]!;
            score += times * forms[j * block.rows + row]!;
          });
          scores[from + row] = score;
        }
      },
      signal,
    );
    return scores;
  } finally {
    await products.release();
  }
}

/** Numbers of the sums that are multiplied in one run. */
const together = 1 << 20;

/**
 * Where a line is several rows: with v_a = sum_rows r_a h~, its gradient in direction a, sum_ab v_a^T B_ab v_b. The sums of
 * some lines at a time are held; lines may lie across blocks.
 */
export async function selfOfLines(
  source: FeatureSource,
  starts: LineStarts,
  { head, directions, residuals }: RowGradients,
  inverse: Float64Array,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const { width, bias } = head;
  const { count } = directions;
  const columns = columnsOf(head);
  const pairs = pairsOf(directions);
  const lines = starts.length - 1;
  const scores = new Float64Array(lines);
  const most = Math.max(1, Math.floor(together / (count * columns)));
  // [directions][lines, columns]
  const sums = Array.from({ length: count }, () => new Float64Array(most * columns));
  const products = await RowProducts.bilinear(columns);
  const pause = pauser(signal);
  let [first, line] = [0, 0];
  const flush = async (end: number): Promise<void> => {
    for (const [j, pair] of pairs.entries()) {
      await pause();
      const matrix = inverse.subarray(j * columns * columns, (j + 1) * columns * columns);
      const [a, b] = [sums[pair.first]!, sums[pair.second]!].map(sum =>
        sum.subarray(0, (end - first) * columns),
      ) as [Float64Array, Float64Array];
      const forms = await products.formsBetween(a, matrix, b);
      const times = pair.first === pair.second ? 1 : 2;
      forms.forEach((form, i) => (scores[first + i]! += times * form));
    }
    for (const sum of sums) sum.fill(0);
    first = end;
  };
  try {
    await eachBlock(
      source,
      async (block, from) => {
        for (let row = 0; row < block.rows; row++) {
          while (from + row >= starts[line + 1]!) line++;
          while (line >= first + most) await flush(first + most);
          const into = (line - first) * columns;
          for (let a = 0; a < count; a++) {
            const residual = residuals[(from + row) * count + a]!;
            const sum = sums[a]!;
            for (let k = 0; k < width; k++) {
              sum[into + k]! += residual * block.features[row * width + k]!;
            }
            if (bias) sum[into + width]! += residual;
          }
        }
      },
      signal,
    );
    await flush(lines);
    return scores;
  } finally {
    await products.release();
  }
}
