/** Relevance of rows of token ids by the methods that propagate it, and how tests read the answers. */
import { explainIds } from '../../src/interpret/saliency/explainIds';
import type { Row } from '../../src/model/inputs';
import type { Model } from '../../src/model/model';
import type { Explanation, MethodParameters } from '../../src/protocol/explanation';
import type { LabelChoice } from '../../src/protocol/task';

export const predicted: LabelChoice = { kind: 'predicted' };

export async function relevance(
  model: Model,
  rows: readonly Row[],
  method: string,
  parameters: MethodParameters = {},
  label: LabelChoice = predicted,
): Promise<Explanation[]> {
  return await explainIds(model, rows, { method, parameters, scalar: 'logit', label });
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

export const share = ({ shares }: Explanation, name: string): number =>
  shares.find(entry => entry.name === name)!.value;

export const methods = ['lrp', 'lrp-cp', 'lrp-epsilon'] as const;
