/** The activation functions that LSTM, GRU and RNN may name, in ops that have float64 kernels and derivatives. */
import type { GraphBuilder } from '../../onnx/builder';
import type { DataType, Node } from '../../onnx/graph';
import { GlassboxError } from '../../protocol/messages';
import { describeNode } from '../rule';

export interface Activation {
  /** Clips the argument first, where the node asks for that. */
  readonly apply: (b: GraphBuilder, x: string) => string;
  readonly applyUnclipped: (b: GraphBuilder, x: string) => string;
  /** Whether its values stay within bounds, so that a loop through it cannot overflow. */
  readonly bounded: boolean;
}

interface Kind {
  /** The defaults of alpha and beta, as ONNX Runtime has them; absent where the function has no such parameter. */
  readonly alpha?: number;
  readonly beta?: number;
  readonly bounded?: true;
  readonly apply: (x: string, f: Step, alpha: number, beta: number) => string;
}

/** Short names for the ops in hand. */
interface Step {
  readonly op: (type: string, ...inputs: string[]) => string;
  readonly number: (value: number) => string;
}

const kinds: Readonly<Record<string, Kind>> = {
  sigmoid: { bounded: true, apply: (x, f) => f.op('Sigmoid', x) },
  tanh: { bounded: true, apply: (x, f) => f.op('Tanh', x) },
  relu: { apply: (x, f) => f.op('Relu', x) },
  // alpha x + beta
  affine: {
    alpha: 0,
    beta: 0,
    apply: (x, f, alpha, beta) => f.op('Add', f.op('Mul', x, f.number(alpha)), f.number(beta)),
  },
  leakyrelu: {
    alpha: 0.01,
    apply: (x, f, alpha) => f.op('Where', positive(x, f), x, f.op('Mul', x, f.number(alpha))),
  },
  thresholdedrelu: {
    alpha: 0,
    apply: (x, f, alpha) => f.op('Where', f.op('Greater', x, f.number(alpha)), x, f.number(0)),
  },
  // alpha tanh(beta x)
  scaledtanh: {
    alpha: 0,
    beta: 0,
    bounded: true,
    apply: (x, f, alpha, beta) =>
      f.op('Mul', f.op('Tanh', f.op('Mul', x, f.number(beta))), f.number(alpha)),
  },
  // min(max(alpha x + beta, 0), 1)
  hardsigmoid: {
    alpha: 0.2,
    beta: 0.5,
    bounded: true,
    apply: (x, f, alpha, beta) => {
      const line = f.op('Add', f.op('Mul', x, f.number(alpha)), f.number(beta));
      return f.op('Clip', line, f.number(0), f.number(1));
    },
  },
  // x, or alpha (e^x - 1) where x is negative; the minimum keeps e^x from overflowing where it is not used
  elu: {
    alpha: 1,
    apply: (x, f, alpha) => {
      const power = f.op('Exp', f.op('Where', positive(x, f), f.number(0), x));
      return f.op(
        'Where',
        positive(x, f),
        x,
        f.op('Mul', f.op('Sub', power, f.number(1)), f.number(alpha)),
      );
    },
  },
  // x / (1 + |x|)
  softsign: {
    bounded: true,
    apply: (x, f) => f.op('Div', x, f.op('Add', f.op('Abs', x), f.number(1))),
  },
  // log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)
  softplus: {
    apply: (x, f) => {
      const power = f.op('Exp', f.op('Neg', f.op('Abs', x)));
      return f.op('Add', f.op('Relu', x), f.op('Log', f.op('Add', power, f.number(1))));
    },
  },
};

function positive(x: string, f: Step): string {
  return f.op('Greater', x, f.number(0));
}

/**
 * The functions of one direction, in the order of the operator ([f, g, h] for LSTM). alpha and beta come from their lists in turn, for
 * the functions that have them.
 */
export function activationsOf(
  node: Node,
  usual: readonly string[],
  direction: number,
  dtype: DataType,
): Activation[] {
  const strings = node.attributes['activations'];
  const named = strings?.kind === 'strings' && strings.value.length > 0 ? strings.value : null;
  const start = named && named.length > usual.length ? direction * usual.length : 0;
  const names = named ?? usual;
  const numbers = {
    alpha: floatsOf(node, 'activation_alpha'),
    beta: floatsOf(node, 'activation_beta'),
  };
  const clip = node.attributes['clip'];
  const all = names.map((name): Activation => {
    const kind = kinds[name.toLowerCase()];
    if (!kind) {
      throw new GlassboxError(
        'unsupported',
        `${describeNode(node)} has the activation ${name}, which Glassbox does not know; export the model with one of the activations that ONNX defines.`,
      );
    }
    const take = (which: 'alpha' | 'beta'): number => {
      const otherwise = kind[which];
      return otherwise === undefined ? 0 : (numbers[which].shift() ?? otherwise);
    };
    const [alpha, beta] = [take('alpha'), take('beta')];
    const applyUnclipped = (b: GraphBuilder, x: string): string => {
      const number = (value: number): string => b.scalar(value, dtype);
      const op = (type: string, ...inputs: string[]): string => b.op(type, inputs);
      return kind.apply(x, { op, number }, alpha, beta);
    };
    const apply = (b: GraphBuilder, x: string): string => {
      if (clip?.kind !== 'float' || clip.value <= 0) return applyUnclipped(b, x);
      const bounds = [-clip.value, clip.value].map(value => b.scalar(value, dtype));
      return applyUnclipped(b, b.op('Clip', [x, ...bounds]));
    };
    return { apply, applyUnclipped, bounded: kind.bounded === true };
  });
  return all.slice(start, start + usual.length);
}

function floatsOf(node: Node, name: string): number[] {
  const attribute = node.attributes[name];
  return attribute?.kind === 'floats' ? [...attribute.value] : [];
}
