/** Programs over batches of rows: losses, and what their first and second derivatives do to a vector. */
import type { Graph } from '../../onnx/graph';
import type { Parameter } from '../parameters';
import type { Facts } from '../shapes';
import { gaussNewtonProduct, hessianProduct } from './curvature';
import { Derivation, type Learn } from './derivation';
import { joinVector, layoutOf, splitVector, type Layout } from './flatVector';
import { jvp } from './jvp';
import type { RowLoss } from './losses';

/**
 * What a program can compute; also the names of its outputs. With P chosen parameters, row losses l and v = `vector`:
 * losses: l [rows]. tangents: the derivative of each row's loss in the direction v, <grad l_i, v> [rows].
 * gradient: sum_i weights_i grad l_i [P]. hessian and gaussNewton: the product of v with that matrix of
 * sum_i weights_i l_i [P]. A mean over a set is the sum of its batches' results with weights 1 / set size; a
 * row with weight 0 (filling up a batch) counts in neither.
 */
export type Result = 'losses' | 'gradient' | 'tangents' | 'hessian' | 'gaussNewton';

/** Inputs of a program beside the model's own and those of its loss. */
export const programInputs = {
  /** Float [rows], for gradient, hessian and gaussNewton. */
  weights: 'weights',
  /** Float [P], for tangents, hessian and gaussNewton. */
  vector: 'vector',
} as const;

export interface ProgramRequest {
  /** A prepared model (left as it is), and the facts of its values. */
  readonly graph: Graph;
  readonly facts: Facts;
  readonly learn: Learn;
  /** The model's output that the loss is of. */
  readonly logits: string;
  readonly loss: RowLoss;
  readonly parameters: readonly Parameter[];
  readonly results: readonly Result[];
}

export interface LossProgram {
  /** Ready to be written. Has the inputs `weights` and `vector` only where a result needs them. */
  readonly graph: Graph;
  /** Where each parameter lies in `vector` and in the results. */
  readonly layout: Layout;
}

/** Throws GlassboxError 'unsupported' when a derivative must pass an op that has no rule. */
export async function lossProgram(request: ProgramRequest): Promise<LossProgram> {
  const { logits, parameters, results } = request;
  const derivation = new Derivation(copyOf(request.graph), request.facts, request.learn);
  const loss = request.loss(derivation, logits);
  const layout = layoutOf(parameters);
  const wrt = parameters.map(parameter => parameter.value);

  const outputs = new Map<Result, string>([['losses', loss]]);
  const wants = (...some: Result[]): boolean => some.some(result => results.includes(result));
  const join = (tensors: Map<string, string>): string => joinVector(derivation, layout, tensors);
  // The loss is made of logits and labels alone: its shape is [rows] with the logits' rows.
  const { dtype, dims } = derivation.factsOf(logits);
  let weights = '';
  if (wants('gradient', 'hessian', 'gaussNewton')) {
    const rows = dims.map(probe => [probe[0]!]);
    weights = derivation.input(programInputs.weights, dtype, rows);
  }
  let tangents = new Map<string, string>();
  if (wants('tangents', 'hessian', 'gaussNewton')) {
    const size = dims.map(() => [layout.length]);
    const vector = derivation.input(programInputs.vector, dtype, size);
    tangents = splitVector(derivation, layout, vector);
  }
  if (wants('gradient')) {
    const gradient = await derivation.vjp(new Map([[loss, weights]]), wrt);
    outputs.set('gradient', join(gradient));
  }
  if (wants('tangents')) {
    const moved = (await jvp(derivation, [loss], tangents)).get(loss);
    outputs.set('tangents', moved ?? zerosLike(derivation, loss));
  }
  if (wants('hessian')) {
    const product = await hessianProduct(derivation, loss, weights, tangents);
    outputs.set('hessian', join(product));
  }
  if (wants('gaussNewton')) {
    const product = await gaussNewtonProduct(derivation, logits, loss, weights, tangents);
    outputs.set('gaussNewton', join(product));
  }
  const wanted = new Map(results.map(result => [result, outputs.get(result)!]));
  return { graph: await derivation.finish(wanted), layout };
}

function zerosLike(derivation: Derivation, value: string): string {
  const b = derivation.builder('zeros/');
  const { dtype } = derivation.factsOf(value);
  return b.op('Expand', [b.scalar(0, dtype), b.op('Shape', [value])]);
}

function copyOf(graph: Graph): Graph {
  const { inputs, outputs, nodes, constants } = graph;
  return {
    ...graph,
    inputs: [...inputs],
    outputs: [...outputs],
    nodes: [...nodes],
    constants: new Map(constants),
  };
}
