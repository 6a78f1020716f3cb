/** The curvature of the mean loss over a training file: over a sample of its lines that stays in memory, or over all of them, read anew. */
import type { ResolvedInfluenceOptions } from '../../../protocol/influence';
import type { RunOptions } from '../../task/predictRows';
import type { RowsOperator } from '../solve/operator';
import { addScaled, type Vector } from '../solve/vector';
import type { TrainingSet } from '../trainingSet';
import type { Example } from './batches';
import { chunksOf, drawNumbers, examplesOf } from './chunks';
import type { CurvatureKind } from './curvatureOperator';
import type { LossModel, LossOptions } from './lossModel';

export type SampleOptions = Pick<ResolvedInfluenceOptions, 'curvatureLines' | 'seed'>;

/** The last one: its frozen part may take some hundred megabytes. */
interface Last {
  key: string;
  operator: RowsOperator | null;
}

/**
 * Over `curvatureLines` of the lines, drawn by the seed. The last one is kept with the training set, with what its products have in
 * common, for further questions.
 */
export async function sampledCurvature(
  losses: LossModel,
  train: TrainingSet,
  kind: CurvatureKind,
  { curvatureLines, seed }: SampleOptions,
  options: RunOptions,
): Promise<RowsOperator> {
  const last = await train.keep<Last>('curvature', () =>
    Promise.resolve({ key: '', operator: null }),
  );
  const names = losses.parameters.map(({ name }) => name);
  const key = JSON.stringify([kind, curvatureLines, seed, names]);
  if (last.operator && last.key === key) return last.operator;
  last.operator = null;
  const numbers = drawNumbers(train.count, curvatureLines, seed);
  const operator = await losses.curvature(await examplesOf(train, numbers, options), kind);
  Object.assign(last, { key, operator });
  return operator;
}

/** Over all lines. Those that are announced by `expect` are read at once; nothing else stays in memory. */
export class TrainCurvature implements RowsOperator {
  readonly size: number;
  readonly rows: number;
  private expected = new Map<number, Example>();

  constructor(
    private readonly losses: LossModel,
    private readonly train: TrainingSet,
    private readonly kind: CurvatureKind,
    private readonly options: Pick<LossOptions, 'tokens'> = {},
  ) {
    this.size = losses.size;
    this.rows = train.count;
  }

  async expect(rows: readonly number[], options: RunOptions = {}): Promise<void> {
    const numbers = [...new Set(rows)].sort((a, b) => a - b);
    const examples = await examplesOf(this.train, numbers, options);
    this.expected = new Map(numbers.map((number, i) => [number, examples[i]!]));
  }

  async times(vector: Vector, options: RunOptions = {}): Promise<Vector> {
    const sum = new Float64Array(this.size);
    for await (const { examples } of chunksOf(this.train, options)) {
      addScaled(sum, examples.length / this.rows, await this.timesBy(examples, vector, options));
    }
    return sum;
  }

  async timesOf(
    rows: readonly number[],
    vector: Vector,
    options: RunOptions = {},
  ): Promise<Vector> {
    if (!rows.every(row => this.expected.has(row))) await this.expect(rows, options);
    const examples = rows.map(row => this.expected.get(row)!);
    return await this.timesBy(examples, vector, options);
  }

  private async timesBy(
    examples: readonly Example[],
    vector: Vector,
    options: RunOptions,
  ): Promise<Vector> {
    const operator = await this.losses.curvature(examples, this.kind, {
      ...this.options,
      cacheBytes: 0,
    });
    return await operator.times(vector, options);
  }
}
