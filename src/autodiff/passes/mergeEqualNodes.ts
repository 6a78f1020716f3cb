/** Common subexpressions: of nodes that compute the same thing, the first stays. */
import type { Attribute, Constant, Graph, Node } from '../../onnx/graph';
import { byteLength } from '../../onnx/storedWeights';
import { prune } from './prune';
import { isScan } from '../scanParts';
import { mapNestedGraphs, renameInputs } from './graphIndex';

/** Ops whose value differs from call to call. */
const random = /^(Random|Bernoulli|Multinomial|Dropout)/;
/** Constants up to this many bytes are compared. */
const comparedBytes = 4096;

export function mergeEqualNodes(graph: Graph): Graph {
  const renamed = new Map<string, string>();
  const outputs = new Set(graph.outputs.map(output => output.name));
  const seenConstants = new Map<string, string>();
  for (const [name, constant] of graph.constants) {
    const key = constantKey(constant);
    if (key === undefined || outputs.has(name)) continue;
    const before = seenConstants.get(key);
    if (before === undefined) seenConstants.set(key, name);
    else renamed.set(name, before);
  }
  const seen = new Map<string, number>();
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const outer = renameInputs(original, name => renamed.get(name) ?? name);
    const node = isScan(outer) ? mapNestedGraphs(outer, mergeEqualNodes) : outer;
    const key = nodeKey(node);
    const place = key === undefined ? undefined : seen.get(key);
    if (place === undefined || node.outputs.some(name => outputs.has(name))) {
      if (key !== undefined && place === undefined) seen.set(key, nodes.length);
      nodes.push(node);
      continue;
    }
    // Where the second has outputs that the first leaves out, the first gets them.
    const first = nodes[place]!;
    const count = Math.max(first.outputs.length, node.outputs.length);
    const joined = Array.from({ length: count }, (_, i) => pick(first.outputs[i], node.outputs[i]));
    node.outputs.forEach((name, i) => name !== joined[i] && renamed.set(name, joined[i]!));
    nodes[place] = { ...first, outputs: joined };
  }
  return prune({ ...graph, nodes });
}

/** The one of two names of an output that is not left out. */
function pick(first: string | undefined, second: string | undefined): string {
  const named = [first, second].find(Boolean);
  return named ?? '';
}

/** Equal for nodes that compute the same; undefined for nodes that are never merged. */
function nodeKey(node: Node): string | undefined {
  if (random.test(node.op)) return undefined;
  const attributes: string[] = [];
  for (const [name, attribute] of Object.entries(node.attributes)) {
    const text = attributeKey(attribute);
    if (text === undefined) return undefined;
    attributes.push(`${name}=${text}`);
  }
  // The number of outputs is part of what these compute.
  const parts = node.op === 'Split' ? node.outputs.length : 0;
  return JSON.stringify([node.domain, node.op, node.inputs, attributes.sort(), parts]);
}

function attributeKey(attribute: Attribute): string | undefined {
  if (attribute.kind === 'graph') return undefined;
  if (attribute.kind === 'tensor') return constantKey(attribute.value);
  return `${attribute.kind}:${JSON.stringify(attribute.value)}`;
}

function constantKey(constant: Constant): string | undefined {
  if (byteLength(constant) > comparedBytes) return undefined;
  const { dtype, dims, bytes } = constant;
  return `${dtype}[${dims.join()}]${Buffer.from(bytes).toString('base64')}`;
}
