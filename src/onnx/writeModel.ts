/** Writes a Graph as an ONNX file. */
import { create, toBinary } from '@bufbuild/protobuf';
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
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb';
import type { Attribute, Constant, Graph, Node, ValueInfo } from './graph';

/** IR version 10 goes with operator sets up to 22. */
const irVersion = 10n;

export function writeModel(graph: Graph): Uint8Array {
  const domains = Object.entries({ '': graph.opset, ...graph.domains });
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: 'glassbox',
    graph: writeGraph(graph),
    opsetImport: domains.map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
  });
  return toBinary(ModelProtoSchema, model);
}

function writeGraph(graph: Graph): GraphProto {
  return create(GraphProtoSchema, {
    name: graph.name || 'graph',
    node: graph.nodes.map(writeNode),
    initializer: [...graph.constants].map(([name, constant]) => writeTensor(constant, name)),
    input: graph.inputs.map(writeValueInfo),
    output: graph.outputs.map(writeValueInfo),
  });
}

function writeNode(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    opType: node.op,
    domain: node.domain,
    name: node.name,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => writeAttribute(name, value)),
  });
}

function writeAttribute(name: string, attribute: Attribute): AttributeProto {
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
        t: writeTensor(attribute.value, ''),
      });
    case 'graph':
      return create(AttributeProtoSchema, {
        name,
        type: Kind.GRAPH,
        g: writeGraph(attribute.value),
      });
  }
}

/** The largest and smallest int64 lose their last bits as JavaScript numbers; they mean "no bound". */
function toInt64(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return BigInt(value);
}

function writeTensor(constant: Constant, name: string): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: constant.dims.map(BigInt),
    dataType: codeOfType(constant.dtype),
    rawData: constant.bytes,
  });
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
