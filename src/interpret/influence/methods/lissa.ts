/** LiSSA as AllenNLP's SimpleInfluence has it (names, defaults), with a residual and a stop; FastIF's candidates are an option. */
import type { HealthCheck } from '../../../protocol/explanation';
import type { ResolvedInfluenceOptions } from '../../../protocol/influence';
import { chosenBy } from '../curvature/chosen';
import { byLissa } from '../curvature/solveFor';
import { sampledCurvature, TrainCurvature } from '../curvature/trainCurvature';
import type { InfluenceMethod } from '../method';
import { lissaDefaults } from '../solve/lissa';
import { candidatesOf } from './candidates';
import { curvatureNames, curvatures } from './conjugateGradient';
import { residualNote, scoresNote, short, without } from './notes';
import { sweptScores } from './sweptScores';

/** A residual that leaves the ranking of lines as it is, all but for near ties. */
const goodResidual = 0.05;

/**
 * The series goes over all training lines, the Hessian by default; its residual is measured with the curvature of a sample.
 * AllenNLP takes all parameters that are not frozen; here the last block is the default, as for all methods. Throws, beside what all
 * methods throw, 'bad-input' where the series diverges.
 */
export const lissaMethod: InfluenceMethod = async (tests, options, context) => {
  const { train } = context;
  const { seed, curvatureLines } = options;
  const { losses, says } = await chosenBy(context.model, options);
  const kind = curvatures[options.curvature ?? 'hessian'];
  const candidates = await candidatesOf(tests, options, context);
  const parameters = parametersOf(options);
  const lines = Math.min(curvatureLines, train.count);
  const {
    scores,
    losses: trainLosses,
    solved,
  } = await sweptScores(
    {
      tests,
      losses,
      numbers: candidates?.numbers ?? null,
      facts: { method: 'lissa', kind, parameters, lines, seed },
      solve: async gradient => {
        const measuredBy = await sampledCurvature(losses, train, kind, options, context);
        const rows = new TrainCurvature(losses, train, kind);
        return await byLissa(rows, gradient, parameters, { ...context, seed, measuredBy });
      },
    },
    context,
  );
  const { damping, scale, steps, residual } = solved;
  const set = Object.entries({ ...parameters, scale: short(scale!) });
  return {
    scores,
    losses: trainLosses,
    says: `LiSSA (SimpleInfluence) on ${curvatureNames[kind]}, by ${says}; ${set.map(([name, value]) => `${name} ${value}`).join(', ')}: ${steps} steps, and ${short(damping)} (scale times damping) added to the eigenvalues; residual ${short(residual)}.`,
    residual,
    damping,
    notes: without([
      steps === 0 ? noStep(scale!) : residualNote(solved, goodResidual, wayOut),
      scoresNote(scores, candidates?.numbers.length ?? train.count),
      ...(candidates?.notes ?? []),
    ]),
  };
};

const wayOut = 'choose a larger recursion_depth, more damping, or conjugate gradient';

function parametersOf(options: ResolvedInfluenceOptions): Required<LissaSettings> {
  const { lissa_batch_size, num_samples, recursion_depth, scale } = options;
  const damping = options.damping ?? lissaDefaults.damping;
  return { lissa_batch_size, damping, num_samples, recursion_depth, scale };
}

type LissaSettings = Pick<
  ResolvedInfluenceOptions,
  'lissa_batch_size' | 'num_samples' | 'recursion_depth' | 'scale'
> & { readonly damping: number };

/** As with AllenNLP's defaults and fewer than 25 lines. */
function noStep(scale: number): HealthCheck {
  return {
    check: 'residual',
    ok: false,
    value: null,
    says: `recursion_depth is less than one batch of these lines, so there was no step, and scores are gradient dot products divided by the scale of ${short(scale)}; choose a whole number of steps.`,
  };
}
