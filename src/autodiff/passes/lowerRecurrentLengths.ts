/** The rows of a batch that end before the last step (sequence_lens). */
import type { GraphBuilder } from '../../onnx/builder';

export interface Lengths {
  /** [batch], int64 */
  readonly counts: string;
  /** [steps, batch, 1], bool: false where a row has ended. */
  readonly mask: string;
  /** [batch, 1], bool: false where a row has no step at all; ONNX Runtime gives such rows states of 0. */
  readonly any: string;
  /** [batch, 2]: the last step of each row, and the row. */
  readonly last: string;
}

/** From `lens`, whole numbers [batch], and the input [steps, batch, width]. */
export function lengthsOf(b: GraphBuilder, lens: string, x: string): Lengths {
  const counts = b.op('Cast', [lens], { to: 'int64' });
  const upTo = (axis: number): string =>
    b.op('Range', [
      b.int(0),
      b.op('Squeeze', [b.op('Shape', [x], { start: axis, end: axis + 1 }), b.ints([0])]),
      b.int(1),
    ]);
  const before = b.op('Less', [
    b.op('Unsqueeze', [upTo(0), b.ints([1, 2])]),
    b.op('Unsqueeze', [counts, b.ints([0, 2])]),
  ]);
  const last = b.op('Max', [b.op('Sub', [counts, b.int(1)]), b.int(0)]);
  const column = (value: string): string => b.op('Unsqueeze', [value, b.ints([1])]);
  return {
    counts,
    mask: before,
    any: column(b.op('Greater', [counts, b.int(0)])),
    last: b.op('Concat', [column(last), column(upTo(1))], { axis: 1 }),
  };
}
