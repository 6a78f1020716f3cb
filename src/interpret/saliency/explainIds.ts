/** Explains rows of token ids: what a model was tested with, without any text. */
import type { Row } from '../../model/inputs';
import type { Model } from '../../model/model';
import type { RowOutput } from '../../model/rowOutput';
import type { Explanation, Token } from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import type { Gold } from '../../protocol/task';
import type { ReadText } from '../task/readText';
import { runRows, type RunOptions } from '../task/predictRows';
import { explainTexts, type SaliencyRequest } from './explainTexts';

/** What is asked about texts that are token ids already. */
export interface IdsRequest extends SaliencyRequest {
  /** What is right for each row, when it is known. */
  readonly gold?: readonly (Gold | null)[];
  /** Of taggers and masked models: the token that is decided. */
  readonly position?: number;
}

/** Rows of one run. More would not be faster, and their sums have to fit into memory. */
const rowsTogether = 16;

/**
 * Explains rows of token ids (padding has mask 0 and gets 0). Tokens carry no places in a text; the
 * tokenizer, when there is one, tells their names and which ones are special.
 */
export async function explainIds(
  model: Model,
  rows: readonly Row[],
  request: IdsRequest,
  options: RunOptions = {},
): Promise<Explanation[]> {
  rows.forEach((row, index) => {
    checkIds(row, index, model, request.position);
  });
  const { signal } = options;
  const explanations: Explanation[] = [];
  for (let first = 0; first < rows.length; first += rowsTogether) {
    const started = performance.now();
    const some = rows.slice(first, first + rowsTogether);
    const outputs = new Array<RowOutput>(some.length);
    await runRows(model, some, signal === undefined ? {} : { signal }, (at, output) => {
      outputs[at] = output;
    });
    const { head, tokenizer, maskId } = model.about;
    const texts = some.map((row, index): ReadText => ({
      hand: {
        head,
        tokenizer,
        text: null,
        pair: null,
        words: null,
        ids: row.ids,
        tokens: tokensOf(model, row),
        windows: [{ row, tokens: [...row.ids.keys()] }],
        outputs: [outputs[index]!],
        gold: request.gold?.[first + index] ?? null,
        focusWord: null,
        position: request.position ?? null,
        maskId,
      },
      windows: null,
      cutAt: [0, 0],
    }));
    explanations.push(...(await explainTexts(model, texts, request, options, started)));
  }
  return explanations;
}

function checkIds(
  { ids, mask, typeIds }: Row,
  index: number,
  { about }: Model,
  position: number | undefined,
): void {
  const fail = (what: string): never => {
    throw new GlassboxError('bad-input', `Row ${index} of the token ids ${what}.`);
  };
  if (ids.length === 0 || !mask.includes(1)) fail('has no token');
  if (mask.length !== ids.length || typeIds.length !== ids.length) {
    fail('has ids, attention mask and token types of different lengths');
  }
  const limit = about.inputs.length ?? about.maxTokens;
  if (ids.length > limit) fail(`has ${ids.length} tokens, more than the model's ${limit}`);
  const { vocabulary } = about.embedding;
  const stray = ids.find(id => !Number.isSafeInteger(id) || id < 0 || id >= vocabulary);
  if (stray !== undefined) fail(`holds ${stray}, which is not an id from 0 to ${vocabulary - 1}`);
  const odd = mask.find(entry => entry !== 0 && entry !== 1);
  if (odd !== undefined) fail(`has ${odd} in its attention mask, where only 0 and 1 can stand`);
  // How many types there are, only the graph knows; ONNX counts negative ones from the end.
  const type = typeIds.find(entry => !Number.isSafeInteger(entry) || entry < 0);
  if (type !== undefined) fail(`holds the token type ${type}, which is not a number from 0 up`);
  if (position !== undefined && !(position in ids)) fail(`has no token at position ${position}`);
}

function tokensOf({ about }: Model, row: Row): Token[] {
  const { tokenizer } = about;
  return row.ids.map((id, index) => ({
    text: tokenizer?.tokenOf(id) ?? String(id),
    field: 0,
    start: 0,
    end: 0,
    special: row.mask[index] === 0 || (tokenizer?.isSpecial(id) ?? false),
    unknown: tokenizer?.unkId === id,
    word: null,
  }));
}
