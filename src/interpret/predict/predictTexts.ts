/** Predictions of many texts, and nothing else: what an evaluation of a whole file asks for. */
import type { Model } from '../../model/model';
import type { RowOutput } from '../../model/rowOutput';
import type { PredictedText, PredictRequest } from '../../protocol/evaluation';
import { GlassboxError } from '../../protocol/messages';
import type { TextInput } from '../../protocol/task';
import { predictRows, type RunOptions } from '../task/predictRows';
import { readers } from '../task/readers';
import { defaultLongText, encodeText, readOf, type Encoded, type ReadText } from '../task/readText';
import { unreadTokens } from './unread';

/** So many texts are read before others (a cancel) get their turn. */
const slice = 256;

/**
 * One answer a text, in their order. Texts run together by length, so that little padding is computed. What is wrong with one text is its answer;
 * an empty text says so. Throws GlassboxError for what concerns all: 'cancelled', 'bad-model' (no tokenizer, or the model does not run).
 */
export async function predictTexts(
  model: Model,
  { texts, longText = defaultLongText }: Pick<PredictRequest, 'texts' | 'longText'>,
  options: RunOptions = {},
): Promise<PredictedText[]> {
  const answers: PredictedText[] = [];
  for (let from = 0; from < texts.length; from += slice) {
    // All threads read, then all of them run the model: both at once would wait for each other.
    const some = texts.slice(from, from + slice);
    const encoded = await Promise.all(some.map(text => encodeOne(model, text, longText)));
    const rows = encoded.flatMap(found => ('failed' in found ? [] : found.windows));
    const { outputs } = await predictRows(
      model,
      rows.map(({ row }) => row),
      options.signal ? { signal: options.signal } : {},
    );
    let next = 0;
    for (const [index, found] of encoded.entries()) {
      if ('failed' in found) {
        answers.push(found);
        continue;
      }
      const own = outputs.slice(next, (next += found.windows.length));
      answers.push(answerOf(model, some[index]!, found, own));
    }
    options.progress?.({
      done: answers.length,
      total: texts.length,
      says: `Predicted ${answers.length} of ${texts.length} texts`,
    });
  }
  return answers;
}

type Failed = Extract<PredictedText, { failed: string }>;

async function encodeOne(
  model: Model,
  text: TextInput,
  longText: NonNullable<PredictRequest['longText']>,
): Promise<Encoded | Failed> {
  try {
    const encoded = await encodeText(model, text, longText);
    if (encoded && holdsText(encoded)) return encoded;
    return { failed: 'The text is empty: there is nothing to predict.', empty: true };
  } catch (error) {
    // Without a tokenizer no text can be read.
    if (!(error instanceof GlassboxError) || error.code !== 'bad-input') throw error;
    return { failed: error.message, empty: false };
  }
}

/** No tokenizer frames a text with more special tokens than these; looking at tokens costs more than the rest. */
const mostSpecials = 8;

function holdsText({ encoding }: Encoded): boolean {
  return encoding.ids.length > mostSpecials || encoding.tokens.some(({ special }) => !special);
}

function answerOf(
  model: Model,
  text: TextInput,
  encoded: Encoded,
  outputs: readonly RowOutput[],
): PredictedText {
  try {
    const read = readOf(model, text, encoded, outputs);
    return { ...decide(model, read), unread: unreadTokens(encoded, text), windows: outputs.length };
  } catch (error) {
    // A logit that is no number ('bad-model') may be so for this text alone.
    if (!(error instanceof GlassboxError)) throw error;
    return { failed: error.message, empty: false };
  }
}

function decide({ about }: Model, { hand }: ReadText) {
  const reading = readers[about.head.task](hand);
  const { prediction } = reading.ask({ kind: 'predicted' }, 'both');
  const note = reading.notes.find(({ check, ok }) => check === 'gold-label' && !ok);
  const { gold, correct } = reading;
  return { prediction, gold, correct, unknownLabel: note?.says ?? null };
}
