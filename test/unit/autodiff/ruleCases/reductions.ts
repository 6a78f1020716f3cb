/** Reductions, poolings, normalisations. */
import type { Case } from '../../../support/finiteDifferences';
import {
  apart,
  at,
  away,
  float,
  multilinear,
  ofMany,
  ofOne,
  plain,
  positive,
  single,
} from './table';

const kinds = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'LogSum', 'LogSumExp', 'SumSquare', 'L1', 'L2'];

const domain = away;

const reduce: Case[] = kinds.flatMap(kind => {
  const op = `Reduce${kind}`;
  const more = { domain: kind === 'LogSum' ? positive : away };
  return [
    ofOne(`${op} last`, 'B L 3', (b, x) => b.op(op, [x, b.ints([-1])]), more),
    ofOne(`${op} dropped`, 'B L 3', (b, x) => b.op(op, [x, b.ints([0, 1])], { keepdims: 0 }), more),
    ofOne(`${op} all`, 'B L', (b, x) => b.op(op, [x], { keepdims: 0 }), more),
    ofOne(`${op} none`, 'B L', (b, x) => b.op(op, [x], { noop_with_empty_axes: 1 }), {
      domain: positive,
    }),
  ];
});

/** About a third of the numbers are zero. */
const gaps = (x: number): number => (Math.abs(x) < 0.45 ? 0 : x);

const zeros: Case[] = [
  ofOne('ReduceProd with zeros', 'B L 3', (b, x) => b.op('ReduceProd', [x, b.ints([1])]), {
    orders: 1,
    domain: gaps,
  }),
  ...['ReduceL1', 'ReduceL2'].map(op =>
    ofOne(`${op} of zeros`, 'B L', (b, x) => b.op(op, [x, b.ints([1])]), at(0)),
  ),
];

const lines = 'B 2 L';
const planes = 'B 2 5 L';

const pooling: Case[] = [
  ...[lines, planes].flatMap(shape => [
    plain('GlobalAveragePool', shape, {}, multilinear),
    plain('GlobalMaxPool', shape, {}, apart),
    plain('GlobalLpPool', shape, {}, single),
  ]),
  plain('GlobalLpPool', lines, { p: 1 }, { ...single, domain }),
  plain('GlobalLpPool', lines, { p: 3 }, { ...single, domain }),
  plain('MaxPool', lines, { kernel_shape: [2] }),
  plain('MaxPool', lines, { kernel_shape: [2], strides: [2], pads: [1, 0] }),
  plain('MaxPool', lines, { kernel_shape: [3], strides: [2], pads: [1, 1], ceil_mode: 1 }),
  plain('MaxPool', lines, { kernel_shape: [2], auto_pad: 'SAME_UPPER' }),
  plain('MaxPool', planes, { kernel_shape: [2, 2], strides: [2, 1], pads: [0, 1, 0, 1] }),
  plain('MaxPool', planes, { kernel_shape: [2, 1], dilations: [2, 1] }),
  plain('MaxPool', planes, { kernel_shape: [2, 2], storage_order: 1 }),
  plain('AveragePool', lines, { kernel_shape: [2] }, multilinear),
  plain('AveragePool', lines, { kernel_shape: [2], strides: [2] }, multilinear),
  ...[0, 1].flatMap(count_include_pad => [
    plain(
      'AveragePool',
      lines,
      { kernel_shape: [3], pads: [1, 1], count_include_pad },
      multilinear,
    ),
    plain(
      'AveragePool',
      'B 2 6',
      { kernel_shape: [3], strides: [2], pads: [1, 0], ceil_mode: 1, count_include_pad },
      multilinear,
    ),
    plain(
      'AveragePool',
      planes,
      { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 1, 0, 0], count_include_pad },
      multilinear,
    ),
    plain(
      'AveragePool',
      lines,
      { kernel_shape: [2], strides: [2], auto_pad: 'SAME_LOWER', count_include_pad },
      multilinear,
    ),
  ]),
  plain('AveragePool', 'B 2 7', { kernel_shape: [3], dilations: [2] }, multilinear),
  plain('LpPool', lines, { kernel_shape: [2] }, { ...single, domain }),
  plain(
    'LpPool',
    planes,
    { kernel_shape: [2, 2], p: 3, pads: [1, 0, 0, 0] },
    { ...single, domain },
  ),
  ofOne(
    'MaxUnpool',
    '1 1 2 2',
    (b, x) =>
      b.op('MaxUnpool', [x, b.constant('int64', [1, 1, 2, 2], [5, 7, 13, 15])], {
        kernel_shape: [2, 2],
        strides: [2, 2],
      }),
    single,
  ),
];

/** The kernel gives the deviation in float32, so differences of it need a large step. */
const stashed = { tolerance: { step: 1e-3, error: 3e-4 } };

const normalisation: Case[] = [
  ...['Softmax', 'LogSoftmax'].flatMap(op => [-1, 1].map(axis => plain(op, 'B L 3', { axis }))),
  plain('LayerNormalization', 'B L 4, 4, 4', { axis: -1, epsilon: 1e-3 }, stashed),
  plain('LayerNormalization', 'B L 4, 4', { axis: 2, epsilon: 1e-3 }, stashed),
  plain('LayerNormalization', 'B 2 3, 2 3, 2 3', { axis: 1, epsilon: 1e-3 }, stashed),
  ofMany(
    'LayerNormalization with mean and deviation',
    'B 4, 4',
    (b, x) => b.ops('LayerNormalization', x, 3, { epsilon: 1e-1 }),
    single,
  ),
  ...['B 3 L', 'B 3', 'B 3 2 L'].map(data =>
    ofMany(
      'BatchNormalization',
      `${data}, 3, 3, 3, 3`,
      (b, [x, scale, bias, mean, deviation], t) => {
        const variance = b.op('Add', [b.op('Mul', [deviation!, deviation!]), b.scalar(0.5, t)]);
        const inputs = [x!, scale!, bias!, mean!, variance];
        return b.op('BatchNormalization', inputs, { epsilon: float(0.01) });
      },
    ),
  ),
];

export const reductions: Case[] = [...reduce, ...zeros, ...pooling, ...normalisation];
