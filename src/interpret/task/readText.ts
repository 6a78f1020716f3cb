/** A text through tokenizer, windows and model: everything that a question about it needs. */
import type { Model } from '../../model/model';
import type { RowOutput } from '../../model/rowOutput';
import { mostWindows, overlapOf, windowsOf, type Window } from '../../model/windows';
import { GlassboxError, type Progress } from '../../protocol/messages';
import type {
  FieldIndex,
  LongText,
  ReadingOptions,
  TextInput,
  TextRange,
  Windows,
} from '../../protocol/task';
import type { Tokenizer } from '../../runtime/tokenizer';
import type { TextAtHand } from './reading';

export interface ReadText {
  readonly hand: TextAtHand;
  /** Null where everything fitted into one reading. */
  readonly windows: Windows | null;
  /** Where the text was cut before it was tokenised; the length of each field otherwise. */
  readonly cutAt: readonly [number, number];
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

const defaultLongText: LongText = { mode: 'windows', overlap: null };

/** More characters a token than any tokenizer makes of a real text: what follows could not be read anyway. */
const charactersPerToken = 16;
/** Tokens that the model reads in one run. */
const tokensTogether = 2048;

/** Throws GlassboxError: 'bad-input' for a text that this model cannot read, 'cancelled', 'bad-model'. */
export async function readText(
  model: Model,
  input: TextInput,
  { longText = defaultLongText }: ReadingOptions,
  options: RunOptions,
): Promise<ReadText> {
  const { head, maxTokens } = model.about;
  const tokenizer = tokenizerOf(model);
  // A tagger's and a masked model's text stands alone.
  const takesPair = head.decides !== 'token';
  const pair = takesPair ? (input.pair ?? null) : null;
  if (head.decides === 'ends' && pair === null) {
    throw new GlassboxError(
      'bad-input',
      'This model looks for the answer to a question in a context, and the line has no second text; name its field in the setting glassbox.pairField.',
    );
  }
  const most = maxTokens * charactersPerToken * (longText.mode === 'start' ? 1 : mostWindows);
  const cutAt: [number, number] = [cutOf(input.text, most), cutOf(pair ?? '', most)];
  const words = head.task === 'token-classification' ? (input.words ?? null) : null;
  const encoding = await tokenizer.encode({
    text: input.text.slice(0, cutAt[0]),
    pair: pair?.slice(0, cutAt[1]),
    words: words?.filter(({ end }) => end <= cutAt[0]),
  });
  if (encoding.ids.length === 0) {
    throw new GlassboxError('bad-input', 'The text is empty: there is no token to explain.');
  }
  const slides: FieldIndex | null = head.decides === 'ends' ? 1 : null;
  const cut = { ...longText, maxTokens, slides };
  const windows = windowsOf(encoding, cut);
  const outputs = await predictAll(model, windows, options);
  return {
    hand: {
      head,
      tokenizer,
      text: input.text,
      pair,
      words,
      ids: encoding.ids,
      tokens: encoding.tokens,
      windows,
      outputs,
      gold: input.gold ?? null,
      focusWord: input.focusWord ?? null,
      position: null,
      maskId: model.about.maskId,
    },
    windows:
      encoding.ids.length <= maxTokens
        ? null
        : {
            count: windows.length,
            tokens: maxTokens,
            overlap: windows.length > 1 ? overlapOf(encoding, cut) : 0,
          },
    cutAt,
  };
}

function tokenizerOf({ about }: Model): Tokenizer {
  if (about.tokenizer) return about.tokenizer;
  throw new GlassboxError(
    'bad-model',
    `${about.dir} holds no tokenizer.json, so text cannot be explained, only token ids; add the tokenizer of the model.`,
  );
}

/** At a blank where there is one nearby, so that no word is cut. */
function cutOf(text: string, most: number): number {
  if (text.length <= most) return text.length;
  const blank = text.lastIndexOf(' ', most);
  return blank > most - 1000 ? blank : most;
}

async function predictAll(
  model: Model,
  windows: readonly Window[],
  { signal, progress }: RunOptions,
): Promise<RowOutput[]> {
  const outputs: RowOutput[] = [];
  const length = Math.max(...windows.map(({ row }) => row.ids.length));
  const together = Math.max(1, Math.floor(tokensTogether / length));
  while (outputs.length < windows.length) {
    if (signal?.aborted) throw new GlassboxError('cancelled', 'The explanation was cancelled.');
    const some = windows.slice(outputs.length, outputs.length + together);
    outputs.push(...(await model.predict(some.map(({ row }) => row))));
    const [done, total] = [outputs.length, windows.length];
    if (total > together) progress?.({ done, total, says: `Read ${done} of ${total} windows` });
  }
  return outputs;
}

/** Characters of both fields that none of the tokens `seen` stand for; what lies between two of them is one range. */
export function unseenRanges(
  { hand: { text, pair, tokens }, cutAt }: ReadText,
  seen: ReadonlySet<number>,
): (TextRange & { field: FieldIndex })[] {
  return [text ?? '', pair ?? ''].flatMap((whole, index) => {
    const field = index as FieldIndex;
    const ranges: { start: number; end: number }[] = [];
    let joins = false;
    const add = (start: number, end: number): void => {
      const last = ranges.at(-1);
      if (joins && last) last.end = Math.max(last.end, end);
      else ranges.push({ start, end });
      joins = true;
    };
    for (const [at, token] of tokens.entries()) {
      if (token.special || token.field !== field) continue;
      if (seen.has(at)) joins = false;
      else add(token.start, token.end);
    }
    if (cutAt[field] < whole.length) add(cutAt[field], whole.length);
    return ranges.map(range => ({ ...range, field }));
  });
}
