/** Reads taggers: a tag for each word, taken at the word's first piece, as such models are trained. */
import { findLabel } from '../../model/labels';
import { logitsAt } from '../../model/rowOutput';
import type { HealthCheck, Prediction } from '../../protocol/explanation';
import type { Entity } from '../../protocol/task';
import { probabilitiesOf } from './decision';
import { entitiesOf, hasPlaces, isOutside, type TagSpan } from './entities';
import { checkFinite, indexOfLargest, type Reader, type TextAtHand } from './reading';
import { askAboutTags, tagQuestions } from './taggingQuestions';
import { readAt, wordsOf, type Word } from './words';

/** A sentence with what the model says about each word. */
export interface Tagged {
  readonly text: TextAtHand;
  readonly words: readonly Word[];
  /** By word: logits of the tags; null where the model did not read the word. */
  readonly logits: readonly (Float32Array | null)[];
  readonly predicted: readonly string[];
  /** How tags without a letter for the place are read (entitiesOf). */
  readonly plain: 'joined' | 'single';
  /** The model's names of the gold tags; null where the dataset has none. */
  readonly gold: readonly string[] | null;
  readonly entities: readonly Entity[];
  /** The words as one reads them. */
  readonly wordText: (start: number, end: number) => string;
}

export const readTagging: Reader = text => {
  const [goldTags, notes] = readGold(text);
  const tagged = tagWords(text, goldTags);
  const { wordText, plain, predicted } = tagged;
  const says = (spans: readonly TagSpan[]): string => entitiesInWords(spans, wordText);
  const found = entitiesOf(predicted, plain);
  const right = goldTags && entitiesOf(goldTags, plain);
  return {
    gold: right && says(right),
    correct:
      right &&
      says(found) === says(right) &&
      found.every((span, i) => span.start === right[i]?.start),
    questions: tagQuestions(tagged),
    notes,
    ask: choice => askAboutTags(tagged, choice, at => predictionAt(tagged, at)),
  };
};

/** What words are called that are in no entity. */
export const noEntity = 'no entity';

/** 'LOC: Paris; PER: Eric Wallace', or 'no entity'. */
export function entitiesInWords(spans: readonly TagSpan[], wordText: Tagged['wordText']): string {
  return (
    spans.map(({ type, start, end }) => `${type}: ${wordText(start, end)}`).join('; ') || noEntity
  );
}

/** Throws GlassboxError 'bad-model' where a logit is no number. */
export function tagWords(text: TextAtHand, gold: readonly string[] | null = null): Tagged {
  const { head, tokens } = text;
  const { labels } = head;
  const words = readWords(text);
  const logits = words.map(({ pieces }) => logitsOfWord(text, pieces));
  logits.forEach(numbers => {
    if (numbers) checkFinite(numbers);
  });
  const none = labels.find(isOutside) ?? labels[0]!;
  const predicted = logits.map(z => (z ? labels[indexOfLargest(z)]! : none));
  const wordText = (start: number, end: number): string => {
    const [first, last] = [words[start], words[end - 1]];
    if (!first || !last) return '';
    if (text.text !== null) return text.text.slice(first.range.start, last.range.end);
    return words
      .slice(start, end)
      .flatMap(({ pieces }) => pieces.map(at => tokens[at]!.text))
      .join(' ');
  };
  const entities = judge(labels, words, logits, predicted, gold);
  return { text, words, logits, predicted, plain: plainTags(labels), gold, entities, wordText };
}

function readWords({ tokens, text, words }: TextAtHand): Word[] {
  return wordsOf(tokens, text === null ? 'none' : words);
}

function logitsOfWord(
  { head, windows, outputs }: TextAtHand,
  pieces: readonly number[],
): Float32Array | null {
  const place = pieces.length === 0 ? null : readAt(windows, pieces[0]!);
  return place && logitsAt(head, outputs[place.window]!, place.position);
}

/** Tags without a letter for the place: neighbours join where there is an O to part them. */
export function plainTags(labels: readonly string[]): 'joined' | 'single' {
  return hasPlaces(labels) || labels.some(isOutside) ? 'joined' : 'single';
}

/** A dataset's tags by their names, where it has written the indices of a model's labels. */
export function namedTags(tags: readonly string[], labels: readonly string[]): string[] {
  const numbered = tags.every(tag => /^\d+$/.test(tag.trim()));
  return tags.map(tag => {
    if (isOutside(tag.trim())) return tag.trim() === '' ? 'O' : tag.trim();
    const index = numbered ? findLabel(labels, tag) : null;
    return index === null ? tag.trim() : labels[index]!;
  });
}

/** The dataset's tags as labels of the model. */
function readGold(text: TextAtHand): [string[] | null, HealthCheck[]] {
  const { gold, head } = text;
  if (gold?.kind !== 'tags') return [null, []];
  const words = readWords(text).length;
  const note = (says: string): [null, HealthCheck[]] => [
    null,
    [{ check: 'gold-label', ok: false, value: null, says }],
  ];
  if (gold.tags.length !== words) {
    return note(
      `The sentence has ${words} words but ${gold.tags.length} gold tags, so they cannot be compared with the prediction.`,
    );
  }
  const { labels } = head;
  const tags = namedTags(gold.tags, labels);
  const types = new Set(entitiesOf(labels, 'single').map(({ type }) => type));
  const unknown = [...new Set(entitiesOf(tags, plainTags(labels)).map(({ type }) => type))].filter(
    type => !types.has(type),
  );
  if (unknown.length === 0) return [tags, []];
  const shown = [...types].join(', ');
  return [
    tags,
    note(
      `The gold tags have types that the model does not know (${unknown.join(', ')}; its own are ${shown}): it can never find those.`,
    )[1],
  ];
}

function judge(
  labels: readonly string[],
  words: readonly Word[],
  logits: readonly (Float32Array | null)[],
  predicted: readonly string[],
  gold: readonly string[] | null,
): Entity[] {
  const plain = plainTags(labels);
  const same = (a: TagSpan, b: TagSpan): boolean =>
    a.start === b.start && a.end === b.end && a.type === b.type;
  const right = gold === null ? [] : entitiesOf(gold, plain);
  const found = entitiesOf(predicted, plain);
  const entity = (span: TagSpan, tags: readonly string[], status: Entity['status']): Entity => {
    const shares = words.slice(span.start, span.end).map((_, i) => {
      const z = logits[span.start + i];
      const index = labels.indexOf(tags[span.start + i]!);
      return z && index >= 0 ? probabilitiesOf('softmax', z)[index]! : 0;
    });
    const range = { start: words[span.start]!.range.start, end: words[span.end - 1]!.range.end };
    const probability = shares.reduce((a, b) => a + b, 0) / shares.length;
    return { ...span, range, status, probability };
  };
  const known = found.map(span => {
    if (gold === null) return entity(span, predicted, 'unknown');
    return entity(span, predicted, right.some(other => same(span, other)) ? 'right' : 'predicted');
  });
  const missed = right
    .filter(span => !found.some(other => same(span, other)))
    .map(span => entity(span, gold!, 'missed'));
  return [...known, ...missed].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The tags of one word, for the bars. */
export function predictionAt(
  { text, logits, gold, entities, predicted, plain, wordText }: Tagged,
  word: number,
): Prediction {
  const { labels } = text.head;
  const z = logits[word] ?? new Float32Array(labels.length);
  const right = gold ? labels.indexOf(gold[word]!) : -1;
  return {
    task: 'token-classification',
    link: 'softmax',
    label: entitiesInWords(entitiesOf(predicted, plain), wordText),
    labels,
    logits: Array.from(z),
    probabilities: probabilitiesOf('softmax', z),
    decided: [indexOfLargest(z)],
    right: right < 0 ? [] : [right],
    entities,
  };
}
