/**
 * The two products of features with themselves that cost as much as a matrix, in float64 by ONNX Runtime, which uses every core and
 * the wide instructions that JavaScript has not.
 */
import { emptyGraph, GraphBuilder } from '../../../onnx/builder';
import type { Graph } from '../../../onnx/graph';
import { Session, type Feeds } from '../../../runtime/session';
import type { FeatureBlock } from './features';
import { pauser } from '../../pause';

/** Matrices that are made in one run: their memory is small beside that of what they are added to. */
const together = 8;
/** Multiply-adds of one run, some tenths of a second: between two one can cancel. */
const operations = 4e9;

export class RowProducts {
  private constructor(
    private readonly width: number,
    private readonly columns: number,
    private readonly session: Session,
  ) {}

  /**
   * For many rows with many weights [J, rows]: the weighted Gram matrices sum_i w_ji h~_i h~_i^T, [J, columns, columns].
   */
  static async gram(width: number, bias: boolean): Promise<RowProducts> {
    return await RowProducts.of('gram', width, bias, (b, rows) => {
      const weights = b.input('operand', 'float64', ['J', 1, 'R']);
      const transposed = b.op('Transpose', [rows], { perm: [1, 0] });
      return b.op('MatMul', [b.op('Mul', [transposed, weights]), rows]);
    });
  }

  /** For matrices M [J, columns, columns]: the forms h~_i^T M_j h~_i, [J, rows]. */
  static async forms(width: number, bias: boolean): Promise<RowProducts> {
    return await RowProducts.of('forms', width, bias, (b, rows) => {
      const matrices = b.input('operand', 'float64', ['J', null, null]);
      const product = b.op('Mul', [b.op('MatMul', [rows, matrices]), rows]);
      return b.op('ReduceSum', [product, b.ints([2])], { keepdims: 0 });
    });
  }

  /** For rows x and y of float64 [R, columns] and one matrix M: x_i^T M y_i, [R]. */
  static async bilinear(columns: number): Promise<RowProducts> {
    const graph: Graph = emptyGraph('bilinear');
    const b = new GraphBuilder(graph);
    const left = b.input('left', 'float64', ['R', columns]);
    const right = b.input('right', 'float64', ['R', columns]);
    const matrix = b.input('operand', 'float64', [columns, columns]);
    const product = b.op('Mul', [b.op('MatMul', [left, matrix]), right]);
    b.output(b.op('ReduceSum', [product, b.ints([1])], { keepdims: 0 }), 'product');
    return new RowProducts(columns, columns, await Session.of(graph));
  }

  private static async of(
    name: string,
    width: number,
    bias: boolean,
    build: (b: GraphBuilder, rows: string) => string,
  ): Promise<RowProducts> {
    const graph: Graph = emptyGraph(name);
    const b = new GraphBuilder(graph);
    const wide = b.op('Cast', [b.input('features', 'float32', ['R', width])], { to: 'float64' });
    b.output(build(b, bias ? withOnes(b, wide) : wide), 'product');
    return new RowProducts(width, bias ? width + 1 : width, await Session.of(graph));
  }

  /** Adds the Gram matrices of a block to `sums` [J, columns, columns]; `weights` [J, rows]. Throws GlassboxError 'cancelled'. */
  async addGram(
    block: FeatureBlock,
    weights: Float64Array,
    sums: Float64Array,
    signal?: AbortSignal,
  ): Promise<void> {
    const pause = pauser(signal);
    const most = this.matricesTogether(block.rows);
    const { columns } = this;
    const size = columns * columns;
    const count = sums.length / size;
    for (let from = 0; from < count; from += most) {
      await pause();
      const some = Math.min(most, count - from);
      const data = weights.subarray(from * block.rows, (from + some) * block.rows);
      const found = await this.run(block, data, [some, 1, block.rows]);
      const at = from * size;
      for (let i = 0; i < found.length; i++) sums[at + i]! += found[i]!;
    }
  }

  /** [J, rows] of `matrices` [J, columns, columns]. Throws GlassboxError 'cancelled'. */
  async formsOf(
    block: FeatureBlock,
    matrices: Float64Array,
    signal?: AbortSignal,
  ): Promise<Float64Array> {
    const pause = pauser(signal);
    const most = this.matricesTogether(block.rows);
    const { columns } = this;
    const size = columns * columns;
    const count = matrices.length / size;
    const forms = new Float64Array(count * block.rows);
    for (let from = 0; from < count; from += most) {
      await pause();
      const some = Math.min(most, count - from);
      const data = matrices.subarray(from * size, (from + some) * size);
      forms.set(await this.run(block, data, [some, columns, columns]), from * block.rows);
    }
    return forms;
  }

  /** Of `bilinear`. */
  async formsBetween(
    left: Float64Array,
    matrix: Float64Array,
    right: Float64Array,
  ): Promise<Float64Array> {
    const { columns } = this;
    const rows = left.length / columns;
    const { product } = await this.session.run({
      left: { dtype: 'float64', dims: [rows, columns], data: left },
      right: { dtype: 'float64', dims: [rows, columns], data: right },
      operand: { dtype: 'float64', dims: [columns, columns], data: matrix },
    });
    return product!.data as Float64Array;
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private matricesTogether(rows: number): number {
    const affordable = Math.floor(operations / (rows * this.columns ** 2));
    return Math.max(1, Math.min(together, affordable));
  }

  private async run(
    { rows, features }: FeatureBlock,
    operand: Float64Array,
    dims: readonly number[],
  ): Promise<Float64Array> {
    const feeds: Feeds = {
      features: { dtype: 'float32', dims: [rows, this.width], data: features },
      operand: { dtype: 'float64', dims, data: operand },
    };
    const { product } = await this.session.run(feeds);
    return product!.data as Float64Array;
  }
}

/** [rows, width] with a column of ones at its end. */
function withOnes(b: GraphBuilder, rows: string): string {
  const count = b.op('Shape', [rows], { start: 0, end: 1 });
  const shape = b.op('Concat', [count, b.ints([1])], { axis: 0 });
  const ones = b.op('Expand', [b.scalar(1, 'float64'), shape]);
  return b.op('Concat', [rows, ones], { axis: 1 });
}
