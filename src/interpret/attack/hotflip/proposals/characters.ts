/**
 * Slips of the pen inside of words: a letter more, a letter less, two letters swapped, another letter, a letter that looks
 * the same. No gradient says which; the words are those that the gradient says matter.
 */
import type { Slope } from '../gradientStep';
import type { Idea } from '../proposal';
import type { Seeded } from '../../../random';
import { homoglyphs } from './homoglyphs';

export const slips = ['insert', 'delete', 'swap', 'substitute', 'homoglyph'] as const;
export type Slip = (typeof slips)[number];

/** Words a text that are tried, those with the largest gradients. */
const mostWords = 8;
/** Shorter ones are left alone: a slip makes another word of them. */
const leastLetters = 3;
/** Tries an idea: most of a short word's slips are found soon. */
const tries = 4;

/** At most `count` ideas without an estimate, word by word and kind by kind in turn, no two alike. */
export function slipsOf(slopes: readonly Slope[], count: number, random: Seeded): Idea[] {
  const words = [...slopes]
    .sort((a, b) => b.norm - a.norm)
    .filter(({ unit }) => lettersOf(unit.text).length >= leastLetters)
    .filter(({ unit }) => /^[\p{L}\p{M}\p{N}'’-]+$/u.test(unit.text))
    .slice(0, mostWords);
  const ideas = new Map<string, Idea>();
  for (let turn = 0; turn < tries * count && ideas.size < count && words.length > 0; turn++) {
    const { unit } = words[turn % words.length]!;
    const slip = slips[Math.floor(turn / words.length) % slips.length]!;
    const to = slipped(unit.text, slip, random);
    if (to === null) continue;
    const edit = { ...unit.place, edit: 'characters', to } as const;
    const key = `${unit.place.field} ${unit.place.start} ${to}`;
    if (!ideas.has(key)) ideas.set(key, { edit, estimate: null, meant: null, id: -1 });
  }
  return [...ideas.values()];
}

/**
 * The word with one slip; its first and last letter stay (as readers need them most: Pruthi et al. 2019), but for a letter that
 * looks the same. Null where the word has no place for it.
 */
export function slipped(word: string, slip: Slip, random: Seeded): string | null {
  const letters = lettersOf(word);
  const inside = letters.length - 2;
  if (inside < 1) return null;
  const at = 1 + random.below(inside);
  switch (slip) {
    case 'insert':
      return letters.toSpliced(at, 0, letterLike(letters[at]!, random)).join('');
    case 'delete':
      return letters.toSpliced(at, 1).join('');
    case 'swap':
      return swapped(letters, random);
    case 'substitute': {
      const letter = letterLike(letters[at]!, random);
      return letter === letters[at] ? null : letters.with(at, letter).join('');
    }
    case 'homoglyph': {
      const places = [...letters.keys()].filter(i => Object.hasOwn(homoglyphs, letters[i]!));
      if (places.length === 0) return null;
      const place = random.pick(places);
      return letters.with(place, homoglyphs[letters[place]!]!).join('');
    }
  }
}

/** Two neighbours inside of the word that differ. */
function swapped(letters: readonly string[], random: Seeded): string | null {
  const places = [...letters.keys()].filter(
    i => i >= 1 && i + 2 < letters.length && letters[i] !== letters[i + 1],
  );
  if (places.length === 0) return null;
  const i = random.pick(places);
  return letters
    .with(i, letters[i + 1]!)
    .with(i + 1, letters[i]!)
    .join('');
}

/** A random letter, upper case where its neighbour is. */
function letterLike(neighbour: string, random: Seeded): string {
  const letter = random.pick(lettersOf('abcdefghijklmnopqrstuvwxyz'));
  return /\p{Lu}/u.test(neighbour) ? letter.toUpperCase() : letter;
}

/** Code points: half of one is no letter. */
function lettersOf(word: string): string[] {
  return Array.from(word);
}
