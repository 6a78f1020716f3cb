/** Learns types and shapes by running a graph on small inputs with every value exposed. */
import { bodyFacts, openScans } from '../autodiff/scanFacts';
import type { Facts, ValueFacts } from '../autodiff/shapes';
import type { Graph } from '../onnx/graph';
import { Session, type Feeds } from './session';

/**
 * The shapes of every value, those in the bodies of loops included, in each of the probe runs. The probes must
 * differ in every dimension that may vary (batch, length), and none of their sizes may be 1: else a varying
 * dimension looks static or broadcast.
 */
export async function learnFacts(graph: Graph, probes: readonly Feeds[]): Promise<Facts> {
  const { graph: opened, stacks } = openScans(graph);
  if (stacks.size === 0) return await runProbes(graph, probes);
  try {
    return bodyFacts(opened, stacks, await runProbes(opened, probes));
  } catch {
    // Values whose shape changes from step to step cannot be stacked; the rule of Scan says so where it matters.
    return await runProbes(graph, probes);
  }
}

/** Of the values outside of bodies. */
async function runProbes(graph: Graph, probes: readonly Feeds[]): Promise<Facts> {
  const facts = new Map<string, ValueFacts>();
  for (const [name, { dtype, dims }] of graph.constants) {
    facts.set(name, { dtype, dims: probes.map(() => dims) });
  }
  const names = graph.nodes.flatMap(node => node.outputs).filter(name => name !== '');
  const exposed: Graph = { ...graph, outputs: names.map(name => ({ name })) };
  const session = await Session.of(exposed, { optimise: 'off' });
  try {
    const seen = new Map<string, ValueFacts & { dims: (readonly number[])[] }>();
    for (const probe of probes) {
      const fed = Object.fromEntries(graph.inputs.map(({ name }) => [name, probe[name]!]));
      for (const [name, value] of Object.entries({ ...fed, ...(await session.run(fed)) })) {
        const fact = seen.get(name) ?? { dtype: value.dtype, dims: [] };
        fact.dims.push(value.dims);
        seen.set(name, fact);
      }
    }
    for (const [name, fact] of seen) facts.set(name, fact);
  } finally {
    await session.release();
  }
  return facts;
}
