import { vjp } from '../../src/autodiff/vjp';
import { emptyGraph, GraphBuilder } from '../../src/onnx/builder';
import type { Graph } from '../../src/onnx/graph';
import { writeModel } from '../../src/onnx/writeModel';
import { learnFacts } from '../../src/runtime/probe';
import { Session, type Feeds } from '../../src/runtime/session';
import { buildNetwork, parameterShapes, type NetworkSize } from './network';

/** Parameters by name; what an optimiser updates in place. */
export type Parameters = Map<string, Float32Array>;

/** One batch: `ids` and `mask` are [batch, length], `targets` [batch, labels] with rows that sum to 1. */
export interface Batch {
  readonly batch: number;
  readonly length: number;
  readonly ids: BigInt64Array;
  readonly mask: BigInt64Array;
  readonly targets: Float32Array;
}

/** Loss and gradients of one batch. */
export interface Step {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

export interface TrainingOptions {
  readonly threads: number;
  /** The graph takes dropout masks (see `dropoutSites`). */
  readonly dropout?: boolean;
}

/**
 * Cross-entropy of the network and its gradient by every parameter, as one ONNX graph:
 * parameters are inputs, gradients outputs.
 */
export class TrainingGraph {
  /** Dropout masks that a run takes, each [batch, length, dim], already divided by the keeping probability. */
  readonly dropoutSites: readonly string[];
  readonly #session: Session;
  readonly #size: NetworkSize;
  readonly #gradients: ReadonlyMap<string, string>;

  private constructor(
    session: Session,
    size: NetworkSize,
    gradients: ReadonlyMap<string, string>,
    dropoutSites: readonly string[],
  ) {
    this.#session = session;
    this.#size = size;
    this.#gradients = gradients;
    this.dropoutSites = dropoutSites;
  }

  static async create(size: NetworkSize, options: TrainingOptions): Promise<TrainingGraph> {
    const { graph, dropoutSites } = lossGraph(size, options.dropout ?? false);
    const facts = await learnFacts(
      graph,
      [2, 3].map(batch => probe(graph, size, batch, batch + 2)),
    );
    const seed = new GraphBuilder(graph, 'seed/').scalar(1);
    const wrt = [...parameterShapes(size).keys()];
    const gradients = vjp({ graph, seeds: new Map([['loss', seed]]), wrt, facts });
    graph.outputs = [{ name: 'loss' }, ...[...gradients.values()].map(name => ({ name }))];
    const session = await Session.create(writeModel(graph), { threads: options.threads });
    return new TrainingGraph(session, size, gradients, dropoutSites);
  }

  /** Runs forward and backward. `masks` has one entry for each dropout site. */
  async run(
    parameters: Parameters,
    batch: Batch,
    masks: readonly Float32Array[] = [],
  ): Promise<Step> {
    const results = await this.#session.run(this.#feeds(parameters, batch, masks));
    const gradients = new Map<string, Float32Array>();
    for (const [name, value] of this.#gradients) {
      gradients.set(name, results[value]!.data as Float32Array);
    }
    return { loss: Number(results['loss']!.data[0]), gradients };
  }

  /** The loss alone. */
  async loss(parameters: Parameters, batch: Batch): Promise<number> {
    const results = await this.#session.run(this.#feeds(parameters, batch, []), ['loss']);
    return Number(results['loss']!.data[0]);
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  #feeds(parameters: Parameters, batch: Batch, masks: readonly Float32Array[]): Feeds {
    const { dim, num_labels } = this.#size;
    const dims = [batch.batch, batch.length];
    const feeds: Feeds = {
      input_ids: { dtype: 'int64', dims, data: batch.ids },
      attention_mask: { dtype: 'int64', dims, data: batch.mask },
      targets: { dtype: 'float32', dims: [batch.batch, num_labels], data: batch.targets },
    };
    for (const [name, shape] of parameterShapes(this.#size)) {
      feeds[name] = { dtype: 'float32', dims: shape, data: parameters.get(name)! };
    }
    for (const [i, site] of this.dropoutSites.entries()) {
      feeds[site] = { dtype: 'float32', dims: [...dims, dim], data: masks[i]! };
    }
    return feeds;
  }
}

/** The network with its parameters as inputs, and its loss: -mean over rows of sum_c target_c log softmax(z)_c. */
function lossGraph(
  size: NetworkSize,
  withDropout: boolean,
): { graph: Graph; dropoutSites: string[] } {
  const graph = emptyGraph('sample training');
  const b = new GraphBuilder(graph);
  const ids = b.input('input_ids', 'int64', ['batch', 'sequence']);
  const mask = b.input('attention_mask', 'int64', ['batch', 'sequence']);
  const targets = b.input('targets', 'float32', ['batch', size.num_labels]);
  for (const [name, shape] of parameterShapes(size)) b.input(name, 'float32', shape);
  const dropoutSites: string[] = [];
  const dropout = (value: string): string => {
    const site = `dropout_${dropoutSites.length}`;
    dropoutSites.push(site);
    return b.op('Mul', [value, b.input(site, 'float32', ['batch', 'sequence', size.dim])]);
  };
  const logits = buildNetwork(b, size, ids, mask, {
    parameter: name => name,
    ...(withDropout ? { dropout } : {}),
  });
  const logProbabilities = b.op('LogSoftmax', [logits], { axis: -1 });
  const agreement = b.op('ReduceSum', [b.op('Mul', [targets, logProbabilities]), b.ints([1])], {
    keepdims: 0,
  });
  b.output(b.op('Neg', [b.op('ReduceMean', [agreement], { keepdims: 0 })]), 'loss');
  return { graph, dropoutSites };
}

/** Feeds of the right shapes and no meaning, from which the shapes of all values are learned. */
function probe(graph: Graph, size: NetworkSize, batch: number, sequence: number): Feeds {
  const symbols: Record<string, number> = { batch, sequence };
  const feeds: Feeds = {};
  for (const { name, dtype, dims } of graph.inputs) {
    const shape = dims!.map(dim => (typeof dim === 'number' ? dim : symbols[dim!]!));
    const count = shape.reduce((product, dim) => product * dim, 1);
    const data =
      dtype === 'int64'
        ? new BigInt64Array(count).fill(1n)
        : new Float32Array(count).fill(1 / size.dim);
    feeds[name] = { dtype: dtype!, dims: shape, data };
  }
  return feeds;
}
