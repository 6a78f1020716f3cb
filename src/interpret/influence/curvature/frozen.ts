/** Cuts a program in two: what the chosen parameters cannot change, and the rest. */
import { usedValues } from '../../../autodiff/passes/graphIndex';
import { prune } from '../../../autodiff/passes/prune';
import { staticDims, type Facts } from '../../../autodiff/shapes';
import type { Graph, Node } from '../../../onnx/graph';
import type { Learn } from '../../../autodiff/compose';

export interface Halves {
  /**
   * Gives the values at the cut from the model's inputs: one run a batch, whatever vector follows. Null where no
   * work worth keeping lies before the chosen parameters.
   */
  readonly frozen: Graph | null;
  /** The program, with the values at the cut as further inputs. */
  readonly live: Graph;
}

/** All the work that is worth keeping; what is made without (masks) is made again. */
const heavy = new Set(['MatMul', 'Gemm', 'Conv', 'LSTM', 'GRU', 'RNN', 'Einsum', 'Scan']);

/** Looking up in a table is no work, but the table takes memory. */
function isHeavy({ op, inputs }: Node, { constants }: Graph): boolean {
  return heavy.has(op) || (op === 'Gather' && (constants.get(inputs[0]!)?.dims.length ?? 0) >= 2);
}

/**
 * `changing`: names of constants and inputs that differ from run to run or that the derivative is taken by: chosen
 * parameters, labels, weights, vectors. What depends on none of them is frozen; the cut goes through the frozen values that
 * the rest reads and that took a matrix product or a table to make. Both halves together are the same function.
 * `learn` and `facts` as for the program: the types of the values at the cut are learned.
 */
export async function splitFrozen(
  graph: Graph,
  changing: ReadonlySet<string>,
  learn: Learn,
  facts: Facts,
): Promise<Halves> {
  const live = new Set(changing);
  const worth = new Set<string>();
  const cut = new Set<string>();
  for (const node of graph.nodes) {
    const used = usedValues(node);
    if (used.some(name => live.has(name))) {
      node.outputs.forEach(name => live.add(name));
      used.filter(name => worth.has(name)).forEach(name => cut.add(name));
    } else if (isHeavy(node, graph) || used.some(name => worth.has(name))) {
      node.outputs.filter(name => name !== '').forEach(name => worth.add(name));
    }
  }
  if (cut.size === 0) return { frozen: null, live: graph };
  const outputs = [...cut].map(name => ({ name }));
  const frozen = withUsedInputs(prune({ ...graph, outputs }));
  // Where a shape itself is given, its length is the rank of what it is the shape of, and loops refuse values of unknown rank.
  const given = [...(await learn(frozen, facts))].map(([name, fact]) => ({
    name,
    dtype: fact.dtype,
    dims: staticDims(fact),
  }));
  const rest = prune({
    ...graph,
    nodes: graph.nodes.map(node => renamed(node, cut)),
    inputs: [...graph.inputs, ...given],
  });
  return { frozen, live: withUsedInputs(rest) };
}

/** The node without the outputs that are given now; its others, of a Split say, may still be needed. */
function renamed(node: Node, given: ReadonlySet<string>): Node {
  if (!node.outputs.some(name => given.has(name))) return node;
  const outputs = node.outputs.map(name => (given.has(name) ? `${name}/made again` : name));
  return { ...node, outputs };
}

function withUsedInputs(graph: Graph): Graph {
  const used = new Set(graph.nodes.flatMap(usedValues));
  return { ...graph, inputs: graph.inputs.filter(({ name }) => used.has(name)) };
}
