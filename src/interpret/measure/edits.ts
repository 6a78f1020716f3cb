/** Edits of a text that should not change what it means much. */
import type { Model } from '../../model/model';
import type { TextRange } from '../../protocol/task';
import { Seeded } from '../random';
import type { ReadText } from '../task/readText';
import { WordNeighbours } from './wordNeighbours';

export interface TextEdit {
  /** 'append a word', 'lower case', 'upper case', 'typo', 'synonym' */
  readonly name: string;
  /** The whole first text, edited. */
  readonly text: string;
  /** What was replaced in the original, and by how much it grew; null where all characters kept their places. */
  readonly replaced: (TextRange & { readonly grown: number }) | null;
}

/** What the ALPS lab appends to every text. */
const appended = ' Bye.';

/**
 * Up to `samples` edits of the first text: a word is appended; all of it in lower and in upper case, unless the tokenizer lower-cases; then in turn a typo (two neighbouring
 * letters of a word of four or more change places) and a synonym (a word that is one token gives way to the one with the nearest
 * vector), each in another word, in a seeded order.
 */
export async function editsOf(
  model: Model,
  read: ReadText,
  { samples, seed }: { readonly samples: number; readonly seed: number },
  signal: AbortSignal | undefined,
): Promise<TextEdit[]> {
  const text = read.hand.text ?? '';
  const random = new Seeded(seed, `edits ${text}`);
  const neighbours = await WordNeighbours.of(model);
  const inCase = (name: string, other: string): TextEdit[] =>
    other.length === text.length && !neighbours?.vocabulary.lowerCases
      ? [{ name, text: other, replaced: null }]
      : [];
  const edits: TextEdit[] = [
    { name: 'append a word', text: text + appended, replaced: null },
    ...inCase('lower case', text.toLowerCase()),
    ...inCase('upper case', text.toUpperCase()),
  ];
  const typos = shuffled(random, typosOf(text, random));
  const synonyms = neighbours
    ? await synonymsOf(neighbours, read, random, { most: samples, signal })
    : [];
  for (let i = 0; i < Math.max(typos.length, synonyms.length); i++) {
    edits.push(...typos.slice(i, i + 1), ...synonyms.slice(i, i + 1));
  }
  return edits.filter(edit => edit.text !== text).slice(0, samples);
}

function typosOf(text: string, random: Seeded): TextEdit[] {
  return [...text.matchAll(/\p{L}{4,}/gu)].flatMap(({ index, 0: word }) => {
    const at = 1 + random.below(word.length - 2);
    const typo = word.slice(0, at) + word[at + 1]! + word[at]! + word.slice(at + 2);
    return typo === word ? [] : [replacing('typo', text, index, word.length, typo)];
  });
}

/** Up to `most`: a search goes through the whole vocabulary. */
async function synonymsOf(
  neighbours: WordNeighbours,
  { hand }: ReadText,
  random: Seeded,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal | undefined },
): Promise<TextEdit[]> {
  const { text } = hand;
  if (text === null) return [];
  const { entries } = neighbours.vocabulary;
  const words = [...hand.tokens.entries()].flatMap(([token, { field, special, start, end }]) => {
    const id = hand.ids[token]!;
    const entry = entries[id];
    const whole = text.slice(start, end);
    const word = whole.trim();
    if (special || field !== 0 || !entry?.alone || !entry.startsWord || entry.stopWord) return [];
    if (!/^\p{L}+$/u.test(word)) return [];
    return [{ id, word, start: start + whole.length - whole.trimStart().length }];
  });
  const edits: TextEdit[] = [];
  for (const { id, word, start } of shuffled(random, words)) {
    if (edits.length === most) break;
    const [nearest] = await neighbours.near(id, signal);
    const surface = nearest === undefined ? null : neighbours.vocabulary.surfaceOf(nearest, word);
    if (surface !== null) edits.push(replacing('synonym', text, start, word.length, surface));
  }
  return edits;
}

function replacing(
  name: string,
  text: string,
  start: number,
  length: number,
  by: string,
): TextEdit {
  const end = start + length;
  return {
    name,
    text: text.slice(0, start) + by + text.slice(end),
    replaced: { start, end, grown: by.length - length },
  };
}

function shuffled<T>(random: Seeded, list: readonly T[]): T[] {
  const drawn = list.map(item => ({ item, at: random.next() }));
  return drawn.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** For each of `tokens` the token of the edited text that stands for the same characters, or null. */
export function aligned(
  { hand }: ReadText,
  tokens: readonly number[],
  { replaced }: TextEdit,
  edited: ReadText,
): (number | null)[] {
  const placeOf = (field: number, start: number, end: number): string => `${field} ${start} ${end}`;
  const places = new Map(
    edited.hand.tokens.flatMap((token, index) =>
      token.special ? [] : [[placeOf(token.field, token.start, token.end), index] as const],
    ),
  );
  return tokens.map(token => {
    const { field, start, end } = hand.tokens[token]!;
    const within = field === 0 ? replaced : null;
    if (within && start < within.end && within.start < end) return null;
    const moved = within && start >= within.end ? within.grown : 0;
    return places.get(placeOf(field, start + moved, end + moved)) ?? null;
  });
}
