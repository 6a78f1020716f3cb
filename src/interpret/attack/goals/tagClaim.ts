/**
 * Claims about the tags of a span of words ('exactly these words are one PER', 'no word of these is in an entity'), and by
 * how much a model's logits speak for them.
 *
 * Whether tags make a claim true is seen at each pair of neighbours alone, those of the span's first and last word with what stands
 * beside it included. So the likeliest tags that make it true are found by Viterbi's algorithm, and the likeliest that make
 * it false by trying the pairs.
 */
import { entitiesOf, isOutside } from '../../task/entities';
import { indexOfLargest } from '../../task/reading';
import type { Tagged } from '../../task/tagging';

/** Whether neighbours with these tags allow it; null: beyond the beginning or the end of the text. */
type Rule = (left: string | null, right: string | null) => boolean;

/** A claim about any span of words; the rules of the pair that enters it, of pairs in it, and of the pair that leaves it. */
export interface Claim {
  readonly enters: Rule;
  readonly within: Rule;
  readonly leaves: Rule;
}

/** The words of the span are one entity of this type, and it has no others. `plain`: see entitiesOf. */
export function entityClaim(type: string, plain: 'joined' | 'single'): Claim {
  const has = (left: string | null, right: string | null, start: number, end: number): boolean =>
    entitiesOf(
      [left, right].filter(tag => tag !== null),
      plain,
    ).some(span => span.type === type && span.start === start && span.end === end);
  const begins: Rule = (left, right) => {
    const at = left === null ? 0 : 1;
    return right !== null && has(left, right, at, at + 1);
  };
  return {
    enters: begins,
    // Where each word is one of its own, each shall be of the type.
    within: plain === 'single' ? begins : (left, right) => has(left, right, 0, 2),
    leaves: (left, right) => has(left, right, 0, 1),
  };
}

/** No word of the span is in an entity. */
export const outsideClaim: Claim = {
  enters: (_, right) => right !== null && isOutside(right),
  within: (_, right) => right !== null && isOutside(right),
  leaves: () => true,
};

/** Words from `start` to before `end`. */
export interface Words {
  readonly start: number;
  readonly end: number;
}

/** Tags of the words from `first` on, by index, with the sum of their logits. */
interface Tags {
  readonly tags: readonly number[];
  readonly score: number;
}

/** What speaks for and against a claim about some words, and about the words beside them. */
export interface Contest {
  /** The predicted tags make it true. */
  readonly holds: boolean;
  /** The word that the tags begin with. */
  readonly first: number;
  /** The likeliest tags that make it true, and those that make it false; null where none can. One of both is predicted. */
  readonly yes: Tags | null;
  readonly no: Tags | null;
}

/** `span`: at least one word, all of them read. */
export function contest(tagged: Tagged, claim: Claim, { start, end }: Words): Contest {
  const first = Math.max(0, start - 1);
  const last = Math.min(tagged.words.length, end + 1);
  const { labels } = tagged.text.head;
  const choices: Choice[][] = [];
  for (let word = first; word < last; word++) choices.push(choicesAt(tagged, word));
  const pairs: Rule[] = [];
  for (let left = start - 1; left < end; left++) {
    pairs.push(left < start ? claim.enters : left === end - 1 ? claim.leaves : claim.within);
  }
  const lattice: Lattice = {
    choices,
    allows: (left, a, b) => {
      const rule = pairs[first + left - (start - 1)];
      return !rule || rule(a && labels[a.tag]!, b && labels[b.tag]!);
    },
  };
  const predicted = choices.map(likeliest);
  const holds = pairsOf(predicted).every(({ left, a, b }) => lattice.allows(left, a, b));
  const own = tagsOf(predicted);
  return {
    holds,
    first,
    yes: holds ? own : bestThatHolds(lattice),
    no: holds ? bestThatBreaks(lattice, predicted) : own,
  };
}

interface Choice {
  readonly tag: number;
  readonly logit: number;
}

interface Lattice {
  /** By word: its tags with their logits. */
  readonly choices: readonly (readonly Choice[])[];
  /** Whether the words `left` and `left + 1` (counted in the lattice; from -1) may be tagged so. */
  readonly allows: (left: number, a: Choice | null, b: Choice | null) => boolean;
}

/** A word that the model did not read has the tag that it is taken to have, and no other. */
function choicesAt({ text, logits, predicted }: Tagged, word: number): Choice[] {
  const z = logits[word];
  if (!z) return [{ tag: text.head.labels.indexOf(predicted[word]!), logit: 0 }];
  return Array.from(z, (logit, tag) => ({ tag, logit }));
}

function likeliest(choices: readonly Choice[]): Choice {
  return choices[indexOfLargest(choices.map(({ logit }) => logit))]!;
}

function tagsOf(choices: readonly Choice[]): Tags {
  return {
    tags: choices.map(({ tag }) => tag),
    score: choices.reduce((sum, { logit }) => sum + logit, 0),
  };
}

function pairsOf(
  chosen: readonly Choice[],
): { left: number; a: Choice | null; b: Choice | null }[] {
  return Array.from({ length: chosen.length + 1 }, (_, at) => ({
    left: at - 1,
    a: chosen[at - 1] ?? null,
    b: chosen[at] ?? null,
  }));
}

/** Viterbi: of all tags that every pair allows those with the largest sum. */
function bestThatHolds({ choices, allows }: Lattice): Tags | null {
  interface Path {
    readonly chosen: readonly Choice[];
    readonly score: number;
  }
  const better = (a: Path | null, b: Path): Path => (a && a.score >= b.score ? a : b);
  let paths: Path[] = [{ chosen: [], score: 0 }];
  choices.forEach((here, word) => {
    paths = here.flatMap(choice => {
      const before = paths
        .filter(({ chosen }) => allows(word - 1, chosen.at(-1) ?? null, choice))
        .reduce<Path | null>(better, null);
      if (!before) return [];
      return [{ chosen: [...before.chosen, choice], score: before.score + choice.logit }];
    });
  });
  const found = paths
    .filter(({ chosen }) => allows(chosen.length - 1, chosen.at(-1) ?? null, null))
    .reduce<Path | null>(better, null);
  return found && tagsOf(found.chosen);
}

/** Tags break a claim as soon as one pair does not allow it: the other words keep their likeliest ones. */
function bestThatBreaks({ choices, allows }: Lattice, predicted: readonly Choice[]): Tags | null {
  let best: Tags | null = null;
  for (let left = -1; left < choices.length; left++) {
    for (const a of choices[left] ?? [null]) {
      for (const b of choices[left + 1] ?? [null]) {
        if (allows(left, a, b)) continue;
        const chosen = predicted.map((own, word) =>
          word === left ? (a ?? own) : word === left + 1 ? (b ?? own) : own,
        );
        const found = tagsOf(chosen);
        if (!best || found.score > best.score) best = found;
      }
    }
  }
  return best;
}
