/** Appends nodes and constants to a graph, inventing the names. */
import { codeOfType } from './dataTypes';
import type { Attribute, Constant, DataType, Graph, Node } from './graph';
import { constantOf, type TypedArray } from './tensorData';

/** An attribute as one would write it; a string for `to` is a DataType. */
export type PlainAttribute =
  number | string | readonly number[] | readonly string[] | Constant | Attribute;
export type PlainAttributes = Readonly<Record<string, PlainAttribute>>;

/** Number attributes that are floats in the ONNX specification; all others are integers. */
const floatAttributes = new Set(['alpha', 'beta', 'epsilon', 'gamma', 'value_float']);

/** Constants up to this many bytes are shared when they are equal. */
const sharedBytes = 64;

export class GraphBuilder {
  private readonly used = new Set<string>();
  private readonly shared = new Map<string, string>();
  private readonly counters = new Map<string, number>();

  /** Names of new values start with `prefix`. */
  constructor(
    readonly graph: Graph,
    private readonly prefix = '',
  ) {
    this.learnNames();
  }

  /** Appends a node with one output; returns the name of the output. '' omits an optional input. */
  op(type: string, inputs: readonly string[], attributes: PlainAttributes = {}): string {
    return this.ops(type, inputs, 1, attributes)[0]!;
  }

  /** Appends a node with several outputs; returns their names. */
  ops(
    type: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: PlainAttributes = {},
  ): string[] {
    const name = this.unique(type);
    const outputs = [name];
    for (let i = 1; i < outputCount; i++) outputs.push(this.unique(type));
    const node: Node = {
      op: type,
      domain: '',
      name,
      inputs,
      outputs,
      attributes: toAttributes(attributes),
    };
    this.graph.nodes.push(node);
    return outputs;
  }

  /** A new name, for a value or node that the caller makes. */
  name(stem: string): string {
    return this.unique(stem);
  }

  /** A constant tensor from numbers, bigints or a typed array (not copied). */
  constant(
    dtype: DataType,
    dims: readonly number[],
    values: readonly number[] | readonly bigint[] | TypedArray,
    name?: string,
  ): string {
    const constant = constantOf(dtype, dims, values);
    const key =
      name === undefined && constant.bytes.length <= sharedBytes
        ? `${dtype}[${dims.join()}]${constant.bytes.join()}`
        : undefined;
    const before = key === undefined ? undefined : this.shared.get(key);
    if (before !== undefined && this.graph.constants.has(before)) return before;
    const value = this.unique(name ?? 'constant', name !== undefined);
    this.graph.constants.set(value, constant);
    if (key !== undefined) this.shared.set(key, value);
    return value;
  }

  /** A 1-D int64 constant. */
  ints(values: readonly number[]): string {
    return this.constant('int64', [values.length], values);
  }

  /** A 0-D int64 constant. */
  int(value: number): string {
    return this.constant('int64', [], [value]);
  }

  /** A 0-D floating point constant. */
  scalar(value: number, dtype: DataType = 'float32'): string {
    return this.constant(dtype, [], [value]);
  }

  /** Declares a graph input; returns its name. */
  input(name: string, dtype: DataType, dims: readonly (number | string | null)[]): string {
    if (this.used.has(name)) throw new Error(`The graph has a value "${name}" already.`);
    this.used.add(name);
    this.graph.inputs.push({ name, dtype, dims });
    return name;
  }

  /** Makes a value a graph output, under the name `alias` if one is given. */
  output(value: string, alias?: string): void {
    let name = value;
    if (alias !== undefined && alias !== value) {
      if (this.used.has(alias)) throw new Error(`The graph has a value "${alias}" already.`);
      this.used.add(alias);
      const identity: Node = {
        op: 'Identity',
        domain: '',
        name: alias,
        inputs: [value],
        outputs: [alias],
        attributes: {},
      };
      this.graph.nodes.push(identity);
      name = alias;
    }
    if (!this.graph.outputs.some(output => output.name === name)) this.graph.outputs.push({ name });
  }

  /** A name that no value has yet: `stem` itself where `exact` and free, else with a number. */
  private unique(stem: string, exact = false): string {
    const base = this.prefix + stem;
    let name = base;
    if (!exact || this.used.has(name)) {
      let count = this.counters.get(base) ?? 0;
      do name = `${base}_${++count}`;
      while (this.used.has(name));
      this.counters.set(base, count);
    }
    this.used.add(name);
    return name;
  }

  private learnNames(): void {
    for (const name of namesIn(this.graph)) this.used.add(name);
  }
}

/** The names of all values and nodes of a graph and of the graphs nested in it, which must differ from those outside. */
function* namesIn(graph: Graph): Generator<string> {
  for (const { name } of graph.inputs) yield name;
  yield* graph.constants.keys();
  for (const node of graph.nodes) {
    yield node.name;
    yield* node.outputs;
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') yield* namesIn(attribute.value);
    }
  }
}

/** An empty graph in the operator set that the autodiff works in. */
export function emptyGraph(name: string, opset = 20): Graph {
  return { name, opset, domains: {}, inputs: [], outputs: [], constants: new Map(), nodes: [] };
}

export function toAttributes(plain: PlainAttributes): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(plain)) attributes[name] = toAttribute(name, value);
  return attributes;
}

function toAttribute(name: string, value: PlainAttribute): Attribute {
  if (typeof value === 'number') {
    return floatAttributes.has(name) ? { kind: 'float', value } : { kind: 'int', value };
  }
  if (typeof value === 'string') {
    if (name === 'to') return { kind: 'int', value: codeOfType(value as DataType) };
    return { kind: 'string', value };
  }
  if (isList(value)) {
    return isStrings(value) ? { kind: 'strings', value } : { kind: 'ints', value };
  }
  return 'kind' in value ? value : { kind: 'tensor', value };
}

function isList(value: PlainAttribute): value is readonly number[] | readonly string[] {
  return Array.isArray(value);
}

function isStrings(value: readonly number[] | readonly string[]): value is readonly string[] {
  return typeof value[0] === 'string';
}
