/** Text to token ids with their places in the text, by the Hugging Face tokenizers library. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Native from 'tokenizers';
import type { Token } from '../protocol/explanation';
import type { TextRange } from '../protocol/task';
import { GlassboxError, reasonOf } from '../protocol/messages';
import { utf16Offsets, wellFormed } from './codePoints';
import { readTokenizerFacts, type PieceForm, type TokenizerFacts } from './tokenizerFacts';

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

  /** Whether capitals are read as small letters. */
  get lowerCases(): boolean {
    return this.native.getNormalizer()?.normalizeString('A').includes('a') ?? false;
  }

  /** How the pieces of words are written in the vocabulary. */
  get pieces(): PieceForm {
    return this.facts.pieces;
  }

  /** The largest id that encode can return. */
  largestId(): number {
    let largest = -1;
    for (const id of Object.values(this.native.getVocab(true))) largest = Math.max(largest, id);
    return largest;
  }

  /** The whole vocabulary, added tokens included, as the file writes it. */
  entries(): [token: string, id: number][] {
    return Object.entries(this.native.getVocab(true));
  }

  /** Ids of many short texts, without the special tokens that frame a text. */
  async encodeBare(texts: readonly string[]): Promise<number[][]> {
    const options = { addSpecialTokens: false };
    const encodings = await this.native.encodeBatch(texts.map(wellFormed), options);
    return encodings.map(encoding => encoding.getIds());
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
   * given (of a text that stands alone) they are tokenised with one blank between them, and `word` counts them.
   */
  async encode({ text, pair, words }: EncodeInput): Promise<Encoding> {
    const joined = words && joinWords(text, words);
    const encoding = await this.native.encode(
      wellFormed(joined ? joined.text : text),
      pair === undefined ? null : wellFormed(pair),
    );
    const places: [PlaceOf, PlaceOf] = [
      joined ? joined.placeOf : placeInText(text),
      placeInText(pair ?? ''),
    ];
    return new LazyEncoding(encoding, places, this.unkId);
  }

  /** Id of a token as it stands in the vocabulary, or null. */
  idOf(token: string | null): number | null {
    return token === null ? null : this.native.tokenToId(token);
  }
}

/** From code points of what was tokenised to UTF-16 units of the text, and to its word where that is another one. */
type PlaceOf = (from: number, to: number) => TextRange & { word?: number };

function placeInText(text: string): PlaceOf {
  let toUtf16: ReturnType<typeof utf16Offsets> | undefined;
  return (from, to) => {
    toUtf16 ??= utf16Offsets(text);
    return { start: toUtf16(from), end: toUtf16(to) };
  };
}

/** Tokens are made when they are first asked for: predictions of whole texts need the ids only, and those cost a tenth. */
class LazyEncoding implements Encoding {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
  private made: readonly Token[] | null = null;

  constructor(
    private readonly native: Native.Encoding,
    private readonly places: readonly [PlaceOf, PlaceOf],
    private readonly unkId: number | null,
  ) {
    this.ids = native.getIds();
    this.typeIds = native.getTypeIds();
  }

  get tokens(): readonly Token[] {
    this.made ??= this.makeTokens();
    return this.made;
  }

  private makeTokens(): Token[] {
    const { native, places, unkId, ids } = this;
    const special = native.getSpecialTokensMask();
    const names = native.getTokens();
    const offsets = native.getOffsets();
    const wordIds = native.getWordIds();
    const fields = native.getSequenceIds();
    return ids.map((id, position): Token => {
      const isSpecial = special[position] === 1;
      const field = fields[position] === 1 ? 1 : 0;
      const [from = 0, to = 0] = offsets[position] ?? [];
      return {
        text: names[position]!,
        field,
        special: isSpecial,
        unknown: !isSpecial && id === unkId,
        word: wordIds[position] ?? null,
        ...(isSpecial ? { start: 0, end: 0 } : places[field](from, to)),
      };
    });
  }
}

/** The words with one blank between them: the library's own way to take words is not in its Node edition. */
function joinWords(text: string, words: readonly TextRange[]): { text: string; placeOf: PlaceOf } {
  const parts = words.map(({ start, end }) => text.slice(start, end));
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.length + 1;
  }
  const joined = parts.join(' ');
  const toUtf16 = utf16Offsets(joined);
  const placeOf: PlaceOf = (from, to) => {
    const [first, last] = [toUtf16(from), toUtf16(to)];
    // Some tokenizers count the blank before a word to it, so the end tells the word.
    let word = starts.findLastIndex(start => start < last);
    if (word < 0) word = 0;
    const { start, end } = words[word] ?? { start: 0, end: 0 };
    const shift = start - (starts[word] ?? 0);
    return {
      start: Math.max(start, Math.min(first + shift, end)),
      end: Math.max(start, Math.min(last + shift, end)),
      word,
    };
  };
  return { text: joined, placeOf };
}
