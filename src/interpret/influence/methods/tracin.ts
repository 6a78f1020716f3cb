/**
 * TracIn over checkpoints (Pruthi et al. 2020, TracInCP): sum_c rate_c <g_test, g_train> with both gradients taken at checkpoint c. With
 * one checkpoint it is gradient dot.
 */
import { chosenBy } from '../curvature/chosen';
import { unsolved } from '../curvature/solveFor';
import type { InfluenceMethod, MethodContext } from '../method';
import { candidatesOf } from './candidates';
import { checkCheckpoint } from './checkpoint';
import { gradientFacts } from './gradientDot';
import { scoresNote, short, without } from './notes';
import { sweptScores } from './sweptScores';

/** Throws, beside what all methods throw, 'bad-input' for a folder that is no checkpoint of the model. */
export const tracinMethod: InfluenceMethod = async (tests, options, context) => {
  const { model, train } = context;
  const { checkpoints, rates } = options;
  const candidates = await candidatesOf(tests, options, context);
  const numbers = candidates?.numbers ?? null;
  const scores = new Float64Array(train.count);
  const total = Math.max(1, checkpoints.length);
  let losses: Float64Array | null = null;
  let by = '';
  for (let at = 0; at < total; at++) {
    const dir = checkpoints[at];
    const checkpoint = dir === undefined ? model : await context.openModel(dir);
    if (dir !== undefined) await checkCheckpoint(model, checkpoint, dir);
    const chosen = await chosenBy(checkpoint, options);
    by = chosen.says;
    const question = {
      tests,
      losses: chosen.losses,
      numbers,
      facts: gradientFacts,
      solve: unsolved,
    };
    const found = await sweptScores(question, { ...context, ...progressOf(context, at, total) });
    const rate = rates[at] ?? 1;
    found.scores.forEach((score, i) => (scores[i]! += rate * score));
    if (checkpoint.about.hash === model.about.hash) losses = found.losses;
  }
  const rated = rates.length > 0 ? `, weighted by ${rates.map(short).join(', ')}` : '';
  const of =
    checkpoints.length === 0
      ? 'the model alone (no checkpoints were given, so this is gradient dot)'
      : total === 1
        ? `one checkpoint${rated}`
        : `${total} checkpoints${rated || ', all with the weight 1'}`;
  return {
    scores,
    losses,
    says: `TracIn: the sum over ${of} of products of gradients by ${by}.`,
    residual: null,
    damping: null,
    notes: without([
      scoresNote(scores, numbers?.length ?? train.count),
      ...(candidates?.notes ?? []),
    ]),
  };
};

function progressOf(
  { progress }: MethodContext,
  at: number,
  total: number,
): Pick<MethodContext, 'progress'> {
  if (!progress || total === 1) return {};
  return {
    progress: part => {
      const says = `Checkpoint ${at + 1} of ${total}: ${part.says}`;
      progress({ done: at + part.done / part.total, total, says });
    },
  };
}
