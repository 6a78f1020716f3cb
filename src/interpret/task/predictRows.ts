/** What the model says about rows: cut into runs, and nothing is asked twice where it is remembered. */
import type { Row } from '../../model/inputs';
import type { Model } from '../../model/model';
import { onlyAt, type RowOutput } from '../../model/rowOutput';
import { GlassboxError, type Progress } from '../../protocol/messages';

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

/** Outputs of rows that were asked before. Texts of several windows have most of them in common with their edits. */
export type KnownOutputs = Map<string, RowOutput>;

/** Tokens that the model reads in one run, fewer of a large model: between two runs one can cancel. */
const tokensTogether = { least: 512, most: 8192, operations: 4e10 };
/** Numbers that it answers with. */
const numbersTogether = 1 << 25;

/**
 * Outputs in the order of the windows. Rows of one length run together: a model without a mask would read the padding of a
 * shorter row, and say something else about it than about the text alone.
 */
export async function predictRows(
  model: Model,
  rows: readonly Row[],
  options: RunOptions,
  known?: KnownOutputs,
): Promise<{ outputs: RowOutput[]; runs: number }> {
  const keys = known && rows.map(keyOf);
  const first = new Map(keys?.map((key, at) => [key, at] as const).reverse());
  const isNew = (at: number): boolean =>
    !keys || (!known.has(keys[at]!) && first.get(keys[at]!) === at);
  const asked = [...rows.keys()].filter(isNew);
  const outputs = new Array<RowOutput>(rows.length);
  const runs = await runRows(
    model,
    asked.map(at => rows[at]!),
    options,
    (index, output) => {
      const at = asked[index]!;
      outputs[at] = needed(model, rows[at]!, output);
      if (keys) known.set(keys[at]!, outputs[at]);
    },
  );
  keys?.forEach((key, at) => {
    outputs[at] ??= known!.get(key)!;
  });
  return { outputs, runs };
}

/**
 * Runs rows through the model, as many together as fit into a run, and hands what it says of each to `take` at once: together the outputs
 * of many rows need not fit into memory. Returns the number of runs. Throws GlassboxError 'cancelled'.
 */
export async function runRows(
  model: Model,
  rows: readonly Row[],
  { signal, progress }: RunOptions,
  take: (at: number, output: RowOutput) => void,
): Promise<number> {
  let [done, runs] = [0, 0];
  const total = rows.length;
  const lengthOf = (at: number): number => rows[at]!.ids.length;
  for (const group of groupsOf(model, rows)) {
    // The longest first: what runs together has nearly the same length, so that little padding is computed.
    group.sort((a, b) => lengthOf(b) - lengthOf(a));
    for (let next = 0; next < group.length;) {
      if (signal?.aborted) throw new GlassboxError('cancelled', 'The explanation was cancelled.');
      const together = rowsTogether(model, lengthOf(group[next]!));
      const some = group.slice(next, next + together);
      next += some.length;
      const found = await model.predict(some.map(at => rows[at]!));
      some.forEach((at, index) => {
        take(at, found[index]!);
      });
      done += some.length;
      runs++;
      if (done < total) progress?.({ done, total, says: `Read ${done} of ${total} windows` });
    }
  }
  return runs;
}

function keyOf({ ids, typeIds }: Row): string {
  return `${ids.join(' ')}/${typeIds.join('')}`;
}

/** A masked model is asked at its masks alone, and says something about each entry of its vocabulary at each token. */
function needed({ about: { head, maskId } }: Model, { ids }: Row, output: RowOutput): RowOutput {
  if (head.task !== 'fill-mask' || maskId === null) return output;
  const masks = [...ids.keys()].filter(at => ids[at] === maskId);
  return onlyAt(head, output, masks);
}

/** Indices of rows that may run together: all where the model is told what is padding, else those of one length. */
export function groupsOf({ about }: Model, rows: readonly Row[]): number[][] {
  const all = [...rows.keys()];
  const told = about.inputs.values.some(({ role }) => role === 'mask' || role === 'lengths');
  if (told || about.inputs.length !== null) return all.length > 0 ? [all] : [];
  const groups = new Map<number, number[]>();
  for (const at of all) {
    const { length } = rows[at]!.ids;
    const group = groups.get(length);
    if (group) group.push(at);
    else groups.set(length, [at]);
  }
  return [...groups.values()];
}

/** As many rows as fit into the memory that a run may take: of a vocabulary's logits, fewer. */
function rowsTogether({ about: { head, matrixWeights } }: Model, length: number): number {
  const { least, most: largest, operations } = tokensTogether;
  const tokens = Math.min(largest, Math.max(least, operations / (2 * matrixWeights)));
  const numbers = head.decides === 'token' ? length * (head.classes ?? 1) : 1;
  const most = Math.min(tokens / length, numbersTogether / numbers);
  return Math.max(1, Math.floor(most));
}
