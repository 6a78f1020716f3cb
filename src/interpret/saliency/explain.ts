/** Explains texts: tokens, prediction, attributions and their health. */
import type { Model } from '../../model/model';
import type { Explanation, ExplainRequest } from '../../protocol/explanation';
import { readText } from '../task/readText';
import type { RunOptions } from '../task/predictRows';
import { explainTexts } from './explainTexts';

/**
 * Explains one text. Throws GlassboxError: 'bad-input' for a request that makes no sense, 'cancelled',
 * 'bad-model' or 'unsupported' when the model turns out to be unusable (the first time only).
 */
export async function explain(
  model: Model,
  request: ExplainRequest,
  options: RunOptions = {},
): Promise<Explanation> {
  const started = performance.now();
  const read = await readText(model, request, request, options);
  const [explanation] = await explainTexts(model, [read], request, options, started);
  return explanation!;
}
