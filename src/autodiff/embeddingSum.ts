/** Finds what a model adds to the word vectors before it does anything else: embeddings of positions and of token types. */
import type { Constant, Graph, Node } from '../onnx/graph';
import { isFloat, sizeOf } from '../onnx/tensorData';
import { GraphIndex } from './passes/graphIndex';

export interface EmbeddingPart {
  readonly kind: 'position' | 'type';
  /** What is added; it may be broadcast over the batch. */
  readonly value: string;
  /** The sum that it enters, [batch, length, width], through which all parts before it go, too. */
  readonly sum: string;
}

/** Ops that pass rows of a table on. */
const passing = new Set([
  ...[
    'Gather',
    'Slice',
    'Unsqueeze',
    'Squeeze',
    'Expand',
    'Reshape',
    'Cast',
    'Identity',
    'Dropout',
  ],
]);
/** Ops after which a word vector is still one. */
const scaling = new Set(['Mul', 'Cast', 'Identity', 'Dropout']);
/** A table with more rows holds positions, where no name tells. */
const mostTypes = 16;

/**
 * The parts in the order of the graph; empty where word vectors stand alone (rotary positions, recurrent and
 * convolutional models). `words`: the value with the word vectors.
 */
export function findEmbeddingParts(graph: Graph, words: string): EmbeddingPart[] {
  const index = new GraphIndex(graph);
  const chain = new Set([words]);
  const parts: EmbeddingPart[] = [];
  for (const node of graph.nodes) {
    if (node.domain !== '' || !node.inputs.some(input => chain.has(input))) continue;
    const sum = node.outputs[0]!;
    const others = node.inputs.filter(input => input !== '' && !chain.has(input));
    if (node.op === 'Add' || node.op === 'Sum') {
      const found = others.map(other => lookUps(other, graph, index));
      // A sum with something else is a layer of the model already.
      if (found.some(each => each === null)) continue;
      parts.push(...found.flatMap(each => each!.map(part => ({ ...part, sum }))));
    } else if (!scaling.has(node.op) || !others.every(other => isNumber(other, index))) continue;
    chain.add(sum);
  }
  return parts;
}

function isNumber(value: string, index: GraphIndex): boolean {
  const constant = index.constant(value);
  return constant !== undefined && sizeOf(constant.dims) === 1;
}

/** The rows of tables that a value is the sum of; none for a bias; null where it is something else. */
function lookUps(
  value: string,
  graph: Graph,
  index: GraphIndex,
): Pick<EmbeddingPart, 'kind' | 'value'>[] | null {
  const sum = index.maker(value, 'Add');
  if (sum) {
    const both = sum.inputs.map(input => lookUps(input, graph, index));
    return both.some(each => each === null) ? null : both.flatMap(each => each!);
  }
  const names = [value];
  let at = value;
  for (let node = makerOf(graph, at); node; node = makerOf(graph, at)) {
    if (node.domain !== '' || !passing.has(node.op)) return null;
    names.push(node.name);
    at = node.inputs[0] ?? '';
  }
  const table = graph.constants.get(at);
  if (!table || !isFloat(table.dtype)) return null;
  if (table.dims.length < 2) return [];
  return [{ kind: kindOf([...names, at].join(' '), table), value }];
}

function makerOf(graph: Graph, value: string): Node | undefined {
  return graph.nodes.find(node => node.outputs[0] === value);
}

function kindOf(names: string, table: Constant): 'position' | 'type' {
  if (/token_type|segment|type_embed/i.test(names)) return 'type';
  if (/pos/i.test(names)) return 'position';
  const rows = sizeOf(table.dims) / table.dims.at(-1)!;
  return rows <= mostTypes ? 'type' : 'position';
}
