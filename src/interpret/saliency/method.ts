/** What all saliency methods have in common: each is a plan for the saliency program. */
import type {
  MethodDescription,
  MethodParameters,
  Normalisation,
  ParameterName,
} from '../../protocol/explanation';
import type { Moment, Point } from './gradients/runPoints';

/** Every parameter has a value; those that the method does not read have one without effect. */
export type ResolvedParameters = Required<MethodParameters>;

/** What a method computes, in terms of the program (programGraph.ts). */
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

export interface Method {
  readonly description: MethodDescription;
  /** Parameters that a preset dictates: what is asked for is ignored, the default is used and reported. */
  readonly fixed: readonly ParameterName[];
  plan(parameters: ResolvedParameters): Plan;
}

/** The point at the text itself. */
export const atText: Point = { alpha: 1, weight: 1, sigma: 0, relative: false, sample: 0 };

/** True where the sign of a plan's numbers says towards or away. */
export function isSigned(plan: Plan): boolean {
  return plan.reduce === 'sum' && plan.moment === 'mean' && !plan.absolute;
}
