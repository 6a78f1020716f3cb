/** The derivative rules of all ops. Every op that a rule emits has a rule here, so derivatives nest. */
import type { RuleTable } from '../rule';
import { convolutionRules } from './convolution';
import { einsumRules } from './einsum';
import { elementwiseRules } from './elementwise';
import { flatRules } from './flat';
import { fourierRules } from './fourier';
import { indexingRules } from './indexing';
import { linearRules } from './linear';
import { normalisationRules } from './normalisation';
import { poolingRules } from './pooling';
import { reductionRules } from './reduction';
import { scanRules } from './scan';
import { selectionRules } from './selection';
import { shapeRules } from './shape';
import { slicingRules } from './slicing';

export const rules: RuleTable = {
  ...flatRules,
  ...elementwiseRules,
  ...shapeRules,
  ...indexingRules,
  ...slicingRules,
  ...selectionRules,
  ...linearRules,
  ...einsumRules,
  ...convolutionRules,
  ...poolingRules,
  ...fourierRules,
  ...reductionRules,
  ...scanRules,
  ...normalisationRules,
};
