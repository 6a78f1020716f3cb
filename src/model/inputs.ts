/** What a model's graph is fed. */
import type { DataType, Graph, ValueInfo } from '../onnx/graph';
import type { TokenRow } from '../protocol/engineMessages';
import { GlassboxError } from '../protocol/messages';
import type { Feeds, TensorValue } from '../runtime/session';

/** A text as numbers; the three lists have one length. */
export type Row = TokenRow;

/** The inputs that Glassbox knows how to fill, and with what. */
const fillings: Readonly<Record<string, (row: Row) => readonly number[]>> = {
  input_ids: row => row.ids,
  attention_mask: row => row.mask,
  token_type_ids: row => row.typeIds,
  position_ids: row => row.ids.map((_, position) => position),
};

export interface ModelInputs {
  readonly values: readonly { readonly name: string; readonly dtype: DataType }[];
  /** Sizes that the export has fixed; null where any size goes. */
  readonly batch: number | null;
  readonly length: number | null;
  readonly padId: number;
}

/** The inputs of `graph`, checked. `file` is for messages. Throws GlassboxError 'bad-model'. */
export function inputsOf(graph: Graph, file: string, padId: number): ModelInputs {
  for (const input of graph.inputs) checkInput(input, file);
  const ids = graph.inputs.find(input => input.name === 'input_ids');
  if (!ids) {
    throw new GlassboxError(
      'bad-model',
      `${file} has no input "input_ids" (its inputs: ${graph.inputs.map(input => input.name).join(', ')}); export a model that takes token ids.`,
    );
  }
  const fixed = (axis: number): number | null => {
    const dim = ids.dims?.[axis];
    return typeof dim === 'number' && dim > 0 ? dim : null;
  };
  const values = graph.inputs.map(({ name, dtype }) => ({ name, dtype: dtype ?? 'int64' }));
  return { values, batch: fixed(0), length: fixed(1), padId };
}

function checkInput({ name, dtype, dims }: ValueInfo, file: string): void {
  if (!Object.hasOwn(fillings, name)) {
    throw new GlassboxError(
      'bad-model',
      `${file} wants an input "${name}", which Glassbox cannot fill (it knows ${Object.keys(fillings).join(', ')}); export the model for text classification.`,
    );
  }
  const whole = dtype === undefined || dtype === 'int64' || dtype === 'int32';
  if (!whole || (dims !== undefined && dims.length !== 2)) {
    throw new GlassboxError(
      'bad-model',
      `${file} wants "${name}" as ${dtype ?? 'numbers'} of shape [${(dims ?? []).join(', ')}], not as whole numbers of shape [batch, length]; export the model for text classification.`,
    );
  }
}

/** Number of columns that rows take up together: the longest row's, or the length that the export fixed. */
export function columnsOf(inputs: ModelInputs, rows: readonly Row[]): number {
  return inputs.length ?? Math.max(...rows.map(row => row.ids.length));
}

/**
 * The tensors of a batch of rows; short rows are padded on the right, and where the export fixed the
 * number of rows the last one is repeated.
 */
export function feedsOf(inputs: ModelInputs, rows: readonly Row[]): Feeds {
  const columns = columnsOf(inputs, rows);
  const count = inputs.batch ?? rows.length;
  const feeds: Feeds = {};
  for (const { name, dtype } of inputs.values) {
    const padding = name === 'input_ids' ? inputs.padId : 0;
    const numbers: number[] = [];
    for (let i = 0; i < count; i++) {
      const filled = fillings[name]!(rows[Math.min(i, rows.length - 1)]!);
      for (let column = 0; column < columns; column++) numbers.push(filled[column] ?? padding);
    }
    feeds[name] = wholeNumbers(dtype, [count, columns], numbers);
  }
  return feeds;
}

/** A tensor of int32 or int64. */
export function wholeNumbers(
  dtype: DataType,
  dims: readonly number[],
  numbers: readonly number[],
): TensorValue {
  const data = dtype === 'int32' ? Int32Array.from(numbers) : BigInt64Array.from(numbers, BigInt);
  return { dtype, dims, data };
}
