/**
 * The cosine of the angle between gradients, <g_test, g_train> / (|g_test| |g_train|), by the linear layers among the chosen parameters:
 * there the norms of all lines' gradients cost one batched backward pass ("ghost" products). A preview. Lines with large losses do not
 * stand out by their size, as they do in gradient dot (Barshan et al. 2020, "RelatIF", on why one may want that).
 */
import { chosenBy } from '../curvature/chosen';
import { sweepLines, type LineSweep } from '../curvature/sweepTrain';
import { GhostProducts } from '../ekfac/ghostProducts';
import type { LayerMatrices } from '../ekfac/linearLayers';
import type { InfluenceMethod } from '../method';
import { keyOf } from '../resume/question';
import { signalOf } from '../../pause';
import { norm } from '../solve/vector';
import { counted, scoresNote, without } from './notes';
import { factsOf, keptSweep, nothingAsked } from './sweptScores';

/** Throws, beside what all methods throw, 'unsupported' where no linear layer is among the chosen parameters. */
export const gradientCosineMethod: InfluenceMethod = async (tests, options, context) => {
  const { train } = context;
  if (tests.length === 0) throw nothingAsked();
  const { losses, says } = await chosenBy(context.model, options);
  const ghosts = await GhostProducts.of(losses);
  const facts = factsOf({ tests, losses, facts: { method: 'cosine' } }, context);
  const kept = await keptSweep(keyOf(facts), { numbers: null }, context);
  let query: LayerMatrices | null = null;
  let length = 0;
  const cosines: LineSweep = async (examples, { progress, ...more }) => {
    query ??= await ghosts.gradient(tests, null, signalOf(context));
    length ||= Math.hypot(...query.map(norm));
    const { losses: lineLosses, dots } = await ghosts.dots(examples, [query], more);
    const { numbers: norms } = await ghosts.norms(examples, {
      ...more,
      ...(progress && { progress }),
    });
    const tangents = norms.map((own, i) => (own * length === 0 ? 0 : dots[0]![i]! / own / length));
    return { losses: lineLosses, tangents };
  };
  const found = await sweepLines(cosines, train, kept);
  const left = ghosts.left.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0);
  const but = left > 0 ? `, without the ${counted(left)} that are in no linear layer` : '';
  return {
    scores: found.tangents,
    losses: found.losses,
    says: `Cosines of gradients by ${says}${but}: a preview, from -1 to 1, in which neither curvature nor the size of a gradient counts.`,
    residual: null,
    damping: null,
    notes: without([scoresNote(found.tangents, train.count)]),
  };
};
