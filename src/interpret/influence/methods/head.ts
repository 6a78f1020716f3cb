/** Exact influence by the last linear layer, and the self-influence that finds wrong labels. */
import type { HealthCheck } from '../../../protocol/explanation';
import { FeatureProgram } from '../head/featureProgram';
import { HeadInfluence } from '../head/headInfluence';
import type { InfluenceMethod, InfluenceScores, MethodContext, SuspicionMethod } from '../method';
import { headQueries } from './headQueries';

export const headMethod: InfluenceMethod = async (tests, { damping }, context) => {
  const influence = await prepared(context, damping);
  const queries = await headQueries(context.model, tests, context);
  const [scores] = await influence.scores([queries.flat()], context.signal);
  return await answer(scores!, influence, damping, context);
};

export const headSuspicion: SuspicionMethod = async ({ damping }, context) => {
  const influence = await prepared(context, damping);
  context.progress?.({ done: 0, total: 1, says: 'Self-influence of every line' });
  const scores = await influence.selfInfluence(context.signal);
  return await answer(scores, influence, damping, context);
};

/** What the last query was answered with: of a large head some hundred megabytes, so only one is kept. */
interface Last {
  damping: number | null;
  influence: HeadInfluence | null;
}

/** One pass over the training features and one factorisation, the first time. */
async function prepared(context: MethodContext, damping: number | null): Promise<HeadInfluence> {
  const { model, train, signal, progress } = context;
  const last = await train.keep<Last>('head influence', () =>
    Promise.resolve({ damping: null, influence: null }),
  );
  // Asked each time, so that it is known what was computed for this question: nothing after the first.
  const { source, starts } = await train.features(context);
  if (last.influence && last.damping === damping) return last.influence;
  const { place } = await FeatureProgram.of(model);
  last.influence = null;
  const influence = await HeadInfluence.of(source, place.head, {
    damping,
    starts,
    ...(signal && { signal }),
    ...(progress && { progress }),
  });
  Object.assign(last, { damping, influence });
  return influence;
}

async function answer(
  scores: Float64Array,
  { head, damping, losses, disagrees, optimum }: HeadInfluence,
  wanted: number | null,
  { model }: MethodContext,
): Promise<InfluenceScores> {
  const program = await FeatureProgram.of(model);
  const names = program.place.parameters.map(({ name }) => name).join(', ');
  const how = wanted === null ? ', a tenth of the mean eigenvalue' : '';
  return {
    scores,
    losses,
    disagrees,
    says: `Exact influence of the last linear layer alone (${names}: ${head.weights.length.toLocaleString('en')} parameters): the curvature over all training lines in closed form, factored once; damping ${damping.toPrecision(3)}${how}.`,
    residual: null,
    damping,
    notes: [optimumNote(optimum), ...agreement(program)],
  };
}

function optimumNote({ far, share, says }: HeadInfluence['optimum']): HealthCheck {
  return { check: 'optimum', ok: !far, value: share, says };
}

/** Rounding below this is not worth a sentence. */
const worthTelling = 1e-5;

function agreement({ disagreement, note }: FeatureProgram): HealthCheck[] {
  const found: HealthCheck[] = note ? [note] : [];
  if (!(disagreement > worthTelling)) return found;
  const says = `Logits that are computed from the features differ from the model's by up to ${disagreement.toExponential(1)}, relative to the largest: scores are no more exact than that.`;
  return [...found, { check: 'head-features', ok: true, value: disagreement, says }];
}
