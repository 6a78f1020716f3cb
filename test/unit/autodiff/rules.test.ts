/** Every rule, and the derivative of what it emits, against finite differences. */
import assert from 'node:assert/strict';
import { flat } from '../../../src/autodiff/rule';
import { rules } from '../../../src/autodiff/rules';
import type { DataType } from '../../../src/onnx/graph';
import type { GraphBuilder, PlainAttributes } from '../../../src/onnx/builder';
import { checkDerivatives, type Case, type Dim } from '../../support/finiteDifferences';

const away = (x: number): number => x + Math.sign(x) * 0.3;
/** Ops that ONNX Runtime has no float64 kernel for. */
const single = { dtype: 'float32' } as const;
const positive = (x: number): number => Math.abs(x) + 0.5;

/** An op of floating-point inputs only. */
function plain(
  op: string,
  inputs: readonly (readonly Dim[])[],
  attributes: PlainAttributes = {},
  more: Partial<Case> = {},
): Case {
  const shapes = inputs.map(dims => `[${dims.join(' ')}]`).join(' ');
  return {
    name: `${op} ${shapes} ${Object.keys(attributes).length ? JSON.stringify(attributes) : ''}`,
    inputs,
    build: (b, x) => b.op(op, x, attributes),
    ...more,
  };
}

/** An op of one floating-point input and constants. */
function withInts(
  name: string,
  dims: readonly Dim[],
  build: (b: GraphBuilder, x: string, dtype: DataType) => string | string[],
  more: Partial<Case> = {},
): Case {
  return {
    name: `${name} [${dims.join(' ')}]`,
    inputs: [dims],
    build: (b, x, t) => build(b, x[0]!, t),
    ...more,
  };
}

const broadcasts: (readonly (readonly Dim[])[])[] = [
  [
    ['B', 'L', 2],
    ['B', 'L', 2],
  ],
  [['B', 'L', 2], [2]],
  [['B', 'L', 2], []],
  [
    [1, 'L', 1],
    ['B', 1, 2],
  ],
  [
    ['L', 1],
    ['B', 1, 3],
  ],
];

const elementwise: Case[] = [
  ...broadcasts.flatMap(shapes => [
    plain('Add', shapes),
    plain('Sub', shapes),
    plain('Mul', shapes),
    plain('Div', shapes, {}, { domain: away }),
    plain('Pow', shapes, {}, { domain: positive }),
    plain('Max', shapes),
    plain('Min', shapes),
    plain(
      'Where',
      [...shapes, ['B', 'L', 1]],
      {},
      {
        build: (b, x, t) => b.op('Where', [b.op('Greater', [x[2]!, b.scalar(0, t)]), x[0]!, x[1]!]),
        skip: [2],
      },
    ),
  ]),
  ...['Neg', 'Identity', 'Exp', 'Sin', 'Cos', 'Tanh', 'Sigmoid'].map(op => plain(op, [['B', 'L']])),
  ...['Abs', 'Relu', 'Reciprocal'].map(op => plain(op, [['B', 'L']], {}, { domain: away })),
  ...['Log', 'Sqrt'].map(op => plain(op, [['B', 'L']], {}, { domain: positive })),
  plain('Softplus', [['B', 'L']], {}, single),
  plain('Erf', [['B', 'L']], {}, single),
  plain('Gelu', [['B', 'L']], {}, single),
  plain('Gelu', [['B', 'L']], { approximate: 'tanh' }),
  plain('Sum', [['B', 'L'], ['L'], ['B', 1]]),
  plain('Mean', [['B', 'L'], ['L'], ['B', 1]], {}, single),
  plain('Max', [['B', 'L'], ['L'], ['B', 1]]),
  ...[0.5, 1, 2, 3, -1.5].map(power =>
    withInts(`Pow ${power}`, ['B', 'L'], (b, x, t) => b.op('Pow', [x, b.scalar(power, t)]), {
      domain: positive,
    }),
  ),
  withInts('Clip', ['B', 'L'], (b, x, t) => b.op('Clip', [x, b.scalar(-0.5, t), b.scalar(0.7, t)])),
  withInts('Clip above', ['B', 'L'], (b, x, t) => b.op('Clip', [x, '', b.scalar(0.7, t)])),
  withInts(
    'Cast',
    ['B', 'L'],
    (b, x) =>
      b.op('Cast', [b.op('Sin', [b.op('Cast', [x], { to: 'float64' })])], { to: 'float32' }),
    single,
  ),
];

const shape: Case[] = [
  withInts('Reshape', ['B', 'L', 6], (b, x) => b.op('Reshape', [x, b.ints([0, 0, 2, 3])])),
  withInts('Reshape', ['B', 'L', 6], (b, x) => b.op('Reshape', [x, b.ints([-1, 6])])),
  withInts('Reshape', ['B', 'L'], (b, x) => b.op('Reshape', [x, b.ints([-1])])),
  withInts('Flatten', ['B', 'L', 2], (b, x) => b.op('Flatten', [x], { axis: 2 })),
  withInts('Unsqueeze', ['B', 'L'], (b, x) => b.op('Unsqueeze', [x, b.ints([-1, 0])])),
  withInts('Squeeze', ['B', 1, 'L', 1], (b, x) => b.op('Squeeze', [x, b.ints([1, -1])])),
  withInts('Transpose', ['B', 'L', 2], (b, x) => b.op('Transpose', [x], { perm: [2, 0, 1] })),
  withInts('Transpose reversed', ['B', 'L', 2], (b, x) => b.op('Transpose', [x])),
  withInts('Expand', ['L', 1], (b, x) => b.op('Expand', [x, b.ints([2, 1, 3])])),
  withInts('Tile', ['B', 'L'], (b, x) => b.op('Tile', [x, b.ints([2, 3])])),
  plain(
    'Concat',
    [
      ['B', 2],
      ['B', 3],
    ],
    { axis: -1 },
  ),
  plain(
    'Concat',
    [
      ['B', 2],
      ['L', 2],
    ],
    { axis: 0 },
  ),
  plain('Concat', [['B', 2]], { axis: 0 }),
  withInts('Split all', ['B', 5], (b, x) => b.ops('Split', [x, b.ints([2, 3])], 2, { axis: 1 })),
  withInts(
    'Split one',
    ['B', 5],
    (b, x) => b.ops('Split', [x, b.ints([2, 3])], 2, { axis: -1 })[1]!,
  ),
  withInts('Split even', [4, 'B'], (b, x) => b.ops('Split', [x], 2, { num_outputs: 2 })[0]!),
  withInts('Trilu', ['B', 3, 3], (b, x) => b.op('Trilu', [x], { upper: 0 })),
];

const indexing: Case[] = [
  withInts('Gather a position', ['B', 'L', 2], (b, x) =>
    b.op('Gather', [x, b.int(0)], { axis: 1 }),
  ),
  withInts('Gather the last', ['B', 'L', 2], (b, x) =>
    b.op('Gather', [x, b.int(-1)], { axis: -2 }),
  ),
  withInts('Gather one position', ['B', 'L', 2], (b, x) =>
    b.op('Gather', [x, b.ints([1])], { axis: 1 }),
  ),
  withInts('Gather rows', [4, 2], (b, x) =>
    b.op('Gather', [x, b.constant('int64', [2, 3], [0, 3, 3, -1, 2, 0])]),
  ),
  withInts('Gather columns', ['B', 4, 2], (b, x) =>
    b.op('Gather', [x, b.ints([1, 1, -2])], { axis: 1 }),
  ),
  withInts('GatherElements', [2, 3], (b, x) =>
    b.op('GatherElements', [x, b.constant('int64', [2, 4], [0, 2, 2, -1, 1, 1, 0, 1])], {
      axis: 1,
    }),
  ),
  withInts('GatherND', [3, 2, 2], (b, x) =>
    b.op('GatherND', [x, b.constant('int64', [3, 2], [0, 1, 2, 0, 0, 1])]),
  ),
  ...['add', 'none'].map(reduction =>
    plain(
      'ScatterElements',
      [
        ['B', 4],
        ['B', 2],
      ],
      { axis: 1, reduction },
      {
        build: (b, [data, updates]) => {
          const indices = b.op('Expand', [
            b.constant('int64', [1, 2], [3, 0]),
            b.op('Shape', [updates!]),
          ]);
          return b.op('ScatterElements', [data!, indices, updates!], { axis: 1, reduction });
        },
      },
    ),
  ),
  ...['add', 'none'].map(reduction =>
    plain(
      'ScatterND',
      [
        [4, 'B'],
        [2, 'B'],
      ],
      { reduction },
      {
        build: (b, [data, updates]) =>
          b.op('ScatterND', [data!, b.constant('int64', [2, 1], [3, 1]), updates!], { reduction }),
      },
    ),
  ),
  withInts('Slice', ['B', 'L', 4], (b, x) =>
    b.op('Slice', [x, b.ints([1, -3]), b.ints([2 ** 40, -1]), b.ints([1, 2])]),
  ),
  withInts('Slice out of range', [3, 'B'], (b, x) =>
    b.op('Slice', [x, b.ints([-9]), b.ints([9]), b.ints([0])]),
  ),
  withInts('Slice with steps', ['B', 5, 'L'], (b, x) =>
    b.op('Slice', [x, b.ints([-1, 0]), b.ints([0, 9]), b.ints([1, -1]), b.ints([-2, 2])]),
  ),
  withInts('Pad', ['B', 3], (b, x) => b.op('Pad', [x, b.ints([1, 0, 2, 1])])),
  withInts('Pad axes', ['B', 3], (b, x) => b.op('Pad', [x, b.ints([2, -1]), '', b.ints([1])])),
  withInts('CumSum', ['B', 'L'], (b, x) => b.op('CumSum', [x, b.int(1)], { exclusive: 1 })),
  withInts('CumSum back', ['B', 'L'], (b, x) => b.op('CumSum', [x, b.int(-1)], { reverse: 1 })),
];

const matmuls: (readonly (readonly Dim[])[])[] = [
  [
    ['B', 2],
    [2, 3],
  ],
  [
    ['B', 'L', 2],
    [2, 3],
  ],
  [
    ['B', 'L', 2],
    ['L', 2],
  ],
  [
    ['B', 2, 'L', 2],
    ['B', 1, 2, 'L'],
  ],
  [
    ['L', 2],
    ['B', 2, 3],
  ],
  [[2], ['B', 2, 3]],
  [['B', 3, 2], [2]],
  [[2], [2, 'L']],
  [['L'], ['L']],
];

const linear: Case[] = [
  ...matmuls
    .filter(([, right]) => right![0] !== 'L' || right!.length === 1)
    .map(shapes => plain('MatMul', shapes)),
  plain('MatMul', [
    ['B', 2, 'L'],
    ['L', 3],
  ]),
  ...[0, 1].flatMap(transA =>
    [0, 1].flatMap(transB =>
      [[3], ['B', 3], []].map(c =>
        plain('Gemm', [transA ? [2, 'B'] : ['B', 2], transB ? [3, 2] : [2, 3], c as Dim[]], {
          transA,
          transB,
          alpha: 0.5,
          beta: 2,
        }),
      ),
    ),
  ),
  plain('Gemm', [
    ['B', 2],
    [2, 3],
  ]),
];

const reductions: Case[] = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceLogSumExp',
  'ReduceSumSquare',
  'ReduceL1',
  'ReduceL2',
].flatMap(op => [
  withInts(`${op} last`, ['B', 'L', 3], (b, x) => b.op(op, [x, b.ints([-1])])),
  withInts(`${op} dropped`, ['B', 'L', 3], (b, x) =>
    b.op(op, [x, b.ints([0, 1])], { keepdims: 0 }),
  ),
  withInts(`${op} all`, ['B', 'L'], (b, x) => b.op(op, [x], { keepdims: 0 })),
  withInts(`${op} none`, ['B', 'L'], (b, x) => b.op(op, [x], { noop_with_empty_axes: 1 }), {
    domain: positive,
  }),
]);

/** The kernel gives the deviation in float32, so differences of it need a large step. */
const stashed = { tolerance: { step: 1e-3, error: 3e-4 } };

const normalisation: Case[] = [
  ...['Softmax', 'LogSoftmax'].flatMap(op =>
    [-1, 1].map(axis => plain(op, [['B', 'L', 3]], { axis })),
  ),
  ...[
    { inputs: [['B', 'L', 4], [4], [4]], axis: -1 },
    { inputs: [['B', 'L', 4], [4]], axis: 2 },
    {
      inputs: [
        ['B', 2, 3],
        [2, 3],
        [2, 3],
      ],
      axis: 1,
    },
  ].map(({ inputs, axis }) =>
    plain('LayerNormalization', inputs as Dim[][], { axis, epsilon: 1e-3 }, stashed),
  ),
  plain(
    'LayerNormalization',
    [['B', 4], [4]],
    {},
    {
      ...single,
      name: 'LayerNormalization with mean and deviation',
      build: (b, x) => b.ops('LayerNormalization', x, 3, { epsilon: 1e-1 }),
    },
  ),
];

/** Ops of integers, booleans and shapes: no derivative passes them. */
const discrete = ['Shape', 'Size', 'Greater', 'Less', 'Equal', 'And', 'Not', 'ReduceProd'];

describe('autodiff rules agree with finite differences, once and twice', () => {
  const seen = new Set<string>();
  const groups = { elementwise, shape, indexing, linear, reductions, normalisation };
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const test of cases) {
        it(test.name, async () => {
          for (const op of await checkDerivatives(test)) seen.add(op);
        });
      }
    });
  }

  // A suite of its own, because mocha runs the tests of a suite before its nested suites.
  describe('as a whole', () => {
    it('emit only ops that have rules themselves, or no derivative', function () {
      if (seen.size === 0) this.skip();
      const known = new Set([...Object.keys(rules), ...discrete]);
      assert.deepEqual(
        [...seen].filter(op => !known.has(op)),
        [],
      );
    });

    it('have each been among the cases', function () {
      if (seen.size === 0) this.skip();
      const untested = Object.keys(rules).filter(op => rules[op] !== flat && !seen.has(op));
      assert.deepEqual(untested, []);
    });
  });
});
