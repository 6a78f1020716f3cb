/** What people marked in a text as the reason for its label. */
import type { TextRange } from '../protocol/task';
import type { Field } from './field';
import { rangesOf } from './listField';

/** As datasets call it (ERASER, HateXplain and their like), in any case. */
const names = /^(?:rationales?|evidences?|highlights)$/i;

/**
 * The marked characters of `text`, as UTF-16 offsets in order; empty where the record marks nothing, or says it in a way that is none of these: a 0 or 1
 * (or false and true) for each word, pairs [start, end] of characters, or the marked words and phrases themselves, each of which is marked
 * wherever it stands as a whole. Words are those of the dataset where it has cut the text, else what blanks part.
 * @param values of the record by name, as JSON has them.
 */
export function rationaleIn(values: Readonly<Record<string, unknown>>, text: Field): TextRange[] {
  for (const [name, value] of Object.entries(values)) {
    if (!names.test(name)) continue;
    const ranges = rangesIn(typeof value === 'string' ? [value] : value, text);
    if (ranges.length > 0) return ranges.sort((a, b) => a.start - b.start);
  }
  return [];
}

/** Whether a record has such a field at all. */
export function namesRationale(fields: readonly Field[]): boolean {
  return fields.some(({ name }) => names.test(name));
}

function rangesIn(value: unknown, text: Field): TextRange[] {
  if (!Array.isArray(value)) return [];
  const list: readonly unknown[] = value;
  if (list.every(isFlag)) {
    const words = wordsOf(text);
    return words.length === list.length ? words.filter((_, i) => Number(list[i]) === 1) : [];
  }
  if (list.every(entry => isPair(entry, text.value.length))) {
    return list.map(([start, end]) => ({ start, end }));
  }
  return list.every(entry => typeof entry === 'string')
    ? list.flatMap(phrase => placesOf(phrase, text.value))
    : [];
}

function isFlag(entry: unknown): boolean {
  return entry === 0 || entry === 1 || typeof entry === 'boolean';
}

function isPair(entry: unknown, most: number): entry is readonly [number, number] {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [start, end] = entry as readonly unknown[];
  const whole = Number.isInteger(start) && Number.isInteger(end);
  return (
    whole &&
    (start as number) >= 0 &&
    (start as number) < (end as number) &&
    (end as number) <= most
  );
}

function wordsOf({ elements, value }: Field): TextRange[] {
  if (elements) return rangesOf(elements);
  return [...value.matchAll(/\S+/g)].map(({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
}

/** Where a phrase stands, not as a part of a longer word, in any case of letters. */
function placesOf(phrase: string, text: string): TextRange[] {
  const wanted = phrase.trim().toLowerCase();
  const inside = text.toLowerCase();
  // Where lower case has another length, places would not be those of the text.
  if (wanted === '' || inside.length !== text.length) return [];
  const places: TextRange[] = [];
  for (let start = inside.indexOf(wanted); start >= 0; start = inside.indexOf(wanted, start + 1)) {
    const end = start + wanted.length;
    const joined = (at: number, first: string | undefined): boolean =>
      letter.test(first ?? '') && letter.test(inside.charAt(at));
    if (!joined(start - 1, wanted[0]) && !joined(end, wanted.at(-1))) places.push({ start, end });
  }
  return places;
}

const letter = /[\p{L}\p{N}]/u;
