/** Element by element, with broadcasting. */
import type { Case } from '../../../support/finiteDifferences';
import { at, away, float, ofMany, ofOne, plain, positive, single, unit } from './table';

const broadcasts: readonly string[] = [
  'B L 2, B L 2',
  'B L 2, 2',
  'B L 2, ',
  '1 L 1, B 1 2',
  'L 1, B 1 3',
];

const BL = 'B L';

export const elementwise: Case[] = [
  ...broadcasts.flatMap(shapes => [
    plain('Add', shapes),
    plain('Sub', shapes),
    plain('Mul', shapes),
    plain('Div', shapes, {}, { domain: away }),
    plain('Pow', shapes, {}, { domain: positive }),
    plain('Max', shapes),
    plain('Min', shapes),
    plain('Mod', shapes, { fmod: 1 }, { domain: away }),
    ofMany(
      'Where',
      `${shapes}, B L 1`,
      (b, x, t) => b.op('Where', [b.op('Greater', [x[2]!, b.scalar(0, t)]), x[0]!, x[1]!]),
      { skip: [2] },
    ),
  ]),
  ...['Neg', 'Identity', 'Exp'].map(op => plain(op, BL)),
  ...['Abs', 'Reciprocal'].map(op => plain(op, BL, {}, { domain: away })),
  ...['Log', 'Sqrt'].map(op => plain(op, BL, {}, { domain: positive })),
  plain('Erf', BL, {}, single),
  plain('Sum', 'B L, L, B 1'),
  plain('Mean', 'B L, L, B 1', {}, single),
  plain('Max', 'B L, L, B 1'),
  plain('Min', 'B L, L, B 1'),
  ...[0, 0.5, 1, 2, 3, -1.5].map(power =>
    ofOne(`Pow ${power}`, 'B L', (b, x, t) => b.op('Pow', [x, b.scalar(power, t)]), {
      domain: positive,
    }),
  ),
  ofOne('Pow of a negative', 'B L', (b, x, t) => b.op('Pow', [x, b.scalar(4, t)])),
  ofOne('Pow of zero', 'B L', (b, x, t) => b.op('Pow', [x, b.scalar(2, t)]), {
    domain: () => 0,
  }),
  ...['Max', 'Min'].map(op => plain(op, 'B L, L', {}, { ...at(1), name: `${op} of equals` })),
  plain('Abs', BL, {}, { ...at(0), name: 'Abs of zero' }),
  ofOne('Pow 2, integer', 'B L', (b, x) => b.op('Pow', [x, b.int(2)])),
  ofOne('Pow, integers', 'B 2', (b, x) => b.op('Pow', [x, b.ints([3, 4])])),
  ofOne('Clip', 'B L', (b, x, t) => b.op('Clip', [x, b.scalar(-0.5, t), b.scalar(0.7, t)])),
  ofOne('Clip above', 'B L', (b, x, t) => b.op('Clip', [x, '', b.scalar(0.7, t)])),
  ofMany('Clip, by its bounds', 'B L, , ', (b, [x, low, high], t) =>
    b.op('Clip', [x!, b.op('Sub', [low!, b.scalar(1, t)]), b.op('Add', [high!, b.scalar(1, t)])]),
  ),
  ofOne(
    'Cast',
    'B L',
    (b, x) =>
      b.op('Cast', [b.op('Sin', [b.op('Cast', [x], { to: 'float64' })])], { to: 'float32' }),
    single,
  ),
  ofOne(
    'CastLike',
    'B L',
    (b, x) => {
      const wide = b.op('CastLike', [x, b.scalar(0, 'float64')]);
      return b.op('CastLike', [b.op('Sin', [wide]), x]);
    },
    single,
  ),
  // Circular and hyperbolic.
  ...['Sin', 'Cos', 'Tanh'].map(op => plain(op, BL)),
  ...['Sinh', 'Cosh', 'Atan', 'Asinh'].map(op => plain(op, BL, {}, single)),
  ...['Tan', 'Asin', 'Acos', 'Atanh'].map(op => plain(op, BL, {}, { ...single, domain: unit })),
  plain('Acosh', BL, {}, { ...single, domain: x => positive(x) + 1 }),
  // Activations.
  plain('Sigmoid', BL),
  plain('Relu', BL, {}, { domain: away }),
  ...['Softplus', 'Mish', 'HardSwish', 'HardSigmoid'].map(op => plain(op, BL, {}, single)),
  ...['Elu', 'Selu', 'Celu', 'Softsign', 'ThresholdedRelu', 'LeakyRelu'].map(op =>
    plain(op, BL, {}, { ...single, domain: away }),
  ),
  plain('LeakyRelu', BL, { alpha: float(0.2) }, { ...single, domain: away }),
  plain('ThresholdedRelu', BL, { alpha: float(0.2) }, { ...single, domain: away }),
  plain('Elu', BL, { alpha: float(0.7) }, { ...single, domain: away }),
  plain('Celu', BL, { alpha: float(2) }, { ...single, domain: away }),
  plain('Selu', BL, { alpha: float(0.5), gamma: float(2) }, { ...single, domain: away }),
  plain('HardSigmoid', BL, { alpha: float(0.5), beta: float(0.4) }, single),
  plain('Shrink', BL, { lambd: float(0.25), bias: float(0.1) }, { ...single, domain: away }),
  plain('Swish', BL, {}, { ...single, opset: 24 }),
  plain('Swish', BL, { alpha: float(1.7) }, { ...single, opset: 24 }),
  plain('Gelu', BL, {}, single),
  plain('Gelu', BL, { approximate: 'tanh' }),
  plain('PRelu', 'B L 2, 2', {}, { ...single, domain: away }),
  plain('PRelu', 'B 3 L, 3 1', {}, { ...single, domain: away }),
];
