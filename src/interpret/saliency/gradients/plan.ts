/** Gradient methods are plans for one and the same program (programGraph.ts). */
import type {
  MethodDescription,
  Normalisation,
  ParameterName,
} from '../../../protocol/explanation';
import type { Method, ResolvedParameters } from '../method';
import { runGroups } from './runGroups';
import { runPlan } from './runPlan';
import type { Moment, Point } from './runPoints';

/** What a method computes, in terms of the program. */
export interface Plan {
  /** Where the gradient is taken, and with which weight it enters the sum. */
  readonly points: readonly Point[];
  readonly moment: Moment;
  /** Multiplies the gradient by the input's distance from the baseline before it is reduced. */
  readonly product: boolean;
  /** How the vector of a token becomes a number. */
  readonly reduce: 'sum' | 'l1' | 'l2';
  /** Takes the magnitude of that number. */
  readonly absolute: boolean;
  readonly normalisation: Normalisation;
  /** For path methods: the numbers must add up to the scalar's rise from the baseline to the text. */
  readonly complete: boolean;
}

export interface GradientMethod {
  readonly description: MethodDescription;
  readonly fixed: readonly ParameterName[];
  readonly plan: (parameters: ResolvedParameters) => Plan;
}

export function gradientMethod({ description, fixed, plan }: GradientMethod): Method {
  return {
    description,
    fixed,
    attribute: (work, options) => {
      const planned = plan(work.parameters);
      return (isNoisySum(planned) ? runGroups : runPlan)(planned, work, options);
    },
  };
}

/** The point at the text itself. */
export const atText: Point = { alpha: 1, weight: 1, sigma: 0, relative: false, sample: 0 };

/** A sum over several draws of noise, which is the mean of those of groups of them. */
function isNoisySum({ points, moment, reduce }: Plan): boolean {
  return points.length > 1 && moment === 'mean' && reduce === 'sum' && points[0]!.sigma > 0;
}

/** True where the sign of a plan's numbers says towards or away. */
export function isSigned(plan: Plan): boolean {
  return plan.reduce === 'sum' && plan.moment === 'mean' && !plan.absolute;
}
