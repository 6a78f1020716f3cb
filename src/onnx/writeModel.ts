/** Writes a Graph as an ONNX file. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { codeOfType } from './dataTypes';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb';
import { GlassboxError } from '../protocol/messages';
import type { Attribute, Constant, Graph, Node, ValueInfo } from './graph';

/** IR version 10 goes with operator sets up to 22. */
const irVersion = 10n;

/** Protocol buffers, and so ONNX files, are at most this long. */
const mostBytes = 2 ** 31 - 1;

/** Throws GlassboxError 'unsupported' for more than 2 GB. */
export function writeModel(graph: Graph): Uint8Array {
  return bytesOf(modelOf(graph));
}

/** Throws GlassboxError 'unsupported' for more than 2 GB. */
export function bytesOf(model: ModelProto): Uint8Array {
  const weights = model.graph?.initializer.reduce((sum, { rawData }) => sum + rawData.length, 0);
  if ((weights ?? 0) > mostBytes) {
    throw new GlassboxError(
      'unsupported',
      'The weights that have to be changed for derivatives are more than 2 GB, which one ONNX graph cannot hold; use the float32 export of the model.',
    );
  }
  return toBinary(ModelProtoSchema, model);
}

/** `elsewhere`: says of a constant that its values are not to be written, and may fill in the tensor otherwise. */
type Elsewhere = (constant: Constant, tensor: TensorProto) => boolean;

/** A graph as the messages of an ONNX file. */
export function modelOf(graph: Graph, elsewhere: Elsewhere = () => false): ModelProto {
  const domains = Object.entries({ '': graph.opset, ...graph.domains });
  return create(ModelProtoSchema, {
    irVersion,
    producerName: 'glassbox',
    graph: writeGraph(graph, elsewhere),
    opsetImport: domains.map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
  });
}

function writeGraph(graph: Graph, elsewhere: Elsewhere): GraphProto {
  return create(GraphProtoSchema, {
    name: graph.name || 'graph',
    node: graph.nodes.map(node => writeNode(node, elsewhere)),
    initializer: [...graph.constants].map(([name, constant]) =>
      writeTensor(constant, name, elsewhere),
    ),
    input: graph.inputs.map(writeValueInfo),
    output: graph.outputs.map(writeValueInfo),
  });
}

function writeNode(node: Node, elsewhere: Elsewhere): NodeProto {
  return create(NodeProtoSchema, {
    opType: node.op,
    domain: node.domain,
    name: node.name,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) =>
      writeAttribute(name, value, elsewhere),
    ),
  });
}

function writeAttribute(name: string, attribute: Attribute, elsewhere: Elsewhere): AttributeProto {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  switch (attribute.kind) {
    case 'int':
      return create(AttributeProtoSchema, { name, type: Kind.INT, i: toInt64(attribute.value) });
    case 'float':
      return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: attribute.value });
    case 'string':
      return create(AttributeProtoSchema, { name, type: Kind.STRING, s: text(attribute.value) });
    case 'ints':
      return create(AttributeProtoSchema, {
        name,
        type: Kind.INTS,
        ints: attribute.value.map(toInt64),
      });
    case 'floats':
      return create(AttributeProtoSchema, {
        name,
        type: Kind.FLOATS,
        floats: [...attribute.value],
      });
    case 'strings':
      return create(AttributeProtoSchema, {
        name,
        type: Kind.STRINGS,
        strings: attribute.value.map(text),
      });
    case 'tensor':
      return create(AttributeProtoSchema, {
        name,
        type: Kind.TENSOR,
        t: writeTensor(attribute.value, '', elsewhere),
      });
    case 'graph':
      return create(AttributeProtoSchema, {
        name,
        type: Kind.GRAPH,
        g: writeGraph(attribute.value, elsewhere),
      });
  }
}

/** The largest and smallest int64 lose their last bits as JavaScript numbers; they mean "no bound". */
function toInt64(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return BigInt(value);
}

function writeTensor(constant: Constant, name: string, elsewhere: Elsewhere): TensorProto {
  const tensor = create(TensorProtoSchema, {
    name,
    dims: constant.dims.map(BigInt),
    dataType: codeOfType(constant.dtype),
  });
  if (elsewhere(constant, tensor)) return tensor;
  if (constant.dtype === 'string') {
    tensor.stringData = fromBinary(TensorProtoSchema, constant.bytes).stringData;
  } else {
    tensor.rawData = constant.bytes;
  }
  return tensor;
}

function writeValueInfo(info: ValueInfo): ValueInfoProto {
  if (!info.dtype) return create(ValueInfoProtoSchema, { name: info.name });
  const tensor = create(TypeProto_TensorSchema, { elemType: codeOfType(info.dtype) });
  if (info.dims) {
    tensor.shape = create(TensorShapeProtoSchema, {
      dim: info.dims.map(dim => {
        if (dim === null) return create(TensorShapeProto_DimensionSchema);
        return create(TensorShapeProto_DimensionSchema, {
          value:
            typeof dim === 'number'
              ? { case: 'dimValue', value: BigInt(dim) }
              : { case: 'dimParam', value: dim },
        });
      }),
    });
  }
  return create(ValueInfoProtoSchema, {
    name: info.name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}
