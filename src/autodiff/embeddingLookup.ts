/** Finds where a model turns token ids into vectors: the place where saliency is taken. */
import type { Constant, Graph, Node } from '../onnx/graph';
import { isFloat } from '../onnx/tensorData';
import { GlassboxError } from '../protocol/messages';

export interface EmbeddingLookup {
  readonly node: Node;
  /** The constant with one row for each token of the vocabulary. */
  readonly table: { readonly name: string; readonly constant: Constant };
  /** The graph input with the token ids. */
  readonly indicesInput: string;
  /** The word vectors, [batch, length, width]; what a model does to them later (ELECTRA and ALBERT project) comes after. */
  readonly output: string;
}

/** Ops that pass ids on. */
const passing = new Set(['Cast', 'Reshape', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);

/**
 * The Gather whose data is a constant matrix and whose indices come from the input `ids`.
 * Throws GlassboxError 'bad-model' if there is none. Where a table is read several times (a tied output layer),
 * the first reading counts.
 */
export function findEmbeddingLookup(graph: Graph, ids = 'input_ids'): EmbeddingLookup {
  const derived = new Set([ids]);
  const aliases = new Map<string, string>();
  for (const node of graph.nodes) {
    const [first, indices] = node.inputs;
    const output = node.outputs[0];
    if (node.domain !== '' || first === undefined || output === undefined) continue;
    const table = aliases.get(first) ?? first;
    if (passing.has(node.op)) {
      if (derived.has(first)) derived.add(output);
      if (node.op === 'Identity' && graph.constants.has(table)) aliases.set(output, table);
    } else if (node.op === 'Gather' && indices !== undefined && derived.has(indices)) {
      const constant = graph.constants.get(table);
      if (constant?.dims.length === 2 && isFloat(constant.dtype)) {
        return { node, table: { name: table, constant }, indicesInput: ids, output };
      }
    }
  }
  throw new GlassboxError(
    'bad-model',
    `The model does not look up word vectors by its input "${ids}", so there is nothing to attribute to; export a model that takes token ids and holds its embedding table.`,
  );
}
