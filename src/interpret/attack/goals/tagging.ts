/** Another tag for an entity, or an entity where there was none: of taggers. */
import type { LabelChoice } from '../../../protocol/task';
import { cell, type Part } from '../../task/decision';
import { entitiesOf } from '../../task/entities';
import { badQuestion, type TextAtHand } from '../../task/reading';
import { entitiesInWords, noEntity, predictionAt, tagWords, type Tagged } from '../../task/tagging';
import { spanOf } from '../../task/taggingQuestions';
import { readAt } from '../../task/words';
import type { Draft } from '../draft';
import { NothingToAttack, type Goal, type GoalMaker } from '../goal';
import {
  contest,
  entityClaim,
  outsideClaim,
  type Claim,
  type Contest,
  type Words,
} from './tagClaim';
import { alreadyPredicted, typeNamed } from './target';
import { describeUndecided, undecided, verdict } from './undecided';

/**
 * Without a target: the attacked entity (type, first and last word) is no longer predicted; where words without one were chosen, they
 * get one. With a target: the words are exactly one entity of that type, or ('O') in none. The words are found again by
 * their characters, so that words put before them do not matter (AllenNLP compares whichever entity comes first). Words that have
 * been deleted are no entity any more; those that no part of the text that the model read has are never a success.
 *
 * The margin compares two taggings of the words and of those beside them: the likeliest one that is wanted and the likeliest one that is
 * not, each the sum of its tags' logits. One of both is what the model predicts; where one word decides, it is a
 * difference of two logits.
 */
export const taggingGoal: GoalMaker = ({ read, label, target }): Goal => {
  const tagged = tagWords(read.hand);
  const { words, plain, wordText } = tagged;
  const { labels } = read.hand.head;
  const span = target === null ? attackedWords(tagged, label) : spanOf(tagged, label).span;
  const type = target === null ? typeOf(tagged, span) : typeNamed(labels, target);
  if (!tagged.logits.slice(span.start, span.end).every(z => z)) {
    throw badQuestion(
      `The model did not read all of "${wordText(span.start, span.end)}", so it decides nothing there; choose other words.`,
    );
  }
  const claim: Claim = type === null ? outsideClaim : entityClaim(type, plain);
  /** What shall become of the claim. */
  const wanted = target !== null;
  const text = wordText(span.start, span.end);
  if (wanted && contest(tagged, claim, span).holds) alreadyPredicted(type ?? 'O');
  const anchor = {
    field: 0,
    start: words[span.start]!.range.start,
    end: words[span.end - 1]!.range.end,
  } as const;
  const from = labelOf(tagged, span);
  const own = typeOf(tagged, span) ?? (from === noEntity ? 'O' : 'predicted');

  return {
    says: inWords(type, wanted, text),
    from,
    label: { kind: 'span', start: span.start, end: span.end, label: own },
    anchor,
    anchorMayChange: true,
    judge: ({ hand }, draft) => {
      const found = wordsAt(hand, draft);
      // Of no words it is true that none of them is in an entity, and not that they are one.
      if (found.span === null) return verdict((type === null) === wanted, null, null);
      if (!found.read) return undecided;
      const { holds, yes, no } = contest(found.tagged, claim, found.span);
      const [plus, minus] = wanted ? [yes, no] : [no, yes];
      return verdict(holds === wanted, plus?.score ?? null, minus?.score ?? null);
    },
    describe: ({ hand }, draft) => {
      const found = wordsAt(hand, draft);
      const at = found.span?.start ?? nearestWord(found.tagged, draft);
      if (!found.tagged.logits[at]) return describeUndecided(hand);
      const prediction = predictionAt(found.tagged, at);
      return { label: found.span ? labelOf(found.tagged, found.span) : noEntity, prediction };
    },
    parts: ({ hand }, draft) => {
      const found = wordsAt(hand, draft);
      if (found.span === null || !found.read) return [];
      return partsOf(found.tagged, contest(found.tagged, claim, found.span), wanted);
    },
  };
};

function inWords(type: string | null, wanted: boolean, text: string): string {
  if (type === null) return `Make the model find ${wanted ? 'no' : 'an'} entity in "${text}".`;
  return wanted
    ? `Make the model find exactly "${text}" as ${type}.`
    : `Make the model no longer find exactly "${text}" as ${type}.`;
}

/** The entity at the chosen words or at the focus, else (where nothing was chosen) the first; or the chosen words themselves. */
function attackedWords(tagged: Tagged, label: LabelChoice): Words {
  const { predicted, plain, text } = tagged;
  const found = entitiesOf(predicted, plain);
  if (label.kind === 'predicted') {
    const { focusWord } = text;
    const here = found.find(
      ({ start, end }) => focusWord !== null && start <= focusWord && focusWord < end,
    );
    const entity = here ?? found[0];
    if (entity) return entity;
    throw new NothingToAttack(
      'the model finds no entity in this sentence; choose words and a target type',
    );
  }
  const { span } = spanOf(tagged, label);
  return found.find(({ start, end }) => start < span.end && end > span.start) ?? span;
}

/** The type of the entity that these words are; null where they are none. */
function typeOf({ predicted, plain }: Tagged, { start, end }: Words): string | null {
  const same = entitiesOf(predicted, plain).find(
    entity => entity.start === start && entity.end === end,
  );
  return same?.type ?? null;
}

/** The entities in these words: 'LOC: Paris', 'no entity'. */
function labelOf({ predicted, plain, wordText }: Tagged, { start, end }: Words): string {
  const here = entitiesOf(predicted, plain).filter(
    entity => entity.start < end && entity.end > start,
  );
  return entitiesInWords(here, wordText);
}

/** The words that stand in the draft's anchor. */
interface WordsFound {
  readonly tagged: Tagged;
  /** Null where they are gone. */
  readonly span: Words | null;
  /** Whether the model read them all. */
  readonly read: boolean;
}

function wordsAt(hand: TextAtHand, { anchor }: Draft): WordsFound {
  const tagged = tagWords(hand);
  const inside = [...tagged.words.keys()].filter(word => {
    const { range } = tagged.words[word]!;
    return anchor && range.start < anchor.end && range.end > anchor.start;
  });
  if (inside.length === 0) return { tagged, span: null, read: true };
  return {
    tagged,
    span: { start: inside[0]!, end: inside.at(-1)! + 1 },
    read: inside.every(word => tagged.logits[word]),
  };
}

/** The word that has moved to where the anchor's were. */
function nearestWord({ words }: Tagged, { anchor }: Draft): number {
  const behind = words.findIndex(({ range }) => range.end > (anchor?.start ?? 0));
  return behind < 0 ? words.length - 1 : behind;
}

function partsOf(tagged: Tagged, { first, yes, no }: Contest, wanted: boolean): Part[] {
  if (!yes || !no) return [];
  const [plus, minus] = wanted ? [yes.tags, no.tags] : [no.tags, yes.tags];
  return plus.flatMap((tag, at) => {
    if (tag === minus[at]) return [];
    const place = readAt(tagged.text.windows, tagged.words[first + at]!.pieces[0]!);
    if (!place) return [];
    const { window, position } = place;
    const cells = [cell(tag), cell(minus[at]!, -1)];
    return [{ window, weight: 1, decisions: [{ position, cells }] }];
  });
}
