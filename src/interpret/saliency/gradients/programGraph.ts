/**
 * The saliency program of a model: one ONNX graph that serves every gradient method, in batches.
 *
 * The batch is a list of points. A point b belongs to a row (a text) r and has word vectors
 *   x_b = baseline_r + alpha_b (e_r - baseline_r) + noise_b,
 * which take the place of the model's own word vectors. Of each point the scalar
 *   s_b = sum_kc  Z_rkc z_bkc + P_rkc softmax(z_bk)_c + L_rkc log softmax(z_bk)_c
 * is differentiated by x_b (scalarGraph.ts; k decisions of c choices each). The gradients g_b are summed up over the points of a row,
 *   A_r = sum_b w_rb (g_b - pivot_r),   Q_r = sum_b w_rb (g_b - pivot_r)^2,
 * onto what earlier runs have summed, and reduced over the embedding to a few numbers a token.
 */
import type { Facts } from '../../../autodiff/shapes';
import { cleanup, narrow } from '../../../autodiff/passes';
import { renameInputs } from '../../../autodiff/passes/graphIndex';
import { vjp } from '../../../autodiff/vjp';
import { GraphBuilder } from '../../../onnx/builder';
import type { Graph } from '../../../onnx/graph';
import type { Model } from '../../../model/model';
import { extensible, namingFile } from '../../programGraphs';
import { appendNoise } from './noise';
import { programInputs, programOutputs } from './programValues';
import { appendScalar } from './scalarGraph';

/** Dimensions of inputs that are [R, L, D] in one run and [1, 1, 1] in another: no symbol may tie them. */
const anySize = [null, null, null];

/** Builds the program. Throws GlassboxError 'unsupported' naming the file and an op that has no derivative. */
export async function buildProgramGraph(model: Model): Promise<Graph> {
  return await namingFile(model, () => build(model));
}

async function build(model: Model): Promise<Graph> {
  const { embedding, head } = model.about;
  // Positions of the last layer that the classifier does not read would be differentiated for nothing.
  const { graph: source, facts } = narrow(await model.graph(), model.about.facts);
  const graph = extensible(source);
  // The builder learns all names that are taken; then the nodes are lined up anew around the points.
  const b = new GraphBuilder(graph, 'glassbox/');
  const at = source.nodes.findIndex(node => node.outputs.includes(embedding.output));
  graph.nodes = source.nodes.slice(0, at + 1);
  const rows = appendRows(b, embedding.table);
  const points = appendPoints(b, rows);
  for (const node of source.nodes.slice(at + 1)) {
    graph.nodes.push(renameInputs(node, name => (name === embedding.output ? points : name)));
  }
  const { scalar, decisions, adjoints: seeds } = appendScalar(b, head, facts);
  const known: Facts = new Map([...facts, [points, facts.get(embedding.output)!]]);
  const adjoints = vjp({
    graph,
    seeds,
    wrt: [points],
    facts: known,
    prefix: 'glassbox/vjp/',
  });
  // The walk has named values of its own, so a new builder has to learn them.
  const end = new GraphBuilder(graph, 'glassbox/');
  const gradient = adjoints.get(points) ?? end.op('Mul', [points, end.scalar(0)]);
  appendSums(end, gradient, rows);
  end.output(scalar, programOutputs.scalar);
  end.output(decisions, programOutputs.logits);
  return cleanup(graph);
}

interface RowValues {
  /** [R, L, D] each. */
  readonly baseline: string;
  readonly distance: string;
  /** [R]: largest minus smallest number in the row's word vectors. */
  readonly range: string;
  /** [R, L]. */
  readonly mask: string;
}

function appendRows(b: GraphBuilder, table: string): RowValues {
  const input = programInputs;
  const ids = b.input(input.rowIds, 'int64', ['R', 'L']);
  const baselineIds = b.input(input.baselineIds, 'int64', ['R', 'L']);
  const scale = b.input(input.baselineScale, 'float32', [1]);
  const mask = b.input(input.rowMask, 'float32', ['R', 'L']);
  const words = b.op('Gather', [table, ids], { axis: 0 });
  const baseline = b.op('Mul', [b.op('Gather', [table, baselineIds], { axis: 0 }), scale]);
  const distance = b.op('Sub', [words, baseline]);
  // Padding must not widen the range.
  const present = b.op('Unsqueeze', [b.op('Greater', [mask, b.scalar(0)]), b.ints([2])]);
  const lowest = b.op('Where', [present, words, b.scalar(Infinity)]);
  const highest = b.op('Where', [present, words, b.scalar(-Infinity)]);
  const axes = b.ints([1, 2]);
  const range = b.op('Sub', [
    b.op('ReduceMax', [highest, axes], { keepdims: 0 }),
    b.op('ReduceMin', [lowest, axes], { keepdims: 0 }),
  ]);
  return { baseline, distance, range, mask };
}

/** The word vectors of the points, [B, L, D]. */
function appendPoints(b: GraphBuilder, rows: RowValues): string {
  const input = programInputs;
  const rowOf = b.input(input.rowOf, 'int64', ['B']);
  const alpha = b.input(input.alpha, 'float32', ['B']);
  const sigma = b.input(input.sigma, 'float32', ['B']);
  const relative = b.input(input.relative, 'float32', ['B']);
  const ofRow = (value: string): string => b.op('Gather', [value, rowOf], { axis: 0 });
  const wide = (value: string): string => b.op('Unsqueeze', [value, b.ints([1, 2])]);
  const clean = b.op('Add', [
    ofRow(rows.baseline),
    b.op('Mul', [ofRow(rows.distance), wide(alpha)]),
  ]);
  const noise = appendNoise(b, {
    samples: b.input(input.samples, 'int64', ['S']),
    seed: b.input(input.seed, 'int64', [1]),
    counters: b.input(input.counters, 'int64', ['N', 'W']),
  });
  // Without noise the counters are [1, 2] and the width 1: one number, times sigma 0.
  const width = b.input(input.noiseWidth, 'int64', [1]);
  const cut = b.op('Slice', [noise, b.ints([0]), width, b.ints([2])]);
  const one = b.scalar(1);
  const range = b.op('Add', [one, b.op('Mul', [relative, b.op('Sub', [ofRow(rows.range), one])])]);
  const size = b.op('Mul', [
    wide(b.op('Mul', [sigma, range])),
    b.op('Unsqueeze', [ofRow(rows.mask), b.ints([2])]),
  ]);
  return b.op('Add', [clean, b.op('Mul', [cut, size])]);
}

/** The weighted sums over points, and their reductions over the embedding. */
function appendSums(b: GraphBuilder, gradient: string, rows: RowValues): void {
  const input = programInputs;
  const output = programOutputs;
  const rowOf = input.rowOf;
  const weights = b.input(input.weights, 'float32', ['R', 'B']);
  const pivot = b.input(input.pivot, 'float32', anySize);
  const linear = b.input(input.linear, 'float32', [1]);
  const moment = b.input(input.moment, 'float32', [3]);
  const shape = b.op('Shape', [rows.distance]);
  const fullPivot = b.op('Expand', [pivot, shape]);
  const centred = b.op('Sub', [gradient, b.op('Gather', [fullPivot, rowOf], { axis: 0 })]);
  const flat = b.op('Flatten', [centred], { axis: 1 });
  const summed = (value: string, soFar: string): string => {
    const now = b.op('Reshape', [b.op('MatMul', [weights, value]), shape]);
    return b.op('Add', [now, b.input(soFar, 'float32', anySize)]);
  };
  const sum = summed(flat, input.sumSoFar);
  const square = summed(b.op('Mul', [flat, flat]), input.squareSoFar);
  const [first, second, third] = b.ops('Split', [moment], 3, { axis: 0, num_outputs: 3 });
  const vector = [
    b.op('Mul', [sum, first!]),
    b.op('Mul', [square, second!]),
    b.op('Mul', [b.op('Mul', [sum, sum]), third!]),
  ].reduce((x, y) => b.op('Add', [x, y]));
  const { distance } = rows;
  const factor = b.op('Where', [
    b.op('Greater', [linear, b.scalar(0.5)]),
    distance,
    b.op('Mul', [distance, distance]),
  ]);
  const product = b.op('Mul', [vector, factor]);
  const reduce = (op: string, value: string, name: string): void => {
    const reduced = b.op(op, [value, b.ints([2])], { keepdims: 0 });
    // Where, not Mul: a NaN on padding must not reach anything.
    const real = b.op('Greater', [rows.mask, b.scalar(0)]);
    b.output(b.op('Where', [real, reduced, b.scalar(0)]), name);
  };
  b.output(sum, output.sum);
  b.output(square, output.square);
  reduce('ReduceSum', vector, output.rawSum);
  reduce('ReduceL1', vector, output.rawL1);
  reduce('ReduceL2', vector, output.rawL2);
  reduce('ReduceSum', product, output.productSum);
  reduce('ReduceL1', product, output.productL1);
  reduce('ReduceL2', product, output.productL2);
  reduce('ReduceL2', distance, output.inputL2);
}
