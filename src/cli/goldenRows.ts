/** Rows of token ids from a JSON file in the format of kit/families/<name>/golden.json. */
import { readFile } from 'node:fs/promises';
import type { TokenRow } from '../protocol/engineMessages';
import { GlassboxError, reasonOf } from '../protocol/messages';
import type { Gold } from '../protocol/task';

export interface GoldenRows {
  readonly rows: readonly TokenRow[];
  /** Null where the file has no label. */
  readonly gold: readonly (Gold | null)[];
}

/**
 * Reads `input_ids` and, where they are there, `attention_mask` (default: all 1), `token_type_ids`
 * (default: all 0) and `labels`. Throws GlassboxError 'bad-input', also when they differ in their number of rows.
 */
export async function readGoldenRows(file: string): Promise<GoldenRows> {
  const data = await readJson(file);
  const ids = matrix(data, 'input_ids', file);
  if (!ids) {
    throw new GlassboxError(
      'bad-input',
      `${file} has no "input_ids": rows of token ids are expected.`,
    );
  }
  const masks = sameCount(matrix(data, 'attention_mask', file), ids, 'attention_mask', file);
  const types = sameCount(matrix(data, 'token_type_ids', file), ids, 'token_type_ids', file);
  const labels = labelsOf(data, ids, file);
  const rows = ids.map((row, index): TokenRow => ({
    ids: row,
    mask: masks?.[index] ?? row.map(() => 1),
    typeIds: types?.[index] ?? row.map(() => 0),
  }));
  return { rows, gold: labels ?? rows.map(() => null) };
}

/** One label or a list of labels a row, by name or index; `null` stands for a row without a label. */
function labelsOf(
  data: Readonly<Record<string, unknown>>,
  ids: readonly unknown[],
  file: string,
): (Gold | null)[] | null {
  const value: unknown = data['labels'] ?? null;
  if (value === null) return null;
  const isLabel = (label: unknown): label is number | string =>
    typeof label === 'string' || Number.isFinite(label);
  const isEntry = (entry: unknown): entry is number | string | null | (number | string)[] =>
    entry === null || isLabel(entry) || (Array.isArray(entry) && entry.every(isLabel));
  if (Array.isArray(value) && value.every(isEntry)) {
    return sameCount(value, ids, 'labels', file)!.map(entry => {
      if (entry === null) return null;
      return Array.isArray(entry)
        ? { kind: 'labels', labels: entry.map(String) }
        : { kind: 'label', label: String(entry) };
    });
  }
  throw new GlassboxError(
    'bad-input',
    `"labels" in ${file} must be a list with the name or the number of a label for each row.`,
  );
}

/** Fewer masks than rows would silently pass for rows without padding. */
function sameCount<T>(
  list: T[] | null,
  ids: readonly unknown[],
  name: string,
  file: string,
): T[] | null {
  if (list === null || list.length === ids.length) return list;
  throw new GlassboxError(
    'bad-input',
    `"${name}" in ${file} has ${list.length} rows where "input_ids" has ${ids.length}; give one for each row.`,
  );
}

async function readJson(file: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new GlassboxError('bad-input', `${file} cannot be read (${why}); check the path.`);
  }
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null) return data as Record<string, unknown>;
  } catch (error) {
    throw new GlassboxError('bad-input', `${file} is not valid JSON (${reasonOf(error)}).`);
  }
  throw new GlassboxError('bad-input', `${file} holds no JSON object with "input_ids".`);
}

function matrix(
  data: Readonly<Record<string, unknown>>,
  name: string,
  file: string,
): number[][] | null {
  const value = data[name];
  if (value === undefined || value === null) return null;
  const isRow = (row: unknown): row is number[] =>
    Array.isArray(row) && row.every(entry => Number.isInteger(entry));
  if (Array.isArray(value) && value.length > 0 && value.every(isRow)) return value;
  throw new GlassboxError(
    'bad-input',
    `"${name}" in ${file} must be a list of lists of whole numbers.`,
  );
}
