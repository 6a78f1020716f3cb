/**
 * Influence by EK-FAC (George et al. 2018; Grosse et al. 2023): the Gauss-Newton matrix of each linear layer among the chosen parameters
 * in an eigenbasis that two passes over some training lines prepare once, and that is kept. Then a question costs the gradient
 * of its lines and one pass over the file, and the self-influence of all lines one pass.
 */
import type { HealthCheck } from '../../../protocol/explanation';
import type { SuspicionOptions } from '../../../protocol/influence';
import { drawNumbers } from '../curvature/chunks';
import { chosenBy, type ParameterOptions } from '../curvature/chosen';
import { sweepLines, type LineSweep } from '../curvature/sweepTrain';
import { prepareFactors, type LayerFactors } from '../ekfac/factors';
import { GhostProducts } from '../ekfac/ghostProducts';
import { dampings, Inverse, inverted } from '../ekfac/inverse';
import { KeptFactors } from '../ekfac/keptFactors';
import type { LayerMatrices } from '../ekfac/linearLayers';
import type { InfluenceMethod, InfluenceScores, MethodContext, SuspicionMethod } from '../method';
import { keyOf } from '../resume/question';
import { signalOf } from '../../pause';
import type { Example } from '../curvature/batches';
import { counted, scoresNote, short, without } from './notes';
import { factsOf, keptSweep, nothingAsked } from './sweptScores';

/** Names listed in a note. */
const shown = 6;

type EkfacOptions = ParameterOptions &
  Pick<Required<SuspicionOptions>, 'damping' | 'curvatureLines' | 'seed'>;

/** What is ready once the curvature is: one for a training set, parameters, and lines of the curvature. */
interface Prepared {
  readonly ghosts: GhostProducts;
  readonly factors: readonly LayerFactors[];
  /** One a layer. */
  readonly damping: readonly number[];
  /** Method and parameters in one sentence, to be begun. */
  readonly says: string;
  /** The key of what scores for `tests` depend on. */
  readonly keyFor: (tests: readonly Example[], method: string) => string;
}

/** Throws, beside what all methods throw, 'unsupported' where no linear layer is among the chosen parameters. */
export const ekfacMethod: InfluenceMethod = async (tests, options, context) => {
  if (tests.length === 0) throw nothingAsked();
  const prepared = await prepare(options, context);
  const { ghosts } = prepared;
  let query: LayerMatrices | null = null;
  const dots: LineSweep = async (examples, more) => {
    query ??= await preconditioned(prepared, tests, context);
    const { losses, dots: found } = await ghosts.dots(examples, [query], more);
    return { losses, tangents: found[0]! };
  };
  return await swept(dots, prepared.keyFor(tests, 'ekfac'), prepared, context, 'EK-FAC');
};

/** g^T (C + damping I)^-1 g of each line's own gradient. */
export const ekfacSuspicion: SuspicionMethod = async (options, context) => {
  const prepared = await prepare(options, context);
  const { ghosts, factors, damping } = prepared;
  const inverses = factors.map((layer, at) => inverted(layer, damping[at]!));
  const bases = ghosts.basisFeeds(factors, inverses);
  const own: LineSweep = async (examples, more) => {
    const { losses, numbers } = await ghosts.selfInfluence(examples, bases, more);
    return { losses, tangents: numbers };
  };
  const key = prepared.keyFor([], 'ekfac self-influence');
  return await swept(own, key, prepared, context, 'Self-influence by EK-FAC');
};

async function swept(
  sweep: LineSweep,
  key: string,
  { ghosts, damping, says }: Prepared,
  context: MethodContext,
  name: string,
): Promise<InfluenceScores> {
  const { train } = context;
  const options = await keptSweep(key, { numbers: null }, context);
  const { losses, tangents } = await sweepLines(sweep, train, options);
  return {
    scores: tangents,
    losses,
    says: `${name} ${says}`,
    residual: null,
    damping: damping.reduce((sum, value) => sum + value, 0) / damping.length,
    notes: without([scoresNote(tangents, train.count), leftNote(ghosts), directionsNote(ghosts)]),
  };
}

async function prepare(options: EkfacOptions, context: MethodContext): Promise<Prepared> {
  const { model, train } = context;
  const { seed, curvatureLines, damping: wanted } = options;
  const { losses, says: parameters } = await chosenBy(model, options);
  const ghosts = await GhostProducts.of(losses);
  const lines = Math.min(curvatureLines, train.count);
  const facts = { lines, seed };
  const common = keyOf(
    factsOf({ tests: [], losses, facts: { method: 'ekfac', ...facts } }, context),
  );
  const factors = await train.keep(`EK-FAC ${common}`, async () => {
    const kept = await KeptFactors.open(context.cacheDir, common);
    const numbers = drawNumbers(train.count, lines, seed);
    return await prepareFactors(ghosts, train, { ...context, numbers, seed, kept });
  });
  const damping = dampings(factors, wanted);
  const [least, most] = [Math.min(...damping), Math.max(...damping)].map(short) as [string, string];
  const range = least === most ? least : `${least} to ${most}`;
  const added =
    wanted === null ? `a tenth of each layer's mean eigenvalue (${range})` : short(wanted);
  const of =
    lines < train.count
      ? `${counted(lines)} of ${counted(train.count)} lines, drawn by the seed ${seed}`
      : 'all lines';
  const count = ghosts.layers.length;
  const says = `on the Gauss-Newton matrix of ${of}, of ${count} linear ${count === 1 ? 'layer' : 'layers'} each for itself, among ${parameters}; by ${ghosts.directions.says}; damping ${added}.`;
  const keyFor = (tests: readonly Example[], method: string): string =>
    keyOf(factsOf({ tests, losses, facts: { method, damping: wanted, ...facts } }, context));
  return { ghosts, factors, damping, says, keyFor };
}

/** (C + damping I)^-1 g of the tests' mean loss. */
async function preconditioned(
  { ghosts, factors, damping }: Prepared,
  tests: readonly Example[],
  context: MethodContext,
): Promise<LayerMatrices> {
  const gradient = await ghosts.gradient(tests, null, {
    ...signalOf(context),
    progress: ({ done, total }) =>
      context.progress?.({
        done,
        total,
        says: `Gradient of ${done} of ${total} lines asked about`,
      }),
  });
  const inverse = await Inverse.open();
  try {
    return await inverse.times(ghosts.layers, factors, damping, gradient, signalOf(context));
  } finally {
    await inverse.release();
  }
}

function leftNote({ layers, left }: GhostProducts): HealthCheck | null {
  if (left.length === 0) return null;
  const names = left.slice(0, shown).map(({ name }) => name);
  const more = left.length > shown ? `, and ${left.length - shown} more` : '';
  const says = `EK-FAC is of ${layers.length} linear layers; ${left.length} of the chosen parameters are left out, for they belong to no linear layer or to several (${names.join(', ')}${more}).`;
  return { check: 'parameters', ok: true, value: left.length, says };
}

function directionsNote({ directions }: GhostProducts): HealthCheck | null {
  if (directions.exact) return null;
  const says = `The curvature is exact only in expectation: it is by ${directions.says}; another seed gives slightly other scores.`;
  return { check: 'curvature', ok: true, value: null, says };
}
