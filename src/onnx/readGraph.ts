/** From the messages of an ONNX file to a Graph: constants, nodes, nested graphs, calls of local functions. */
import { GlassboxError } from '../protocol/messages';
import { typeOfCode } from './dataTypes';
import { bind, domainOf, nameOf, type Functions, type Scope } from './functions';
import {
  AttributeProto_AttributeType as Kind,
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from './generated/onnx_pb';
import type { Attribute, Constant, Graph, Node, ValueInfo } from './graph';
import { readSparse } from './readSparse';
import { readTensor, type TensorSource } from './readTensor';
import { constantOf } from './tensorData';

/** Functions in functions: more must be a circle. */
const deepest = 64;
/** Functions that call others many times can grow without bounds from a small file. */
const mostNodes = 200_000;

const outermost: Scope = { label: '', rename: name => name, attributes: null, depth: 0 };

/** Where the parts of one graph are collected. */
type Parts = Pick<Graph, 'constants' | 'nodes'>;

export class GraphReader {
  private nodeCount = 0;

  constructor(
    private readonly source: TensorSource,
    private readonly functions: Functions,
  ) {}

  /** Throws GlassboxError. `opset` and `domains` are left to the caller. */
  read(proto: GraphProto, scope: Scope = outermost): Graph {
    const parts: Parts = { constants: new Map(), nodes: [] };
    for (const tensor of proto.initializer) {
      parts.constants.set(scope.rename(tensor.name), readTensor(tensor, this.source));
    }
    for (const sparse of proto.sparseInitializer) {
      const name = scope.rename(sparse.values?.name ?? '');
      parts.constants.set(name, readSparse(sparse, this.source));
    }
    for (const node of proto.node) this.add(node, scope, parts);
    const info = (value: ValueInfoProto) => readValueInfo(value, scope);
    return {
      name: proto.name,
      opset: 0,
      domains: {},
      // Old exporters list initialisers among the inputs.
      inputs: proto.input.map(info).filter(input => !parts.constants.has(input.name)),
      outputs: proto.output.map(info),
      ...parts,
    };
  }

  private add(node: NodeProto, scope: Scope, parts: Parts): void {
    const fn = this.functions.of(node);
    if (fn) {
      this.inline(fn, node, scope, parts);
      return;
    }
    const constant = node.opType === 'Constant' ? this.constantValue(node, scope) : undefined;
    if (constant) parts.constants.set(scope.rename(node.output[0] ?? ''), constant);
    else this.push(this.node(node, scope), parts);
  }

  private inline(fn: FunctionProto, call: NodeProto, scope: Scope, parts: Parts): void {
    if (scope.depth >= deepest) {
      throw new GlassboxError(
        'bad-model',
        `${this.source.fileName}: the function ${fn.name} calls itself, which ONNX does not allow; export the model again.`,
      );
    }
    const inner = this.functions.enter(fn, call, scope);
    for (const node of fn.node) this.add(node, inner, parts);
    for (const [from, to] of this.functions.copies(fn, call, scope, inner)) {
      const copy = { op: 'Identity', domain: '', name: `${inner.label}${to}`, attributes: {} };
      this.push({ ...copy, inputs: [from], outputs: [to] }, parts);
    }
  }

  private push(node: Node, { nodes }: Parts): void {
    if (++this.nodeCount > mostNodes) {
      throw new GlassboxError(
        'unsupported',
        `${this.source.fileName} has more than ${mostNodes} nodes when its functions are written out; export it without functions.`,
      );
    }
    nodes.push(node);
  }

  private node(node: NodeProto, scope: Scope): Node {
    const attributes: Record<string, Attribute> = {};
    for (const attribute of node.attribute) {
      const bound = bind(attribute, scope);
      if (bound) attributes[attribute.name] = this.attribute(bound.attribute, node, bound.scope);
    }
    return {
      op: node.opType,
      domain: domainOf(node.domain),
      name: scope === outermost ? node.name : scope.label + nameOf(node),
      inputs: node.input.map(scope.rename),
      outputs: node.output.map(scope.rename),
      attributes,
      ...(node.metadataProps.length ? { metadata: readMetadata(node) } : {}),
      ...(scope.opset === undefined ? {} : { opset: scope.opset }),
    };
  }

  private attribute(attribute: AttributeProto, node: NodeProto, scope: Scope): Attribute {
    const { type, t: tensor, g: graph } = attribute;
    if (type === Kind.INT) return { kind: 'int', value: Number(attribute.i) };
    if (type === Kind.FLOAT) return { kind: 'float', value: attribute.f };
    if (type === Kind.STRING) return { kind: 'string', value: textOf(attribute.s) };
    if (type === Kind.INTS) return { kind: 'ints', value: attribute.ints.map(Number) };
    if (type === Kind.FLOATS) return { kind: 'floats', value: attribute.floats };
    if (type === Kind.STRINGS) return { kind: 'strings', value: attribute.strings.map(textOf) };
    if (type === Kind.TENSOR && tensor) {
      return { kind: 'tensor', value: readTensor(tensor, this.source) };
    }
    if (type === Kind.GRAPH && graph) return { kind: 'graph', value: this.read(graph, scope) };
    throw new GlassboxError(
      'unsupported',
      `${this.source.fileName}: attribute "${attribute.name}" of node "${scope.label}${node.name}" (${node.opType}) has a kind that Glassbox does not read; export the model again with a current exporter.`,
    );
  }

  /** The tensor of a Constant node; undefined for strings and for one without a value, which stay nodes. */
  private constantValue(node: NodeProto, scope: Scope): Constant | undefined {
    const bound = node.attribute.map(found => bind(found, scope)).find(Boolean);
    if (!bound) return undefined;
    if (bound.attribute.type === Kind.SPARSE_TENSOR && bound.attribute.sparseTensor) {
      return readSparse(bound.attribute.sparseTensor, this.source);
    }
    const attribute = this.attribute(bound.attribute, node, bound.scope);
    switch (attribute.kind) {
      case 'tensor':
        return attribute.value;
      case 'int':
        return constantOf('int64', [], [attribute.value]);
      case 'ints':
        return constantOf('int64', [attribute.value.length], attribute.value);
      case 'float':
        return constantOf('float32', [], [attribute.value]);
      case 'floats':
        return constantOf('float32', [attribute.value.length], attribute.value);
      case 'string':
      case 'strings':
      case 'graph':
        return undefined;
    }
  }
}

function textOf(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

function readMetadata(node: NodeProto): Record<string, string> {
  return Object.fromEntries(node.metadataProps.map(({ key, value }) => [key, value]));
}

function readValueInfo(info: ValueInfoProto, scope: Scope): ValueInfo {
  const name = scope.rename(info.name);
  const type = info.type?.value;
  if (type?.case !== 'tensorType') return { name };
  const dtype = typeOfCode(type.value.elemType);
  const dims = type.value.shape?.dim.map(dim => {
    if (dim.value.case === 'dimValue') return Number(dim.value.value);
    return dim.value.case === 'dimParam' && dim.value.value ? dim.value.value : null;
  });
  return { name, ...(dtype ? { dtype } : {}), ...(dims ? { dims } : {}) };
}
