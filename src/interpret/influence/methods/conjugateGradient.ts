/**
 * Influence by chosen parameters, g_test^T (C + damping I)^-1 g_train, with the system solved by conjugate gradient on products of
 * the Gauss-Newton matrix (or the Hessian) of a sample of the training lines (Koh and Liang 2017; Martens 2010).
 */
import { chosenBy } from '../curvature/chosen';
import type { CurvatureKind } from '../curvature/curvatureOperator';
import { byConjugateGradient } from '../curvature/solveFor';
import { sampledCurvature } from '../curvature/trainCurvature';
import type { InfluenceMethod } from '../method';
import { candidatesOf } from './candidates';
import { counted, residualNote, scoresNote, short, without } from './notes';
import { sweptScores } from './sweptScores';

export const curvatures: Readonly<Record<'gauss-newton' | 'hessian', CurvatureKind>> = {
  'gauss-newton': 'gaussNewton',
  hessian: 'hessian',
};

/** As a part of a sentence. */
export const curvatureNames: Readonly<Record<CurvatureKind, string>> = {
  gaussNewton: 'the Gauss-Newton matrix',
  hessian: 'the Hessian',
};

/** Throws, beside what all methods throw, 'bad-input' where the Hessian has a negative eigenvalue beyond the damping. */
export const conjugateGradientMethod: InfluenceMethod = async (tests, options, context) => {
  const { train } = context;
  const { damping, tolerance, maxSteps, curvatureLines, seed } = options;
  const { losses, says } = await chosenBy(context.model, options);
  const kind = curvatures[options.curvature ?? 'gauss-newton'];
  const candidates = await candidatesOf(tests, options, context);
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
      facts: { method: 'cg', kind, damping, tolerance, maxSteps, lines, seed },
      solve: async gradient => {
        const operator = await sampledCurvature(losses, train, kind, options, context);
        const how = { damping: damping ?? ('auto' as const), tolerance, steps: maxSteps, seed };
        return await byConjugateGradient(operator, gradient, { ...context, ...how });
      },
    },
    context,
  );
  const found = damping === null ? 'a tenth of the mean eigenvalue, by an estimate' : 'as set';
  const of =
    lines < train.count
      ? `${counted(lines)} of ${counted(train.count)} lines, drawn by the seed ${seed}`
      : 'all lines';
  return {
    scores,
    losses: trainLosses,
    says: `Conjugate gradient on ${curvatureNames[kind]} of ${of}, by ${says}; damping ${short(solved.damping)} (${found}), ${solved.steps} steps to a residual of ${short(solved.residual)}.`,
    residual: solved.residual,
    damping: solved.damping,
    notes: without([
      // Measured anew at the end, in single precision: it may be a little above what the recurrence had.
      residualNote(solved, 2 * tolerance, 'allow more steps (maxSteps) or choose more damping'),
      scoresNote(scores, candidates?.numbers.length ?? train.count),
      ...(candidates?.notes ?? []),
    ]),
  };
};
