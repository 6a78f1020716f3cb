/**
 * Products with the gradients of single texts' losses by the linear layers among chosen parameters, without the gradients:
 * for many directions at once, norms, and what EK-FAC is made of. Independent of batches and order, but for rounding.
 */
import { narrow } from '../../../autodiff/passes';
import type { Releasable } from '../../../model/model';
import { GlassboxError } from '../../../protocol/messages';
import type { Feeds } from '../../../runtime/session';
import type { Example } from '../curvature/batches';
import type { LossModel } from '../curvature/lossModel';
import { ghostInputs, ghostOutputs, type GhostResult } from './ghostResults';
import { matrixFeed, type GhostParts } from './ghostProgram';
import { GhostRuns, type Course, type GhostOptions } from './ghostRuns';
import {
  findLinearLayers,
  type FoundLayers,
  type LayerMatrices,
  type LinearLayer,
} from './linearLayers';
import { planDirections, type DirectionPlan } from './outputDirections';

export interface GhostSweep {
  readonly losses: Float64Array;
  /** One a query, each with <gradient of the example's loss, query> for each example. */
  readonly dots: readonly Float64Array[];
}

export interface GhostNumbers {
  readonly losses: Float64Array;
  readonly numbers: Float64Array;
}

/** Eigenvectors of a layer as columns: Q_A [columns, columns], Q_G [outputs, outputs]. */
export interface Bases {
  readonly inputs: Float64Array;
  readonly outputs: Float64Array;
}

export class GhostProducts implements Releasable {
  private readonly runs: GhostRuns;

  private constructor(
    readonly losses: LossModel,
    private readonly parts: GhostParts,
    private readonly found: FoundLayers,
  ) {
    this.runs = new GhostRuns(losses, parts);
  }

  /**
   * Of the parameters of `losses`; kept with its model. Throws GlassboxError 'unsupported' where no linear layer is among them.
   */
  static async of(losses: LossModel): Promise<GhostProducts> {
    const { model, parameters } = losses;
    const name = `ghost products by ${parameters.map(({ value }) => value).join()}`;
    return await model.program(name, async () => {
      const { inputs, facts, head, embedding, file } = model.about;
      const narrowed = narrow(await model.graph(), facts);
      const found = findLinearLayers(narrowed.graph, narrowed.facts, inputs.ids, parameters);
      if (found.layers.length === 0) {
        throw new GlassboxError(
          'unsupported',
          `None of the chosen parameters of ${file} belongs to a plain linear layer; choose others, or the method "cg", which takes all.`,
        );
      }
      const plan = planDirections(head, embedding.vocabulary);
      return new GhostProducts(losses, { model, narrowed, layers: found.layers, plan }, found);
    });
  }

  get layers(): readonly LinearLayer[] {
    return this.found.layers;
  }

  /** Chosen parameters that belong to no such layer: their part of a gradient is left out. */
  get left(): FoundLayers['left'] {
    return this.found.left;
  }

  get directions(): DirectionPlan {
    return this.parts.plan;
  }

  /** Throws GlassboxError 'cancelled', and as all below 'unsupported' where an op has no derivative. */
  async dots(
    examples: readonly Example[],
    queries: readonly LayerMatrices[],
    options: GhostOptions = {},
  ): Promise<GhostSweep> {
    const losses = new Float64Array(examples.length);
    const dots = queries.map(() => new Float64Array(examples.length));
    const result = queries.length > 1 ? 'manyDots' : 'dots';
    const course = { ...options, given: this.queryFeeds(queries) };
    await this.inBatches(result, examples, course, (at, i, found) => {
      losses[at] = found.losses[i]!;
      dots.forEach((query, q) => {
        query[at] = found.rows[i * queries.length + q]!;
      });
    });
    return { losses, dots };
  }

  /** Norms of the examples' gradients by the layers. Costs tokens^2 (inputs + outputs) a layer. */
  async norms(examples: readonly Example[], options: GhostOptions = {}): Promise<GhostNumbers> {
    const { losses, numbers } = await this.rowNumbers('norms', examples, options);
    // A sum of products that is 0 may be rounded below it.
    return { losses, numbers: numbers.map(square => Math.sqrt(Math.max(0, square))) };
  }

  /** sum_i weights_i gradient of loss_i; by default of the mean loss. */
  async gradient(
    examples: readonly Example[],
    weights: readonly number[] | null = null,
    options: GhostOptions = {},
  ): Promise<Float64Array[]> {
    const sums = this.zeros(({ outputs, columns }) => outputs * columns);
    const scale = (at: number): number => weights?.[at] ?? 1 / examples.length;
    await this.runs.overBatches('gradient', examples, { ...options, scale }, (_, found) => {
      addAll(sums, found, ghostOutputs.matrix);
    });
    return sums;
  }

  /** <g, C^-1 g> of each example, C^-1 being given by `bases`. */
  async selfInfluence(
    examples: readonly Example[],
    bases: Feeds,
    options: GhostOptions = {},
  ): Promise<GhostNumbers> {
    return await this.rowNumbers('selfInfluence', examples, { ...options, given: bases });
  }

  /** Adds the sums over examples of [x, 1][x, 1]^T and of dy dy^T, by the Gauss-Newton directions, to those of each layer. */
  async addCovariances(
    examples: readonly Example[],
    into: { readonly inputs: LayerMatrices; readonly outputs: LayerMatrices },
    options: GhostOptions = {},
  ): Promise<void> {
    await this.runs.overBatches('factors', examples, options, (_, found) => {
      addAll(into.inputs, found, ghostOutputs.covarianceIn);
      addAll(into.outputs, found, ghostOutputs.covarianceOut);
    });
  }

  /** Adds the sums over examples and Gauss-Newton directions of (Q_G^T g Q_A)^2. */
  async addEigenvalues(
    examples: readonly Example[],
    bases: Feeds,
    into: LayerMatrices,
    options: GhostOptions = {},
  ): Promise<void> {
    await this.runs.overBatches(
      'eigenvalues',
      examples,
      { ...options, given: bases },
      (_, found) => {
        addAll(into, found, ghostOutputs.matrix);
      },
    );
  }

  /** The eigenvectors of each layer, and 1 / (eigenvalue + damping) where it is needed, as the passes take them. */
  basisFeeds(bases: readonly Bases[], inverses: LayerMatrices | null = null): Feeds {
    const given: Feeds = {};
    for (const [at, { outputs, columns }] of this.layers.entries()) {
      const put = (name: string, matrix: Float64Array, rows: number, width: number): void => {
        given[name] = matrixFeed(Float32Array.from(matrix), rows, width);
      };
      put(ghostInputs.basisIn(at), bases[at]!.inputs, columns, columns);
      put(ghostInputs.basisOut(at), bases[at]!.outputs, outputs, outputs);
      if (inverses) put(ghostInputs.inverse(at), inverses[at]!, outputs, columns);
    }
    return given;
  }

  zeros(size: (layer: LinearLayer) => number): Float64Array[] {
    return this.layers.map(layer => new Float64Array(size(layer)));
  }

  /** Frees a program that is not needed any more; it holds the model's weights. */
  async drop(result: GhostResult): Promise<void> {
    await this.runs.drop(result);
  }

  async release(): Promise<void> {
    await this.runs.release();
  }

  private queryFeeds(queries: readonly LayerMatrices[]): Feeds {
    return Object.fromEntries(
      this.layers.map(({ outputs, columns }, at) => {
        const size = outputs * columns;
        const data = new Float32Array(queries.length * size);
        queries.forEach((query, q) => {
          data.set(query[at]!, q * size);
        });
        return [ghostInputs.query(at), matrixFeed(data, queries.length * outputs, columns)];
      }),
    );
  }

  private async rowNumbers(
    result: GhostResult,
    examples: readonly Example[],
    course: Course,
  ): Promise<GhostNumbers> {
    const losses = new Float64Array(examples.length);
    const numbers = new Float64Array(examples.length);
    await this.inBatches(result, examples, course, (at, i, found) => {
      losses[at] = found.losses[i]!;
      numbers[at] = found.rows[i]!;
    });
    return { losses, numbers };
  }

  /** Calls for each example: its place, its row in the batch, and what the batch gave; losses are means over decisions. */
  private async inBatches(
    result: GhostResult,
    examples: readonly Example[],
    course: Course,
    visit: (at: number, row: number, found: { losses: Float32Array; rows: Float32Array }) => void,
  ): Promise<void> {
    await this.runs.overBatches(result, examples, course, (batch, found) => {
      const [losses, rows] = [ghostOutputs.losses, ghostOutputs.rows].map(
        name => found[name]!.data as Float32Array,
      ) as [Float32Array, Float32Array];
      const means = losses.map((loss, i) =>
        i < batch.length ? loss / this.losses.decisions(examples[batch[i]!]!) : 0,
      );
      batch.forEach((at, i) => {
        visit(at, i, { losses: means, rows });
      });
    });
  }
}

function addAll(sums: LayerMatrices, found: Feeds, name: (layer: number) => string): void {
  sums.forEach((sum, layer) => {
    const part = found[name(layer)]!.data as Float32Array;
    for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  });
}
