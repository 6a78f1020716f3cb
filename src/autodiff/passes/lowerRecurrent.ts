/**
 * LSTM, GRU and RNN as Scan over the steps: what the inputs contribute is one product for all steps outside of the
 * loop, the loop itself holds primitive ops only, which have derivative rules.
 */
import { emptyGraph, GraphBuilder } from '../../onnx/builder';
import type { DataType, Graph, Node } from '../../onnx/graph';
import { constantOf, isFloat } from '../../onnx/tensorData';
import { GlassboxError } from '../../protocol/messages';
import { describeNode } from '../rule';
import { putTogether } from '../scanParts';
import { standingFor } from '../standIn';
import { activationsOf } from './lowerRecurrentActivations';
import { lengthsOf, type Lengths } from './lowerRecurrentLengths';
import { gruCell, lstmCell, rnnCell, type CellBuilder } from './lowerRecurrentCells';

interface Kind {
  readonly cell: CellBuilder;
  readonly gates: number;
  readonly activations: readonly string[];
  /** h, and c for LSTM. */
  readonly states: number;
}

const kinds: Readonly<Record<string, Kind>> = {
  RNN: { cell: rnnCell, gates: 1, activations: ['Tanh'], states: 1 },
  GRU: { cell: gruCell, gates: 3, activations: ['Sigmoid', 'Tanh'], states: 1 },
  LSTM: { cell: lstmCell, gates: 4, activations: ['Sigmoid', 'Tanh', 'Tanh'], states: 2 },
};

export function lowerRecurrent(graph: Graph): Graph {
  const result: Graph = { ...graph, constants: new Map(graph.constants), nodes: [] };
  const b = new GraphBuilder({ ...result, nodes: [...graph.nodes] }, 'recurrent/');
  b.graph.nodes = result.nodes;
  for (const node of graph.nodes) {
    const kind = node.domain === '' ? kinds[node.op] : undefined;
    if (kind) lower(node, kind, b, floatType(node, graph));
    else result.nodes.push(node);
  }
  return result;
}

/** What the directions of a layer have in common. */
interface Layer {
  readonly node: Node;
  readonly kind: Kind;
  readonly b: GraphBuilder;
  readonly dtype: DataType;
  readonly hidden: number;
  /** [steps, batch, width] */
  readonly x: string;
  readonly lengths: Lengths | null;
}

/** What a direction gives: [steps, batch, hidden], and [batch, hidden] for each state. */
interface Outputs {
  readonly stack: string;
  readonly finals: readonly string[];
}

function lower(node: Node, kind: Kind, b: GraphBuilder, dtype: DataType): void {
  const [X, W, R, B, lens, h0, c0, P] = Array.from({ length: 8 }, (_, i) => node.inputs[i] ?? '');
  const hidden = intOf(node, 'hidden_size', 0) || b.graph.constants.get(R!)?.dims[2];
  const direction = node.attributes['direction'];
  const named = direction?.kind === 'string' ? direction.value : 'forward';
  const reversed = { forward: [false], reverse: [true], bidirectional: [false, true] }[named];
  if (!hidden || !reversed) {
    const what = hidden ? `the direction "${named}"` : 'no hidden_size';
    throw new GlassboxError(
      'unsupported',
      `${describeNode(node)} has ${what}, so Glassbox cannot differentiate it; export the model with a current exporter.`,
    );
  }
  const batchFirst = intOf(node, 'layout', 0) === 1;
  const swap = (value: string, perm: number[]): string =>
    batchFirst && value !== '' ? b.op('Transpose', [value], { perm }) : value;
  const x = swap(X!, [1, 0, 2]);
  const layer: Layer = {
    node,
    kind,
    b,
    dtype,
    hidden,
    x,
    lengths: lens === '' ? null : lengthsOf(b, lens!, x),
  };
  const parts = (value: string, input: number): string[] => {
    const first = b.graph.nodes.length;
    const found = eachDirection(b, value, reversed.length);
    // The node that reads the parameter knows it as the parameter of the operator.
    for (const made of b.graph.nodes.splice(first)) {
      b.graph.nodes.push(made.inputs[0] === value ? standingFor(made, node, input) : made);
    }
    return found;
  };
  const [Ws, Rs, Ps] = [parts(W!, 1), parts(R!, 2), parts(P!, 7)];
  const biases = parts(B!, 3).map(bias =>
    bias === '' ? ['', ''] : b.ops('Split', [bias], 2, { axis: 0, num_outputs: 2 }),
  );
  const initials = [h0!, c0!].map(value =>
    eachDirection(b, swap(value, [1, 0, 2]), reversed.length),
  );
  const found = reversed.map((isReversed, d) => {
    const cell = kind.cell(b, {
      hidden,
      W: Ws[d]!,
      R: Rs[d]!,
      P: Ps[d]!,
      inputBias: biases[d]![0]!,
      recurrentBias: biases[d]![1]!,
      activations: activationsOf(node, kind.activations, d, dtype),
      linearBeforeReset: intOf(node, 'linear_before_reset', 0) !== 0,
      coupled: intOf(node, 'input_forget', 0) !== 0,
    });
    const bounded = activationsOf(node, kind.activations, d, dtype).every(each => each.bounded);
    return runDirection(
      layer,
      cell,
      initials.map(each => each[d]!),
      isReversed,
      bounded,
    );
  });
  const join = (
    values: string[],
    axis: number,
    perm: number[],
    output: string | undefined,
  ): void => {
    if (!output) return;
    const raised = values.map(value => b.op('Unsqueeze', [value, b.ints([axis])]));
    const joined = raised.length === 1 ? raised[0]! : b.op('Concat', raised, { axis });
    b.graph.nodes.push(identity(swap(joined, perm), output));
  };
  join(
    found.map(each => each.stack),
    1,
    [2, 0, 1, 3],
    node.outputs[0],
  );
  for (let s = 0; s < kind.states; s++) {
    join(
      found.map(each => each.finals[s]!),
      0,
      [1, 0, 2],
      node.outputs[1 + s],
    );
  }
}

function runDirection(
  layer: Layer,
  cell: ReturnType<CellBuilder>,
  given: readonly string[],
  reversed: boolean,
  bounded: boolean,
): Outputs {
  const { b, dtype, hidden, lengths } = layer;
  // A row that ends early starts at its own end: reverse each row within its length, then go forward.
  const turn = (value: string): string =>
    reversed && lengths
      ? b.op('ReverseSequence', [value, lengths.counts], { time_axis: 0, batch_axis: 1 })
      : value;
  const x = turn(layer.x);
  const sizes = b.op('Shape', [x], { start: 0, end: 2 });
  const projected = cell.projections.map(({ W, bias }) => {
    const rows = b.op('Flatten', [x], { axis: 2 });
    const product = b.op('Gemm', bias === '' ? [rows, W] : [rows, W, bias], { transB: 1 });
    return b.op('Reshape', [product, b.op('Concat', [sizes, b.ints([-1])], { axis: 0 })]);
  });
  const initials = given.slice(0, layer.kind.states).map(value => {
    if (value !== '') return value;
    const batch = b.op('Shape', [x], { start: 1, end: 2 });
    const shape = b.op('Concat', [batch, b.ints([hidden])], { axis: 0 });
    return b.op('ConstantOfShape', [shape], { value: constantOf(dtype, [1], [0]) });
  });

  const name = b.name('Scan');
  const body = emptyGraph(name);
  const step = new GraphBuilder(body, `${name}/`);
  const slices = projected.map((_, i) => `${name}/x_${i}`);
  const before = initials.map((_, i) => `${name}/state_${i}`);
  let after = cell.step(step, slices, before);
  // Past a row's end the loop runs on; what comes of it is not read, but must not overflow.
  const hold = lengths !== null && !bounded ? `${name}/goes_on` : null;
  if (hold) after = after.map((now, i) => step.op('Where', [hold, now, before[i]!]));
  const direction = reversed && !lengths ? 1 : 0;
  const port = (outer: string, inner: string) => ({ outer, inner, axis: 0, direction });
  const finals = initials.map(() => b.name('Scan'));
  const stacks = after.map(() => b.name('Scan'));
  b.graph.nodes.push(
    putTogether({
      name,
      states: initials.map((initial, i) => ({
        initial,
        before: before[i]!,
        after: after[i]!,
        final: finals[i]!,
      })),
      inputs: [
        ...projected.map((outer, i) => port(outer, slices[i]!)),
        ...(hold ? [port(lengths!.mask, hold)] : []),
      ],
      outputs: stacks.map((outer, i) => port(outer, after[i]!)),
      nodes: body.nodes,
      constants: body.constants,
    }),
  );
  if (!lengths) return { stack: stacks[0]!, finals };
  const stack = b.op('Where', [lengths.mask, turn(stacks[0]!), b.scalar(0, dtype)]);
  const last = stacks.map(value =>
    b.op('Where', [lengths.any, b.op('GatherND', [value, lengths.last]), b.scalar(0, dtype)]),
  );
  return { stack, finals: last };
}

/** The parts of a parameter [directions, ...] for each direction; '' of one that is left out. */
function eachDirection(b: GraphBuilder, value: string, directions: number): string[] {
  if (value === '') return Array<string>(directions).fill('');
  const parts =
    directions === 1
      ? [value]
      : b.ops('Split', [value], directions, { axis: 0, num_outputs: directions });
  return parts.map(part => b.op('Squeeze', [part, b.ints([0])]));
}

/** The type that the node computes in, as far as the file says. */
function floatType(node: Node, graph: Graph): DataType {
  for (const name of node.inputs) {
    const found = graph.constants.get(name) ?? graph.inputs.find(input => input.name === name);
    if (found?.dtype && isFloat(found.dtype)) return found.dtype;
  }
  return 'float32';
}

function intOf(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : otherwise;
}

function identity(input: string, output: string): Node {
  return {
    op: 'Identity',
    domain: '',
    name: output,
    inputs: [input],
    outputs: [output],
    attributes: {},
  };
}
