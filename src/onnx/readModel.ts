/** Reads an ONNX file into a Graph. Weights stay views of the file's bytes. */
import { fromBinary } from '@bufbuild/protobuf';
import { GlassboxError } from '../protocol/messages';
import { typeOfCode } from './dataTypes';
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from './generated/onnx_pb';
import type { Attribute, Constant, Graph, Node, ValueInfo } from './graph';
import { readTensor } from './readTensor';
import { constantOf } from './tensorData';

/**
 * `fileName` is for error messages only. `Constant` nodes become constants of the graph.
 * Throws GlassboxError 'bad-model' for bytes that are no ONNX model, 'unsupported' for parts of ONNX that
 * Glassbox does not read (functions, sparse or external tensors).
 */
export function readModel(bytes: Uint8Array, fileName: string): Graph {
  if (startsWith(bytes, largeFilePointer)) {
    throw new GlassboxError(
      'bad-model',
      `${fileName} is only a Git LFS pointer to the model; run "git lfs pull" in its folder to fetch the model itself.`,
    );
  }
  const model = parse(bytes, fileName);
  if (!model.graph?.node.length) {
    throw new GlassboxError(
      'bad-model',
      `${fileName} is not an ONNX model (it holds no graph); export the model again, or choose another folder.`,
    );
  }
  if (model.functions.length) {
    throw new GlassboxError(
      'unsupported',
      `${fileName} defines its own functions (${model.functions[0]!.name}, ...); export it with inlined functions (onnx.inliner.inline_local_functions).`,
    );
  }
  const graph = readGraph(model.graph, fileName);
  for (const { domain, version } of model.opsetImport) {
    if (domain === '' || domain === 'ai.onnx') graph.opset = Number(version);
    else graph.domains[domain] = Number(version);
  }
  if (!graph.opset) {
    throw new GlassboxError(
      'bad-model',
      `${fileName} does not say which ONNX operator set it uses; the file is damaged, export or download it again.`,
    );
  }
  return graph;
}

/** First words of the small text that stands for a file that Git LFS has not fetched. */
const largeFilePointer = 'version https://git-lfs';

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;
}

function parse(bytes: Uint8Array, fileName: string): ModelProto {
  try {
    // A Buffer would make every tensor a Buffer, whose slice() does not copy.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return fromBinary(ModelProtoSchema, plain);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GlassboxError(
      'bad-model',
      `${fileName} is not an ONNX model, or it is incomplete (${reason}); export or download it again.`,
    );
  }
}

function readGraph(proto: GraphProto, fileName: string): Graph {
  if (proto.sparseInitializer.length) {
    throw new GlassboxError(
      'unsupported',
      `${fileName} has sparse weights; export the model with dense weights.`,
    );
  }
  const constants = new Map<string, Constant>();
  for (const tensor of proto.initializer) constants.set(tensor.name, readTensor(tensor, fileName));
  const nodes: Node[] = [];
  for (const node of proto.node) {
    const constant = node.opType === 'Constant' ? constantValue(node, fileName) : undefined;
    if (constant) constants.set(node.output[0]!, constant);
    else nodes.push(readNode(node, fileName));
  }
  return {
    name: proto.name,
    opset: 0,
    domains: {},
    // Old exporters list initialisers among the inputs.
    inputs: proto.input.filter(input => !constants.has(input.name)).map(readValueInfo),
    outputs: proto.output.map(readValueInfo),
    constants,
    nodes,
  };
}

function readNode(node: NodeProto, fileName: string): Node {
  const attributes: Record<string, Attribute> = {};
  for (const attribute of node.attribute) {
    attributes[attribute.name] = readAttribute(attribute, node, fileName);
  }
  return {
    op: node.opType,
    domain: node.domain === 'ai.onnx' ? '' : node.domain,
    name: node.name,
    inputs: node.input,
    outputs: node.output,
    attributes,
    ...(node.metadataProps.length ? { metadata: readMetadata(node) } : {}),
  };
}

function readMetadata(node: NodeProto): Record<string, string> {
  return Object.fromEntries(node.metadataProps.map(({ key, value }) => [key, value]));
}

function readAttribute(attribute: AttributeProto, node: NodeProto, fileName: string): Attribute {
  const text = (value: Uint8Array): string => new TextDecoder().decode(value);
  const { type, t: tensor, g: graph } = attribute;
  if (type === Kind.INT) return { kind: 'int', value: Number(attribute.i) };
  if (type === Kind.FLOAT) return { kind: 'float', value: attribute.f };
  if (type === Kind.STRING) return { kind: 'string', value: text(attribute.s) };
  if (type === Kind.INTS) return { kind: 'ints', value: attribute.ints.map(Number) };
  if (type === Kind.FLOATS) return { kind: 'floats', value: attribute.floats };
  if (type === Kind.STRINGS) return { kind: 'strings', value: attribute.strings.map(text) };
  if (type === Kind.TENSOR && tensor)
    return { kind: 'tensor', value: readTensor(tensor, fileName) };
  if (type === Kind.GRAPH && graph) return { kind: 'graph', value: readGraph(graph, fileName) };
  throw new GlassboxError(
    'unsupported',
    `${fileName}: attribute "${attribute.name}" of node "${node.name}" (${node.opType}) has a kind that Glassbox does not read; export the model again with a current exporter.`,
  );
}

/** The tensor of a Constant node; undefined for strings, which stay nodes. */
function constantValue(node: NodeProto, fileName: string): Constant | undefined {
  const proto = node.attribute[0];
  if (!proto) return undefined;
  const attribute = readAttribute(proto, node, fileName);
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

function readValueInfo(info: ValueInfoProto): ValueInfo {
  const type = info.type?.value;
  if (type?.case !== 'tensorType') return { name: info.name };
  const dtype = typeOfCode(type.value.elemType);
  const dims = type.value.shape?.dim.map(dim => {
    if (dim.value.case === 'dimValue') return Number(dim.value.value);
    return dim.value.case === 'dimParam' && dim.value.value ? dim.value.value : null;
  });
  return { name: info.name, ...(dtype ? { dtype } : {}), ...(dims ? { dims } : {}) };
}
