/**
 * Exact influence by a model's last linear map: which training lines help and which hurt the prediction of a line.
 *
 * The score of a training line z for a test line t is g_t^T (C + damping I)^-1 g_z (Koh and Liang 2017, equation 2, with the sign turned):
 * C is the Hessian of the mean loss over the training lines by the parameters of the map, exact and positive semidefinite, and g the
 * gradients of the lines' losses. Positive helps: up-weighting z lowers the loss of t, by score / n for a whole line to first order.
 * A line is one row of features or, of taggers, one row a token; its loss is then the weighted sum of its rows' losses.
 */
import type { Progress } from '../../../protocol/messages';
import { directionsOf, projected, toCoordinates, type Directions } from './directions';
import { productsWith } from '../../linear/dot';
import { eachBlock, mostRows, type FeatureSource } from './features';
import { gradientOf, headPass } from './headPass';
import { checkSize, HeadSystem, traceOf } from './headSystem';
import { LineLosses, oneRowEach, type LineStarts } from './lineLosses';
import { columnsOf, type LinearHead } from './linearHead';
import { optimumOf, type Optimum } from './optimum';
import { RowProducts } from './rowProducts';
import { selfOfLines, selfOfRows } from './selfInfluence';

/** A row that is asked about: what the last map reads of it, and what is right for it. */
export interface HeadQuery {
  /** h [width]. */
  readonly features: ArrayLike<number>;
  /** y [classes]. */
  readonly target: ArrayLike<number>;
  /** What the row's loss is multiplied by; 1 by default. */
  readonly weight?: number;
}

export interface HeadOptions {
  /** Null: a tenth of the mean eigenvalue of C (trace / number of parameters of the map). */
  readonly damping?: number | null;
  /** By default every row is a line. */
  readonly starts?: LineStarts;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

/** Of the mean eigenvalue; as kronfluence's heuristic. */
const dampingShare = 0.1;

export class HeadInfluence {
  private constructor(
    readonly head: LinearHead,
    /** Added to C's diagonal. */
    readonly damping: number,
    readonly trace: number,
    readonly optimum: Optimum,
    /** Of the training lines, as LineLosses has them. */
    readonly losses: Float64Array,
    readonly disagrees: Uint8Array,
    private readonly starts: LineStarts,
    private readonly source: FeatureSource,
    private readonly directions: Directions,
    private readonly system: HeadSystem,
    /** The gradients of the lines' losses by the logits of each row, in the directions, [rows, directions]. */
    private readonly residuals: Float64Array,
  ) {}

  /**
   * One pass over the features and one factorisation. Memory: a number a row and class, and the matrix. Throws GlassboxError
   * 'cancelled', and 'unsupported' for a head with too many classes (headSystem.ts) or without curvature.
   */
  static async of(
    source: FeatureSource,
    head: LinearHead,
    { damping = null, starts, signal, progress }: HeadOptions = {},
  ): Promise<HeadInfluence> {
    const directions = directionsOf(head.link, head.classes);
    const columns = columnsOf(head);
    checkSize(directions, columns);
    const { rows } = source;
    const begins = starts ?? oneRowEach(rows);
    const lines = begins.length - 1;
    const residuals = new Float64Array(rows * directions.count);
    const found = new LineLosses(head.link, begins);
    const weighted = new Float64Array(head.classes);
    const gram = await RowProducts.gram(head.width, head.bias);
    try {
      const pass = await headPass(source, head, directions, gram, {
        each: passed => {
          const { row, weight, state } = passed;
          found.add(passed);
          for (let c = 0; c < head.classes; c++) weighted[c] = weight * state.residual[c]!;
          toCoordinates(directions, weighted, residuals, row * directions.count);
        },
        progress: () =>
          progress?.({
            done: found.line + 1,
            total: lines,
            says: `Curvature of ${found.line + 1} of ${lines} lines`,
          }),
        signal,
      });
      const trace = traceOf(directions, columns, pass.hessian);
      const chosen = damping ?? (dampingShare * trace) / (head.classes * columns);
      const system = await HeadSystem.of(directions, columns, pass.hessian, chosen, signal);
      const gradient = projected(directions, pass.gradient);
      const optimum = optimumOf(pass.loss, gradient, system.solve(gradient));
      return new HeadInfluence(
        head,
        chosen,
        trace,
        optimum,
        found.losses,
        found.disagrees,
        begins,
        source,
        directions,
        system,
        residuals,
      );
    } finally {
      await gram.release();
    }
  }

  get lines(): number {
    return this.starts.length - 1;
  }

  /** The loss of a row, without its weight. */
  lossOf(query: HeadQuery): number {
    return gradientOf(this.head, this.directions, query).loss;
  }

  /**
   * The scores of all training lines for each query, in one pass over the features. A query may be several rows: their weighted gradients
   * are added up, so that the score is the one for the weighted sum of their losses. Throws GlassboxError 'cancelled'.
   */
  async scores(
    queries: readonly (HeadQuery | readonly HeadQuery[])[],
    signal?: AbortSignal,
  ): Promise<Float64Array[]> {
    const { head, directions, residuals, starts, lines } = this;
    const { width, bias } = head;
    const { count } = directions;
    const columns = columnsOf(head);
    const solved = queries.map(query => this.system.solve(this.sumOf(query)));
    const scores = queries.map(() => new Float64Array(lines));
    const products = new Float64Array(mostRows);
    let line = 0;
    await eachBlock(
      this.source,
      (block, first) => {
        const before = line;
        for (let q = 0; q < solved.length; q++) {
          const solution = solved[q]!;
          const into = scores[q]!;
          const ofRow = new Float64Array(block.rows);
          for (let j = 0; j < count; j++) {
            const from = j * columns;
            const constant = bias ? solution[from + width]! : 0;
            productsWith(solution.subarray(from, from + width), block, products);
            for (let row = 0; row < block.rows; row++) {
              ofRow[row]! += residuals[(first + row) * count + j]! * (products[row]! + constant);
            }
          }
          line = before;
          for (let row = 0; row < block.rows; row++) {
            while (first + row >= starts[line + 1]!) line++;
            into[line]! += ofRow[row]!;
          }
        }
      },
      signal,
    );
    return scores;
  }

  /** g_z^T (C + damping I)^-1 g_z of each training line: large where the map fits a line that the others speak against. */
  async selfInfluence(signal?: AbortSignal): Promise<Float64Array> {
    const rows = { head: this.head, directions: this.directions, residuals: this.residuals };
    const inverse = await this.system.inverse(signal);
    return this.lines === this.source.rows
      ? await selfOfRows(this.source, rows, inverse, signal)
      : await selfOfLines(this.source, this.starts, rows, inverse, signal);
  }

  private sumOf(query: HeadQuery | readonly HeadQuery[]): Float64Array {
    const list = 'features' in query ? [query] : query;
    const sum = new Float64Array(this.directions.count * columnsOf(this.head));
    for (const one of list) {
      const { weight = 1 } = one;
      gradientOf(this.head, this.directions, one).gradient.forEach((value, i) => {
        sum[i]! += weight * value;
      });
    }
    return sum;
  }
}
