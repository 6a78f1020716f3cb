/**
 * What the methods beyond the head have in common: a direction in the space of the chosen parameters, and the derivative of every
 * training line's loss in it. Both are kept in files as they come out, so that an interrupted question goes on where it stopped
 * and an answered one costs nothing.
 */
import type { Example } from '../curvature/batches';
import { chunkSize } from '../curvature/chunks';
import type { LossModel } from '../curvature/lossModel';
import type { Solved } from '../curvature/solveFor';
import { sweepTrain, type SweepOptions } from '../curvature/sweepTrain';
import { GlassboxError } from '../../../protocol/messages';
import type { MethodContext } from '../method';
import { readDirection, writeDirection } from '../resume/keptDirection';
import { KeptSweep } from '../resume/keptSweep';
import { keyOf, makeRoom } from '../resume/question';
import { signalOf } from '../../pause';
import type { Vector } from '../solve/vector';

export interface SweptQuestion {
  readonly tests: readonly Example[];
  readonly losses: LossModel;
  /** Ascending; null: all lines. */
  readonly numbers: readonly number[] | null;
  /** All that the direction depends on beside the models, the tests, the training lines and the parameters: plain data. */
  readonly facts: unknown;
  /** From the gradient of the tests' mean loss. */
  readonly solve: (gradient: Vector) => Promise<Solved> | Solved;
  /** Lines of a piece: what an interrupted run may have to do again. */
  readonly size?: number;
}

export interface SweptScores {
  /** [train.count], NaN for lines that were not swept. */
  readonly scores: Float64Array;
  readonly losses: Float64Array;
  readonly solved: Omit<Solved, 'x'>;
}

export type SweepContext = Pick<MethodContext, 'train' | 'cacheDir' | 'signal' | 'progress'>;

/** Throws GlassboxError 'cancelled', 'bad-input' without tests, and what `solve` throws. */
export async function sweptScores(
  question: SweptQuestion,
  context: SweepContext,
): Promise<SweptScores> {
  const { tests, losses } = question;
  const { train, cacheDir } = context;
  if (tests.length === 0) throw nothingAsked();
  const direction = keyOf(factsOf(question, context));
  const options = await keptSweep(direction, question, context);
  const solved =
    (await readDirection(cacheDir, direction)) ??
    (await writeDirection(cacheDir, direction, await solve(question, context)));
  const found = await sweepTrain(losses, solved.x, train, options);
  const { residual, damping, steps, scale } = solved;
  return {
    scores: found.tangents,
    losses: found.losses,
    solved: { residual, damping, steps, scale },
  };
}

/** Options of a sweep that goes on from what is kept of it. `direction`: the key of what the scores are made with. */
export async function keptSweep(
  direction: string,
  { numbers, size = chunkSize }: Pick<SweptQuestion, 'numbers' | 'size'>,
  context: SweepContext,
): Promise<SweepOptions> {
  const { train, cacheDir } = context;
  const key = keyOf([direction, numbers, size]);
  await makeRoom(cacheDir, [direction, key]);
  const kept = await KeptSweep.open(cacheDir, key, numbers?.length ?? train.count, size);
  return { ...context, numbers, size, kept };
}

async function solve(
  { tests, losses, solve: solveFor }: SweptQuestion,
  { progress, ...context }: SweepContext,
): Promise<Solved> {
  const gradient = await losses.gradient(tests, null, {
    ...signalOf(context),
    progress: ({ done, total }) =>
      progress?.({ done, total, says: `Gradient of ${done} of ${total} lines asked about` }),
  });
  return await solveFor(gradient);
}

/** All that scores depend on. */
export function factsOf(
  { tests, losses, facts }: Pick<SweptQuestion, 'tests' | 'losses' | 'facts'>,
  { train }: SweepContext,
): unknown {
  const { hash, device, head } = losses.model.about;
  return {
    model: { hash, device, task: head.task },
    train: [train.sha256, train.count],
    parameters: losses.parameters.map(({ name }) => name),
    tests: tests.map(({ row, target }) => [row.ids, row.mask, row.typeIds, target]),
    facts,
  };
}

/** For a question about no line. */
export function nothingAsked(): GlassboxError {
  return new GlassboxError(
    'bad-input',
    'There is no line whose loss could be asked about; choose a line with a text.',
  );
}
