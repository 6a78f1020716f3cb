/** LSTM, GRU and RNN: as loops they give what ONNX Runtime's operators give, and have the right derivatives. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lowerRecurrent } from '../../../src/autodiff/passes/lowerRecurrent';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { Graph } from '../../../src/onnx/graph';
import { constantOf } from '../../../src/onnx/tensorData';
import { checkDerivatives } from '../../support/finiteDifferences';
import { assertClose, normals, numbers, seededRandom } from '../../support/numbers';
import {
  callRecurrent,
  describeVariant,
  inputShapes,
  recurrentOps,
  type Variant,
} from '../../support/recurrentCases';
import { float32, runGraph } from '../../support/runGraph';
import type { Feeds } from '../../../src/runtime/session';

/** All activations that ONNX names, with their parameters where they have any. */
const activations: readonly Pick<Variant, 'activations' | 'alpha' | 'beta'>[] = [
  { activations: ['Relu'] },
  { activations: ['Sigmoid'] },
  { activations: ['Affine'], alpha: [0.6], beta: [0.2] },
  { activations: ['LeakyRelu'], alpha: [0.3] },
  { activations: ['LeakyRelu'] },
  { activations: ['ThresholdedRelu'], alpha: [0.4] },
  { activations: ['ThresholdedRelu'] },
  { activations: ['ScaledTanh'], alpha: [0.6], beta: [0.7] },
  { activations: ['HardSigmoid'], alpha: [0.3], beta: [0.4] },
  { activations: ['HardSigmoid'] },
  { activations: ['Elu'], alpha: [0.7] },
  { activations: ['Elu'] },
  { activations: ['Softsign'] },
  { activations: ['Softplus'] },
];

/** A graph of one call, and its float32 inputs for some sizes. */
function graphOf(variant: Variant): { graph: Graph; feeds: (B: number, L: number) => Feeds } {
  const graph = emptyGraph('recurrent');
  const b = new GraphBuilder(graph);
  const shapes = inputShapes(variant);
  const x = shapes.map(({ dims }, i) => b.input(`x${i}`, 'float32', dims));
  for (const output of callRecurrent(b, variant, x)) b.output(output);
  const feeds = (B: number, L: number): Feeds => {
    const random = seededRandom(B + 10 * L);
    return Object.fromEntries(
      shapes.map(({ dims }, i) => {
        const size = dims.map(dim => (dim === 'B' ? B : dim === 'L' ? L : dim));
        const count = size.reduce((product, dim) => product * dim, 1);
        return [`x${i}`, float32(size, normals(random, count))];
      }),
    );
  };
  return { graph, feeds };
}

async function compareWithOperator(variant: Variant, B = 4, L = 5): Promise<void> {
  const { graph, feeds } = graphOf(variant);
  const lowered = lowerRecurrent(graph);
  checkGraph(lowered);
  assert.ok(lowered.nodes.every(node => node.op !== variant.op));
  const expected = await runGraph(graph, feeds(B, L));
  const actual = await runGraph(lowered, feeds(B, L));
  for (const { name } of graph.outputs) {
    const [found, truth] = [actual[name]!, expected[name]!];
    assert.deepEqual(found.dims, truth.dims);
    assertClose(numbers(found), numbers(truth), 1e-5, `${describeVariant(variant)}: ${name}`);
  }
}

describe('recurrent operators as loops give what ONNX Runtime gives', () => {
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const flag = some(fc.constant(true as const));
  const variants = fc.record({
    op: fc.constantFrom(...recurrentOps),
    direction: fc.constantFrom('forward', 'reverse', 'bidirectional' as const),
    lengths: flag,
    bias: some(fc.constant(false as const)),
    initial: flag,
    clip: some(fc.constantFrom(0.2, 1, 50)),
    linearBeforeReset: flag,
    coupled: flag,
    peepholes: flag,
  });

  it('for any combination of options and any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        variants,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        async (options, B, L) => {
          const { linearBeforeReset, coupled, peepholes, ...common } = options;
          const own =
            options.op === 'LSTM'
              ? { coupled, peepholes }
              : options.op === 'GRU'
                ? { linearBeforeReset }
                : {};
          const given = Object.entries({ ...common, ...own }).filter(
            ([, value]) => value !== undefined,
          );
          await compareWithOperator(Object.fromEntries(given) as unknown as Variant, B, L);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  for (const activation of activations) {
    it(`with ${describeVariant({ op: 'RNN', ...activation })}`, async () => {
      await compareWithOperator({ op: 'RNN', ...activation });
      await compareWithOperator({ op: 'RNN', ...activation, lengths: true });
      const [name] = activation.activations!;
      await compareWithOperator({ op: 'GRU', ...activation, activations: ['Sigmoid', name!] });
      await compareWithOperator({
        op: 'LSTM',
        ...activation,
        activations: ['Sigmoid', name!, 'Tanh'],
      });
    });
  }

  it('with a list of activations for both directions, and parameters for some', async () => {
    const lists = {
      alpha: [0.3, 0.2, 0.8, 0.7, 0.6],
      beta: [0.4, 0.9, 0.5],
      direction: 'bidirectional',
    } as const;
    await compareWithOperator({ op: 'RNN', ...lists, activations: ['Affine', 'LeakyRelu'] });
    await compareWithOperator({
      op: 'GRU',
      ...lists,
      activations: ['HardSigmoid', 'LeakyRelu', 'Sigmoid', 'Elu'],
    });
    await compareWithOperator({
      op: 'LSTM',
      ...lists,
      activations: ['HardSigmoid', 'LeakyRelu', 'ScaledTanh', 'Sigmoid', 'Elu', 'Affine'],
    });
  });

  it('with rows that have no step at all', async () => {
    for (const op of recurrentOps) {
      for (const direction of ['forward', 'bidirectional'] as const) {
        const { graph, feeds } = graphOf({ op, direction, initial: true, lengths: true });
        const lengths = graph.nodes.find(node => node.op === op)!.inputs[4]!;
        const constants = new Map(graph.constants);
        constants.set('given', constantOf('int32', [4], [2, 0, 5, 0]));
        const nodes = graph.nodes.map(node => ({
          ...node,
          inputs: node.inputs.map(name => (name === lengths ? 'given' : name)),
        }));
        const changed = { ...graph, constants, nodes };
        const expected = await runGraph(changed, feeds(4, 5));
        const actual = await runGraph(lowerRecurrent(changed), feeds(4, 5));
        for (const { name } of graph.outputs) {
          assertClose(numbers(actual[name]), numbers(expected[name]), 1e-5, `${op}: ${name}`);
        }
      }
    }
  });

  it('with the batch first, which ONNX Runtime computes only on other devices', async () => {
    for (const op of recurrentOps) {
      for (const options of [
        {},
        { initial: true, lengths: true, direction: 'bidirectional' },
      ] as const) {
        const first = graphOf({ op, ...options, batchFirst: true });
        const second = graphOf({ op, ...options });
        const swapped = Object.entries(second.feeds(4, 5)).map(
          ([name, value], i) =>
            // The inputs X, and behind weights and bias the states.
            [name, i === 0 || i > 3 ? swapFirst(value) : value] as const,
        );
        const actual = await runGraph(lowerRecurrent(first.graph), Object.fromEntries(swapped));
        const expected = await runGraph(second.graph, second.feeds(4, 5));
        const [Y, ...states] = second.graph.outputs.map(output => numbers(expected[output.name]));
        const [Y1, ...states1] = first.graph.outputs.map(output => actual[output.name]!);
        const directions = Y1!.dims[2]!;
        assert.deepEqual(Y1!.dims, [4, 5, directions, 2]);
        // [B, L, D, H] -> [L, D, B, H]
        const byStep = Array.from({ length: 5 * directions * 4 * 2 }, (_, at) => {
          const [h, row] = [at % 2, Math.floor(at / 2) % 4];
          const [d, step] = [Math.floor(at / 8) % directions, Math.floor(at / (8 * directions))];
          return Number(Y1!.data[((row * 5 + step) * directions + d) * 2 + h]);
        });
        assertClose(byStep, Y!, 1e-6, `${op}: Y`);
        states1.forEach((state, i) => {
          assert.deepEqual(state.dims, [4, directions, 2]);
          assertClose(numbers(swapFirst(state)), states[i]!, 1e-6, `${op}: state ${i}`);
        });
      }
    }
  });
});

/** A tensor of three dimensions with the first two exchanged. */
function swapFirst(value: Feeds[string]): Feeds[string] {
  const [rows, columns, depth] = value.dims as [number, number, number];
  const moved = Array.from({ length: value.data.length }, (_, at) => {
    const [k, j, i] = [at % depth, Math.floor(at / depth) % rows, Math.floor(at / depth / rows)];
    return Number(value.data[(j * columns + i) * depth + k]);
  });
  return float32([columns, rows, depth], moved);
}

/** Differences of the loop in float64, for which ONNX Runtime has no operators. */
async function checkVariant(variant: Variant): Promise<void> {
  await checkDerivatives({
    name: describeVariant(variant),
    inputs: inputShapes(variant).map(({ dims }) => dims),
    build: (b, x) => {
      const outputs = callRecurrent(b, variant, x);
      const lowered = lowerRecurrent(b.graph);
      b.graph.nodes = lowered.nodes;
      lowered.constants.forEach((constant, name) => b.graph.constants.set(name, constant));
      return outputs;
    },
  });
}

describe('recurrent operators have the derivatives of finite differences, once and twice', () => {
  const all = { lengths: true, initial: true, direction: 'bidirectional' } as const;
  const cases: Variant[] = [
    ...recurrentOps.flatMap((op): Variant[] => [
      { op },
      { op, direction: 'reverse', bias: false },
      { op, direction: 'bidirectional', initial: true },
      { op, lengths: true, initial: true },
      { op, direction: 'reverse', lengths: true },
      { op, ...all },
      { op, ...all, batchFirst: true },
      { op, clip: 0.7 },
      {
        op,
        ...all,
        activations: Array<string>(3)
          .fill('Relu')
          .slice(0, op === 'LSTM' ? 3 : op === 'GRU' ? 2 : 1),
      },
    ]),
    { op: 'GRU', ...all, linearBeforeReset: true },
    { op: 'GRU', linearBeforeReset: true, bias: false },
    { op: 'LSTM', ...all, peepholes: true },
    { op: 'LSTM', coupled: true },
    { op: 'LSTM', coupled: true, peepholes: true, clip: 0.7 },
    ...activations.map((activation): Variant => ({ op: 'RNN', ...activation })),
  ];
  for (const variant of cases) {
    it(describeVariant(variant), () => checkVariant(variant));
  }
});

describe('recurrent operators that cannot be taken apart', () => {
  const lowered = (variant: Variant) => (): Graph => lowerRecurrent(graphOf(variant).graph);

  it('are named, with what is wrong about them and the way out', () => {
    const activations = ['Sigmoid', 'Swish', 'Tanh'];
    assert.throws(
      lowered({ op: 'LSTM', activations }),
      /LSTM "LSTM_1" has the activation Swish.*; export the model/,
    );
    const direction = 'sideways' as 'forward';
    assert.throws(
      lowered({ op: 'GRU', direction }),
      /GRU "GRU_1" has the direction "sideways".*; export the model/,
    );
  });
});
