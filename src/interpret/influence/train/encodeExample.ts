/** A text with its target as the programs of influence take it. */
import type { Model } from '../../../model/model';
import type { LongText, TextInput } from '../../../protocol/task';
import { encodeText } from '../../task/readText';
import type { TextAtHand } from '../../task/reading';
import { wordsOf } from '../../task/words';
import type { Example } from '../curvature/batches';
import type { Target } from '../curvature/rowLoss';

/** Where a tagger's words are read in a row: `positions[i]` is the first piece of word `words[i]`. */
export interface ReadWords {
  readonly words: readonly number[];
  readonly positions: readonly number[];
}

export interface EncodedExample {
  readonly row: Example['row'];
  /** Null where the model decides about whole texts. */
  readonly read: ReadWords | null;
  /** The text is longer than what the row holds of it. */
  readonly cut: boolean;
}

/** As models are trained: of a text that is too long the beginning. */
export const trainedLongText: LongText = { mode: 'start', overlap: null };

/** The beginning of a text; null where no token, or of a tagger no word, is left of it. Throws GlassboxError as `encodeText`. */
export async function encodeStart(model: Model, input: TextInput): Promise<EncodedExample | null> {
  const encoded = await encodeText(model, input, trainedLongText);
  if (!encoded) return null;
  const { encoding, windows, words, cut } = encoded;
  return exampleAt(model, { tokens: encoding.tokens, windows, words }, 0, cut !== null);
}

/** One window of a text; null as above. `words`: the dataset's. */
export function exampleAt(
  { about }: Model,
  { tokens, windows, words }: Pick<TextAtHand, 'tokens' | 'windows' | 'words'>,
  window: number,
  cut: boolean,
): EncodedExample | null {
  const { row, tokens: inside } = windows[window]!;
  if (about.head.decides !== 'token') return { row, read: null, cut };
  const places = wordsOf(tokens, words).flatMap(({ pieces: [first] }, word) => {
    const position = first === undefined ? -1 : inside.indexOf(first);
    return position < 0 ? [] : [{ word, position }];
  });
  if (places.length === 0) return null;
  const read = {
    words: places.map(({ word }) => word),
    positions: places.map(({ position }) => position),
  };
  return { row, read, cut };
}

/** Tokens that do not count: special ones, and those behind the first of a word. */
const notCounted = -100;

/** `target`: of a tagger a tag for each word. `counts`: the words whose loss is meant; by default all that were read. */
export function withTarget(
  { row, read }: EncodedExample,
  target: Target,
  counts: (word: number) => boolean = () => true,
): Example {
  if (read === null) return { row, target };
  const tags = target as readonly number[];
  const labels = row.ids.map(() => notCounted);
  read.positions.forEach((position, i) => {
    const word = read.words[i]!;
    if (counts(word)) labels[position] = tags[word]!;
  });
  return { row, target: labels };
}
