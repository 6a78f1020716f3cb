/** Which operators derivatives can pass, for the check of a model. */
import { fusedLowerings, numberLowerings, refusedLowerings } from './lower/table';
import { sequenceOps } from './passes/lowerSequences';
import { flat } from './rule';
import { rules } from './rules';

/**
 * rule: has a derivative rule. zero: its derivative is zero wherever it exists (steps, comparisons, shapes).
 * lowered: becomes other operators before the graph is differentiated. missing: nothing is known of it, and a
 * derivative that has to pass it is refused.
 */
export type Coverage = 'rule' | 'zero' | 'lowered' | 'missing';

const lowered = new Set([
  ...Object.keys(fusedLowerings).filter(name => !(name in refusedLowerings)),
  ...Object.keys(numberLowerings),
  // Parts of quantised products.
  ...['QuantizeLinear', 'DynamicQuantizeLinear', 'MatMulInteger', 'ConvInteger'],
  'com.microsoft.QuantizeLinear',
  ...['LSTM', 'GRU', 'RNN'],
  ...sequenceOps,
  // The old name of ScatterElements.
  'Scatter',
  // Where its condition does not depend on the input, as with all exporters of text models.
  'If',
]);

/** What becomes of an operator. The standard domain is ''. */
export function coverageOf(op: string, domain = ''): Coverage {
  const name = domain === '' ? op : `${domain}.${op}`;
  if (lowered.has(name)) return 'lowered';
  const rule = rules[name];
  if (!rule) return 'missing';
  return rule === flat ? 'zero' : 'rule';
}
