/** The derivative rules of all ops. Every op that a rule emits has a rule here, so derivatives nest. */
import type { RuleTable } from '../rule';
import { elementwiseRules } from './elementwise';
import { indexingRules } from './indexing';
import { linearRules } from './linear';
import { normalisationRules } from './normalisation';
import { reductionRules } from './reduction';
import { shapeRules } from './shape';

export const rules: RuleTable = {
  ...elementwiseRules,
  ...shapeRules,
  ...indexingRules,
  ...linearRules,
  ...reductionRules,
  ...normalisationRules,
};
