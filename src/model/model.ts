/** A loaded model: what is known about it, and the sessions that run it. */
import type { Facts } from '../autodiff/shapes';
import type { Graph } from '../onnx/graph';
import type { HealthCheck } from '../protocol/explanation';
import type { Session } from '../runtime/session';
import type { Tokenizer } from '../runtime/tokenizer';
import { feedsOf, type ModelInputs, type Row } from './inputs';

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
  readonly labels: readonly string[];
  /** SHA-256 of model.onnx, hexadecimal. */
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
  /** Name of the output [batch, labels]. */
  readonly logits: string;
  readonly embedding: Embedding;
  /** Types and shapes of the graph's values. */
  readonly facts: Facts;
  /** Floats in weight matrices, embedding table not counted: two of them cost a token one multiply-add. */
  readonly matrixWeights: number;
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

  /** Logits of each row, from the model as it was exported. */
  async predict(rows: readonly Row[]): Promise<number[][]> {
    const { inputs, logits, labels } = this.about;
    const step = inputs.batch ?? rows.length;
    const found: number[][] = [];
    for (let first = 0; first < rows.length; first += step) {
      const some = rows.slice(first, first + step);
      const { [logits]: output } = await this.session.run(feedsOf(inputs, some), [logits]);
      const numbers = Array.from(output!.data, Number);
      some.forEach((_, row) => {
        found.push(numbers.slice(row * labels.length, (row + 1) * labels.length));
      });
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
