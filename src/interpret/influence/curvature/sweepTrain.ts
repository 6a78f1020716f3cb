/** The derivative of every training line's loss in one direction, streamed: what is held is two numbers a line. */
import { GlassboxError } from '../../../protocol/messages';
import { signalOf } from '../../pause';
import type { Vector } from '../solve/vector';
import type { TrainingSet } from '../trainingSet';
import type { Example } from './batches';
import { chunksOf, type ChunkOptions } from './chunks';
import type { LossModel, LossOptions, Sweep } from './lossModel';

/** Parts of a sweep that an earlier, interrupted one has left. */
export interface SweepParts {
  /** Lines that are done, from the first on. */
  readonly done: number;
  /** Those lines' numbers, in order. */
  readonly parts: readonly Sweep[];
  /** Keeps the next lines' numbers. */
  append(part: Sweep): Promise<void>;
}

export interface SweepOptions extends LossOptions, Pick<ChunkOptions, 'numbers' | 'size'> {
  readonly kept?: SweepParts;
}

/** What is wanted of some examples, by number. */
export type LineSweep = (examples: readonly Example[], options: LossOptions) => Promise<Sweep>;

/**
 * Losses and tangents <gradient of the line's loss, v> of all examples of `train` [count]; with `numbers` of those, and NaN else.
 * The same bits whatever the blocks in which the file is read, and whether or not it was interrupted (given the same `kept`).
 * Throws GlassboxError 'cancelled', 'bad-input' where the file has changed.
 */
export async function sweepTrain(
  losses: LossModel,
  v: Vector,
  train: TrainingSet,
  options: SweepOptions = {},
): Promise<Sweep> {
  const each: LineSweep = (examples, more) => losses.sweep(examples, v, more);
  return await sweepLines(each, train, options);
}

/** The same with two other numbers a line. */
export async function sweepLines(
  sweep: LineSweep,
  train: TrainingSet,
  options: SweepOptions = {},
): Promise<Sweep> {
  const { numbers = null, kept, progress, tokens } = options;
  const total = numbers?.length ?? train.count;
  const found = {
    losses: new Float64Array(train.count).fill(NaN),
    tangents: new Float64Array(train.count).fill(NaN),
  };
  const put = (first: number, part: Sweep): void => {
    for (const name of ['losses', 'tangents'] as const) {
      if (numbers) part[name].forEach((x, i) => (found[name][numbers[first + i]!] = x));
      else found[name].set(part[name], first);
    }
  };
  let done = 0;
  for (const part of kept?.parts ?? []) {
    put(done, part);
    done += part.losses.length;
  }
  if (done >= total) return found;
  for await (const { first, examples } of chunksOf(train, { ...options, from: done })) {
    const part = await sweep(examples, {
      ...signalOf(options),
      ...(tokens === undefined ? {} : { tokens }),
      progress: at => {
        const now = first + at.done;
        const says = `Scored ${now.toLocaleString('en')} of ${total.toLocaleString('en')} lines`;
        progress?.({ done: now, total, says });
      },
    });
    put(first, part);
    done = first + examples.length;
    await kept?.append(part);
  }
  if (done !== total) {
    throw new GlassboxError('internal', `Scored ${done} of ${total} lines of ${train.file}.`);
  }
  return found;
}
