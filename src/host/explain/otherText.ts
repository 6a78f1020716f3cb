/** A record with another text in its place, as an attack or a person has changed it. */
import type { Gold, TextInput, TextRange } from '../../protocol';
import type { FoundRecord } from '../records/readRecord';

export interface OtherText {
  readonly text: string;
  readonly pair: string | null;
  /** Words of `text` where it is cut already, or null. */
  readonly words: readonly TextRange[] | null;
}

/** The text that stands in the file. */
export function ownText({ info }: FoundRecord): OtherText {
  const { text, pair, words } = info;
  return { text, pair: pair?.text ?? null, words };
}

/**
 * The record as if it had this text; its gold stays where it can be that of the other text too: a label, but tags only for as
 * many words, and places in the context only while that is as it was.
 */
export function withText(found: FoundRecord, { text, pair, words }: OtherText): FoundRecord {
  const { info, input } = found;
  const gold = goldFor(input, pair, words);
  const second = info.pair && pair !== null ? { ...info.pair, text: pair } : null;
  const isOwn = text === input.text && pair === (input.pair ?? null);
  return {
    ...found,
    input: {
      text,
      ...(second && { pair: second.text }),
      ...(words && { words }),
      ...(gold && { gold }),
      ...(isOwn && input.focusWord !== undefined && { focusWord: input.focusWord }),
    },
    info: { ...info, text, pair: second, words, gold: gold === null ? null : info.gold },
  };
}

function goldFor(
  { gold, words: ownWords, pair: ownPair }: TextInput,
  pair: string | null,
  words: readonly TextRange[] | null,
): Gold | null {
  switch (gold?.kind) {
    case undefined:
      return null;
    case 'label':
    case 'labels':
      return gold;
    case 'tags':
      return words?.length === ownWords?.length ? gold : null;
    case 'answers':
      return pair === (ownPair ?? null) ? gold : null;
  }
}

/** The words of a text that a person has written in place of one that was cut: what stands between blanks. */
export function wordsBetweenBlanks(text: string): TextRange[] {
  return [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
  }));
}
