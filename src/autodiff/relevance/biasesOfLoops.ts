/** Biases in the bodies of loops: a row for each text of the batch, so that their adjoints tell the texts apart. */
import { GraphBuilder } from '../../onnx/builder';
import type { Graph, Node } from '../../onnx/graph';
import { capturedValues } from '../passes/graphIndex';
import { isScan, putTogether, takeApart } from '../scanParts';
import { rankOf, type Facts, type ValueFacts } from '../shapes';

export interface LoopBiases {
  readonly graph: Graph;
  readonly facts: Facts;
  /** [batch, width] each: their adjoints are those of the bias in each text. */
  readonly rows: readonly string[];
}

/** Vectors from outside that a body adds (of GRUs, beside the reset gate) become matrices of equal rows. */
export function spreadLoopBiases(graph: Graph, facts: Facts): LoopBiases {
  if (!graph.nodes.some(isScan)) return { graph, facts, rows: [] };
  const result: Graph = { ...graph, constants: new Map(graph.constants), nodes: [...graph.nodes] };
  const b = new GraphBuilder(result, 'biases/');
  result.nodes = [];
  const learned = new Map<string, ValueFacts>(facts);
  const rows: string[] = [];
  for (const node of graph.nodes) {
    if (!isScan(node)) {
      result.nodes.push(node);
      continue;
    }
    const parts = takeApart(node);
    const state = parts.states[0];
    const sizes = state && facts.get(state.initial);
    const outside = new Set(capturedValues(node));
    if (!sizes || rankOf(sizes) !== 2) {
      result.nodes.push(node);
      continue;
    }
    const spread = (bias: string): string => {
      const { dtype, dims } = facts.get(bias)!;
      const batch = b.op('Shape', [state.initial], { start: 0, end: 1 });
      const name = b.op('Expand', [
        bias,
        b.op('Concat', [batch, b.op('Shape', [bias])], { axis: 0 }),
      ]);
      learned.set(name, { dtype, dims: dims.map((d, probe) => [sizes.dims[probe]![0]!, ...d]) });
      rows.push(name);
      return name;
    };
    const nodes = parts.nodes.map((inner): Node => {
      const at = biasOf(inner, outside, facts);
      if (at < 0) return inner;
      return { ...inner, inputs: inner.inputs.toSpliced(at, 1, spread(inner.inputs[at]!)) };
    });
    result.nodes.push(putTogether({ ...parts, nodes }));
  }
  return { graph: result, facts: learned, rows };
}

/** Which input of a node in a body is a vector from outside that is added; -1 where none is. */
function biasOf({ op, domain, inputs }: Node, outside: ReadonlySet<string>, facts: Facts): number {
  if (domain !== '' || (op !== 'Gemm' && op !== 'Add')) return -1;
  const places = op === 'Gemm' ? [2] : [0, 1];
  const isVector = (value: string | undefined): boolean => {
    const known = value && outside.has(value) ? facts.get(value) : undefined;
    return known !== undefined && rankOf(known) === 1;
  };
  return places.find(place => isVector(inputs[place])) ?? -1;
}
