/** Loops written as Scan: their derivatives against finite differences, and what the passes do to them. */
import assert from 'node:assert/strict';
import { cleanup, prepare } from '../../../src/autodiff/passes';
import { mergeEqualNodes } from '../../../src/autodiff/passes/mergeEqualNodes';
import { prune } from '../../../src/autodiff/passes/prune';
import { removeIdentities } from '../../../src/autodiff/passes/removeIdentities';
import { uniqueBodyNames } from '../../../src/autodiff/passes/uniqueBodyNames';
import { isScan, putTogether, takeApart } from '../../../src/autodiff/scanParts';
import { vjp } from '../../../src/autodiff/vjp';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { DataType, Graph } from '../../../src/onnx/graph';
import { readModel } from '../../../src/onnx/readModel';
import { writeModel } from '../../../src/onnx/writeModel';
import { learnFacts } from '../../../src/runtime/probe';
import { checkDerivatives, type Case } from '../../support/finiteDifferences';
import { assertClose, numbers } from '../../support/numbers';
import { float64, runGraph } from '../../support/runGraph';

interface Port {
  readonly axis?: number;
  readonly direction?: number;
}

interface Loop {
  readonly initial: readonly string[];
  readonly slices: readonly (readonly [string, Port?])[];
  readonly stacks?: readonly Port[];
  /** The names in the body of the new states, then of what is stacked. */
  readonly body: (b: GraphBuilder, states: string[], slices: string[]) => string[];
  /** What the names in the body start with; made up where it is missing. */
  readonly prefix?: string;
}

/** Appends a Scan; returns the last states, then the stacks. */
function scan(b: GraphBuilder, { initial, slices, stacks = [], body, prefix }: Loop): string[] {
  const name = b.name('Loop');
  const inner = emptyGraph(name);
  const before = initial.map((_, i) => `${prefix ?? name}/s${i}`);
  const seen = slices.map((_, i) => `${prefix ?? name}/x${i}`);
  const made = body(new GraphBuilder(inner, `${prefix ?? name}/`), before, seen);
  const outputs = made.map(() => b.name('Loop'));
  const port = (outer: string, value: string, { axis = 0, direction = 0 }: Port = {}) => ({
    outer,
    inner: value,
    axis,
    direction,
  });
  const node = putTogether({
    name,
    states: initial.map((outer, i) => ({
      initial: outer,
      before: before[i]!,
      after: made[i]!,
      final: outputs[i]!,
    })),
    inputs: slices.map(([outer, at], i) => port(outer, seen[i]!, at)),
    outputs: stacks.map((at, k) =>
      port(outputs[initial.length + k]!, made[initial.length + k]!, at),
    ),
    nodes: inner.nodes,
    constants: inner.constants,
  });
  b.graph.nodes.push(node);
  return outputs;
}

const number = (b: GraphBuilder, value: number, dtype: DataType): string => b.scalar(value, dtype);

/** Inputs: steps [L, B, 2], a state [B, 2], a matrix [2, 2], a vector [2]. */
const inputs = [['L', 'B', 2], ['B', 2], [2, 2], [2]] as const;

const cases: Case[] = [
  {
    name: 'product of everything so far, states and stacks',
    inputs: [inputs[0], inputs[1]],
    build: (b, [x, s]) =>
      scan(b, {
        initial: [s!],
        slices: [[x!]],
        stacks: [{}],
        body: (step, [state], [slice]) => {
          const now = step.op('Mul', [state!, step.op('Sin', [slice!])]);
          return [now, now];
        },
      }),
  },
  {
    name: 'slices along another axis, backwards, stacked backwards along the last axis',
    inputs: [['B', 'L', 2], inputs[1]],
    build: (b, [x, s]) =>
      scan(b, {
        initial: [s!],
        slices: [
          [x!, { axis: 1, direction: 1 }],
          [x!, { axis: -2 }],
        ],
        stacks: [{ axis: -1, direction: 1 }, { axis: 1 }],
        body: (step, [state], [last, first]) => {
          const now = step.op('Tanh', [step.op('Add', [state!, step.op('Mul', [last!, first!])])]);
          return [now, step.op('Mul', [now, last!]), step.op('Exp', [first!])];
        },
      }),
  },
  {
    name: 'weights, bias and scales from outside, in products and elsewhere',
    inputs: [...inputs],
    build: (b, [x, s, w, v]) => {
      const twice = b.op('Mul', [w!, w!]);
      return scan(b, {
        initial: [s!],
        slices: [[x!]],
        stacks: [{}],
        body: (step, [state], [slice]) => {
          const product = step.op('Gemm', [state!, w!, v!], { transB: 1, alpha: 0.5, beta: 2 });
          const other = step.op('MatMul', [slice!, twice]);
          const sum = step.op('Add', [product, step.op('Mul', [other, v!])]);
          const now = step.op('Tanh', [sum]);
          return [now, step.op('MatMul', [now, v!])];
        },
      });
    },
  },
  {
    name: 'products that are not those of rows with a matrix from outside',
    inputs: [['L', 2, 2], inputs[2], inputs[3]],
    build: (b, [x, w, v]) =>
      scan(b, {
        initial: [w!],
        slices: [[x!]],
        stacks: [{}],
        body: (step, [state], [slice]) => {
          const left = step.op('MatMul', [w!, state!]);
          const right = step.op('Gemm', [slice!, w!], { transA: 1 });
          return [
            step.op('Tanh', [step.op('Add', [left, right])]),
            step.op('MatMul', [v!, slice!]),
          ];
        },
      }),
  },
  {
    name: 'states that ignore, repeat or exchange each other',
    inputs: [inputs[0], inputs[1], inputs[1], inputs[1]],
    skip: [2],
    build: (b, [x, s, ignored, kept]) =>
      scan(b, {
        initial: [s!, ignored!, kept!, kept!],
        slices: [[x!]],
        body: (step, [first, , same, other], [slice]) => [
          step.op('Sin', [step.op('Add', [first!, other!])]),
          step.op('Mul', [slice!, slice!]),
          same!,
          step.op('Mul', [slice!, first!]),
        ],
      }),
  },
  {
    name: 'a whole number that counts the steps, and a mask',
    inputs: [inputs[0], inputs[1]],
    build: (b, [x, s], dtype) =>
      scan(b, {
        initial: [b.int(0), s!],
        slices: [[x!]],
        body: (step, [count, state], [slice]) => {
          const next = step.op('Add', [count!, step.int(1)]);
          const odd = step.op('Equal', [step.op('Mod', [next, step.int(2)]), step.int(1)]);
          const factor = step.op('Cast', [next], { to: dtype });
          const far = step.op('Greater', [slice!, number(step, 0.3, dtype)]);
          const grown = step.op('Where', [far, step.op('Mul', [slice!, factor]), state!]);
          return [next, step.op('Where', [odd, grown, step.op('Sin', [state!])])];
        },
      }).slice(1),
  },
  {
    name: 'no states at all',
    inputs: [inputs[0], inputs[3]],
    build: (b, [x, v]) =>
      scan(b, {
        initial: [],
        slices: [[x!]],
        stacks: [{}],
        body: (step, _states, [slice]) => [step.op('Sin', [step.op('Mul', [slice!, v!])])],
      }),
  },
  {
    name: 'shapes that the body computes',
    inputs: [inputs[0], inputs[1]],
    build: (b, [x, s]) =>
      scan(b, {
        initial: [s!],
        slices: [[x!]],
        body: (step, [state], [slice]) => {
          const mean = step.op('ReduceMean', [slice!, step.ints([0])], { keepdims: 0 });
          const wide = step.op('Expand', [mean, step.op('Shape', [state!])]);
          return [step.op('Mul', [state!, wide])];
        },
      }),
  },
  {
    name: 'a loop in a loop',
    inputs: [['L', 3, 'B', 2], inputs[1], inputs[2]],
    build: (b, [x, s, w]) =>
      scan(b, {
        initial: [s!],
        slices: [[x!]],
        stacks: [{}],
        body: (step, [state], [rows]) => {
          const [last, all] = scan(step, {
            initial: [state!],
            slices: [[rows!, { direction: 1 }]],
            stacks: [{ axis: 1 }],
            body: (deep, [now], [row]) => {
              const next = deep.op('Tanh', [deep.op('Add', [deep.op('MatMul', [now!, w!]), row!])]);
              return [next, deep.op('Mul', [next, state!])];
            },
          });
          return [last!, all!];
        },
      }),
  },
  {
    name: 'two loops whose bodies use the same names',
    inputs: [inputs[0], inputs[1], ['L', 3], [3]],
    build: (b, [x, s, y, t]) => {
      const loop = (initial: string, slices: string): string[] =>
        scan(b, {
          initial: [initial],
          slices: [[slices]],
          prefix: 'body',
          body: (step, [state], [slice]) => [step.op('Mul', [state!, step.op('Cos', [slice!])])],
        });
      return [...loop(s!, x!), ...loop(t!, y!)];
    },
  },
];

describe('derivatives of Scan agree with finite differences, once and twice', () => {
  for (const test of cases) {
    it(test.name, async () => {
      await checkDerivatives(test, { prepare: graph => uniqueBodyNames(graph) });
    });
  }
});
