/** Brings a graph to one operator set, so that rules and passes know one form of each op. */
import { GraphBuilder } from '../../onnx/builder';
import type { Attribute, Graph, Node } from '../../onnx/graph';
import { GlassboxError } from '../../protocol/messages';
import { mapNestedGraphs } from './graphIndex';

/** The operator set that rules emit; the first with Gelu. */
export const targetOpset = 20;
const oldestOpset = 9;

/** Rewrites a node; appends the new form through `b`, whose last node must make the node's outputs. */
type Adapter = (node: Node, b: GraphBuilder) => Node[];

/** Adapters of an op, each for nodes older than `before`; applied in order. */
interface Change {
  readonly before: number;
  readonly adapt: Adapter;
}

/** An attribute that became an input, at place `input`. */
function toInput(name: string, input: number): Adapter {
  return (node, b) => {
    const attribute = node.attributes[name];
    if (!attribute) return [node];
    const inputs = [...node.inputs];
    while (inputs.length < input) inputs.push('');
    inputs[input] = constantFrom(attribute, b);
    return [{ ...node, inputs, attributes: without(node, name) }];
  };
}

function constantFrom(attribute: Attribute, b: GraphBuilder): string {
  if (attribute.kind === 'ints') return b.ints(attribute.value);
  if (attribute.kind === 'float') return b.scalar(attribute.value);
  if (attribute.kind === 'int') return b.ints([attribute.value]);
  throw new Error(`An attribute of kind ${attribute.kind} never became an input.`);
}

function without(node: Node, ...names: string[]): Record<string, Attribute> {
  return Object.fromEntries(
    Object.entries(node.attributes).filter(([name]) => !names.includes(name)),
  );
}

function intOf(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : otherwise;
}

/** Before opset 13 these worked on the input flattened to a matrix at `axis`. */
const flattened: Adapter = (node, b) => {
  const axis = intOf(node, 'axis', 1);
  const last: Record<string, Attribute> = { axis: { kind: 'int', value: -1 } };
  if (axis === -1) return [{ ...node, attributes: last }];
  const made: Node[] = [];
  const inner = new GraphBuilder({ ...b.graph, nodes: made }, `${node.outputs[0]!}/`);
  const rows = inner.op('Flatten', [node.inputs[0]!], { axis });
  const result = inner.op(node.op, [rows], { axis: -1 });
  const shape = inner.op('Shape', [node.inputs[0]!]);
  const back = { ...node, op: 'Reshape', inputs: [result, shape], attributes: {} };
  return [...made, back];
};

/** From opset 18 on, Split says the number of parts where it does not say their sizes. */
const splitCount: Adapter = node => {
  if (node.inputs[1]) return [node];
  const count: Attribute = { kind: 'int', value: node.outputs.length };
  return [{ ...node, attributes: { ...node.attributes, num_outputs: count } }];
};

/** The axis, 1 by default, became an input with another default. */
const transformAxis: Adapter = (node, b) => {
  const [signal, length = ''] = node.inputs;
  const inputs = [signal!, length, b.int(intOf(node, 'axis', 1))];
  return [{ ...node, inputs, attributes: without(node, 'axis') }];
};

const axesInput: Change[] = [{ before: 13, adapt: toInput('axes', 1) }];
const reducedAxes: Change[] = [{ before: 18, adapt: toInput('axes', 1) }];

const changes: Readonly<Record<string, Change[]>> = {
  Squeeze: axesInput,
  Unsqueeze: axesInput,
  ReduceSum: axesInput,
  ReduceMean: reducedAxes,
  ReduceMax: reducedAxes,
  ReduceMin: reducedAxes,
  ReduceProd: reducedAxes,
  ReduceL1: reducedAxes,
  ReduceL2: reducedAxes,
  ReduceLogSum: reducedAxes,
  ReduceLogSumExp: reducedAxes,
  ReduceSumSquare: reducedAxes,
  Softmax: [{ before: 13, adapt: flattened }],
  LogSoftmax: [{ before: 13, adapt: flattened }],
  Hardmax: [{ before: 13, adapt: flattened }],
  TopK: [{ before: 10, adapt: toInput('k', 1) }],
  DFT: [{ before: 20, adapt: transformAxis }],
  Split: [
    { before: 13, adapt: toInput('split', 1) },
    { before: 18, adapt: splitCount },
  ],
  Clip: [
    { before: 11, adapt: toInput('min', 1) },
    { before: 11, adapt: toInput('max', 2) },
  ],
  Pad: [
    { before: 11, adapt: toInput('pads', 1) },
    { before: 11, adapt: toInput('value', 2) },
  ],
  Slice: [
    { before: 10, adapt: toInput('starts', 1) },
    { before: 10, adapt: toInput('ends', 2) },
    { before: 10, adapt: toInput('axes', 3) },
  ],
  Dropout: [
    { before: 12, adapt: node => [{ ...node, inputs: [node.inputs[0]!], attributes: {} }] },
  ],
  Scatter: [{ before: 99, adapt: node => [{ ...node, op: 'ScatterElements' }] }],
};

/** Returns the graph in operator set `targetOpset`, or in its own if that is newer. */
export function upgrade(graph: Graph): Graph {
  if (graph.opset < oldestOpset) {
    throw new GlassboxError(
      'unsupported',
      `The model is in ONNX operator set ${graph.opset}; Glassbox reads ${oldestOpset} and later. Export it with opset 17.`,
    );
  }
  const upgraded = upgradeNodes(graph, graph.opset, '');
  return { ...upgraded, opset: Math.max(graph.opset, targetOpset) };
}

function upgradeNodes(graph: Graph, opset: number, prefix: string): Graph {
  const result: Graph = { ...graph, constants: new Map(graph.constants), nodes: [] };
  const b = new GraphBuilder({ ...result, nodes: [...graph.nodes] }, `${prefix}upgrade/`);
  for (const { opset: own, ...node } of graph.nodes) {
    const fitting = node.domain === '' ? (changes[node.op] ?? []) : [];
    let forms = [upgradeNested(node, own ?? opset)];
    for (const { before, adapt } of fitting) {
      if ((own ?? opset) >= before) continue;
      forms = [...forms.slice(0, -1), ...adapt(forms.at(-1)!, b)];
    }
    result.nodes.push(...forms);
  }
  return result;
}

function upgradeNested(node: Node, opset: number): Node {
  // Names must differ from those outside: the node's own name makes them so.
  return mapNestedGraphs(node, (inner, name) =>
    upgradeNodes(inner, opset, `${node.outputs[0]!}/${name}/`),
  );
}
