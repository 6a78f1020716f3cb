/** A text through tokenizer, windows and model: everything that a question about it needs. */
import type { Model } from '../../model/model';
import type { RowOutput } from '../../model/rowOutput';
import { mostWindows, overlapOf, windowsOf, type Window } from '../../model/windows';
import { GlassboxError } from '../../protocol/messages';
import type {
  FieldIndex,
  LongText,
  ReadingOptions,
  TextInput,
  TextRange,
  Windows,
} from '../../protocol/task';
import type { Encoding, Tokenizer } from '../../runtime/tokenizer';
import { predictRows, type KnownOutputs, type RunOptions } from './predictRows';
import type { TextAtHand } from './reading';

export interface ReadText {
  readonly hand: TextAtHand;
  /** Null where everything fitted into one reading. */
  readonly windows: Windows | null;
  /** Where the text was cut before it was tokenised; the length of each field otherwise. */
  readonly cutAt: readonly [number, number];
}

export const defaultLongText: LongText = { mode: 'windows', overlap: null };

/** More characters a token than any tokenizer makes of a real text: what follows could not be read anyway. */
const charactersPerToken = 16;
/** Throws GlassboxError: 'bad-input' for a text that this model cannot read, 'cancelled', 'bad-model'. */
export async function readText(
  model: Model,
  input: TextInput,
  reading: ReadingOptions,
  options: RunOptions,
): Promise<ReadText> {
  const { reads } = await readTexts(model, [input], reading, options);
  if (reads[0]) return reads[0];
  throw new GlassboxError('bad-input', 'The text is empty: there is no token to explain.');
}

/**
 * Several texts, in one run of the model where they fit; null for a text without a token. `runs`: how many runs it took. `known`: outputs
 * of windows of long texts that were asked before. Throws as
 * readText, but for empty texts.
 */
export async function readTexts(
  model: Model,
  inputs: readonly TextInput[],
  { longText = defaultLongText }: ReadingOptions,
  options: RunOptions,
  known?: KnownOutputs,
): Promise<{ reads: (ReadText | null)[]; runs: number }> {
  const encoded = await Promise.all(inputs.map(input => encodeText(model, input, longText)));
  const all = encoded.flatMap(found => found?.windows ?? []);
  const rows = all.map(({ row }) => row);
  // Of short texts no two windows are the same.
  const memory = rows.length > inputs.length ? known : undefined;
  const { outputs, runs } = await predictRows(model, rows, options, memory);
  let next = 0;
  const reads = encoded.map((found, index) => {
    if (!found) return null;
    const own = outputs.slice(next, (next += found.windows.length));
    return readOf(model, inputs[index]!, found, own);
  });
  return { reads, runs };
}

/** A text as tokens, cut into windows; nothing has run yet. */
export interface Encoded {
  readonly encoding: Encoding;
  readonly windows: readonly Window[];
  /** Null where everything fitted into one reading. */
  readonly cut: Windows | null;
  readonly pair: string | null;
  readonly words: readonly TextRange[] | null;
  readonly cutAt: readonly [number, number];
}

/** Null for a text without a token. Throws GlassboxError: 'bad-input' for a text that this model cannot read, 'bad-model'. */
export async function encodeText(
  model: Model,
  input: TextInput,
  longText: LongText,
): Promise<Encoded | null> {
  const { head, maxTokens } = model.about;
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
  const encoding = await tokenizerOf(model).encode({
    text: input.text.slice(0, cutAt[0]),
    pair: pair?.slice(0, cutAt[1]),
    words: words?.filter(({ end }) => end <= cutAt[0]),
  });
  if (encoding.ids.length === 0) return null;
  const slides: FieldIndex | null = head.decides === 'ends' ? 1 : null;
  const wanted = { ...longText, maxTokens, slides };
  const windows = windowsOf(encoding, wanted);
  const cut =
    encoding.ids.length <= maxTokens
      ? null
      : {
          count: windows.length,
          tokens: maxTokens,
          overlap: windows.length > 1 ? overlapOf(encoding, wanted) : 0,
        };
  return { encoding, windows, cut, pair, words, cutAt };
}

/** The text with what the model said of its windows. Throws GlassboxError 'bad-model' where there is no tokenizer. */
export function readOf(
  model: Model,
  input: TextInput,
  { encoding, windows, cut, pair, words, cutAt }: Encoded,
  outputs: readonly RowOutput[],
): ReadText {
  const { about } = model;
  return {
    hand: {
      head: about.head,
      tokenizer: tokenizerOf(model),
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
      maskId: about.maskId,
    },
    windows: cut,
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
