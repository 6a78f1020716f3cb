/**
 * Exact influence by a model's last linear map: which training rows help and which hurt the prediction of a row.
 *
 * The score of a training row z for a test row t is g_t^T (C + damping I)^-1 g_z (Koh and Liang 2017, equation 2, with the sign turned):
 * C is the Hessian of the mean loss over the training rows by the parameters of the map, exact and positive semidefinite, and g the
 * gradients of the rows' losses. Positive helps: up-weighting z lowers the loss of t, by score / n for a whole row to first order.
 */
import type { Progress } from '../../../protocol/messages';
import { directionsOf, pairsOf, projected, toCoordinates, type Directions } from './directions';
import { dotAt } from './dot';
import { eachBlock, type FeatureSource } from './features';
import { gradientOf, headPass } from './headPass';
import { checkSize, HeadSystem, traceOf } from './headSystem';
import { columnsOf, type LinearHead } from './linearHead';
import { optimumOf, type Optimum } from './optimum';
import { RowProducts } from './rowProducts';

/** A row that is asked about: what the last map reads of it, and what is right for it. */
export interface HeadQuery {
  /** h [width]. */
  readonly features: ArrayLike<number>;
  /** y [classes]. */
  readonly target: ArrayLike<number>;
}

export interface HeadOptions {
  /** Null: a tenth of the mean eigenvalue of C (trace / number of parameters of the map). */
  readonly damping?: number | null;
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
    /** The loss of each training row. */
    readonly losses: Float64Array,
    private readonly source: FeatureSource,
    private readonly directions: Directions,
    private readonly system: HeadSystem,
    /** The residuals p - y of the training rows in the directions, [rows, directions]. */
    private readonly residuals: Float64Array,
  ) {}

  /**
   * One pass over the features and one factorisation. Memory: a number a row and class, and the matrix. Throws GlassboxError
   * 'cancelled', and 'unsupported' for a head with too many classes (headSystem.ts) or without curvature.
   */
  static async of(
    source: FeatureSource,
    head: LinearHead,
    { damping = null, signal, progress }: HeadOptions = {},
  ): Promise<HeadInfluence> {
    const directions = directionsOf(head.link, head.classes);
    const columns = columnsOf(head);
    checkSize(directions, columns);
    const { rows } = source;
    const residuals = new Float64Array(rows * directions.count);
    const losses = new Float64Array(rows);
    const gram = await RowProducts.gram(head.width, head.bias);
    try {
      const pass = await headPass(source, head, directions, gram, {
        each: (row, residual, loss) => {
          losses[row] = loss;
          toCoordinates(directions, residual, residuals, row * directions.count);
        },
        progress: done =>
          progress?.({ done, total: rows, says: `Curvature of ${done} of ${rows} lines` }),
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
        losses,
        source,
        directions,
        system,
        residuals,
      );
    } finally {
      await gram.release();
    }
  }

  get rows(): number {
    return this.source.rows;
  }

  /** The loss of a row. */
  lossOf(query: HeadQuery): number {
    return gradientOf(this.head, this.directions, query).loss;
  }

  /**
   * The scores of all training rows for each query, in one pass over the features. A query may be several rows: their gradients are
   * added up, so that the score is the one for the sum of their losses. Throws GlassboxError 'cancelled'.
   */
  async scores(
    queries: readonly (HeadQuery | readonly HeadQuery[])[],
    signal?: AbortSignal,
  ): Promise<Float64Array[]> {
    const { head, directions, residuals, rows } = this;
    const { width, bias } = head;
    const { count } = directions;
    const columns = columnsOf(head);
    const solved = queries.map(query => this.system.solve(this.sumOf(query)));
    const scores = queries.map(() => new Float64Array(rows));
    await eachBlock(
      this.source,
      (block, first) => {
        for (let row = 0; row < block.rows; row++) {
          const at = first + row;
          solved.forEach((solution, q) => {
            let score = 0;
            for (let j = 0; j < count; j++) {
              const dot = dotAt(solution, j * columns, block.features, row * width, width);
              score +=
                residuals[at * count + j]! * (bias ? dot + solution[j * columns + width]! : dot);
            }
            scores[q]![at] = score;
          });
        }
      },
      signal,
    );
    return scores;
  }

  /** g_z^T (C + damping I)^-1 g_z of each training row: large where the map fits a row that the others speak against. */
  async selfInfluence(signal?: AbortSignal): Promise<Float64Array> {
    const { head, directions, residuals, rows } = this;
    const { count } = directions;
    const pairs = pairsOf(directions);
    const inverse = await this.system.inverse(signal);
    const scores = new Float64Array(rows);
    const products = await RowProducts.forms(head.width, head.bias);
    try {
      await eachBlock(
        this.source,
        async (block, from) => {
          const forms = await products.formsOf(block, inverse);
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

  private sumOf(query: HeadQuery | readonly HeadQuery[]): Float64Array {
    const list = 'features' in query ? [query] : query;
    const sum = new Float64Array(this.directions.count * columnsOf(this.head));
    for (const one of list) {
      gradientOf(this.head, this.directions, one).gradient.forEach((value, i) => {
        sum[i]! += value;
      });
    }
    return sum;
  }
}
