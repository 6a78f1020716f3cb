/** Text to token ids with their places in the text, by the Hugging Face tokenizers library. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Native from 'tokenizers';
import type { Token } from '../protocol/explanation';
import type { TextRange } from '../protocol/task';
import { GlassboxError, reasonOf } from '../protocol/messages';
import { utf16Offsets, wellFormed } from './codePoints';
import { readTokenizerFacts, type TokenizerFacts } from './tokenizerFacts';

/** What is tokenised together: a text or a pair, and the text's words where they are known. */
export interface EncodeInput {
  readonly text: string;
  readonly pair?: string | undefined;
  readonly words?: readonly TextRange[] | undefined;
}

/** A text as token ids, whatever its length. */
export interface Encoding {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
  /** One an id, with UTF-16 offsets into the text of its field. */
  readonly tokens: readonly Token[];
}

let loaded: typeof Native | undefined;

/** The native library, loaded on first use so that importing this file costs nothing. */
function library(): typeof Native {
  try {
    loaded ??= createRequire(__filename)('tokenizers') as typeof Native;
    return loaded;
  } catch (error) {
    throw new GlassboxError(
      'unsupported',
      `The tokenizers library cannot be loaded on this machine (${reasonOf(error)}); reinstall the extension for your platform.`,
    );
  }
}

export class Tokenizer {
  private constructor(
    private readonly native: Native.Tokenizer,
    private readonly facts: TokenizerFacts,
    readonly file: string,
  ) {
    // Every text is one row of its own length: padding would only add columns, and what is cut off is
    // reported, so neither may happen behind our back.
    native.disablePadding();
    native.disableTruncation();
    this.padId = this.idOf(facts.padToken);
    this.maskId = this.idOf(facts.maskToken);
    this.unkId = facts.unknownId ?? this.idOf(facts.unknownToken);
    this.missing = facts.named.filter(name => this.idOf(name) === null);
  }

  /** Id of [PAD], or null where the tokenizer has none; likewise [MASK] and the unknown token. */
  readonly padId: number | null;
  readonly maskId: number | null;
  readonly unkId: number | null;
  /** Special tokens that the files beside tokenizer.json name and it does not have: a sign of a mix-up. */
  readonly missing: readonly string[];

  /**
   * Reads tokenizer.json, and the names of the special tokens from the files beside it.
   * Throws GlassboxError 'bad-model' with the reason when it does not load.
   */
  static async load(file: string): Promise<Tokenizer> {
    const { Tokenizer: NativeTokenizer } = library();
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw new GlassboxError('bad-model', `${file} cannot be read: ${reasonOf(error)}.`);
    }
    const facts = await readTokenizerFacts(text, file);
    try {
      return new Tokenizer(NativeTokenizer.fromString(text), facts, file);
    } catch (error) {
      if (error instanceof GlassboxError) throw error;
      throw new GlassboxError(
        'bad-model',
        `${file} is not a tokenizer that the tokenizers library can read (${reasonOf(error)}); save it again with the library's save().`,
      );
    }
  }

  /** The algorithm: 'WordPiece', 'BPE', 'Unigram' or 'WordLevel'. */
  get kind(): string {
    return this.facts.kind;
  }

  /** The largest length that the tokenizer's own settings name, or null. */
  get maxTokens(): number | null {
    return this.facts.maxTokens;
  }

  /** Number of entries, added tokens included. */
  get vocabSize(): number {
    return this.native.getVocabSize(true);
  }

  /** The largest id that encode can return. */
  largestId(): number {
    let largest = -1;
    for (const id of Object.values(this.native.getVocab(true))) largest = Math.max(largest, id);
    return largest;
  }

  tokenOf(id: number): string | null {
    return this.native.idToToken(id);
  }

  /** True for tokens that frame a text or fill it up ([CLS], [SEP], [PAD], ...), not for the unknown token. */
  isSpecial(id: number): boolean {
    return id !== this.unkId && id !== this.maskId && this.facts.specialIds.has(id);
  }

  /**
   * Tokens of a text or of a pair, special tokens of the model added; nothing is cut off. Where the words are
   * given they are tokenised one by one, as in training for token classification, and `word` counts them.
   * Throws GlassboxError 'unsupported' where the tokenizer has no form for pairs or for words.
   */
  async encode({ text, pair, words }: EncodeInput): Promise<Encoding> {
    const encoding = words
      ? await this.encodeWords(text, words, pair)
      : await this.native.encode(wellFormed(text), pair === undefined ? null : wellFormed(pair));
    const special = encoding.getSpecialTokensMask();
    const ids = encoding.getIds();
    const names = encoding.getTokens();
    const offsets = encoding.getOffsets();
    const wordIds = encoding.getWordIds();
    const fields = encoding.getSequenceIds();
    const places = [words ? placeInWords(text, words) : placeInText(text), placeInText(pair ?? '')];
    const tokens = ids.map((id, position): Token => {
      const isSpecial = special[position] === 1;
      const field = fields[position] === 1 ? 1 : 0;
      const word = wordIds[position] ?? null;
      const [from = 0, to = 0] = offsets[position] ?? [];
      return {
        text: names[position]!,
        field,
        ...(isSpecial ? { start: 0, end: 0 } : places[field]!(from, to, word)),
        special: isSpecial,
        unknown: !isSpecial && id === this.unkId,
        word,
      };
    });
    return { ids, typeIds: encoding.getTypeIds(), tokens };
  }

  private async encodeWords(
    text: string,
    words: readonly TextRange[],
    pair: string | undefined,
  ): Promise<Native.Encoding> {
    if (pair !== undefined) {
      throw new GlassboxError(
        'unsupported',
        'A text that is cut into words cannot be one of a pair; leave the second text out.',
      );
    }
    const pieces = words.map(({ start, end }) => wellFormed(text.slice(start, end)));
    try {
      return await this.native.encode(pieces, null, { isPretokenized: true });
    } catch (error) {
      throw new GlassboxError(
        'unsupported',
        `${this.file} cannot tokenise word by word (${reasonOf(error)}); save the tokenizer with add_prefix_space=True, as it was trained.`,
      );
    }
  }

  /** Id of a token as it stands in the vocabulary, or null. */
  idOf(token: string | null): number | null {
    return token === null ? null : this.native.tokenToId(token);
  }
}

type PlaceOf = (from: number, to: number, word: number | null) => TextRange;

/** From code points of the text to its UTF-16 units. */
function placeInText(text: string): PlaceOf {
  const toUtf16 = utf16Offsets(text);
  return (from, to) => ({ start: toUtf16(from), end: toUtf16(to) });
}

/** From code points of a word to UTF-16 units of the text. */
function placeInWords(text: string, words: readonly TextRange[]): PlaceOf {
  return (from, to, word) => {
    const range = word === null ? undefined : words[word];
    if (!range) return { start: 0, end: 0 };
    const toUtf16 = utf16Offsets(text.slice(range.start, range.end));
    return { start: range.start + toUtf16(from), end: range.start + toUtf16(to) };
  };
}
