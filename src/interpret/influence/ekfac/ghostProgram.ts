/** A ghost program as a session: fed with a batch of examples. */
import { programInputs } from '../../../autodiff/compose';
import type { Narrowed } from '../../../autodiff/passes';
import { columnsOf } from '../../../model/inputs';
import type { Model, Releasable } from '../../../model/model';
import { learnerOf } from '../../../runtime/learn';
import { Session, type Feeds, type TensorValue } from '../../../runtime/session';
import { cannotRun, onDevice } from '../../onDevice';
import { namingFile } from '../../programGraphs';
import type { Example } from '../curvature/batches';
import { feedsOfExamples, only, probesOf, shortExample } from '../curvature/feeds';
import { lossOf } from '../curvature/rowLoss';
import { ghostGraph } from './ghostGraph';
import { ghostInputs, type GhostResult } from './ghostResults';
import type { LinearLayer } from './linearLayers';
import { feedsOfDirections, type DirectionPlan } from './outputDirections';

export interface GhostParts {
  readonly model: Model;
  readonly narrowed: Narrowed;
  readonly layers: readonly LinearLayer[];
  readonly plan: DirectionPlan;
}

/** Some examples with what they are weighted by, their numbers (for what is drawn), and the seed. */
export interface GhostBatch {
  readonly examples: readonly Example[];
  readonly weights: readonly number[];
  readonly numbers: readonly number[];
  readonly seed: number;
}

export class GhostProgram implements Releasable {
  private constructor(
    private readonly parts: GhostParts,
    private readonly session: Session,
    readonly device: 'cpu' | 'webgpu',
  ) {}

  /** Throws GlassboxError 'unsupported' naming the file, and an op without a derivative. */
  static async of(parts: GhostParts, result: GhostResult): Promise<GhostProgram> {
    const { model, narrowed, layers, plan } = parts;
    const { head, file, inputs } = model.about;
    const ids = inputs.ids;
    const graph = await namingFile(model, async () => {
      const [learn, loss] = [learnerOf(probesOf(model)), lossOf(head, file)];
      return await ghostGraph({ ...narrowed, learn, head, ids, loss, layers, result, plan });
    });
    return await onDevice(model, async device => {
      let session: Session | undefined;
      try {
        session = await Session.of(graph, { device });
        const program = new GhostProgram(parts, session, device);
        await program.tryOut();
        return program;
      } catch (error) {
        await session?.release();
        throw cannotRun(file, error);
      }
    });
  }

  /** `given`: queries or bases, as `matrixFeeds` has them. Outputs have entries for rows that fill up a batch, too. */
  async run({ examples, weights, numbers, seed }: GhostBatch, given: Feeds = {}): Promise<Feeds> {
    const { model, plan } = this.parts;
    const { head, file, inputs, embedding } = model.about;
    const columns = columnsOf(
      inputs,
      examples.map(({ row }) => row),
    );
    const count = inputs.batch ?? examples.length;
    const perRow = new Float32Array(count);
    perRow.set(weights);
    const outputs = head.classes ?? embedding.vocabulary;
    const feeds: Feeds = {
      ...feedsOfExamples(inputs, lossOf(head, file), examples),
      ...feedsOfDirections(plan, outputs, examples, numbers, { seed, columns, count }),
      ...given,
      [programInputs.weights]: { dtype: 'float32', dims: [count], data: perRow },
      [ghostInputs.positions]: positionsOf(examples, count, columns),
    };
    return await this.session.run(only(feeds, this.session));
  }

  /** Runs once on a short text: what a session cannot do shows only then. */
  private async tryOut(): Promise<void> {
    const { model, layers } = this.parts;
    const given: Feeds = {};
    for (const [at, { outputs, columns }] of layers.entries()) {
      const zeros = (rows: number, width: number): TensorValue =>
        matrixFeed(new Float32Array(rows * width), rows, width);
      given[ghostInputs.query(at)] = zeros(outputs, columns);
      given[ghostInputs.inverse(at)] = zeros(outputs, columns);
      given[ghostInputs.basisIn(at)] = zeros(columns, columns);
      given[ghostInputs.basisOut(at)] = zeros(outputs, outputs);
    }
    const examples = [shortExample(model)];
    await this.run({ examples, weights: [1], numbers: [0], seed: 0 }, only(given, this.session));
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

export function matrixFeed(data: Float32Array, rows: number, columns: number): TensorValue {
  return { dtype: 'float32', dims: [rows, columns], data };
}

/** 1 for each token that the mask shows. */
function positionsOf(examples: readonly Example[], count: number, columns: number): TensorValue {
  const data = new Float32Array(count * columns);
  examples.forEach(({ row: { mask } }, i) => {
    data.set(mask.slice(0, columns), i * columns);
  });
  return matrixFeed(data, count, columns);
}
