/** What the tokens of a vocabulary stand for in a text. */
import type { PieceForm } from '../../../runtime/tokenizerFacts';

export interface Surface {
  /** Without the blank before it. */
  readonly surface: string;
  readonly startsWord: boolean;
  /** What a tokenizer is given to read it by itself. */
  readonly asWord: string;
}

/** Placeholders that were never trained: [unused12], <unused3>. */
const unused = /^[[<]unused_?\d+[\]>]$/i;
/** A single byte of a character that a SentencePiece vocabulary lacks. */
const byteFallback = /^<0x[0-9A-F]{2}>$/;

/** Null for tokens that no text contains as a word or a piece of one: blanks, parts of characters, placeholders. */
export function surfaceReader(form: PieceForm): (token: string) => Surface | null {
  return token => {
    if (unused.test(token) || byteFallback.test(token)) return null;
    const read = readers[form.alphabet](token, form);
    if (read === null || read.surface === '' || /\s/.test(read.surface)) return null;
    return read;
  };
}

type Reader = (token: string, form: PieceForm) => Surface | null;

const readers: Readonly<Record<PieceForm['alphabet'], Reader>> = {
  bytes: token => {
    const text = textOfBytes(token);
    return text === null ? null : behindBlank(text, ' ');
  },
  blanks: token => behindBlank(token, '▁'),
  plain: (token, { continuing, ending }) => {
    if (continuing !== '' && token.startsWith(continuing)) {
      const surface = token.slice(continuing.length);
      return { surface, startsWord: false, asWord: surface };
    }
    // Where ends are marked and beginnings are not, a piece that ends a word is the whole word or its last part.
    if (ending === '') return { surface: token, startsWord: true, asWord: token };
    const ends = token.endsWith(ending);
    const surface = ends ? token.slice(0, -ending.length) : token;
    return { surface, startsWord: ends, asWord: surface };
  },
};

function behindBlank(text: string, blank: string): Surface {
  if (!text.startsWith(blank)) return { surface: text, startsWord: false, asWord: text };
  const surface = text.slice(blank.length);
  return { surface, startsWord: true, asWord: ` ${surface}` };
}

/** GPT-2's alphabet: printable bytes of Latin-1 stand for themselves, the others for the characters from U+0100 on, in order. */
const byteOf = new Map<string, number>();
for (let byte = 0, next = 256; byte < 256; byte++) {
  const printable =
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  byteOf.set(String.fromCodePoint(printable ? byte : next++), byte);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null where the bytes are no whole characters. */
function textOfBytes(token: string): string | null {
  const bytes = Array.from(token, character => byteOf.get(character));
  if (bytes.includes(undefined)) return null;
  try {
    return utf8.decode(Uint8Array.from(bytes as number[]));
  } catch {
    return null;
  }
}
