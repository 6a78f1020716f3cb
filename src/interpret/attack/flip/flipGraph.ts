/**
 * The graph of the gradient step of HotFlip: one run gives, for every wanted position, the best replacements over
 * the whole vocabulary.
 *
 * With the word vector e_i at position i and the gradient g_i of the scalar by it, a token v in its place changes the scalar by
 *   (e_v - e_i) . g_i
 * to first order: the directional derivative of Ebrahimi et al. 2018 (HotFlip, "Derivatives of Operations"), there for one-hot
 * characters, in word vectors as in its section on words and in Wallace et al. 2019 (Universal Adversarial Triggers, "Token Replacement Strategy"). The
 * products e_v . g_i of all v are one product with the embedding table; it is made at the wanted positions only.
 */
import { cleanup, narrow } from '../../../autodiff/passes';
import { vjp } from '../../../autodiff/vjp';
import type { Model } from '../../../model/model';
import { GraphBuilder } from '../../../onnx/builder';
import type { Graph } from '../../../onnx/graph';
import { extensible, namingFile } from '../../programGraphs';
import { programInputs } from '../../saliency/gradients/programValues';
import { appendScalar } from '../../saliency/gradients/scalarGraph';

/** Inputs beside the model's own and those of the scalar; B rows, L tokens, N wanted positions, V entries of the table, F filters. */
export const flipInputs = {
  /** [B] int64: 0, 1, ...; [B, L] float: 1 for a token, 0 for padding. As in the saliency program, for the scalar. */
  rowOf: programInputs.rowOf,
  rowMask: programInputs.rowMask,
  /** [N] int64: wanted positions as row L + position. */
  wanted: 'glassbox/wanted',
  /** [N] int64: the filter of each. */
  filterOf: 'glassbox/filter_of',
  /** [F, V] float: 0 for what may take a place, `excluded` for what may not. */
  filters: 'glassbox/filters',
  /** [1] int64: so many of the best; at most V. */
  best: 'glassbox/best',
  /** [1] float: least cosine of the word vectors; only in the graph with `cosine`. */
  leastCosine: 'glassbox/least_cosine',
} as const;

export const flipOutputs = {
  /** [B] */
  scalar: 'glassbox/scalar',
  /** [B, L], zero on padding: L2 norm of the gradient, and gradient . word vector. */
  norms: 'glassbox/norms',
  dots: 'glassbox/dots',
  /** [N, K] float and int64: (e_v - e_i) . g_i from the largest down, about `excluded` for what may not take the place; and v. */
  gains: 'glassbox/gains',
  ids: 'glassbox/ids',
} as const;

/** Less than any gain. Not -Infinity, which shaders of a GPU may take for anything. */
export const excluded = -3e38;

/** A cosine of 1 is rarely found as 1 in float32. */
const cosineRounding = 1e-6;

/**
 * Builds the graph; `cosine` adds a second product that compares word vectors. Throws GlassboxError 'unsupported' naming the
 * file and an op that has no derivative.
 */
export async function buildFlipGraph(model: Model, cosine: boolean): Promise<Graph> {
  return await namingFile(model, () => build(model, cosine));
}

async function build(model: Model, cosine: boolean): Promise<Graph> {
  const { embedding, head } = model.about;
  const { graph: source, facts } = narrow(await model.graph(), model.about.facts);
  const graph = extensible(source);
  const b = new GraphBuilder(graph, 'glassbox/');
  b.input(flipInputs.rowOf, 'int64', ['B']);
  const mask = b.input(flipInputs.rowMask, 'float32', ['B', 'L']);
  // Only logits enter the scalar: of a whole vocabulary (a masked model's) no probabilities are made.
  const { scalar, adjoints: seeds } = appendScalar(b, { ...head, link: 'identity' }, facts);
  const words = embedding.output;
  const adjoints = vjp({ graph, seeds, wrt: [words], facts, prefix: 'glassbox/vjp/' });
  // The walk has named values of its own, so a new builder has to learn them.
  const end = new GraphBuilder(graph, 'glassbox/');
  const gradient = adjoints.get(words) ?? end.op('Mul', [words, end.scalar(0)]);
  end.output(scalar, flipOutputs.scalar);
  appendReductions(end, gradient, words, mask);
  appendReplacements(end, { gradient, words, table: embedding.table, cosine });
  return cleanup(graph);
}

function appendReductions(b: GraphBuilder, gradient: string, words: string, mask: string): void {
  // Where, not Mul: a NaN on padding must not reach anything.
  const real = b.op('Greater', [mask, b.scalar(0)]);
  const reduce = (op: string, value: string, name: string): void => {
    const reduced = b.op(op, [value, b.ints([2])], { keepdims: 0 });
    b.output(b.op('Where', [real, reduced, b.scalar(0)]), name);
  };
  reduce('ReduceL2', gradient, flipOutputs.norms);
  reduce('ReduceSum', b.op('Mul', [gradient, words]), flipOutputs.dots);
}

interface Replacing {
  readonly gradient: string;
  readonly words: string;
  readonly table: string;
  readonly cosine: boolean;
}

function appendReplacements(b: GraphBuilder, { gradient, words, table, cosine }: Replacing): void {
  const wanted = b.input(flipInputs.wanted, 'int64', ['N']);
  const filterOf = b.input(flipInputs.filterOf, 'int64', ['N']);
  const filters = b.input(flipInputs.filters, 'float32', ['F', 'V']);
  const best = b.input(flipInputs.best, 'int64', [1]);
  const width = b.op('Gather', [b.op('Shape', [table]), b.ints([1])], { axis: 0 });
  const flatShape = b.op('Concat', [b.ints([-1]), width], { axis: 0 });
  const pick = (value: string): string =>
    b.op('Gather', [b.op('Reshape', [value, flatShape]), wanted], { axis: 0 });
  // Gemm, not MatMul: it reads the table as it lies, where a Transpose would copy it.
  const withTable = (rows: string): string => b.op('Gemm', [rows, table], { transB: 1 });
  const slopes = pick(gradient);
  const current = pick(words);
  // Added, not chosen by Where: one pass over the scores instead of three.
  const open = b.op('Gather', [filters, filterOf], { axis: 0 });
  let scores = b.op('Add', [withTable(slopes), open]);
  if (cosine) {
    const alike = similar(b, current, table, withTable(current));
    scores = b.op('Where', [alike, scores, b.scalar(excluded)]);
  }
  const [values, ids] = b.ops('TopK', [scores, best], 2, { axis: 1, largest: 1, sorted: 1 });
  // The same for all replacements of a position, so it changes no order.
  const own = b.op('ReduceSum', [b.op('Mul', [slopes, current]), b.ints([1])], { keepdims: 1 });
  b.output(b.op('Sub', [values!, own]), flipOutputs.gains);
  b.output(ids!, flipOutputs.ids);
}

/** [N, V]: cosine(e_v, e_i) >= the least one, without a division; a zero vector has no cosine and is not similar. */
function similar(b: GraphBuilder, current: string, table: string, products: string): string {
  const least = b.input(flipInputs.leastCosine, 'float32', [1]);
  const norm = (value: string, keepdims: number): string =>
    b.op('ReduceL2', [value, b.ints([1])], { keepdims });
  const lengths = b.op('Mul', [norm(current, 1), norm(table, 0)]);
  const limit = b.op('Mul', [lengths, b.op('Sub', [least, b.scalar(cosineRounding)])]);
  return b.op('And', [
    b.op('GreaterOrEqual', [products, limit]),
    b.op('Greater', [lengths, b.scalar(0)]),
  ]);
}
