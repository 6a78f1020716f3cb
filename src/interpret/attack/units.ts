/** What of a text an attack may change: its words, or the single tokens, less what is protected. */
import type { Change, ResolvedAttackOptions } from '../../protocol/attack';
import type { Token } from '../../protocol/explanation';
import type { FieldIndex, TextRange } from '../../protocol/task';
import type { ReadText } from '../task/readText';
import type { TextAtHand } from '../task/reading';
import { readTogether } from '../task/words';
import type { Goal, Place } from './goal';
import type { Trial } from './tester';

export interface Unit {
  /** Where it stands in the text, blanks around it not included. */
  readonly place: Place;
  readonly text: string;
  /** Its pieces: indices into ReadText.hand.tokens, in order; at least one. */
  readonly tokens: readonly number[];
  /** The window that reads all of it with most text around it, and where in that window's row its pieces stand. */
  readonly window: number;
  readonly positions: readonly number[];
}

export type UnitOptions = Pick<ResolvedAttackOptions, 'unit' | 'field' | 'ignore' | 'ownWords'>;

/** Pieces that stand together; the ranges of two groups never overlap. */
interface Group extends Place {
  readonly tokens: readonly number[];
}

/**
 * What may be changed, in order of the text (field 0 first). A word is one of the dataset's where it has cut the text,
 * else one of the tokenizer's; a mark of punctuation is one of its own. Never changed: special tokens and masks, what `ignore` names, the
 * anchor (unless goal and options let it be), the other text of a pair where `field` names one, and what no window reads as a whole.
 * `once`: nor what an earlier change has put there.
 */
export function unitsOf(
  { draft, read: { hand } }: Pick<Trial, 'draft' | 'read'>,
  goal: Pick<Goal, 'anchorMayChange'>,
  options: UnitOptions,
  { once = false }: { readonly once?: boolean } = {},
): Unit[] {
  const ownWords = goal.anchorMayChange && options.ownWords === 'attack';
  const protectedByName = namesIn(hand, options.ignore);
  return groupsOf(hand, options.unit).flatMap((group): Unit[] => {
    const { field, start, end, tokens } = group;
    const text = textOf(hand, field).slice(start, end);
    if (options.field !== 'both' && field !== (options.field === 'pair' ? 1 : 0)) return [];
    if (tokens.some(index => isSpecial(hand, index)) || protectedByName(text, tokens)) return [];
    if (!ownWords && draft.anchor?.field === field && overlap(draft.anchor, group)) return [];
    if (once && draft.changes.some(change => touches(change, group))) return [];
    const found = readTogether(hand.windows, tokens);
    if (!found) return [];
    const { window, positions } = found;
    return [{ place: { field, start, end }, text, tokens, window, positions }];
  });
}

/** Words of both texts (with `unit` 'tokens': tokens), protected ones included, special tokens not. */
export function countWords(
  { hand }: ReadText,
  { unit }: Pick<ResolvedAttackOptions, 'unit'>,
): number {
  return groupsOf(hand, unit).length;
}

/** How many words (or tokens) of each field stand in the text, protected ones included. */
export function wordsOfFields(
  { hand }: ReadText,
  { unit }: Pick<ResolvedAttackOptions, 'unit'>,
): [number, number] {
  const groups = groupsOf(hand, unit);
  const first = groups.filter(({ field }) => field === 0).length;
  return [first, groups.length - first];
}

function groupsOf(hand: TextAtHand, unit: ResolvedAttackOptions['unit']): Group[] {
  const groups: (Place & { tokens: number[]; start: number; end: number })[] = [];
  const contracted = [0, 1].map(field =>
    field === 0 && hand.words ? [] : contractions(textOf(hand, field as FieldIndex)),
  );
  for (const [index, token] of hand.tokens.entries()) {
    if (token.special) continue;
    const range = withoutBlanks(textOf(hand, token.field), token);
    // Some tokenizers have tokens that stand for nothing but a blank.
    if (range.start === range.end) continue;
    const last = groups.at(-1);
    const near = last?.field === token.field ? last : null;
    // Pieces of one character (bytes) cannot be changed one without the other.
    const together =
      near &&
      (range.start < near.end ||
        (unit === 'words' &&
          (sameWord(hand, hand.tokens[near.tokens.at(-1)!]!, token, range) ||
            contracted[token.field]!.some(
              whole => overlap(whole, near) && overlap(whole, range),
            ))));
    if (together) {
      near.tokens.push(index);
      near.end = Math.max(near.end, range.end);
    } else {
      groups.push({ field: token.field, ...range, tokens: [index] });
    }
  }
  return groups;
}

/** "don't" and "'s" are one word each, however the tokenizer cuts them (English endings only). */
function contractions(text: string): TextRange[] {
  const ending = /\p{L}*['\u2019](?:s|t|re|ve|ll|d|m)(?![\p{L}\p{N}])/giu;
  return [...text.matchAll(ending)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

/** The dataset's words may have blanks in them, those of a tokenizer that knows no words may not. */
function sameWord(hand: TextAtHand, before: Token, token: Token, range: TextRange): boolean {
  if (token.word === null || token.word !== before.word) return false;
  if (token.field === 0 && hand.words) return true;
  return !/\s/.test(textOf(hand, token.field).slice(before.end, range.start));
}

function textOf({ text, pair }: TextAtHand, field: FieldIndex): string {
  return (field === 0 ? text : pair) ?? '';
}

function withoutBlanks(text: string, { start, end }: TextRange): { start: number; end: number } {
  const inside = text.slice(start, end);
  const from = start + inside.length - inside.trimStart().length;
  return { start: from, end: Math.max(from, start + inside.trimEnd().length) };
}

/** A special token that was written into the text, a mask for instance. */
function isSpecial({ tokenizer, ids, maskId }: TextAtHand, index: number): boolean {
  const id = ids[index]!;
  return id === maskId || (tokenizer?.isSpecial(id) ?? false);
}

/** Whether a unit is named: one of its tokens as the tokenizer writes it, or the whole as it stands in the text. */
function namesIn(
  { tokenizer, tokens }: TextAtHand,
  ignore: readonly string[],
): (text: string, pieces: readonly number[]) => boolean {
  const lower = tokenizer?.lowerCases ?? false;
  const written = (name: string): string => (lower ? name.toLowerCase() : name);
  const names = new Set(ignore.map(written));
  return (text, pieces) =>
    names.size > 0 &&
    (names.has(written(text)) || pieces.some(index => names.has(written(tokens[index]!.text))));
}

function overlap(a: TextRange, b: TextRange): boolean {
  return a.start < b.end && b.start < a.end;
}

/** A change made this unit, or changed it: a word that went beside it did not. */
function touches(change: Change, unit: Place): boolean {
  if (change.field !== unit.field) return false;
  if (overlap(change, unit)) return true;
  const within = unit.start <= change.start && change.end <= unit.end;
  return change.edit === 'characters' && within;
}
