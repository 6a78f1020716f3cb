/** Programs that combine the attention probabilities of all layers. */
import { findAttentionLayers } from '../../../autodiff/attentionLayers';
import { narrow } from '../../../autodiff/passes';
import { RuleBuilder } from '../../../autodiff/ruleBuilder';
import { rankOf } from '../../../autodiff/shapes';
import { vjp } from '../../../autodiff/vjp';
import type { Model } from '../../../model/model';
import { GlassboxError } from '../../../protocol/messages';
import { closeRowGraph, openRowGraph, type RowGraph } from '../rows/rowGraph';

/** Output [B, L]. */
export const attentionOutput = 'glassbox/attention';

/** A layer, with heads as an axis of their own. */
interface Layer {
  /** [B, H, L, L]: probabilities A, and the derivative of the explained number by them, where it was asked for. */
  readonly probabilities: string;
  readonly gradient: () => string;
}

/** How layers, the first one first, become a number a token [B, L]. `read`: [B, 1, L], sums to 1: the position that is read. */
export type Combine = (b: RuleBuilder, layers: readonly Layer[], read: string) => string;

/**
 * Which position is read is found by the derivative of the explained number by the last layer's probabilities: only
 * rows that are read have one. Where several are (a mean over all tokens, begin and end of an answer), each counts alike.
 * `gradients`: those of all layers are needed.
 */
export async function buildAttentionGraph(
  model: Model,
  combine: Combine,
  gradients: boolean,
): Promise<RowGraph> {
  const { graph: source, facts: known } = narrow(await model.graph(), model.about.facts);
  const words = model.about.embedding.output;
  const names = findAttentionLayers(source, known, words).map(layer => layer.probabilities);
  if (names.length === 0) {
    throw new GlassboxError(
      'unsupported',
      'The model has no attention probabilities over its tokens, so there is nothing that this method could show; choose a gradient method or LRP.',
    );
  }
  const open = openRowGraph(model, source, known);
  const { graph, facts, scalar } = open;
  const adjoints = vjp({
    graph,
    seeds: scalar.adjoints,
    wrt: gradients ? names : names.slice(-1),
    facts,
    prefix: 'glassbox/vjp/',
  });
  const b = new RuleBuilder(graph, 'glassbox/attention/');
  const apart = (value: string, like: string): string =>
    rankOf(facts.get(like)!) === 4
      ? value
      : b.reshape(
          value,
          b.concat([b.shapePart(words, 0, 1), b.ints([-1]), b.shapePart(like, 1, 3)], 0),
        );
  const layers = names.map((name): Layer => ({
    probabilities: apart(name, name),
    gradient: () => {
      const adjoint = adjoints.get(name);
      return adjoint === undefined ? b.mul(apart(name, name), b.number(0)) : apart(adjoint, name);
    },
  }));
  const result = combine(b, layers, readPosition(b, layers.at(-1)!.gradient()));
  return closeRowGraph(open, { [attentionOutput]: b.squeeze(result, [1]) }, {}, true);
}

/** [B, 1, L]: equal shares of the rows in which the gradient [B, H, L, L] is not zero. */
function readPosition(b: RuleBuilder, gradient: string): string {
  const sizes = b.op('ReduceMax', [b.op('Abs', [gradient]), b.ints([1, 3])], { keepdims: 0 });
  const reads = b.unsqueeze(b.cast(b.op('Greater', [sizes, b.number(0)])), [1]);
  const count = b.op('Max', [b.sum(reads, [2]), b.number(1)]);
  return b.div(reads, count);
}
