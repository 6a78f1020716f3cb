/** What can be asked about a tagged sentence: why a span is an entity, or why it is none. */
import type { Prediction } from '../../protocol/explanation';
import type { Entity, LabelChoice, Question } from '../../protocol/task';
import { cell, probabilitiesOf } from './decision';
import { isOutside, tagsFor, typesOf } from './entities';
import { badQuestion, question, type Asked } from './reading';
import type { Tagged } from './tagging';
import { readTogether } from './words';

export type SpanChoice = Extract<LabelChoice, { kind: 'span' }>;

const groups: Readonly<Record<Entity['status'], string>> = {
  right: 'Predicted, gold agrees',
  predicted: 'Predicted, not in gold',
  unknown: 'Predicted',
  missed: 'Gold, missed',
};

/** Every entity, predicted or gold; of a missed one also why it is none; and the word at the focus. */
export function tagQuestions(tagged: Tagged): Question[] {
  const { entities, wordText, text, predicted, words } = tagged;
  const questions = entities.flatMap(({ start, end, type, status }) => {
    const name = `${type}: ${wordText(start, end)}`;
    const known = tagsFor(type, end - start, text.head.labels) !== null;
    const asType: SpanChoice = { kind: 'span', start, end, label: type };
    const why = question(
      groups[status],
      known ? `why ${name}` : `${name} (the model has no such tag)`,
      asType,
      known,
    );
    const choice: SpanChoice = { kind: 'span', start, end, label: 'O' };
    const noEntity = question(
      groups[status],
      `why not (O): ${wordText(start, end)}`,
      choice,
      hasOutside(tagged),
    );
    const found = predictedInstead(tagged, start, end);
    if (status !== 'missed') return [why, noEntity];
    const versus: SpanChoice = { kind: 'span', start, end, label: type, against: found };
    return [
      ...(found === 'O' ? [noEntity] : []),
      why,
      question(groups[status], `${name}, minus what was predicted there`, versus, known),
    ];
  });
  const { focusWord } = text;
  if (focusWord === null || !words[focusWord]) return questions;
  const at: SpanChoice = {
    kind: 'span',
    start: focusWord,
    end: focusWord + 1,
    label: predicted[focusWord]!,
  };
  return [
    ...questions,
    question(
      'This word',
      `why ${predicted[focusWord]!}: ${wordText(focusWord, focusWord + 1)}`,
      at,
    ),
    ...typesOf(text.head.labels).map(type =>
      question('This word', `why not ${type}: ${wordText(focusWord, focusWord + 1)}`, {
        ...at,
        label: type,
      }),
    ),
  ];
}

function hasOutside({ text }: Tagged): boolean {
  return text.head.labels.some(isOutside);
}

/** 'O' where the model found nothing in the span; else 'predicted', its own tags. */
function predictedInstead({ predicted }: Tagged, start: number, end: number): 'O' | 'predicted' {
  return predicted.slice(start, end).every(isOutside) ? 'O' : 'predicted';
}

export function askAboutTags(
  tagged: Tagged,
  choice: LabelChoice,
  predictionAt: (word: number) => Prediction,
): Asked {
  const { span, why } = spanOf(tagged, choice);
  const { start, end, label } = span;
  const { words, text, wordText } = tagged;
  const { labels } = text.head;
  const size = end - start;
  const tags = wantedTags(tagged, span, label);
  const minus = span.against === undefined ? null : wantedTags(tagged, span, span.against);
  const read = [...Array(size).keys()].filter(i => words[start + i]!.pieces.length > 0);
  const together = readTogether(
    text.windows,
    read.map(i => words[start + i]!.pieces[0]!),
  );
  if (read.length === 0 || !together) {
    throw badQuestion(
      `No part of the text that the model read has all of "${wordText(start, end)}", so nothing can be said about it; choose words that stand nearer together or nearer the beginning.`,
    );
  }
  const weight = 1 / read.length;
  const decisions = read.map((i, at) => ({
    position: together.positions[at]!,
    cells: [
      cell(labels.indexOf(tags[i]!), weight),
      ...(minus ? [cell(labels.indexOf(minus[i]!), -weight)] : []),
    ],
  }));
  const shares = read.map(
    i => probabilitiesOf('softmax', tagged.logits[start + i]!)[labels.indexOf(tags[i]!)]!,
  );
  const several = read.length > 1 ? ` (mean of ${read.length} words, each at its first piece)` : '';
  const against = minus === null ? '' : ` minus ${minus.join(', ')}`;
  return {
    choice: span,
    label: label === 'predicted' ? tags.join(', ') : label,
    against:
      minus === null ? null : span.against === 'predicted' ? minus.join(', ') : span.against!,
    why,
    what: `${tags.join(', ')}${against} at "${wordText(start, end)}"${several}`,
    parts: [{ window: together.window, weight: 1, decisions }],
    prediction: predictionAt(start),
    probability: shares.reduce((a, b) => a + b, 0) / shares.length,
  };
}

/** The model's tags for a label of a span: its own where it predicted just that entity. */
function wantedTags(
  { text, predicted, entities }: Tagged,
  { start, end }: SpanChoice,
  label: string,
): string[] {
  const own = predicted.slice(start, end);
  const isOwn = entities.some(
    entity =>
      entity.status !== 'missed' &&
      entity.start === start &&
      entity.end === end &&
      entity.type === label,
  );
  if (label === 'predicted' || isOwn) return own;
  const tags = tagsFor(label, end - start, text.head.labels);
  if (tags) return tags;
  throw badQuestion(
    `The model has no tags for "${label}"; its types are ${typesOf(text.head.labels).join(', ')}.`,
  );
}

/** The words that a question is about. Throws GlassboxError 'bad-input'. */
export function spanOf(tagged: Tagged, choice: LabelChoice): { span: SpanChoice; why: string } {
  const { words, entities, text } = tagged;
  if (words.length === 0)
    throw badQuestion('The text has no words, so there is no tag to explain.');
  switch (choice.kind) {
    case 'span': {
      const { start, end } = choice;
      if (
        Number.isInteger(start) &&
        Number.isInteger(end) &&
        start >= 0 &&
        start < end &&
        end <= words.length
      ) {
        return { span: choice, why: 'chosen' };
      }
      throw badQuestion(
        `There are no words ${start} to ${end}: the sentence has ${words.length} words, counted from 0, and the end is not included.`,
      );
    }
    case 'predicted':
      return { span: predictedSpan(tagged), why: 'predicted' };
    case 'gold': {
      const span = atFocus(tagged, ({ status }) => status === 'missed' || status === 'right');
      if (span) return { span: whole(span), why: 'gold' };
      throw badQuestion('The sentence has no gold entity; explain a predicted one, or a word.');
    }
    case 'contrast': {
      const span = atFocus(tagged, ({ status }) => status === 'missed');
      if (span)
        return {
          span: { ...whole(span), label: 'predicted', against: span.type },
          why: 'contrast',
        };
      throw badQuestion(
        'No gold entity was missed here, so predicted minus gold is zero everywhere; explain one of the entities instead.',
      );
    }
    case 'label': {
      const word = text.position ?? text.focusWord;
      const same = entities.find(
        ({ type, status }) => type === choice.label && status !== 'missed',
      );
      if (word === null && same) return { span: whole(same), why: 'chosen' };
      const start = word ?? 0;
      return { span: { kind: 'span', start, end: start + 1, label: choice.label }, why: 'chosen' };
    }
    case 'not':
    case 'mask':
    case 'answer':
      throw badQuestion(
        'This model gives a tag to each word; ask about a span of words (span:FIRST-END:TYPE).',
      );
  }
}

function whole({ start, end, type }: Entity): SpanChoice {
  return { kind: 'span', start, end, label: type };
}

/** Of the entities that are wanted the one at the focus, else the first. */
function atFocus(
  { entities, text }: Tagged,
  wanted: (entity: Entity) => boolean,
): Entity | undefined {
  const fitting = entities.filter(wanted);
  const { focusWord } = text;
  const near = fitting.find(
    ({ start, end }) => focusWord !== null && start <= focusWord && focusWord < end,
  );
  return near ?? fitting[0];
}

/** What is asked first: the entity at the focus, that word itself, the first entity, the likeliest near miss. */
function predictedSpan(tagged: Tagged): SpanChoice {
  const { entities, text, predicted, words } = tagged;
  const word = text.position ?? text.focusWord;
  if (word !== null && words[word]) {
    const here = entities.find(
      ({ start, end, status }) => status !== 'missed' && start <= word && word < end,
    );
    if (here && text.position === null) return whole(here);
    const missed = entities.find(({ start, end }) => start <= word && word < end);
    if (missed && text.position === null) return instead(tagged, missed);
    return { kind: 'span', start: word, end: word + 1, label: predicted[word]! };
  }
  const first = entities.find(({ status }) => status !== 'missed');
  if (first) return whole(first);
  const lost = entities[0];
  if (lost) return instead(tagged, lost);
  const start = nearestMiss(tagged);
  return { kind: 'span', start, end: start + 1, label: predicted[start]! };
}

/** What was predicted where a gold entity was missed. */
function instead(tagged: Tagged, missed: Entity): SpanChoice {
  return { ...whole(missed), label: predictedInstead(tagged, missed.start, missed.end) };
}

/** The word that was nearly an entity: the least probable O. */
function nearestMiss({ logits, text }: Tagged): number {
  const none = text.head.labels.findIndex(isOutside);
  const shares = logits.map(z => (z && none >= 0 ? probabilitiesOf('softmax', z)[none]! : 1));
  return shares.indexOf(Math.min(...shares));
}
