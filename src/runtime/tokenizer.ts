/** Text to token ids with their places in the text, by the Hugging Face tokenizers library. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Native from 'tokenizers';
import type { Token } from '../protocol/explanation';
import { GlassboxError, reasonOf } from '../protocol/messages';
import { utf16Offsets, wellFormed } from './codePoints';
import { readTokenizerFacts, type TokenizerFacts } from './tokenizerFacts';

/** One text as the model reads it. */
export interface Encoding {
  readonly ids: number[];
  readonly typeIds: number[];
  /** One an id, with UTF-16 offsets into the text. */
  readonly tokens: Token[];
  readonly truncated: boolean;
  /** What was cut off: tokens, and UTF-16 units of the text after the last token that was kept. */
  readonly unseen: { readonly tokens: number; readonly characters: number };
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
   * Tokens of `text`, special tokens of the model added. Where there are more than `maxTokens`, the last
   * ones of the text are dropped; the special tokens before and after the text stay.
   */
  async encode(text: string, { maxTokens }: { maxTokens: number }): Promise<Encoding> {
    const encoding = await this.native.encode(wellFormed(text));
    const special = encoding.getSpecialTokensMask();
    const kept = keptPositions(special, maxTokens);
    const ids = encoding.getIds();
    const typeIds = encoding.getTypeIds();
    const names = encoding.getTokens();
    const offsets = encoding.getOffsets();
    const words = encoding.getWordIds();
    const toUtf16 = utf16Offsets(text);
    const tokens = kept.map((position): Token => {
      const isSpecial = special[position] === 1;
      const [start = 0, end = 0] = offsets[position] ?? [];
      return {
        text: names[position]!,
        start: isSpecial ? 0 : toUtf16(start),
        end: isSpecial ? 0 : toUtf16(end),
        special: isSpecial,
        unknown: !isSpecial && ids[position] === this.unkId,
        word: words[position] ?? null,
      };
    });
    const dropped = ids.length - kept.length;
    const seenTo = tokens.reduce((end, token) => Math.max(end, token.end), 0);
    return {
      ids: kept.map(position => ids[position]!),
      typeIds: kept.map(position => typeIds[position]!),
      tokens,
      truncated: dropped > 0,
      unseen: { tokens: dropped, characters: dropped > 0 ? text.length - seenTo : 0 },
    };
  }

  private idOf(token: string | null): number | null {
    return token === null ? null : this.native.tokenToId(token);
  }
}

/** Positions that stay when a sequence is cut to `maxTokens`: special tokens at both ends, and the text's first. */
function keptPositions(special: readonly number[], maxTokens: number): number[] {
  const length = special.length;
  const all = special.map((_, position) => position);
  if (length <= maxTokens) return all;
  let tail = 0;
  while (tail < length && special[length - 1 - tail] === 1) tail++;
  tail = Math.min(tail, maxTokens);
  return [...all.slice(0, maxTokens - tail), ...all.slice(length - tail)];
}
