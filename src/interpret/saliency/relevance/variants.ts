/** The sets of rules that are offered, each one program of a model. */
import type { RelevanceVariant } from '../../../autodiff/relevance';

/** [1] float: the epsilon of the epsilon rule. */
export const epsilonInput = 'glassbox/epsilon';

export const variants = {
  lrp: { throughSoftmax: true, activatedGates: 'half', epsilon: null },
  'lrp-cp': { throughSoftmax: false, activatedGates: 'nothing', epsilon: null },
  'lrp-epsilon': { throughSoftmax: false, activatedGates: 'nothing', epsilon: epsilonInput },
} as const satisfies Record<string, RelevanceVariant>;

export type VariantName = keyof typeof variants;
