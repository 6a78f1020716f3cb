/** Common subexpressions: of nodes that compute the same thing, the first stays. */
import type { Attribute, Constant, Graph, Node } from '../../onnx/graph';
import { prune } from './prune';
import { renameInputs } from './graphIndex';

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
  const seen = new Map<string, Node>();
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = renameInputs(original, name => renamed.get(name) ?? name);
    const key = nodeKey(node);
    const before = key === undefined ? undefined : seen.get(key);
    if (before && !node.outputs.some(name => outputs.has(name))) {
      node.outputs.forEach((name, i) => renamed.set(name, before.outputs[i]!));
      continue;
    }
    if (key !== undefined && !before) seen.set(key, node);
    nodes.push(node);
  }
  return prune({ ...graph, nodes });
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
  const used = node.outputs.map(name => (name === '' ? 0 : 1));
  return JSON.stringify([node.domain, node.op, node.inputs, attributes.sort(), used]);
}

function attributeKey(attribute: Attribute): string | undefined {
  if (attribute.kind === 'graph') return undefined;
  if (attribute.kind === 'tensor') return constantKey(attribute.value);
  return `${attribute.kind}:${JSON.stringify(attribute.value)}`;
}

function constantKey({ dtype, dims, bytes }: Constant): string | undefined {
  if (bytes.length > comparedBytes) return undefined;
  return `${dtype}[${dims.join()}]${Buffer.from(bytes).toString('base64')}`;
}
