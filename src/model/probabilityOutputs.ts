/**
 * Models whose graph ends in a softmax or a sigmoid give probabilities. What is explained are logits, so the graph is
 * made to give them, and what the file gives is turned back into them.
 */
import type { Graph, Node } from '../onnx/graph';

/** What an output of the file holds: log p is a logit of a softmax, log p / (1 - p) that of a sigmoid. */
export type Squashed = 'softmax' | 'sigmoid';

export interface Unsquashed {
  readonly graph: Graph;
  /** By name of the output. */
  readonly squashed: ReadonlyMap<string, Squashed>;
}

/** A final Softmax becomes LogSoftmax, a final Sigmoid nothing; the outputs keep their names. */
export function giveLogits(graph: Graph): Unsquashed {
  const squashed = new Map<string, Squashed>();
  const replaced = new Map<Node, Node>();
  for (const { name } of graph.outputs) {
    const node = lastNode(graph, name);
    if (node?.op === 'Softmax') {
      squashed.set(name, 'softmax');
      replaced.set(node, { ...node, op: 'LogSoftmax' });
    } else if (node?.op === 'Sigmoid') {
      squashed.set(name, 'sigmoid');
      replaced.set(node, { ...node, op: 'Identity' });
    }
  }
  if (squashed.size === 0) return { graph, squashed };
  return { graph: { ...graph, nodes: graph.nodes.map(n => replaced.get(n) ?? n) }, squashed };
}

/** The node that makes an output and nothing else. */
function lastNode(graph: Graph, output: string): Node | undefined {
  const { nodes, outputs } = graph;
  const node = nodes.find(({ domain, outputs: made }) => domain === '' && made[0] === output);
  const readers = nodes.filter(({ inputs }) => inputs.includes(output)).length;
  const isOutput = outputs.some(({ name }) => name === output);
  if (!node || readers + (isOutput ? 1 : 0) > 1) return undefined;
  return node.op === 'Identity' ? lastNode(graph, node.inputs[0]!) : node;
}

/** Smaller probabilities are not told apart in float32; the logit stays finite. */
const smallest = 2 ** -126;

/** From what the file gives to logits, in place of the probabilities. */
export function unsquash(how: Squashed, probabilities: Float32Array): Float32Array {
  const log = (p: number): number => Math.log(Math.max(p, smallest));
  return how === 'softmax' ? probabilities.map(log) : probabilities.map(p => log(p) - log(1 - p));
}
