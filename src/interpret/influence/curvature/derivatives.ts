/** One program of losses and derivatives as sessions: fed with a batch, in two steps where part of it is frozen. */
import {
  labelsInput,
  layoutOf,
  lossProgram,
  programInputs,
  type Result,
} from '../../../autodiff/compose';
import type { Parameter } from '../../../autodiff/parameters';
import { narrow } from '../../../autodiff/passes';
import type { ModelInputs } from '../../../model/inputs';
import type { Model, Releasable } from '../../../model/model';
import { learnerOf } from '../../../runtime/learn';
import { Session, type Feeds } from '../../../runtime/session';
import { cannotRun, onDevice } from '../../onDevice';
import { namingFile } from '../../programGraphs';
import type { Vector } from '../solve/vector';
import type { Example } from './batches';
import { feedsOfExamples, only, probesOf, shortExample } from './feeds';
import { splitFrozen, type Halves } from './frozen';
import { lossOf, type HeadLoss } from './rowLoss';

/** What a batch is to a program; may be kept and run with many vectors. */
export interface FedBatch {
  readonly feeds: Feeds;
  readonly rows: number;
  /** Bytes of the feeds. */
  readonly bytes: number;
}

export class Derivatives implements Releasable {
  private constructor(
    readonly device: 'cpu' | 'webgpu',
    private readonly inputs: ModelInputs,
    private readonly loss: HeadLoss,
    private readonly frozen: Session | null,
    private readonly live: Session,
  ) {}

  /** Throws GlassboxError 'unsupported' naming the file, and an op without a derivative. */
  static async of(
    model: Model,
    parameters: readonly Parameter[],
    results: readonly Result[],
  ): Promise<Derivatives> {
    const { file, inputs, head } = model.about;
    const loss = lossOf(head, file);
    const halves = await buildHalves(model, parameters, results, loss);
    return await onDevice(model, async device => {
      const opened: Session[] = [];
      const open = async (graph: Halves['live']): Promise<Session> => {
        const session = await Session.of(graph, { device });
        opened.push(session);
        return session;
      };
      try {
        const frozen = halves.frozen && (await open(halves.frozen));
        const made = new Derivatives(device, inputs, loss, frozen, await open(halves.live));
        await made.tryOut(model, layoutOf(parameters).length);
        return made;
      } catch (error) {
        for (const session of opened) await session.release();
        throw cannotRun(file, error);
      }
    });
  }

  /** Runs what is frozen, once. */
  async feed(examples: readonly Example[]): Promise<FedBatch> {
    const given = feedsOfExamples(this.inputs, this.loss, examples);
    if (this.frozen) Object.assign(given, await this.frozen.run(only(given, this.frozen)));
    const feeds = only(given, this.live);
    const bytes = Object.values(feeds).reduce((sum, { data }) => sum + data.byteLength, 0);
    return { feeds, rows: examples.length, bytes };
  }

  /**
   * `weights`: one a row of the batch, of the sum of its decisions' losses. `vector`: flat, [P]. Results by name;
   * losses and tangents have an entry for filled up rows, too.
   */
  async run(
    { feeds, rows }: FedBatch,
    weights: readonly number[] | null,
    vector: Float32Array | null,
  ): Promise<Feeds> {
    const all: Feeds = { ...feeds };
    if (weights !== null) {
      const data = new Float32Array(this.inputs.batch ?? rows);
      data.set(weights);
      all[programInputs.weights] = { dtype: 'float32', dims: [data.length], data };
    }
    if (vector !== null) {
      all[programInputs.vector] = { dtype: 'float32', dims: [vector.length], data: vector };
    }
    return await this.live.run(all);
  }

  /** Runs once on a short text: what a session cannot do shows only then. */
  private async tryOut(model: Model, size: number): Promise<void> {
    const takes = (input: string): boolean => this.live.inputs.includes(input);
    const weights = takes(programInputs.weights) ? [1] : null;
    const vector = takes(programInputs.vector) ? new Float32Array(size) : null;
    await this.run(await this.feed([shortExample(model)]), weights, vector);
  }

  async release(): Promise<void> {
    await this.frozen?.release();
    await this.live.release();
  }
}

/** As the programs take it. */
export function singlePrecision(vector: Vector): Float32Array {
  return Float32Array.from(vector);
}

async function buildHalves(
  model: Model,
  parameters: readonly Parameter[],
  results: readonly Result[],
  loss: HeadLoss,
): Promise<Halves> {
  const { head } = model.about;
  return await namingFile(model, async () => {
    const { graph, facts } = narrow(await model.graph(), model.about.facts);
    const learn = learnerOf(probesOf(model));
    const [logits, append] = [head.outputs[0]!, loss.append];
    const request = { graph, facts, learn, logits, loss: append, parameters, results };
    const program = await lossProgram(request);
    const constants = parameters.map(({ value }) => value);
    const changing = new Set([...constants, labelsInput, ...Object.values(programInputs)]);
    return await splitFrozen(program.graph, changing, learn, facts);
  });
}
