/** One step of LSTM, GRU and RNN, by the equations of the ONNX operators. */
import type { GraphBuilder } from '../../onnx/builder';
import type { Activation } from './lowerRecurrentActivations';

/** The parameters of one direction, H the hidden size and G the number of gates; '' where there are none. */
export interface CellParameters {
  readonly hidden: number;
  /** [G H, D] */
  readonly W: string;
  /** [G H, H] */
  readonly R: string;
  /** [G H] each: the biases that ONNX adds to the inputs' and to the recurrent products. */
  readonly inputBias: string;
  readonly recurrentBias: string;
  /** [3 H]: peepholes of the input, output and forget gates of an LSTM. */
  readonly P: string;
  readonly activations: readonly Activation[];
  /** GRU's linear_before_reset; LSTM's input_forget. */
  readonly linearBeforeReset: boolean;
  readonly coupled: boolean;
}

export interface Cell {
  /** The weights and biases of the inputs' part, which is computed for all steps at once: one slice a step each. */
  readonly projections: readonly { readonly W: string; readonly bias: string }[];
  /** The new states, from the slices of the projections and the states (h, and c for LSTM). */
  readonly step: (b: GraphBuilder, projected: string[], states: string[]) => string[];
}

/** Prepares outside of the loop, through `b`, what the steps need. */
export type CellBuilder = (b: GraphBuilder, parameters: CellParameters) => Cell;

/** A sum of two values either of which may be left out. */
function sum(b: GraphBuilder, x: string, y: string): string {
  return x !== '' && y !== '' ? b.op('Add', [x, y]) : x || y;
}

function split(b: GraphBuilder, x: string, sizes: readonly number[], axis: number): string[] {
  return x === ''
    ? sizes.map(() => '')
    : b.ops('Split', [x, b.ints(sizes)], sizes.length, { axis });
}

/** x R^T + c, one product with its addition. */
function product(b: GraphBuilder, x: string, R: string, c: string): string {
  return b.op('Gemm', c === '' ? [x, R] : [x, R, c], { transB: 1 });
}

/** H = f(X W^T + H R^T + bias) */
export const rnnCell: CellBuilder = (outside, { W, R, inputBias, recurrentBias, activations }) => ({
  projections: [{ W, bias: sum(outside, inputBias, recurrentBias) }],
  step: (b, [x], [h]) => [activations[0]!.apply(b, product(b, h!, R, x!))],
});

/**
 * Gates in the order z, r, h: z = f(..), r = f(..), n = g(X Wh^T + (r H) Rh^T + biases), or, linear before reset,
 * n = g(X Wh^T + Wbh + r (H Rh^T + Rbh)); H = (1 - z) n + z H.
 */
export const gruCell: CellBuilder = (outside, parameters) => {
  const { hidden, linearBeforeReset, activations } = parameters;
  const [f, g] = activations as [Activation, Activation];
  const parts = [2 * hidden, hidden];
  const [W, Wh] = split(outside, parameters.W, parts, 0) as [string, string];
  const [R, Rh] = split(outside, parameters.R, parts, 0) as [string, string];
  const [bias, biasH] = split(outside, parameters.inputBias, parts, 0) as [string, string];
  const [biasR, biasRh] = split(outside, parameters.recurrentBias, parts, 0) as [string, string];
  return {
    projections: [
      { W, bias: sum(outside, bias, biasR) },
      { W: Wh, bias: linearBeforeReset ? biasH : sum(outside, biasH, biasRh) },
    ],
    step: (b, [x, xh], [h]) => {
      const gates = f.apply(b, product(b, h!, R, x!));
      const [z, r] = split(b, gates, [hidden, hidden], 1) as [string, string];
      const argument = linearBeforeReset
        ? b.op('Add', [xh!, b.op('Mul', [r, product(b, h!, Rh, biasRh)])])
        : product(b, b.op('Mul', [r, h!]), Rh, xh!);
      const n = g.apply(b, argument);
      return [b.op('Add', [n, b.op('Mul', [z, b.op('Sub', [h!, n])])])];
    },
  };
};

/**
 * Gates in the order i, o, f, c: C = f C + i g(..), H = o h(C). Peepholes add Pi C and Pf C of the old C to i and f,
 * Po C of the new one to o. Coupled: f = 1 - i. ONNX Runtime does not clip the argument of h.
 */
export const lstmCell: CellBuilder = (outside, parameters) => {
  const { hidden, W, R, P, inputBias, recurrentBias, activations, coupled } = parameters;
  const [f, g, h] = activations as [Activation, Activation, Activation];
  const peepholes = split(outside, P, [hidden, hidden, hidden], 0);
  const gates = (b: GraphBuilder, sums: string, c: string) => {
    const [Pi, Po, Pf] = peepholes as [string, string, string];
    if (P === '') {
      const [three, cell] = split(b, sums, [3 * hidden, hidden], 1) as [string, string];
      const [i, o, forget] = split(b, f.apply(b, three), [hidden, hidden, hidden], 1);
      return { i: i!, forget: forget!, cell, output: () => o! };
    }
    const [i, o, forget, cell] = split(b, sums, Array<number>(4).fill(hidden), 1);
    const peep = (x: string, weight: string, at: string): string =>
      f.apply(b, b.op('Add', [x, b.op('Mul', [weight, at])]));
    return {
      i: peep(i!, Pi, c),
      forget: coupled ? '' : peep(forget!, Pf, c),
      cell: cell!,
      output: (now: string) => peep(o!, Po, now),
    };
  };
  return {
    projections: [{ W, bias: sum(outside, inputBias, recurrentBias) }],
    step: (b, [x], [before, c]) => {
      const { i, forget, cell, output } = gates(b, product(b, before!, R, x!), c!);
      const candidate = g.apply(b, cell);
      // f C + i g = C + i (g - C) where f = 1 - i
      const now = coupled
        ? b.op('Add', [c!, b.op('Mul', [i, b.op('Sub', [candidate, c!])])])
        : b.op('Add', [b.op('Mul', [forget, c!]), b.op('Mul', [i, candidate])]);
      return [b.op('Mul', [output(now), h.applyUnclipped(b, now)]), now];
    },
  };
};
