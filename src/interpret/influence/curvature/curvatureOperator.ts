/** The Hessian of the mean loss of examples, or its Gauss-Newton part, as an operator. */
import type { RunOptions } from '../../task/predictRows';
import { breathe } from '../../pause';
import type { RowsOperator } from '../solve/operator';
import type { Vector } from '../solve/vector';
import { cutIntoBatches, type Example } from './batches';
import { singlePrecision, type Derivatives, type FedBatch } from './derivatives';
import type { LossModel } from './lossModel';

export type CurvatureKind = 'gaussNewton' | 'hessian';

export interface CurvatureOptions {
  /** Tokens of one run. */
  readonly tokens: number;
  /** Memory for what lies before the chosen parameters and is the same in every product. */
  readonly cacheBytes?: number;
}

const defaultCacheBytes = 2 ** 29;

export class CurvatureOperator implements RowsOperator {
  readonly size: number;
  readonly rows: number;
  readonly rank: number;
  private readonly batches: readonly (readonly number[])[];
  private readonly fed = new Map<number, FedBatch>();
  private bytesLeft: number;

  constructor(
    private readonly losses: LossModel,
    private readonly program: Derivatives,
    private readonly kind: CurvatureKind,
    private readonly examples: readonly Example[],
    private readonly options: CurvatureOptions,
  ) {
    this.size = losses.size;
    this.rows = examples.length;
    this.rank = kind === 'gaussNewton' ? Math.min(this.size, slopes(losses, examples)) : this.size;
    this.batches = cutIntoBatches(losses.model.about, examples, options.tokens);
    this.bytesLeft = options.cacheBytes ?? defaultCacheBytes;
  }

  async times(vector: Vector, options: RunOptions = {}): Promise<Vector> {
    const sum = new Float64Array(this.size);
    const single = singlePrecision(vector);
    let done = 0;
    for (const [number, batch] of this.batches.entries()) {
      await breathe(options);
      await this.add(sum, await this.fedBatch(number), batch, single, this.rows);
      done += batch.length;
      const says = `${done} of ${this.rows} lines`;
      options.progress?.({ done, total: this.rows, says });
    }
    return sum;
  }

  async timesOf(
    rows: readonly number[],
    vector: Vector,
    options: RunOptions = {},
  ): Promise<Vector> {
    const sum = new Float64Array(this.size);
    const single = singlePrecision(vector);
    const some = rows.map(row => this.examples[row]!);
    for (const cut of cutIntoBatches(this.losses.model.about, some, this.options.tokens)) {
      await breathe(options);
      const fed = await this.program.feed(cut.map(at => some[at]!));
      const batch = cut.map(at => rows[at]!);
      await this.add(sum, fed, batch, single, rows.length);
    }
    return sum;
  }

  /** Adds a batch's part of the product with the mean over `count` examples. */
  private async add(
    sum: Vector,
    fed: FedBatch,
    batch: readonly number[],
    vector: Float32Array,
    count: number,
  ): Promise<void> {
    const weights = batch.map(at => 1 / count / this.losses.decisions(this.examples[at]!));
    const found = await this.program.run(fed, weights, vector);
    const part = found[this.kind]!.data as Float32Array;
    for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  }

  private async fedBatch(number: number): Promise<FedBatch> {
    const kept = this.fed.get(number);
    if (kept) return kept;
    const fed = await this.program.feed(this.batches[number]!.map(at => this.examples[at]!));
    if (fed.bytes <= this.bytesLeft) {
      this.bytesLeft -= fed.bytes;
      this.fed.set(number, fed);
    }
    return fed;
  }
}

/**
 * How many gradients of logits the Gauss-Newton matrix is made of, at most: those of a softmax add up to nothing that
 * the loss sees, so there is one less.
 */
function slopes(losses: LossModel, examples: readonly Example[]): number {
  const { link, classes } = losses.model.about.head;
  const each = link === 'softmax' ? (classes ?? losses.size) - 1 : 1;
  return examples.reduce((sum, example) => sum + each * losses.decisions(example), 0);
}
