/** Picking and placing elements. */
import type { Case } from '../../../support/finiteDifferences';
import { ofMany, ofOne, single } from './table';

const reductions = ['none', 'add', 'mul', 'max', 'min'];

const padModes = ['reflect', 'edge', 'wrap'];

export const indexing: Case[] = [
  ofOne('Gather a position', 'B L 2', (b, x) => b.op('Gather', [x, b.int(0)], { axis: 1 })),
  ofOne('Gather the last', 'B L 2', (b, x) => b.op('Gather', [x, b.int(-1)], { axis: -2 })),
  ofOne('Gather one position', 'B L 2', (b, x) => b.op('Gather', [x, b.ints([1])], { axis: 1 })),
  ofOne('Gather rows', '4 2', (b, x) =>
    b.op('Gather', [x, b.constant('int64', [2, 3], [0, 3, 3, -1, 2, 0])]),
  ),
  ofOne('Gather columns', 'B 4 2', (b, x) => b.op('Gather', [x, b.ints([1, 1, -2])], { axis: 1 })),
  ofOne('Gather a position known at run time', 'B L 2', (b, x) => {
    const length = b.op('Gather', [b.op('Shape', [x]), b.int(1)]);
    return b.op('Gather', [x, b.op('Sub', [length, b.int(1)])], { axis: 1 });
  }),
  ofOne('GatherElements', '2 3', (b, x) =>
    b.op('GatherElements', [x, b.constant('int64', [2, 4], [0, 2, 2, -1, 1, 1, 0, 1])], {
      axis: 1,
    }),
  ),
  ofOne('GatherND', '3 2 2', (b, x) =>
    b.op('GatherND', [x, b.constant('int64', [3, 2], [0, 1, 2, 0, 0, -1])]),
  ),
  ofOne('GatherND in batches', '2 3 L', (b, x) =>
    b.op('GatherND', [x, b.constant('int64', [2, 2, 1], [0, 2, 1, 1])], { batch_dims: 1 }),
  ),
  ofOne('GatherND in batches of two axes', '2 2 3', (b, x) =>
    b.op('GatherND', [x, b.constant('int64', [2, 2, 1], [0, 2, 1, 1])], { batch_dims: 2 }),
  ),
  ...reductions.map(reduction =>
    ofMany(`ScatterElements, ${reduction}`, 'B 4, B 2', (b, [data, updates]) => {
      const shape = b.op('Shape', [updates!]);
      const indices = b.op('Expand', [b.constant('int64', [1, 2], [3, 0]), shape]);
      return b.op('ScatterElements', [data!, indices, updates!], { axis: 1, reduction });
    }),
  ),
  ...reductions.map(reduction =>
    ofMany(`ScatterND, ${reduction}`, '4 B, 2 B', (b, [data, updates]) =>
      b.op('ScatterND', [data!, b.constant('int64', [2, 1], [3, 1]), updates!], { reduction }),
    ),
  ),
  ...['add', 'mul'].map(reduction =>
    ofMany(`ScatterElements, ${reduction}, twice to one place`, '3 2, 2 2', (b, [x, u]) =>
      b.op('ScatterElements', [x!, b.constant('int64', [2, 2], [1, 0, 1, 2]), u!], { reduction }),
    ),
  ),
  ofOne('Slice', 'B L 4', (b, x) =>
    b.op('Slice', [x, b.ints([1, -3]), b.ints([2 ** 40, -1]), b.ints([1, 2])]),
  ),
  ofOne('Slice out of range', '3 B', (b, x) =>
    b.op('Slice', [x, b.ints([-9]), b.ints([9]), b.ints([0])]),
  ),
  ofOne('Slice without axes', 'B L', (b, x) => b.op('Slice', [x, b.ints([0, 1]), b.ints([9, 9])])),
  ofOne('Slice with steps', 'B 5 L', (b, x) =>
    b.op('Slice', [x, b.ints([-1, 0]), b.ints([0, 9]), b.ints([1, -1]), b.ints([-2, 2])]),
  ),
  ofOne('Slice reversed', 'B L', (b, x) =>
    b.op('Slice', [x, b.ints([-1]), b.ints([-(2 ** 40)]), b.ints([1]), b.ints([-1])]),
  ),
  ofOne('Slice from a place known at run time', 'B L', (b, x) => {
    const length = b.op('Shape', [x], { start: 1 });
    const start = b.op('Sub', [length, b.ints([2])]);
    return b.op('Slice', [x, start, length, b.ints([1])]);
  }),
  ofOne('Pad', 'B 3', (b, x) => b.op('Pad', [x, b.ints([1, 0, 2, 1])])),
  ofOne('Pad axes', 'B 3', (b, x) => b.op('Pad', [x, b.ints([2, -1]), '', b.ints([1])])),
  ofMany('Pad with a value', 'B 3, ', (b, [x, value]) =>
    b.op('Pad', [x!, b.ints([1, 0, 2, -1]), value!]),
  ),
  ...padModes.map(mode =>
    ofOne(`Pad, ${mode}`, 'B L 3', (b, x) =>
      b.op('Pad', [x, b.ints([0, 1, 2, 0, 1, 1])], { mode }),
    ),
  ),
  ofOne('Pad an axis, reflect', 'B 4', (b, x) =>
    b.op('Pad', [x, b.ints([2, 1]), '', b.ints([-1])], { mode: 'reflect' }),
  ),
  ofOne('Pad as far as is known at run time, edge', 'B L', (b, x) => {
    const two = b.op('Shape', [b.op('Shape', [x])]);
    return b.op('Pad', [x, b.op('Concat', [b.ints([0]), two, b.ints([1]), two], { axis: 0 })], {
      mode: 'edge',
    });
  }),
  ofOne('TopK', 'B 4', (b, x) => b.ops('TopK', [x, b.ints([2])], 2)[0]!),
  ofOne(
    'TopK, smallest',
    'L 2',
    (b, x) => b.ops('TopK', [x, b.ints([2])], 2, { axis: 0, largest: 0 })[0]!,
  ),
  ofOne('Unique', 'L', (b, x) => b.op('Unique', [x])),
  ofOne('Unique of a matrix', 'B L', (b, x) => b.op('Unique', [x], { sorted: 0 })),
  ofOne('Unique rows', 'B L', (b, x) => b.op('Unique', [x], { axis: 0 }), single),
  ofOne('Compress an axis', 'B 3', (b, x) =>
    b.op('Compress', [x, b.constant('bool', [3], [1, 0, 1])], { axis: -1 }),
  ),
  ofOne('Compress', 'B 3', (b, x) => b.op('Compress', [x, b.constant('bool', [3], [0, 1, 1])])),
  ofOne('ReverseSequence', '2 3 L', (b, x) =>
    b.op('ReverseSequence', [x, b.ints([2, 3])], { batch_axis: 0, time_axis: 1 }),
  ),
  ofOne('ReverseSequence, time first', '3 2 L', (b, x) =>
    b.op('ReverseSequence', [x, b.ints([3, 1])]),
  ),
  ofOne('CumSum', 'B L', (b, x) => b.op('CumSum', [x, b.int(1)])),
  ofOne('CumSum before', 'B L', (b, x) => b.op('CumSum', [x, b.int(1)], { exclusive: 1 })),
  ofOne('CumSum back', 'B L', (b, x) => b.op('CumSum', [x, b.int(-1)], { reverse: 1 })),
  ofOne('CumSum after', 'B L', (b, x) =>
    b.op('CumSum', [x, b.int(0)], { reverse: 1, exclusive: 1 }),
  ),
  ofOne(
    'OneHot, by its values',
    '2',
    (b, x) => b.op('OneHot', [b.ints([0, 2, -1, 7]), b.int(3), x], { axis: 0 }),
    single,
  ),
  ofMany('Range, by its start and step', ', ', (b, [start, step], t) => {
    const from = b.op('Mul', [start!, b.scalar(1e-3, t)]);
    const by = b.op('Add', [b.op('Mul', [step!, b.scalar(1e-3, t)]), b.scalar(1, t)]);
    return b.op('Range', [from, b.scalar(3.5, t), by]);
  }),
];
