/** A text that is asked about: its example, and what is said of it. */
import type { Head } from '../../../model/head';
import type { Model } from '../../../model/model';
import type { HealthCheck } from '../../../protocol/explanation';
import type { TestInstance } from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { TextInput } from '../../../protocol/task';
import { entitiesOf, isOutside, type TagSpan } from '../../task/entities';
import type { RunOptions } from '../../task/predictRows';
import { readText } from '../../task/readText';
import { plainTags, tagWords, type Tagged } from '../../task/tagging';
import { readTogether } from '../../task/words';
import type { Example } from '../curvature/batches';
import type { Target } from '../curvature/rowLoss';
import { judge, needed } from './describe';
import { exampleAt, trainedLongText, withTarget } from './encodeExample';
import { decided, labelInWords } from './labelInWords';
import { refuseTask, targetOf } from './targetOf';

export interface TestOptions extends RunOptions {
  /** Of a tagger: 'entity', the entity (else the word) at `focusWord`, without one the first entity; all other tokens do not count. */
  readonly unit?: 'line' | 'entity';
}

export interface TestExample {
  readonly example: Example;
  readonly instance: TestInstance;
  /** A label that the model does not have, a text that was cut. */
  readonly notes: readonly HealthCheck[];
}

/**
 * The gold label counts where the model has it, else what the model predicts. Of a text that is too long the beginning is read, of an entity
 * in it the window that shows most around it. Throws GlassboxError: 'bad-input' for an empty text, and for a number that is not known (the
 * loss of the predicted one is zero); 'unsupported' for tasks without labels; 'cancelled'; 'bad-model'.
 */
export async function exampleOf(
  model: Model,
  input: TextInput,
  { unit = 'line', ...options }: TestOptions = {},
): Promise<TestExample> {
  const { head, file } = model.about;
  refuseTask(head, file);
  const ofEntity = unit === 'entity' && head.decides === 'token';
  const longText = ofEntity ? ({ mode: 'windows', overlap: null } as const) : trainedLongText;
  const { hand, windows } = await readText(model, input, { longText }, options);
  const tagged = head.decides === 'token' ? tagWords(hand) : null;
  const found = targetOf(head, input.gold, input.words?.length ?? null);
  const gold = 'target' in found ? found.target : null;
  const target = gold ?? predictedTarget(model, tagged, hand.outputs[0]!.values[0]!);
  const span = tagged && ofEntity ? spanOf(tagged, target, input.focusWord ?? null) : null;
  const window = span ? windowOf(tagged!, span) : 0;
  const encoded = needed(exampleAt(model, hand, window, windows !== null));
  const counts = (word: number): boolean => !span || (span.start <= word && word < span.end);
  const instance = {
    text: input.text,
    pair: hand.pair,
    words: input.words ?? null,
    ...judge(model, encoded, hand.outputs[window]!, target, counts),
    labelFrom: gold === null ? ('predicted' as const) : ('gold' as const),
    says: span ? spanInWords(tagged!, span, target) : inWords(head, target),
  };
  const notes = [
    ...(input.gold && 'problem' in found ? [unusable(found.problem)] : []),
    ...(encoded.cut && !span ? [cutText(model)] : []),
  ];
  return { example: withTarget(encoded, target, counts), instance, notes };
}

function predictedTarget(
  { about: { head } }: Model,
  tagged: Tagged | null,
  logits: Float32Array,
): Target {
  if (tagged) return tagged.predicted.map(tag => head.labels.indexOf(tag));
  if (head.task !== 'regression') return decided(head, [logits]);
  throw new GlassboxError(
    'bad-input',
    'The line has no number that is right, and the loss of the predicted one is zero, so no training line has an influence on it; choose a line with a label, or name the field of the labels.',
  );
}

type Span = Pick<TagSpan, 'start' | 'end'> & { readonly type: string | null };

/** Of the label's entities the one at the focus, else a predicted one there, else the word itself; null: the whole line. */
function spanOf(
  { predicted, words, text }: Tagged,
  target: Target,
  focus: number | null,
): Span | null {
  const { labels } = text.head;
  const plain = plainTags(labels);
  const right = entitiesOf(
    (target as readonly number[]).map(tag => labels[tag]!),
    plain,
  );
  const found = entitiesOf(predicted, plain);
  if (focus === null || !words[focus]) return right[0] ?? found[0] ?? null;
  const at = ({ start, end }: TagSpan): boolean => start <= focus && focus < end;
  return right.find(at) ?? found.find(at) ?? { start: focus, end: focus + 1, type: null };
}

/** The window that shows all words of the span. */
function windowOf({ text, words, wordText }: Tagged, { start, end }: Span): number {
  const first = words.slice(start, end).flatMap(({ pieces }) => pieces.slice(0, 1));
  const place = first.length > 0 ? readTogether(text.windows, first) : null;
  if (place) return place.window;
  throw new GlassboxError(
    'bad-input',
    `No part of the text that the model read has all of "${wordText(start, end)}", so nothing can be said about it; choose words that stand nearer together or nearer the beginning.`,
  );
}

/** 'the entity PER: Eric Wallace', '"Paris" as O'. */
function spanInWords(
  { text, wordText }: Tagged,
  { start, end, type }: Span,
  target: Target,
): string {
  const { labels } = text.head;
  const tags = (target as readonly number[]).slice(start, end).map(tag => labels[tag]!);
  const says = wordText(start, end);
  return type === null || tags.every(isOutside)
    ? `"${says}" as ${tags.join(' ')}`
    : `the entity ${type}: ${says}`;
}

/** 'the label "positive"', 'the labels "toxic, insult"', 'no label', 'the value 3.5', 'the tags of the sentence'. */
function inWords(head: Head, target: Target): string {
  const label = labelInWords(head, target);
  if (head.task === 'token-classification') return 'the tags of the sentence';
  if (head.task === 'regression') return `the value ${label}`;
  if (head.task !== 'multi-label-classification') return `the label "${label}"`;
  const count = (target as readonly number[]).filter(each => each === 1).length;
  return count === 0 ? 'no label' : `the label${count > 1 ? 's' : ''} "${label}"`;
}

function unusable(problem: string): HealthCheck {
  return {
    check: 'gold-label',
    ok: false,
    value: null,
    says: `The line's own label cannot be used (${problem}), so the predicted one is asked about.`,
  };
}

function cutText({ about }: Model): HealthCheck {
  return {
    check: 'test-truncated',
    ok: false,
    value: about.maxTokens,
    says: `The text is longer than the ${about.maxTokens} tokens that the model reads, so only its beginning is asked about.`,
  };
}
