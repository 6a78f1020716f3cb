/** The entries of a model's embedding table as words that can be written into a text. */
import type { Tokenizer } from '../../../runtime/tokenizer';
import { surfaceReader } from './surfaces';
import {
  classOf,
  inCaseOf,
  isStopWord,
  writtenAs,
  type WordClass,
  type Written,
} from './wordForms';

export interface Entry {
  /** As the vocabulary writes it: '##ing', 'Ġgood'. */
  readonly token: string;
  /** As it stands in a text, without the blank before it. */
  readonly surface: string;
  /** It stands for a word's beginning (with the blank before it, where the vocabulary writes that), not for its continuation. */
  readonly startsWord: boolean;
  /** The tokenizer gives this entry back for its surface as a word (of a piece without its blank: at the beginning of a text). */
  readonly alone: boolean;
  readonly written: Written;
  readonly kind: WordClass;
  readonly stopWord: boolean;
}

/** So many words tell whether the tokenizer lower-cases. */
const caseSamples = 20;

const known = new WeakMap<Tokenizer, Map<number, Promise<Vocabulary>>>();

export class Vocabulary {
  /** What was derived from it and is kept with it (filters.ts). */
  readonly filters = new Map<string, Uint8Array>();

  private constructor(
    /** By id; null for what no text may contain: special, unknown, unused and undecodable entries, and ids of no token. */
    readonly entries: readonly (Entry | null)[],
    /** The tokenizer lower-cases texts: the case of a replacement is free. */
    readonly lowerCases: boolean,
  ) {}

  /** `size`: rows of the embedding table, which may have more than the tokenizer has tokens. Kept with the tokenizer. */
  static async of(tokenizer: Tokenizer, size: number): Promise<Vocabulary> {
    const kept = known.get(tokenizer) ?? new Map<number, Promise<Vocabulary>>();
    known.set(tokenizer, kept);
    const building = kept.get(size) ?? Vocabulary.read(tokenizer, size);
    kept.set(size, building);
    return await building;
  }

  private static async read(tokenizer: Tokenizer, size: number): Promise<Vocabulary> {
    const entries = await readEntries(tokenizer, size);
    return new Vocabulary(entries, await lowerCases(tokenizer, entries));
  }

  /**
   * What must be written into a text for the tokenizer to give the entry back; null where nothing does. Where case is free, in the
   * case of `like`.
   */
  surfaceOf(id: number, like: string | null = null): string | null {
    const surface = this.entries[id]?.surface ?? null;
    if (surface === null || like === null || !this.lowerCases) return surface;
    return inCaseOf(like, surface);
  }
}

async function readEntries(tokenizer: Tokenizer, size: number): Promise<(Entry | null)[]> {
  const surfaceOf = surfaceReader(tokenizer.pieces);
  const found = tokenizer.entries().flatMap(([token, id]) => {
    const never = tokenizer.isSpecial(id) || id === tokenizer.unkId || id === tokenizer.maskId;
    const piece = never || id >= size ? null : surfaceOf(token);
    return piece ? [{ id, token, ...piece }] : [];
  });
  const back = await tokenizer.encodeBare(found.map(({ asWord }) => asWord));
  const entries = new Array<Entry | null>(size).fill(null);
  found.forEach(({ id, token, surface, startsWord }, index) => {
    const ids = back[index]!;
    entries[id] = {
      token,
      surface,
      startsWord,
      alone: ids.length === 1 && ids[0] === id,
      written: writtenAs(surface),
      kind: classOf(surface),
      stopWord: startsWord && isStopWord(surface),
    };
  });
  return entries;
}

async function lowerCases(
  tokenizer: Tokenizer,
  entries: readonly (Entry | null)[],
): Promise<boolean> {
  const samples = entries
    .filter(entry => entry !== null)
    .filter(
      ({ alone, written, kind }) =>
        alone && written === 'lower' && (kind === 'latin' || kind === 'letters'),
    )
    .map(({ surface }) => surface)
    .filter(word => word.toUpperCase().toLowerCase() === word)
    .slice(0, caseSamples);
  const [small, large] = await Promise.all([
    tokenizer.encodeBare(samples),
    tokenizer.encodeBare(samples.map(word => word.toUpperCase())),
  ]);
  return samples.length > 0 && small.every((ids, i) => ids.join() === large[i]!.join());
}
