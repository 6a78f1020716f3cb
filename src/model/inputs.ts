/** What a model's graph is fed. */
import type { DataType, Graph, ValueInfo } from '../onnx/graph';
import type { TokenRow } from '../protocol/engineMessages';
import { GlassboxError } from '../protocol/messages';
import type { Feeds, TensorValue } from '../runtime/session';

/** A text as numbers; the three lists have one length. */
export type Row = TokenRow;

/** What an input is for. */
export type InputRole = 'ids' | 'mask' | 'types' | 'positions' | 'lengths';

/** Names of inputs by role, as exporters and people write them. */
const names: Readonly<Record<InputRole, readonly string[]>> = {
  ids: [
    'input_ids',
    'ids',
    'token_ids',
    'tokens',
    'input',
    'inputs',
    'input.1',
    'src',
    'text',
    'x',
  ],
  mask: ['attention_mask', 'input_mask', 'mask'],
  types: ['token_type_ids', 'segment_ids', 'type_ids', 'segments'],
  positions: ['position_ids', 'positions'],
  lengths: ['lengths', 'length', 'input_lengths', 'seq_lengths', 'sequence_lengths', 'seq_len'],
};

/** What a row gives to an input: a number a token, or a single one (lengths). */
const fillings: Readonly<Record<InputRole, (row: Row) => readonly number[]>> = {
  ids: row => row.ids,
  mask: row => row.mask,
  types: row => row.typeIds,
  positions: row => row.ids.map((_, position) => position),
  lengths: row => [row.mask.reduce((sum, entry) => sum + entry, 0)],
};

export interface ModelInput {
  readonly name: string;
  readonly role: InputRole;
  readonly dtype: DataType;
}

export interface ModelInputs {
  readonly values: readonly ModelInput[];
  /** Name of the input with the token ids. */
  readonly ids: string;
  /** Sizes that the export has fixed; null where any size goes. */
  readonly batch: number | null;
  readonly length: number | null;
  readonly padId: number;
}

/** The inputs of `graph`, checked. `file` is for messages. Throws GlassboxError 'bad-model'. */
export function inputsOf(graph: Graph, file: string, padId: number): ModelInputs {
  const values = graph.inputs.map(input => readInput(input, graph.inputs.length === 1, file));
  const at = values.findIndex(({ role }) => role === 'ids');
  const ids = graph.inputs[at];
  if (!ids) {
    throw new GlassboxError(
      'bad-model',
      `${file} has no input of token ids, "input_ids" (its inputs: ${graph.inputs.map(input => input.name).join(', ')}); export a model that takes token ids.`,
    );
  }
  const fixed = (axis: number): number | null => {
    const dim = ids.dims?.[axis];
    return typeof dim === 'number' && dim > 0 ? dim : null;
  };
  return { values, ids: ids.name, batch: fixed(0), length: fixed(1), padId };
}

function readInput(input: ValueInfo, alone: boolean, file: string): ModelInput {
  const { name, dtype = 'int64', dims } = input;
  // An input that stands alone can only be the ids, whatever it is called.
  const role = roleOf(name) ?? (alone ? 'ids' : null);
  if (role === null) {
    throw new GlassboxError(
      'bad-model',
      `${file} wants an input "${name}", which Glassbox cannot fill (it knows ${Object.values(names)
        .map(([usual]) => usual!)
        .join(', ')}); export the model with these inputs only.`,
    );
  }
  const rank = role === 'lengths' ? 1 : 2;
  const whole = dtype === 'int64' || dtype === 'int32';
  const fits = whole || (dtype === 'float32' && (role === 'mask' || role === 'lengths'));
  if (!fits || (dims !== undefined && dims.length !== rank)) {
    throw new GlassboxError(
      'bad-model',
      `${file} wants "${name}" as ${dtype} of shape [${(dims ?? []).join(', ')}], not as whole numbers of shape ${rank === 1 ? '[batch]' : '[batch, length]'}; export the model so that it takes token ids.`,
    );
  }
  return { name, role, dtype };
}

function roleOf(name: string): InputRole | null {
  // TensorFlow numbers the outputs of its nodes.
  const plain = name.toLowerCase().replace(/:0$/, '');
  const roles = Object.keys(names) as InputRole[];
  return roles.find(role => names[role].includes(plain)) ?? null;
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
  for (const { name, role, dtype } of inputs.values) {
    const padding = role === 'ids' ? inputs.padId : 0;
    const width = role === 'lengths' ? 1 : columns;
    const numbers: number[] = [];
    for (let i = 0; i < count; i++) {
      const filled = fillings[role](rows[Math.min(i, rows.length - 1)]!);
      for (let column = 0; column < width; column++) numbers.push(filled[column] ?? padding);
    }
    feeds[name] = numbersOf(dtype, role === 'lengths' ? [count] : [count, columns], numbers);
  }
  return feeds;
}

function numbersOf(dtype: DataType, dims: number[], numbers: number[]): TensorValue {
  if (dtype !== 'float32') return wholeNumbers(dtype, dims, numbers);
  return { dtype, dims, data: Float32Array.from(numbers) };
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
