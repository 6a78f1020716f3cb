/** What a model says about one row, without its padding. */
import { numbersOf } from '../onnx/tensorData';
import type { Feeds, TensorValue } from '../runtime/session';
import type { Head } from './head';
import type { Row } from './inputs';

export interface RowOutput {
  /**
   * Logits: [classes] of a text, [length, classes] of tokens (row-major); [length] of the start and [length] of
   * the end of an answer.
   */
  readonly values: readonly Float32Array[];
}

/** The logits of one decision: of the text, of the token at `position`, or of the start (0) or end (1). */
export function logitsAt(
  { decides, classes }: Pick<Head, 'decides' | 'classes'>,
  { values }: RowOutput,
  position: number,
): Float32Array {
  if (decides === 'ends') return values[position]!;
  if (decides === 'text') return values[0]!;
  return values[0]!.subarray(position * classes!, (position + 1) * classes!);
}

/** Splits the outputs of a batch into its rows. */
export function rowOutputs(head: Head, fetched: Feeds, rows: readonly Row[]): RowOutput[] {
  const outputs = head.outputs.map(name => ({
    dims: fetched[name]!.dims,
    data: floats(fetched[name]!),
  }));
  return rows.map(({ ids }, index): RowOutput => {
    const ofRow = ({ dims, data }: (typeof outputs)[number]): Float32Array => {
      const size = data.length / dims[0]!;
      return data.subarray(index * size, (index + 1) * size);
    };
    if (head.decides === 'text') return { values: [ofRow(outputs[0]!)] };
    if (head.decides === 'token') {
      return { values: [ofRow(outputs[0]!).slice(0, ids.length * head.classes!)] };
    }
    if (outputs.length === 2) {
      return { values: outputs.map(output => ofRow(output).slice(0, ids.length)) };
    }
    // Start and end stand side by side, [length, 2].
    const both = ofRow(outputs[0]!);
    return { values: [0, 1].map(end => Float32Array.from(ids, (_, i) => both[2 * i + end]!)) };
  });
}

/** Halves are decoded. */
function floats({ dtype, dims, data }: TensorValue): Float32Array {
  if (dtype === 'float32') return data as Float32Array;
  if (dtype === 'float64') return Float32Array.from(data as Float64Array);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from(numbersOf({ dtype, dims, bytes }));
}
