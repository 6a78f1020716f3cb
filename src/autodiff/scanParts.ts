/** A Scan node taken apart into what belongs together, and put together again. */
import { emptyGraph, toAttributes } from '../onnx/builder';
import type { Constant, Graph, Node } from '../onnx/graph';

/** A value that the loop carries from step to step. `before` and `after` are names in the body. */
export interface ScanState {
  /** Outside, before the first step. */
  readonly initial: string;
  readonly before: string;
  readonly after: string;
  /** Outside, after the last step. */
  readonly final: string;
}

/** A tensor outside of which the body sees one slice a step. */
export interface ScanPort {
  readonly outer: string;
  readonly inner: string;
  /** Of the tensor outside. */
  readonly axis: number;
  /** 0: the first step has the first slice; 1: the first step has the last. */
  readonly direction: number;
}

export interface ScanParts {
  readonly name: string;
  readonly states: readonly ScanState[];
  readonly inputs: readonly ScanPort[];
  readonly outputs: readonly ScanPort[];
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
}

export function isScan(node: Node): boolean {
  return node.op === 'Scan' && node.domain === '';
}

export function takeApart(node: Node): ScanParts {
  const { attributes, inputs, outputs } = node;
  const [body, counted] = [attributes['body'], attributes['num_scan_inputs']];
  if (body?.kind !== 'graph' || counted?.kind !== 'int') {
    throw new Error(`Scan "${node.name}" has no body or does not count its inputs.`);
  }
  const count = inputs.length - counted.value;
  const inner = { in: body.value.inputs, out: body.value.outputs };
  const list = (attribute: string, i: number): number => {
    const found = attributes[attribute];
    return found?.kind === 'ints' ? (found.value[i] ?? 0) : 0;
  };
  const ports = (kind: 'input' | 'output', outer: readonly string[]): ScanPort[] =>
    outer.slice(count).map((name, i) => ({
      outer: name,
      inner: (kind === 'input' ? inner.in : inner.out)[count + i]!.name,
      axis: list(`scan_${kind}_axes`, i),
      direction: list(`scan_${kind}_directions`, i),
    }));
  return {
    name: node.name,
    states: inputs.slice(0, count).map((initial, i) => ({
      initial,
      before: inner.in[i]!.name,
      after: inner.out[i]!.name,
      final: outputs[i] ?? '',
    })),
    inputs: ports('input', inputs),
    outputs: ports('output', outputs),
    nodes: body.value.nodes,
    constants: body.value.constants,
  };
}

/** The node of these parts. An output that the body does not make itself, or makes twice, gets a node of its own. */
export function putTogether(parts: ScanParts): Node {
  const { name, states, inputs, outputs } = parts;
  const nodes = [...parts.nodes];
  const made = new Set(nodes.flatMap(node => node.outputs));
  const given = new Set<string>();
  const result = (value: string, i: number): { name: string } => {
    const own = made.has(value) && !given.has(value);
    given.add(value);
    if (own) return { name: value };
    const copy = freshName(`${value}/out_${i}`, made);
    const identity = { op: 'Identity', domain: '', name: copy, inputs: [value], outputs: [copy] };
    nodes.push({ ...identity, attributes: {} });
    made.add(copy);
    return { name: copy };
  };
  const body: Graph = {
    ...emptyGraph(`${name}/body`),
    inputs: [
      ...states.map(state => ({ name: state.before })),
      ...inputs.map(port => ({ name: port.inner })),
    ],
    outputs: [
      ...states.map((state, i) => result(state.after, i)),
      ...outputs.map((port, i) => result(port.inner, states.length + i)),
    ],
    constants: new Map(parts.constants),
    nodes,
  };
  const ports = (kind: string, list: readonly ScanPort[]) =>
    list.length === 0
      ? {}
      : {
          [`scan_${kind}_axes`]: list.map(port => port.axis),
          [`scan_${kind}_directions`]: list.map(port => port.direction),
        };
  return {
    op: 'Scan',
    domain: '',
    name,
    inputs: [...states.map(state => state.initial), ...inputs.map(port => port.outer)],
    outputs: [...states.map(state => state.final), ...outputs.map(port => port.outer)],
    attributes: {
      ...toAttributes({
        num_scan_inputs: inputs.length,
        ...ports('input', inputs),
        ...ports('output', outputs),
      }),
      body: { kind: 'graph', value: body },
    },
  };
}

function freshName(stem: string, used: ReadonlySet<string>): string {
  let name = stem;
  for (let i = 1; used.has(name); i++) name = `${stem}_${i}`;
  return name;
}
