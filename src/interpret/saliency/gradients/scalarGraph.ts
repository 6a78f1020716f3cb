/**
 * The scalar of each point in the program, and its derivative by the model's outputs. A model decides about the
 * whole text, about chosen tokens, or where an answer starts and ends: in all cases [B, K, C], K decisions of C choices.
 */
import { staticDims, type Facts } from '../../../autodiff/shapes';
import type { GraphBuilder } from '../../../onnx/builder';
import { constantOf } from '../../../onnx/tensorData';
import type { Head } from '../../../model/head';
import { noAnswer } from '../../../model/rowOutput';
import { lastProduct } from './lastProduct';
import { programInputs as input } from './programValues';

export interface ScalarValues {
  /** [B] */
  readonly scalar: string;
  /** The logits of the decisions, [B, K, C]. */
  readonly decisions: string;
  /** By output of the model: the derivative of the scalar by it. */
  readonly adjoints: Map<string, string>;
}

export function appendScalar(b: GraphBuilder, head: Head, facts: Facts): ScalarValues {
  const { decisions, back } = appendDecisions(b, head, facts);
  const { scalar, adjoint } = appendLink(b, head, decisions);
  return { scalar, decisions, adjoints: back(adjoint) };
}

interface Decisions {
  readonly decisions: string;
  /** From the adjoint of the decisions to those of the outputs. */
  readonly back: (adjoint: string) => Map<string, string>;
}

function appendDecisions(b: GraphBuilder, head: Head, facts: Facts): Decisions {
  switch (head.decides) {
    case 'text':
      return aboutText(b, head);
    case 'token':
      return aboutTokens(b, head, facts);
    case 'ends':
      return aboutEnds(b, head, facts);
  }
}

function aboutText(b: GraphBuilder, { outputs }: Head): Decisions {
  const [logits] = outputs as [string];
  const axes = b.ints([1]);
  return {
    decisions: b.op('Unsqueeze', [logits, axes]),
    back: adjoint => new Map([[logits, b.op('Squeeze', [adjoint, axes])]]),
  };
}

/**
 * Picks rows of [B * L, width]; the derivative puts them back among zeros. Where the logits are a product with a
 * constant matrix, it is its other factor that is picked: a vocabulary is not multiplied at positions that nobody asks about.
 */
function aboutTokens(b: GraphBuilder, { outputs, classes }: Head, facts: Facts): Decisions {
  const [logits] = outputs as [string];
  const last = lastProduct(b.graph, logits, facts);
  const { value, width } = last ?? { value: logits, width: classes! };
  const positions = b.input(input.positions, 'int64', ['R', 'K']);
  const ofPoint = b.op('Gather', [positions, input.rowOf], { axis: 0 });
  const shape = b.op('Shape', [value]);
  const size = (axis: number): string => b.op('Gather', [shape, b.int(axis)], { axis: 0 });
  const starts = b.op('Mul', [b.op('Range', [b.int(0), size(0), b.int(1)]), size(1)]);
  const flat = b.op('Add', [ofPoint, b.op('Unsqueeze', [starts, b.ints([1])])]);
  const rows = b.op('Reshape', [value, b.ints([-1, width])]);
  const picked = b.op('Gather', [rows, flat], { axis: 0 });
  return {
    decisions: last ? last.again(b, picked) : picked,
    back: adjoint => {
      const ofPicked = last ? b.op('MatMul', [adjoint, transposed(b, last.matrix)]) : adjoint;
      // Where two decisions are of one token, their derivatives add up.
      const zero = constantOf('float32', [1], [0]);
      const zeros = b.op('ConstantOfShape', [b.op('Shape', [rows])], { value: zero });
      const updates = b.op('Reshape', [ofPicked, b.ints([-1, width])]);
      const column = b.op('Reshape', [flat, b.ints([-1, 1])]);
      const indices = b.op('Expand', [column, b.op('Shape', [updates])]);
      // Not ScatterND, whose threads may lose updates where indices repeat (ONNX Runtime 1.30, CPU).
      const scattered = b.op('ScatterElements', [zeros, indices, updates], {
        axis: 0,
        reduction: 'add',
      });
      return new Map([[value, b.op('Reshape', [scattered, shape])]]);
    },
  };
}

function transposed(b: GraphBuilder, matrix: string): string {
  return b.op('Transpose', [matrix], { perm: [1, 0] });
}

/** Start and end, from two outputs [B, L] or from one [B, L, 2]; padding takes no part. */
function aboutEnds(b: GraphBuilder, { outputs }: Head, facts: Facts): Decisions {
  const ofPoint = b.op('Gather', [input.rowMask, input.rowOf], { axis: 0 });
  const present = b.op('Unsqueeze', [b.op('Greater', [ofPoint, b.scalar(0)]), b.ints([1])]);
  const masked = (value: string): string => b.op('Where', [present, value, b.scalar(noAnswer)]);
  const real = (adjoint: string): string => b.op('Where', [present, adjoint, b.scalar(0)]);
  const axes = b.ints([1]);
  const [first, second] = outputs as [string, string?];
  if (second === undefined) {
    const together = staticDims(facts.get(first)!).at(-1);
    if (together !== 2) throw new Error('Start and end are two numbers a token.');
    return {
      decisions: masked(b.op('Transpose', [first], { perm: [0, 2, 1] })),
      back: adjoint => new Map([[first, b.op('Transpose', [real(adjoint)], { perm: [0, 2, 1] })]]),
    };
  }
  const stacked = b.op(
    'Concat',
    [b.op('Unsqueeze', [first, axes]), b.op('Unsqueeze', [second, axes])],
    { axis: 1 },
  );
  return {
    decisions: masked(stacked),
    back: adjoint => {
      const [start, end] = b.ops('Split', [real(adjoint)], 2, { axis: 1, num_outputs: 2 });
      return new Map([
        [first, b.op('Squeeze', [start!, axes])],
        [second, b.op('Squeeze', [end!, axes])],
      ]);
    },
  };
}

/**
 * The scalar, and its derivative by the logits z of the decisions.
 * Softmax p: Z + p (P - sum_c P p) + L - p sum_c L.
 * Sigmoid p: Z + P p (1 - p) + L (1 - p) - A p, with A the weights of log(1 - p).
 * Without a link: Z.
 */
function appendLink(
  b: GraphBuilder,
  { link }: Head,
  z: string,
): { scalar: string; adjoint: string } {
  const weights = (name: string): string =>
    b.op('Gather', [b.input(name, 'float32', ['R', 'K', 'C']), input.rowOf], { axis: 0 });
  const mul = (x: string, y: string): string => b.op('Mul', [x, y]);
  const sum = (parts: string[]): string => parts.reduce((x, y) => b.op('Add', [x, y]));
  const total = (terms: string[]): string =>
    b.op('ReduceSum', [sum(terms), b.ints([1, 2])], { keepdims: 0 });
  const onLogits = weights(input.onLogits);
  if (link === 'identity') return { scalar: total([mul(onLogits, z)]), adjoint: onLogits };
  const onProbabilities = weights(input.onProbabilities);
  const onLogs = weights(input.onLogProbabilities);
  if (link === 'sigmoid') {
    const onAbsences = weights(input.onLogAbsences);
    const p = b.op('Sigmoid', [z]);
    const rest = b.op('Sigmoid', [b.op('Neg', [z])]);
    const minusLog = (value: string): string => b.op('Softplus', [value]);
    const terms = [
      mul(onLogits, z),
      mul(onProbabilities, p),
      b.op('Neg', [mul(onLogs, minusLog(b.op('Neg', [z])))]),
      b.op('Neg', [mul(onAbsences, minusLog(z))]),
    ];
    const adjoint = sum([
      onLogits,
      mul(onProbabilities, mul(p, rest)),
      mul(onLogs, rest),
      b.op('Neg', [mul(onAbsences, p)]),
    ]);
    return { scalar: total(terms), adjoint };
  }
  const p = b.op('Softmax', [z], { axis: -1 });
  const logs = b.op('LogSoftmax', [z], { axis: -1 });
  const overChoices = (value: string): string =>
    b.op('ReduceSum', [value, b.ints([2])], { keepdims: 1 });
  const weighted = mul(onProbabilities, p);
  const inner = b.op('Sub', [
    b.op('Sub', [onProbabilities, overChoices(weighted)]),
    overChoices(onLogs),
  ]);
  return {
    scalar: total([mul(onLogits, z), weighted, mul(onLogs, logs)]),
    adjoint: sum([onLogits, onLogs, mul(p, inner)]),
  };
}
