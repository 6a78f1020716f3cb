/** Explains several texts alike, in few runs of the model. */
import type { Model } from '../../model/model';
import type { ExplainManyRequest, NotExplained } from '../../protocol/engineMessages';
import type { Explanation } from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import type { RunOptions } from '../task/predictRows';
import { readTexts } from '../task/readText';
import { explainTexts } from './explainTexts';

/**
 * One answer a text, in their order. What is wrong with one text ('bad-input') is its answer; together they are asked again one by
 * one where that happens. Throws GlassboxError for what concerns all: 'cancelled', 'bad-model', 'unsupported'.
 */
export async function explainMany(
  model: Model,
  request: ExplainManyRequest,
  options: RunOptions = {},
): Promise<(Explanation | NotExplained)[]> {
  const started = performance.now();
  try {
    const { reads } = await readTexts(model, request.texts, request, options);
    const texts = reads.filter(read => read !== null);
    const found =
      texts.length > 0 ? await explainTexts(model, texts, request, options, started) : [];
    let next = 0;
    return reads.map(read => (read ? found[next++]! : { failed: emptyText }));
  } catch (error) {
    if (!isAboutText(error)) throw error;
    if (request.texts.length === 1) return [{ failed: error.message }];
    const answers: (Explanation | NotExplained)[] = [];
    for (const text of request.texts) {
      answers.push(...(await explainMany(model, { ...request, texts: [text] }, options)));
    }
    return answers;
  }
}

const emptyText = 'The text is empty: there is no token to explain.';

function isAboutText(error: unknown): error is GlassboxError {
  return error instanceof GlassboxError && error.code === 'bad-input';
}
