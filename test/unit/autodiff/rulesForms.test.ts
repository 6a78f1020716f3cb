/**
 * Operators whose form changed between the operator sets 11 and 21: the derivative of the upgraded graph against
 * differences of the graph as it was.
 */
import { upgrade } from '../../../src/autodiff/passes/upgrade';
import type { GraphBuilder, PlainAttributes } from '../../../src/onnx/builder';
import type { DataType } from '../../../src/onnx/graph';
import { checkDerivatives } from '../../support/finiteDifferences';
import { ruleCases } from './ruleCases';
import { apart, float, multilinear, ofOne, positive, single, type More } from './ruleCases/table';

const opsets = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21];

interface Form {
  readonly name: string;
  readonly shape: string;
  readonly build: (b: GraphBuilder, x: string, opset: number, t: DataType) => string | string[];
  readonly since?: number;
  readonly more?: More;
}

/** A list that is an attribute before an operator set, and input 1 from then on. */
function listed(op: string, key: string, list: readonly number[], inputSince: number) {
  return (attributes: PlainAttributes = {}): Form['build'] =>
    (b, x, opset) =>
      opset < inputSince
        ? b.op(op, [x], { [key]: list, ...attributes })
        : b.op(op, [x, b.ints(list)], attributes);
}

const plain =
  (op: string, attributes: PlainAttributes = {}): Form['build'] =>
  (b, x) =>
    b.op(op, [x], attributes);

const reductions: Form[] = [
  ...['Mean', 'Max', 'Min', 'Prod', 'LogSum', 'LogSumExp', 'SumSquare', 'L1', 'L2'],
  'Sum',
].flatMap(kind => {
  const op = `Reduce${kind}`;
  const over = listed(op, 'axes', [1, -1], kind === 'Sum' ? 13 : 18);
  // Before opset 13 ONNX Runtime has no float64 kernels of some.
  const more = { ...single, domain: positive };
  return [
    { name: `${op} kept`, shape: 'B L 3', build: over(), more },
    { name: `${op} dropped`, shape: 'B L 3', build: over({ keepdims: 0 }), more },
    { name: `${op} all`, shape: 'B L', build: plain(op), more },
  ];
});

const softmaxes: Form[] = ['Softmax', 'LogSoftmax'].flatMap(op => [
  { name: `${op} last`, shape: 'B L 3', build: plain(op, { axis: -1 }) },
  { name: `${op} in the middle`, shape: 'B 2 L', build: plain(op, { axis: 1 }) },
  { name: `${op} by default`, shape: 'B L 3', build: plain(op) },
]);

const forms: Form[] = [
  ...reductions,
  ...softmaxes,
  { name: 'Squeeze', shape: 'B 1 L', build: listed('Squeeze', 'axes', [1], 13)() },
  { name: 'Squeeze all', shape: '3 1 2 1', build: plain('Squeeze') },
  { name: 'Unsqueeze', shape: 'B L', build: listed('Unsqueeze', 'axes', [0, 2], 13)() },
  {
    name: 'Split',
    shape: 'B 5',
    build: (b, x, opset) =>
      opset < 13
        ? b.ops('Split', [x], 2, { axis: 1, split: [2, 3] })
        : b.ops('Split', [x, b.ints([2, 3])], 2, { axis: 1 }),
  },
  {
    name: 'Split even',
    shape: '4 L',
    build: (b, x, opset) =>
      b.ops('Split', [x], 2, { axis: 0, ...(opset < 18 ? {} : { num_outputs: 2 }) })[1]!,
  },
  {
    name: 'Clip',
    shape: 'B L',
    build: (b, x, _opset, t) => b.op('Clip', [x, b.scalar(-10, t), b.scalar(15, t)]),
    more: apart,
  },
  {
    name: 'Dropout',
    shape: 'B L',
    build: (b, x, opset) =>
      opset < 12
        ? b.op('Dropout', [b.op('Exp', [x])], { ratio: float(0.3) })
        : b.op('Dropout', [b.op('Exp', [x]), b.scalar(0.3)]),
  },
  {
    name: 'Pad',
    shape: 'B 3',
    build: (b, x, opset) =>
      opset < 18
        ? b.op('Pad', [x, b.ints([0, 1, 0, 2])])
        : b.op('Pad', [x, b.ints([1, 2]), '', b.ints([1])]),
  },
  {
    name: 'Pad, reflect',
    shape: 'B 3',
    build: (b, x) => b.op('Pad', [x, b.ints([0, 1, 0, 2])], { mode: 'reflect' }),
  },
  {
    name: 'Slice',
    shape: 'B L 4',
    build: (b, x) => b.op('Slice', [x, b.ints([3]), b.ints([-9]), b.ints([2]), b.ints([-2])]),
  },
  { name: 'TopK', shape: 'B 4', build: (b, x) => b.ops('TopK', [x, b.ints([2])], 2)[0]! },
  {
    name: 'GatherND',
    shape: '3 2 L',
    build: (b, x) => b.op('GatherND', [x, b.constant('int64', [2, 2], [0, 1, 2, 0])]),
  },
  {
    name: 'ScatterElements',
    shape: '3 L',
    build: (b, x) => {
      const updates = b.op('Slice', [x, b.ints([0]), b.ints([1])]);
      const indices = b.op('Cast', [b.op('Sub', [updates, updates])], { to: 'int64' });
      return b.op('ScatterElements', [x, indices, b.op('Exp', [updates])], { axis: 0 });
    },
  },
  {
    name: 'ScatterND',
    shape: '3 L',
    build: (b, x) => {
      const updates = b.op('Exp', [b.op('Slice', [x, b.ints([0]), b.ints([1])])]);
      return b.op('ScatterND', [x, b.constant('int64', [1, 1], [2]), updates]);
    },
  },
  { name: 'CumSum', shape: 'B L', build: (b, x) => b.op('CumSum', [x, b.int(1)]) },
  { name: 'Einsum', shape: 'B L', build: plain('Einsum', { equation: 'ij->ji' }), since: 12 },
  { name: 'Celu', shape: 'B L', build: plain('Celu'), since: 12, more: single },
  { name: 'HardSwish', shape: 'B L', build: plain('HardSwish'), since: 14, more: single },
  { name: 'Trilu', shape: 'B 3 L', build: plain('Trilu'), since: 14 },
  { name: 'Mish', shape: 'B L', build: plain('Mish'), since: 18, more: single },
  { name: 'Gelu', shape: 'B L', build: plain('Gelu'), since: 20, more: single },
  {
    name: 'LayerNormalization',
    shape: 'B 4',
    build: (b, x) => b.op('LayerNormalization', [x, b.constant('float32', [4], [1, 2, 3, 4])]),
    since: 17,
    more: single,
  },
  {
    name: 'BatchNormalization',
    shape: 'B 2 L',
    build: (b, x, _opset, t) => {
      const channels = [3, 2, 1, 0.5].map((v, i) => b.constant(t, [2], [v, v + i]));
      return b.op('BatchNormalization', [x, ...channels]);
    },
    more: single,
  },
  {
    name: 'Conv',
    shape: 'B 2 L',
    build: (b, x, _opset, t) =>
      b.op('Conv', [x, b.constant(t, [1, 2, 2], [1, 2, 3, 4])], { pads: [1, 0] }),
    more: multilinear,
  },
  { name: 'MaxPool', shape: 'B 2 L', build: plain('MaxPool', { kernel_shape: [2] }), more: apart },
  ...[0, 1].map((ceil_mode): Form => ({
    name: `AveragePool, ceil_mode ${ceil_mode}`,
    shape: 'B 2 6',
    build: plain('AveragePool', {
      kernel_shape: [3],
      strides: [2],
      pads: [1, 0],
      count_include_pad: 1,
      ceil_mode,
    }),
    more: multilinear,
  })),
  {
    name: 'LpPool',
    shape: 'B 2 L',
    build: plain('LpPool', { kernel_shape: [2] }),
    more: { ...single, domain: positive },
  },
  {
    name: 'DFT',
    shape: 'B L 2',
    build: (b, x, opset) =>
      opset < 20 ? b.op('DFT', [x], { axis: 1 }) : b.op('DFT', [x, '', b.int(1)]),
    since: 17,
  },
  { name: 'PRelu', shape: 'B 1', build: (b, x) => b.op('PRelu', [x, x]), more: single },
  { name: 'Pow', shape: 'B L', build: (b, x, _o, t) => b.op('Pow', [x, b.scalar(3, t)]) },
];

describe('derivatives in the operator sets 11 to 21', () => {
  for (const { name, shape, build, since = 11, more } of forms) {
    it(name, async () => {
      for (const opset of opsets.filter(version => version >= since)) {
        const test = ofOne(`${name} in ${opset}`, shape, (b, x, t) => build(b, x, opset, t), more);
        await checkDerivatives(test, { opset, prepare: upgrade, orders: 1 });
      }
    });
  }
});

describe('what the rules emit is valid in operator set 21 too', () => {
  for (const [group, cases] of Object.entries(ruleCases)) {
    it(group, async () => {
      for (const test of cases) {
        if (test.opset === undefined) await checkDerivatives(test, { opset: 21, orders: 1 });
      }
    });
  }
});
