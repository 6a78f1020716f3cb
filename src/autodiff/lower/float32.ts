/** Half-precision graphs, computed in float32: exact for the weights, and closer to the model that was trained. */
import { codeOfType, typeOfCode } from '../../onnx/dataTypes';
import type { Attribute, Constant, DataType, Graph, Node, ValueInfo } from '../../onnx/graph';
import { elementsOf, numbersOf } from '../../onnx/tensorData';

type Half = 'float16' | 'bfloat16';

/** Attributes that name an element type. */
const typeAttributes = new Set(['to', 'dtype', 'output_dtype', 'softmax_precision']);

function isHalf(dtype: DataType | undefined): dtype is Half {
  return dtype === 'float16' || dtype === 'bfloat16';
}

/** The half-precision types of the graph's constants, those of nested graphs included, and how many have each. */
export function halvesIn(graph: Graph): Map<Half, number> {
  const found = new Map<Half, number>();
  const count = (inner: Graph): void => {
    for (const { dtype } of inner.constants.values()) {
      if (isHalf(dtype)) found.set(dtype, (found.get(dtype) ?? 0) + 1);
    }
    for (const node of inner.nodes) {
      for (const attribute of Object.values(node.attributes)) {
        if (attribute.kind === 'graph') count(attribute.value);
      }
    }
  };
  count(graph);
  return found;
}

/** Every float16 and bfloat16 constant, attribute, input and output as float32; casts to them go to float32. */
export function toFloat32(graph: Graph): Graph {
  const constants = new Map<string, Constant>();
  for (const [name, constant] of graph.constants) constants.set(name, widen(constant));
  return {
    ...graph,
    inputs: graph.inputs.map(widenInfo),
    outputs: graph.outputs.map(widenInfo),
    constants,
    nodes: graph.nodes.map(widenNode),
  };
}

/** A half-precision constant as float32 (every half is a float32 number); others as they are. */
export function widen(constant: Constant): Constant {
  if (!isHalf(constant.dtype)) return constant;
  const bits = elementsOf(constant) as Uint16Array;
  let values: Float32Array;
  if (constant.dtype === 'float16') {
    const table = halfTable();
    values = new Float32Array(bits.length);
    for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]!]!;
  } else {
    // bfloat16 is the upper half of a float32.
    const words = new Uint32Array(bits.length);
    for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
    values = new Float32Array(words.buffer);
  }
  return { dtype: 'float32', dims: constant.dims, bytes: new Uint8Array(values.buffer) };
}

let table: Float32Array | undefined;

/** The value of each of the 65 536 halves. */
function halfTable(): Float32Array {
  if (!table) {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
    const bytes = new Uint8Array(bits.buffer);
    table = Float32Array.from(numbersOf({ dtype: 'float16', dims: [2 ** 16], bytes }));
  }
  return table;
}

function widenInfo(info: ValueInfo): ValueInfo {
  return isHalf(info.dtype) ? { ...info, dtype: 'float32' } : info;
}

function widenNode(node: Node): Node {
  const attributes = Object.entries(node.attributes).map(
    ([name, attribute]): [string, Attribute] => [name, widenAttribute(name, attribute)],
  );
  return { ...node, attributes: Object.fromEntries(attributes) };
}

function widenAttribute(name: string, attribute: Attribute): Attribute {
  if (attribute.kind === 'tensor') return { kind: 'tensor', value: widen(attribute.value) };
  if (attribute.kind === 'graph') return { kind: 'graph', value: toFloat32(attribute.value) };
  if (attribute.kind !== 'int' || !typeAttributes.has(name)) return attribute;
  const narrow = isHalf(typeOfCode(attribute.value));
  return narrow ? { kind: 'int', value: codeOfType('float32') } : attribute;
}
