/** Calls of LSTM, GRU and RNN in all their variants. */
import type { GraphBuilder, PlainAttribute } from '../../src/onnx/builder';
import type { Attribute } from '../../src/onnx/graph';

export const recurrentOps = ['RNN', 'GRU', 'LSTM'] as const;
export type RecurrentOp = (typeof recurrentOps)[number];

export interface Variant {
  readonly op: RecurrentOp;
  readonly direction?: 'forward' | 'reverse' | 'bidirectional';
  /** Rows of different lengths. */
  readonly lengths?: true;
  readonly bias?: false;
  readonly initial?: true;
  readonly peepholes?: true;
  readonly batchFirst?: true;
  readonly clip?: number;
  readonly linearBeforeReset?: true;
  readonly coupled?: true;
  readonly activations?: readonly string[];
  readonly alpha?: readonly number[];
  readonly beta?: readonly number[];
}

export const sizes = { width: 3, hidden: 2 };
const gates: Record<RecurrentOp, number> = { RNN: 1, GRU: 3, LSTM: 4 };

export function describeVariant({ op, ...options }: Variant): string {
  const words = Object.entries(options).map(([name, value]) =>
    value === true ? name : `${name} ${String(value)}`,
  );
  return [op, ...words].join(', ');
}

/** The float inputs of a call, in its order, and where they go among the operator's inputs. */
export function inputShapes(variant: Variant): { place: number; dims: (number | 'B' | 'L')[] }[] {
  const { op, bias = true, initial, peepholes, batchFirst, direction } = variant;
  const { width, hidden } = sizes;
  const directions = direction === 'bidirectional' ? 2 : 1;
  const rows = gates[op] * hidden;
  const state: (number | 'B')[] = batchFirst
    ? ['B', directions, hidden]
    : [directions, 'B', hidden];
  return [
    { place: 0, dims: batchFirst ? ['B', 'L', width] : ['L', 'B', width] },
    { place: 1, dims: [directions, rows, width] },
    { place: 2, dims: [directions, rows, hidden] },
    ...(bias ? [{ place: 3, dims: [directions, 2 * rows] }] : []),
    ...(initial ? [{ place: 5, dims: state }] : []),
    ...(initial && op === 'LSTM' ? [{ place: 6, dims: state }] : []),
    ...(peepholes ? [{ place: 7, dims: [directions, 3 * hidden] }] : []),
  ];
}

/** Appends the call; `x` as in `inputShapes`. Returns Y, Y_h and, for LSTM, Y_c. */
export function callRecurrent(b: GraphBuilder, variant: Variant, x: readonly string[]): string[] {
  const { op, direction = 'forward', clip, activations, alpha, beta } = variant;
  const inputs = Array<string>(op === 'LSTM' ? 8 : 6).fill('');
  inputShapes(variant).forEach(({ place }, i) => (inputs[place] = x[i]!));
  if (variant.lengths) inputs[4] = rowLengths(b, x[0]!, variant.batchFirst ? [1, 0] : [0, 1]);
  const floats = (value: readonly number[]): Attribute => ({ kind: 'floats', value });
  const attributes: Record<string, PlainAttribute> = {
    hidden_size: sizes.hidden,
    direction,
    ...(variant.batchFirst ? { layout: 1 } : {}),
    ...(variant.linearBeforeReset ? { linear_before_reset: 1 } : {}),
    ...(variant.coupled ? { input_forget: 1 } : {}),
    ...(clip === undefined ? {} : { clip: { kind: 'float', value: clip } }),
    ...(activations ? { activations } : {}),
    ...(alpha ? { activation_alpha: floats(alpha) } : {}),
    ...(beta ? { activation_beta: floats(beta) } : {}),
  };
  return b.ops(op, inputs, op === 'LSTM' ? 3 : 2, attributes);
}

/** 1, 3, 5, ... and at most the number of steps: [batch], int32. */
function rowLengths(b: GraphBuilder, x: string, [steps, batch]: readonly number[]): string {
  const size = (axis: number): string =>
    b.op('Squeeze', [b.op('Shape', [x], { start: axis, end: axis + 1 }), b.ints([0])]);
  const rows = b.op('Range', [b.int(0), size(batch!), b.int(1)]);
  const odd = b.op('Add', [b.op('Mul', [rows, b.int(2)]), b.int(1)]);
  return b.op('Cast', [b.op('Min', [odd, size(steps!)])], { to: 'int32' });
}
