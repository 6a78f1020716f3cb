/** What happens in the bodies of loops, made visible outside, so that running the graph tells shapes there too. */
import type { Graph, Node } from '../onnx/graph';
import { isScan, putTogether, takeApart, type ScanParts } from './scanParts';
import type { Facts, ValueFacts } from './shapes';

/** Of a value in a body: the name outside of its stack over the steps. */
type Stacks = ReadonlyMap<string, string>;

/** A graph whose Scan nodes stack every value of their bodies (first axis), and the names of these stacks. */
export interface OpenedGraph {
  readonly graph: Graph;
  readonly stacks: Stacks;
}

/**
 * Loops in loops are opened from the inside out: the stacks of the inner ones are values of the outer bodies.
 * Values in `known` are left where they are.
 */
export function openScans(graph: Graph, known: Facts = new Map()): OpenedGraph {
  const stacks = new Map<string, string>();
  const nodes = graph.nodes.map(node => {
    if (!isScan(node)) return node;
    const parts = takeApart(node);
    const body = openScans({ ...graph, nodes: [...parts.nodes] }, known);
    const made = body.graph.nodes.flatMap(inner => inner.outputs);
    const values = made.filter(value => value !== '' && !known.has(value));
    const outputs = values.map(value => {
      const outer = `${value}/stacked`;
      stacks.set(value, outer);
      return { outer, inner: value, axis: 0, direction: 0 };
    });
    for (const [value, stack] of body.stacks) stacks.set(value, stack);
    return putTogether({
      ...parts,
      nodes: body.graph.nodes,
      outputs: [...parts.outputs, ...outputs],
    });
  });
  return { graph: { ...graph, nodes }, stacks };
}

/** The facts of all values in bodies, given those outside (stacks included). Inputs of bodies are derived. */
export function bodyFacts(graph: Graph, stacks: Stacks, outside: Facts): Map<string, ValueFacts> {
  const facts = new Map(outside);
  const learn = (node: Node): void => {
    if (!isScan(node)) return;
    const parts = takeApart(node);
    learnInputs(parts, facts);
    for (const value of parts.nodes.flatMap(inner => inner.outputs)) {
      const stack = facts.get(stacks.get(value) ?? '');
      if (stack) facts.set(value, slice(stack, 0));
    }
    parts.nodes.forEach(learn);
  };
  graph.nodes.forEach(learn);
  return facts;
}

function learnInputs(
  { states, inputs, constants }: ScanParts,
  facts: Map<string, ValueFacts>,
): void {
  for (const { initial, before } of states) {
    const outer = facts.get(initial);
    if (outer) facts.set(before, outer);
  }
  for (const { outer, inner, axis } of inputs) {
    const whole = facts.get(outer);
    if (whole) facts.set(inner, slice(whole, axis));
  }
  const probes = [...facts.values()][0]?.dims.length ?? 0;
  for (const [name, { dtype, dims }] of constants) {
    facts.set(name, { dtype, dims: Array.from({ length: probes }, () => dims) });
  }
}

/** Of one slice along an axis. */
function slice({ dtype, dims }: ValueFacts, axis: number): ValueFacts {
  return { dtype, dims: dims.map(probe => probe.toSpliced(axis, 1)) };
}
