/** Test texts as the head's methods read them: the features of each decision and what is right for it. */
import type { Model } from '../../../model/model';
import type { RunOptions } from '../../task/predictRows';
import type { Example } from '../curvature/batches';
import { decisionsOf } from '../decisions';
import { FeatureProgram } from '../head/featureProgram';
import type { HeadQuery } from '../head/headInfluence';
import { signalOf } from '../../pause';

/**
 * For each example one query a decision that counts (the text, or its tokens), weighted so that the weighted losses add up to the mean
 * loss of the examples. Throws as FeatureProgram.
 */
export async function headQueries(
  model: Model,
  examples: readonly Example[],
  options: RunOptions,
): Promise<HeadQuery[][]> {
  const program = await FeatureProgram.of(model);
  const { width } = program.place.head;
  const decisions = examples.map(({ target }) => decisionsOf(model.about.head, target));
  const { features } = await program.run(
    examples.map(({ row }) => row),
    {
      ...signalOf(options),
      positions: decisions.map(list => list.map(({ position }) => position)),
    },
  );
  let next = 0;
  return decisions.map(list =>
    list.map(({ right }) => {
      const from = next++ * width;
      return {
        features: features.subarray(from, from + width),
        target: right,
        weight: 1 / (list.length * examples.length),
      };
    }),
  );
}
