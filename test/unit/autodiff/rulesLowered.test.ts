/** Standard operators that are taken apart first: derivatives against differences of the graph as it was. */
import { convert } from '../../../src/autodiff/lower';
import { prepare } from '../../../src/autodiff/passes';
import type { GraphBuilder } from '../../../src/onnx/builder';
import { checkDerivatives, type Case } from '../../support/finiteDifferences';
import { away, float, ofMany, ofOne, plain, single, type More } from './ruleCases/table';

/** Operators that ONNX Runtime computes in float32, some with sums in between. */
const rough: More = { ...single, tolerance: { step: 1e-2, error: 3e-3 } };

const losses = ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'];

const cases: Case[] = [
  plain('InstanceNormalization', 'B 3 L, 3, 3', { epsilon: float(0.1) }, rough),
  plain('InstanceNormalization', 'B 3 2 L, 3, 3', { epsilon: float(0.1) }, rough),
  plain('GroupNormalization', 'B 4 L, 2, 2', { num_groups: 2 }, { ...rough, opset: 18 }),
  plain('GroupNormalization', 'B 4 2 L, 4, 4', { num_groups: 2 }, { ...rough, opset: 21 }),
  plain('MeanVarianceNormalization', 'B 2 L 2', {}, rough),
  plain('MeanVarianceNormalization', 'B L 4', { axes: [2] }, rough),
  plain('LpNormalization', 'B L 3', {}, { domain: away }),
  plain('LpNormalization', 'B L 3', { p: 1, axis: 1 }, { domain: away }),
  plain('LRN', 'B 4 L 2', { size: 3, alpha: float(0.5) }, rough),
  plain('LRN', 'B 4 2 L', { size: 5, alpha: float(0.5), beta: float(0.5), bias: float(2) }, rough),
  ...losses.flatMap(op => [
    ...['none', 'sum', 'mean'].map(reduction =>
      ofOne(
        `${op}, ${reduction}`,
        '3 4',
        (b, x) => b.op(op, [x, b.ints([2, 0, 2])], { reduction }),
        rough,
      ),
    ),
    ofMany(
      `${op} with weights, one row ignored`,
      '3 4, 4',
      (b, [x, w]) => b.op(op, [x!, b.ints([2, 1, 3]), w!], { ignore_index: 1 }),
      { ...rough, domain: x => Math.abs(x) + 0.5 },
    ),
    ofOne(
      `${op} of positions`,
      '2 3 2',
      (b, x) => b.op(op, [x, b.constant('int64', [2, 2], [2, 0, -1, 1])], { ignore_index: -1 }),
      rough,
    ),
  ]),
  ofOne(
    'SoftmaxCrossEntropyLoss with logarithms',
    '3 4',
    (b, x) => b.ops('SoftmaxCrossEntropyLoss', [x, b.ints([2, 0, 2])], 2),
    rough,
  ),
];

const split = (b: GraphBuilder, x: string, sizes: string[] = [], keepdims = 1): string =>
  b.op('SplitToSequence', [x, ...sizes], { axis: 1, keepdims });
const at = (b: GraphBuilder, list: string, place: number): string =>
  b.op('SequenceAt', [list, b.int(place)]);

const lists: Case[] = [
  ofOne('SplitToSequence into rows', 'B L 2', (b, x) => at(b, split(b, x), -1)),
  ofOne('SplitToSequence, axis dropped', 'B L 2', (b, x) => at(b, split(b, x, [], 0), 1)),
  ofOne('SplitToSequence by sizes', 'B 5', (b, x) => at(b, split(b, x, [b.ints([2, 3])]), 1)),
  ofOne('SplitToSequence by a size', 'B 5', (b, x) => at(b, split(b, x, [b.int(2)]), 2)),
  ofOne('SplitToSequence and back', 'B L', (b, x) =>
    b.op('Exp', [b.op('ConcatFromSequence', [split(b, x)], { axis: 1 })]),
  ),
  ofMany('SequenceConstruct, ConcatFromSequence', 'B L, B 2', (b, x) =>
    b.op('ConcatFromSequence', [b.op('SequenceConstruct', x)], { axis: 1 }),
  ),
  ofMany('SequenceInsert, SequenceErase, stacked', 'B L, B L', (b, [x, y]) => {
    const one = b.op('SequenceInsert', [b.op('SequenceConstruct', [x!]), y!]);
    const two = b.op('SequenceInsert', [one, b.op('Exp', [x!]), b.int(0)]);
    const list = b.op('SequenceErase', [two, b.int(1)]);
    const stacked = b.op('ConcatFromSequence', [list], { axis: -1, new_axis: 1 });
    const length = b.op('Cast', [b.op('SequenceLength', [list])], { to: 'float64' });
    return [b.op('Mul', [stacked, length]), b.op('Neg', [x!])];
  }),
];

describe('derivatives of standard operators that are taken apart', () => {
  for (const test of [...cases, ...lists]) {
    it(`${test.name} in operator set ${test.opset ?? 20}`, async () => {
      await checkDerivatives(test, { prepare: graph => prepare(convert(graph).graph) });
    });
  }
});
