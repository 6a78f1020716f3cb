/**
 * The program of relevance propagation: the model, the explained number, and the walk of the derivative with replaced rules, down to
 * the word vectors. With the adjoint g of the walk the relevance of a value v is v g: of a token's word vector,
 * of what is added to it for its position and type, of the biases.
 */
import { findEmbeddingParts, type EmbeddingPart } from '../../../autodiff/embeddingSum';
import { narrow } from '../../../autodiff/passes';
import {
  BiasRelevance,
  findPartialSums,
  Gates,
  relevanceRules,
  spreadLoopBiases,
  type RelevanceContext,
  type RelevanceVariant,
} from '../../../autodiff/relevance';
import type { RuleTable } from '../../../autodiff/rule';
import { RuleBuilder } from '../../../autodiff/ruleBuilder';
import { vjp } from '../../../autodiff/vjp';
import { rankOf } from '../../../autodiff/shapes';
import type { Model } from '../../../model/model';
import { closeRowGraph, openRowGraph, type RowGraph } from '../rows/rowGraph';

/** Outputs: relevance of each token's word vector, position and type; of the biases of a text. */
export const relevanceOutputs = {
  word: 'glassbox/word',
  position: 'glassbox/position',
  type: 'glassbox/type',
  bias: 'glassbox/bias',
} as const;

/** `table`: the rules; those of the derivative make it gradient x input. Throws GlassboxError 'unsupported' naming the node without a rule. */
export async function buildRelevanceGraph(
  model: Model,
  variant: RelevanceVariant,
  table: (context: RelevanceContext) => RuleTable = relevanceRules,
): Promise<RowGraph> {
  const { embedding } = model.about;
  const narrowed = narrow(await model.graph(), model.about.facts);
  const loops = spreadLoopBiases(narrowed.graph, narrowed.facts);
  const words = embedding.output;
  const parts = findEmbeddingParts(loops.graph, words);
  const open = openRowGraph(model, loops.graph, loops.facts);
  const { graph, facts, scalar } = open;
  if (variant.epsilon !== null)
    graph.inputs.push({ name: variant.epsilon, dtype: 'float32', dims: [1] });
  const batch = facts.get(words)!.dims.map(dims => dims[0]!);
  const others = new Set(parts.map(part => part.value));
  const biases = new BiasRelevance(graph, facts, batch, others);
  const adjoints = vjp({
    graph,
    seeds: scalar.adjoints,
    wrt: [words, ...parts.map(part => part.sum), ...loops.rows],
    facts,
    rules: table({
      variant,
      gates: new Gates(loops.graph),
      biases,
      partialSums: findPartialSums(loops.graph),
    }),
    prefix: 'glassbox/lrp/',
  });
  const b = new RuleBuilder(graph, 'glassbox/lrp/');
  const none = (): string => b.mul(words, b.number(0));
  const relevance = (value: string, adjoint: string | undefined): string =>
    b.sum(b.mul(adjoint ?? none(), value), [2], 0);
  for (const row of loops.rows) {
    const adjoint = adjoints.get(row);
    if (adjoint !== undefined) biases.addRows(b, b.mul(row, adjoint), 2);
  }
  // What the last layer adds, where the walk starts before it (scalarGraph.ts).
  let rest = scalar.scalar;
  for (const [value, seed] of scalar.adjoints) {
    const rank = rankOf(facts.get(value)!);
    const axes = Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
    rest = b.sub(rest, b.sum(b.mul(seed, value), axes, 0));
  }
  const ofKind = (kind: EmbeddingPart['kind']): Record<string, string> => {
    const own = parts.filter(part => part.kind === kind);
    if (own.length === 0) return {};
    const each = own.map(part => relevance(part.value, adjoints.get(part.sum)));
    return { [relevanceOutputs[kind]]: each.reduce(b.add) };
  };
  return closeRowGraph(
    open,
    {
      [relevanceOutputs.word]: relevance(words, adjoints.get(words)),
      ...ofKind('position'),
      ...ofKind('type'),
    },
    { [relevanceOutputs.bias]: b.add(biases.total(b, scalar.scalar), rest) },
    biases.apart,
  );
}
