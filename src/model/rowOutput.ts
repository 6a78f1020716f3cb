/** What a model says about one row, without its padding. */
import { numbersOf } from '../onnx/tensorData';
import type { Feeds, TensorValue } from '../runtime/session';
import type { Head } from './head';
import type { Row } from './inputs';
import { unsquash } from './probabilityOutputs';

export interface RowOutput {
  /**
   * Logits: [classes] of a text, [length, classes] of tokens (row-major); [length] of the start and [length] of
   * the end of an answer.
   */
  readonly values: readonly Float32Array[];
  /** Of tokens: the positions whose logits are here, where not all are. */
  readonly at?: readonly number[];
}

/** The logits of one decision: of the text, of the token at `position`, or of the start (0) or end (1). */
export function logitsAt(
  { decides, classes }: Pick<Head, 'decides' | 'classes'>,
  { values, at }: RowOutput,
  position: number,
): Float32Array {
  if (decides === 'ends') return values[position]!;
  if (decides === 'text') return values[0]!;
  const row = at ? at.indexOf(position) : position;
  return values[0]!.subarray(row * classes!, (row + 1) * classes!);
}

/** The logits of some tokens only: those of a whole vocabulary take much memory. */
export function onlyAt(
  head: Pick<Head, 'decides' | 'classes'>,
  output: RowOutput,
  at: readonly number[],
): RowOutput {
  const { classes } = head;
  const kept = new Float32Array(at.length * classes!);
  at.forEach((position, row) => {
    kept.set(logitsAt(head, output, position), row * classes!);
  });
  return { values: [kept], at };
}

/** The logit of padding: it takes no part in an answer. Finite, so that no weight of 0 makes it undefined. */
export const noAnswer = -1e30;

/** Splits the outputs of a batch into its rows. */
export function rowOutputs(head: Head, fetched: Feeds, rows: readonly Row[]): RowOutput[] {
  const outputs = head.outputs.map(name => {
    const data = floats(fetched[name]!);
    const { dims } = fetched[name]!;
    return { dims, data: head.squashed === null ? data : unsquash(head.squashed, data) };
  });
  return rows.map((row, index): RowOutput => {
    const ofRow = ({ dims, data }: (typeof outputs)[number]): Float32Array => {
      const size = data.length / dims[0]!;
      return data.subarray(index * size, (index + 1) * size);
    };
    if (head.decides === 'text') return { values: [ofRow(outputs[0]!)] };
    if (head.decides === 'token') {
      return { values: [ofRow(outputs[0]!).slice(0, row.ids.length * head.classes!)] };
    }
    const both = outputs.map(ofRow);
    const end = (which: 0 | 1): Float32Array =>
      Float32Array.from(row.ids, (_, i) => {
        if (row.mask[i] === 0) return noAnswer;
        // Start and end stand side by side, [length, 2], where they are one output.
        return both.length === 2 ? both[which]![i]! : both[0]![2 * i + which]!;
      });
    return { values: [end(0), end(1)] };
  });
}

/** Halves are decoded. */
function floats({ dtype, dims, data }: TensorValue): Float32Array {
  if (dtype === 'float32') return data as Float32Array;
  if (dtype === 'float64') return Float32Array.from(data as Float64Array);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from(numbersOf({ dtype, dims, bytes }));
}
