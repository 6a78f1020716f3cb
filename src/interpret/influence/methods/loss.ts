/** The loss of every training line: the baseline of the search for wrong labels. */
import { GlassboxError } from '../../../protocol/messages';
import { FeatureProgram } from '../head/featureProgram';
import { lineLossesOf } from '../head/lineLosses';
import { judgeExamples } from '../judged';
import type { MethodContext, SuspicionMethod } from '../method';

export interface KnownLosses {
  /** [train.count] */
  readonly losses: Float64Array;
  /** 1 where label and prediction disagree. */
  readonly disagrees: Uint8Array;
}

export const lossSuspicion: SuspicionMethod = async (_options, context) => {
  const { losses, disagrees } = await trainLosses(context);
  return {
    scores: losses,
    losses,
    disagrees,
    says: 'The loss of each line as the model is, one forward pass over the file.',
    residual: null,
    damping: null,
    notes: [],
  };
};

/** From the features where the model has a last linear layer, else from its predictions; kept with the training set. */
export async function trainLosses(context: MethodContext): Promise<KnownLosses> {
  return await context.train.keep('losses', async () => {
    const program = await programOf(context);
    if (program === null) return await predictedLosses(context);
    const { source, starts } = await context.train.features(context);
    return await lineLossesOf(source, starts, program.place.head, context.signal);
  });
}

async function programOf({ model }: MethodContext): Promise<FeatureProgram | null> {
  try {
    return await FeatureProgram.of(model);
  } catch (error) {
    if (error instanceof GlassboxError && error.code === 'unsupported') return null;
    throw error;
  }
}

async function predictedLosses({
  model,
  train,
  signal,
  progress,
}: MethodContext): Promise<KnownLosses> {
  const losses = new Float64Array(train.count);
  const disagrees = new Uint8Array(train.count);
  let done = 0;
  const quiet = signal ? { signal } : {};
  for await (const { numbers, examples } of train.examples(quiet)) {
    const judged = await judgeExamples(model, examples, quiet);
    judged.forEach(({ loss, agrees }, i) => {
      losses[numbers[i]!] = loss;
      disagrees[numbers[i]!] = Number(agrees === false);
    });
    done += numbers.length;
    progress?.({ done, total: train.count, says: `Loss of ${done} of ${train.count} lines` });
  }
  return { losses, disagrees };
}
