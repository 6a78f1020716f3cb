/** A loaded model: what is known about it, and the sessions that run it. */
import type { Conversion } from '../autodiff/lower';
import type { Facts } from '../autodiff/shapes';
import type { Graph } from '../onnx/graph';
import type { HealthCheck } from '../protocol/explanation';
import type { Session } from '../runtime/session';
import type { Tokenizer } from '../runtime/tokenizer';
import type { Head } from './head';
import { feedsOf, type ModelInputs, type Row } from './inputs';
import { rowOutputs, type RowOutput } from './rowOutput';

/** The embedding table and where it is read; the weights themselves stay in the graph. */
export interface Embedding {
  /** The value that holds the word vectors, [batch, length, width]. */
  readonly output: string;
  readonly table: string;
  readonly vocabulary: number;
  readonly width: number;
}

export interface ModelFacts {
  readonly dir: string;
  /** Base name of the folder. */
  readonly name: string;
  /** Path of model.onnx. */
  readonly file: string;
  readonly architecture: string;
  /** What the model decides, and where. */
  readonly head: Head;
  /** The files that hold the graph and its weights, model.onnx first. */
  readonly parts: readonly string[];
  /** SHA-256 of these files' contents one after another, hexadecimal. */
  readonly hash: string;
  readonly device: 'cpu' | 'webgpu';
  /** One sentence: why this device. */
  readonly deviceSays: string;
  readonly maxTokens: number;
  /** Null in a folder that is only used with token ids. */
  readonly tokenizer: Tokenizer | null;
  readonly padId: number | null;
  readonly maskId: number | null;
  readonly inputs: ModelInputs;
  readonly embedding: Embedding;
  /** Types and shapes of the graph's values. */
  readonly facts: Facts;
  /** Floats in weight matrices, embedding table not counted: two of them cost a token one multiply-add. */
  readonly matrixWeights: number;
  /**
   * False: the explained float32 graph is not quite the function of the file (half precision, whole-number weights).
   */
  readonly exact: boolean;
  /** Operator set of the file. */
  readonly opset: number;
  /** What had to be changed before it could be differentiated. */
  readonly conversions: readonly Conversion[];
  /** What every explanation with this model must carry along. */
  readonly notes: readonly HealthCheck[];
}

/** Something that holds native memory. */
export interface Releasable {
  release(): Promise<void>;
}

export class Model implements Releasable {
  private readonly programs = new Map<string, Promise<Releasable>>();
  private lastGraph: WeakRef<Graph> | undefined;

  constructor(
    readonly about: ModelFacts,
    private readonly session: Session,
    private readonly readGraph: () => Promise<Graph>,
    graph: Graph,
  ) {
    this.lastGraph = new WeakRef(graph);
  }

  /**
   * The graph that programs are built on. It is read again when it is no longer in memory: its weights are
   * as large as the model, and once the sessions are made nobody needs them.
   */
  async graph(): Promise<Graph> {
    const kept = this.lastGraph?.deref();
    if (kept) return kept;
    const graph = await this.readGraph();
    this.lastGraph = new WeakRef(graph);
    return graph;
  }

  /** What the model says about each row, as it was exported. */
  async predict(rows: readonly Row[]): Promise<RowOutput[]> {
    const { inputs, head } = this.about;
    const step = inputs.batch ?? rows.length;
    const found: RowOutput[] = [];
    for (let first = 0; first < rows.length; first += step) {
      const some = rows.slice(first, first + step);
      const fetched = await this.session.run(feedsOf(inputs, some), head.outputs);
      found.push(...rowOutputs(head, fetched, some));
    }
    return found;
  }

  /** The program called `name`, built on first use and kept with the model. */
  async program<T extends Releasable>(name: string, build: () => Promise<T>): Promise<T> {
    const kept = this.programs.get(name) as Promise<T> | undefined;
    if (kept) return await kept;
    const building = build();
    this.programs.set(name, building);
    try {
      return await building;
    } catch (error) {
      this.programs.delete(name);
      throw error;
    }
  }

  /** Frees the sessions; the model cannot be used any more. */
  async release(): Promise<void> {
    const built = await Promise.allSettled(this.programs.values());
    this.programs.clear();
    for (const result of built) if (result.status === 'fulfilled') await result.value.release();
    await this.session.release();
  }
}
