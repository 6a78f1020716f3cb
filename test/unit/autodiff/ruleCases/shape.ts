/** Moving elements without computing. */
import type { Case } from '../../../support/finiteDifferences';
import { ofMany, ofOne, plain } from './table';

export const shape: Case[] = [
  ofOne('Reshape', 'B L 6', (b, x) => b.op('Reshape', [x, b.ints([0, 0, 2, 3])])),
  ofOne('Reshape', 'B L 6', (b, x) => b.op('Reshape', [x, b.ints([-1, 6])])),
  ofOne('Reshape', 'B L', (b, x) => b.op('Reshape', [x, b.ints([-1])])),
  ofOne('Flatten', 'B L 2', (b, x) => b.op('Flatten', [x], { axis: 2 })),
  ofOne('Unsqueeze', 'B L', (b, x) => b.op('Unsqueeze', [x, b.ints([-1, 0])])),
  ofOne('Unsqueeze, axes at run time', 'B L', (b, x) =>
    b.op('Unsqueeze', [x, b.op('Sub', [b.op('Shape', [b.op('Shape', [x])]), b.ints([1])])]),
  ),
  ofOne('Squeeze', 'B 1 L 1', (b, x) => b.op('Squeeze', [x, b.ints([1, -1])])),
  ofOne('Squeeze all', '2 1 3 1', (b, x) => b.op('Squeeze', [x])),
  ofOne('Transpose', 'B L 2', (b, x) => b.op('Transpose', [x], { perm: [2, 0, 1] })),
  ofOne('Transpose reversed', 'B L 2', (b, x) => b.op('Transpose', [x])),
  ofOne('Expand', 'L 1', (b, x) => b.op('Expand', [x, b.ints([2, 1, 3])])),
  ofMany('Expand to a shape at run time', 'L 1, B 1 2', (b, [x, like]) =>
    b.op('Mul', [b.op('Expand', [x!, b.op('Shape', [like!])]), like!]),
  ),
  ofOne('Tile', 'B L', (b, x) => b.op('Tile', [x, b.ints([2, 3])])),
  plain('Concat', 'B 2, B 3', { axis: -1 }),
  plain('Concat', 'B 2, L 2', { axis: 0 }),
  plain('Concat', 'B 2', { axis: 0 }),
  ofOne('Split all', 'B 5', (b, x) => b.ops('Split', [x, b.ints([2, 3])], 2, { axis: 1 })),
  ofOne('Split one', 'B 5', (b, x) => b.ops('Split', [x, b.ints([2, 3])], 2, { axis: -1 })[1]!),
  ofOne('Split even', '4 B', (b, x) => b.ops('Split', [x], 2, { num_outputs: 2 })[0]!),
  ofOne('Split uneven', '5 B', (b, x) => b.ops('Split', [x], 2, { num_outputs: 2 })),
  ofOne('Trilu', 'B 3 3', (b, x) => b.op('Trilu', [x], { upper: 0 })),
  ofOne('Trilu above', 'B L 3', (b, x) => b.op('Trilu', [x, b.int(1)])),
  ofOne('Dropout', 'B L', (b, x) => b.op('Dropout', [x])),
  ofOne('Dropout, not training', 'B L', (b, x) =>
    b.op('Dropout', [x, b.scalar(0.5), b.constant('bool', [], [0])]),
  ),
  plain('SpaceToDepth', 'B 2 4 6', { blocksize: 2 }),
  plain('DepthToSpace', 'B 8 2 3', { blocksize: 2 }),
  plain('DepthToSpace', 'B 8 L 3', { blocksize: 2, mode: 'CRD' }),
];
