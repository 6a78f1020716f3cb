/** Finds attention: a softmax over the tokens, whose probabilities weigh the tokens' vectors in a matrix product. */
import type { Graph, Node } from '../onnx/graph';
import { GlassboxError } from '../protocol/messages';
import { usedValues } from './passes/graphIndex';
import { rankOf, type Facts } from './shapes';

export interface AttentionLayer {
  /** [batch, heads, length, length] (or batch and heads as one axis): how much each position, a row, takes of each. */
  readonly probabilities: string;
}

/** Ops that probabilities may pass before they weigh anything. */
const passing = new Set([
  ...['Reshape', 'Squeeze', 'Unsqueeze', 'Expand', 'Cast', 'Identity', 'Dropout', 'Where'],
]);

/**
 * The layers in their order, each of which reads what the one before has made; none where the model does not attend.
 * `words`: the value [batch, length, width]. Throws GlassboxError 'unsupported' where attention forks or joins (encoders with
 * decoders), for which no matrix of one layer can be multiplied with the next.
 */
export function findAttentionLayers(graph: Graph, facts: Facts, words: string): AttentionLayer[] {
  const lengths = facts.get(words)!.dims.map(dims => dims[1]!);
  const isSquare = (value: string): boolean => {
    const known = facts.get(value);
    if (!known || rankOf(known) < 3 || rankOf(known) > 4) return false;
    return known.dims.every((d, p) => d.at(-1) === lengths[p] && d.at(-2) === lengths[p]);
  };
  /** By value: the probabilities that it is. */
  const attention = new Map<string, string>();
  /** By value: through how many layers of attention it came. */
  const depth = new Map<string, number>();
  const layers: AttentionLayer[] = [];
  for (const node of graph.nodes) {
    const probabilities = node.inputs.map(input => attention.get(input)).find(Boolean);
    let made = Math.max(0, ...usedValues(node).map(value => depth.get(value) ?? 0));
    if (isSoftmax(node) && isSquare(node.outputs[0]!)) {
      attention.set(node.outputs[0]!, node.outputs[0]!);
    } else if (probabilities !== undefined && passing.has(node.op)) {
      attention.set(node.outputs[0]!, probabilities);
    } else if (node.op === 'MatMul' && attention.has(node.inputs[0]!)) {
      if ((depth.get(node.inputs[1]!) ?? 0) !== layers.length) throw notInARow(node);
      layers.push({ probabilities: attention.get(node.inputs[0]!)! });
      made = layers.length;
    }
    node.outputs.forEach(output => depth.set(output, made));
  }
  return layers;
}

/** Over the last axis. */
function isSoftmax({ op, domain, attributes, outputs }: Node): boolean {
  const axis = attributes['axis'];
  return (
    op === 'Softmax' &&
    domain === '' &&
    outputs.length === 1 &&
    (axis?.kind !== 'int' || axis.value === -1 || axis.value === 3)
  );
}

function notInARow({ name }: Node): GlassboxError {
  return new GlassboxError(
    'unsupported',
    `The attention layers of this model do not follow one another (at "${name}"), so their probabilities cannot be multiplied; choose a gradient method or LRP.`,
  );
}
