/** Loops written as Scan: their derivatives against finite differences, and what the passes do to them. */
import assert from 'node:assert/strict';
import { cleanup, prepare } from '../../../src/autodiff/passes';
import { uniqueBodyNames } from '../../../src/autodiff/passes/uniqueBodyNames';
import { isScan, putTogether, takeApart, type ScanParts } from '../../../src/autodiff/scanParts';
import { vjp } from '../../../src/autodiff/vjp';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { DataType, Graph } from '../../../src/onnx/graph';
import { readModel } from '../../../src/onnx/readModel';
import { writeModel } from '../../../src/onnx/writeModel';
import { learnFacts } from '../../../src/runtime/probe';
import { checkDerivatives, type Case } from '../../support/finiteDifferences';
import { numbers } from '../../support/numbers';
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

describe('passes over loops', () => {
  /** s' = w s + w s + 2x 2x with w = s0 s0, once through an Identity; stacks s and exp(s). */
  function loopGraph(): { graph: Graph; outputs: string[] } {
    const graph = emptyGraph('loop');
    const b = new GraphBuilder(graph);
    const [x, s] = [b.input('x', 'float64', ['n', 2]), b.input('s', 'float64', [2])];
    const weight = b.op('Identity', [b.op('Mul', [s, s])]);
    const same = b.op('Mul', [s, s]);
    const outputs = scan(b, {
      initial: [s],
      slices: [[x]],
      stacks: [{}, {}],
      body: (step, [state], [slice]) => {
        const twice = [1, 2].map(() => step.op('Mul', [slice!, step.scalar(2, 'float64')]));
        const products = [weight, same].map(w => step.op('Mul', [state!, w]));
        const both = step.op('Add', products);
        const now = step.op('Add', [both, step.op('Mul', twice)]);
        return [now, now, step.op('Exp', [now])];
      },
    });
    return { graph, outputs };
  }

  const loopOf = (graph: Graph): ScanParts => takeApart(graph.nodes.find(isScan)!);
  const feeds = { x: float64([3, 2], [1, 2, 3, 4, 5, 6]), s: float64([2], [0.5, -0.25]) };

  /** s after each step, computed here. */
  const states = [1, 3, 5].reduce<number[]>(
    (before, x) => [...before, 0.5 * (before.at(-1) ?? 0.5) + 4 * x * x],
    [],
  );

  it('keep what is read, from outside too, and drop stacks that nobody reads', async () => {
    const { graph, outputs } = loopGraph();
    const [last, all] = outputs as [string, string];
    for (const wanted of [[last], [all], [last, all]]) {
      const clean = cleanup({ ...graph, outputs: wanted.map(name => ({ name })) });
      checkGraph(clean);
      const parts = loopOf(clean);
      assert.equal(parts.outputs.length, wanted.includes(all) ? 1 : 0);
      assert.ok(parts.nodes.every(node => node.op !== 'Exp'));
      const results = await runGraph(clean, feeds);
      const first = (name: string): number[] =>
        numbers(results[name]).filter((_, i) => i % 2 === 0);
      if (wanted.includes(last)) assert.deepEqual(first(last), [states.at(-1)]);
      if (wanted.includes(all)) assert.deepEqual(first(all), states);
    }
  });

  it('merge equal nodes in bodies, and follow merged values into them', () => {
    const { graph, outputs } = loopGraph();
    const clean = cleanup({ ...graph, outputs: outputs.map(name => ({ name })) });
    // Outside one s s; inside one 2x, one w s, and the product of both 2x.
    assert.equal(clean.nodes.filter(node => node.op === 'Mul').length, 1);
    assert.ok(clean.nodes.every(node => node.op !== 'Identity'));
    const inside = loopOf(clean).nodes.filter(node => node.op === 'Mul');
    assert.equal(inside.length, 3);
  });

  it('read and write loops of older operator sets', async () => {
    const { graph, outputs } = loopGraph();
    graph.opset = 11;
    const body = loopOf(graph);
    const squeezed = body.nodes.map(node =>
      node.op === 'Exp'
        ? { ...node, op: 'Unsqueeze', attributes: { axes: { kind: 'ints', value: [0] } as const } }
        : node,
    );
    graph.nodes = graph.nodes.map(node =>
      isScan(node) ? putTogether({ ...body, nodes: squeezed }) : node,
    );
    graph.outputs = outputs.map(name => ({ name }));
    const read = readModel(writeModel(graph), 'model.onnx');
    const ready = prepare(read);
    checkGraph(ready);
    const [old, now] = [await runGraph(graph, feeds), await runGraph(ready, feeds)];
    assert.deepEqual(now, old);
  });

  it('leave alone the graph whose loop is made to record', async () => {
    const { graph, outputs } = loopGraph();
    graph.outputs = outputs.map(name => ({ name }));
    const facts = await learnFacts(graph, [feeds, { ...feeds, x: float64([2, 2], [1, 2, 3, 4]) }]);
    const copy = { ...graph, nodes: [...graph.nodes], constants: new Map(graph.constants) };
    const seed = new GraphBuilder(copy).op('Mul', [outputs[0]!, outputs[0]!]);
    const found = vjp({ graph: copy, seeds: new Map([[outputs[0]!, seed]]), wrt: ['s'], facts });
    assert.equal(found.size, 1);
    assert.equal(loopOf(graph).outputs.length, 2);
    assert.ok(loopOf(copy).outputs.length > 2);
  });
});

describe('loops without a derivative', () => {
  it('name the node: a Scan whose values change their shape from step to step', async () => {
    const graph = emptyGraph('growing');
    const b = new GraphBuilder(graph);
    const [x, s] = [b.input('x', 'float64', ['n', 2]), b.input('s', 'float64', [2])];
    const [, last] = scan(b, {
      initial: [b.int(0), s],
      slices: [[x]],
      body: (step, [count, state], [slice]) => {
        const next = step.op('Add', [count!, step.int(1)]);
        const end = step.op('Unsqueeze', [next, step.ints([0])]);
        const soFar = step.op('Slice', [x, step.ints([0]), end, step.ints([0])]);
        const sum = step.op('ReduceSum', [soFar, step.ints([0])], { keepdims: 0 });
        return [next, step.op('Add', [state!, step.op('Mul', [slice!, sum])])];
      },
    }) as [string, string];
    b.output(last);
    const feeds = { x: float64([3, 2], [1, 2, 3, 4, 5, 6]), s: float64([2], [0, 0]) };
    const facts = await learnFacts(graph, [feeds, feeds]);
    assert.deepEqual(facts.get(last)!.dims, [[2], [2]]);
    assert.throws(
      () => vjp({ graph, seeds: new Map([[last, last]]), wrt: [s], facts }),
      /Scan "Loop_1".*shape changes from step to step.*; export the model/,
    );
  });

  it('name the node: a Loop', () => {
    const graph = emptyGraph('loop');
    const b = new GraphBuilder(graph);
    const s = b.input('s', 'float64', [2]);
    const body = emptyGraph('body');
    const step = new GraphBuilder(body, 'body/');
    step.input('count', 'int64', []);
    step.output(step.op('Identity', [step.input('goesOn', 'bool', [])]));
    step.output(step.op('Sin', [step.input('state', 'float64', [2])]));
    const last = b.op('Loop', [b.int(3), '', s], { body: { kind: 'graph', value: body } });
    const facts = new Map(
      [s, last].map(name => [name, { dtype: 'float64' as const, dims: [[2]] }]),
    );
    assert.throws(
      () => vjp({ graph, seeds: new Map([[last, s]]), wrt: [s], facts }),
      /cannot differentiate Loop "Loop_1".*; export the model without this op/,
    );
  });
});
