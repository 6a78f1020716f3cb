/** The graph that yields d (sum of logits) / d word vectors, as the programs build it. */
import { findEmbeddingLookup } from '../../src/autodiff/embeddingLookup';
import { cleanup, narrow, prepare } from '../../src/autodiff/passes';
import { vjp } from '../../src/autodiff/vjp';
import { GraphBuilder } from '../../src/onnx/builder';
import type { Graph } from '../../src/onnx/graph';
import { learnFacts } from '../../src/runtime/probe';
import type { Feeds } from '../../src/runtime/session';

export interface GradientOptions {
  /** Two inputs that differ in batch and length. */
  readonly probes: readonly Feeds[];
  /** Every position of the last layer is computed, read or not. */
  readonly everyPosition?: boolean;
}

export async function gradientGraph(
  model: Graph,
  { probes, everyPosition = false }: GradientOptions,
): Promise<Graph> {
  const prepared = prepare(model);
  const learned = await learnFacts(prepared, probes);
  const { graph, facts } = everyPosition
    ? { graph: prepared, facts: learned }
    : narrow(prepared, learned);
  const { output } = findEmbeddingLookup(graph);
  const b = new GraphBuilder(graph, 'bench/');
  const ones = b.op('Expand', [b.scalar(1), b.op('Shape', ['logits'])]);
  const adjoint = vjp({ graph, seeds: new Map([['logits', ones]]), wrt: [output], facts });
  graph.outputs = [];
  b.output(adjoint.get(output)!, 'gradient');
  return cleanup(graph);
}
