/** Products of gradients, <g_test, g_train>: influence with the unit matrix for curvature. A preview. */
import { chosenBy } from '../curvature/chosen';
import { unsolved } from '../curvature/solveFor';
import type { InfluenceMethod } from '../method';
import { candidatesOf } from './candidates';
import { scoresNote, without } from './notes';
import { sweptScores } from './sweptScores';

/** How the direction is called by all methods whose direction is the gradient itself: they share it. */
export const gradientFacts = { method: 'gradient' } as const;

export const gradientDotMethod: InfluenceMethod = async (tests, options, context) => {
  const { losses, says } = await chosenBy(context.model, options);
  const candidates = await candidatesOf(tests, options, context);
  const numbers = candidates?.numbers ?? null;
  const question = { tests, losses, numbers, facts: gradientFacts, solve: unsolved };
  const { scores, losses: trainLosses } = await sweptScores(question, context);
  return {
    scores,
    losses: trainLosses,
    says: `Products of gradients by ${says}: a preview, which takes all directions for equally curved.`,
    residual: null,
    damping: null,
    notes: without([
      scoresNote(scores, numbers?.length ?? context.train.count),
      ...(candidates?.notes ?? []),
    ]),
  };
};
