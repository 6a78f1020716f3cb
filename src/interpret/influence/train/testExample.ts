/** Texts that are asked about: their examples, and what is said of them. */
import type { Head } from '../../../model/head';
import type { Model } from '../../../model/model';
import type { HealthCheck } from '../../../protocol/explanation';
import type { TestInstance } from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { TextInput } from '../../../protocol/task';
import { entitiesOf, isOutside, type TagSpan } from '../../task/entities';
import type { RunOptions } from '../../task/predictRows';
import { readTexts, type ReadText } from '../../task/readText';
import { plainTags, tagWords, type Tagged } from '../../task/tagging';
import { readTogether } from '../../task/words';
import type { Example } from '../curvature/batches';
import type { Target } from '../curvature/rowLoss';
import { judge } from '../judged';
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

/** Texts that are tokenised together; the model reads as many of them in a run as fit. */
const together = 256;

/**
 * One a text, in their order; of a text that cannot be asked about the error that says why ('bad-input': it is empty, or it has no number
 * that is right, and the loss of the predicted one is zero). The gold label counts where the model has it, else what the model predicts.
 * Of a text that is too long the beginning is read, of an entity in it the window that shows most around it. Throws GlassboxError:
 * 'unsupported' for tasks without labels; 'cancelled'; 'bad-model'.
 */
export async function testExamples(
  model: Model,
  inputs: readonly TextInput[],
  { unit = 'line', signal, progress }: TestOptions = {},
): Promise<(TestExample | GlassboxError)[]> {
  const { head, file } = model.about;
  refuseTask(head, file);
  const ofEntity = unit === 'entity' && head.decides === 'token';
  const longText = ofEntity ? ({ mode: 'windows', overlap: null } as const) : trainedLongText;
  const total = inputs.length;
  const found: (TestExample | GlassboxError)[] = [];
  while (found.length < total) {
    const some = inputs.slice(found.length, found.length + together);
    const { reads } = await readTexts(model, some, { longText }, signal ? { signal } : {});
    found.push(
      ...reads.map((read, i) => orRefusal(() => exampleOf(model, some[i]!, read, ofEntity))),
    );
    const done = found.length;
    progress?.({ done, total, says: `Read ${done} of ${total} lines` });
  }
  return found;
}

function orRefusal(make: () => TestExample): TestExample | GlassboxError {
  try {
    return make();
  } catch (error) {
    if (error instanceof GlassboxError && error.code === 'bad-input') return error;
    throw error;
  }
}

/** Throws GlassboxError 'bad-input' for a text that cannot be asked about, and 'bad-model'. */
function exampleOf(
  model: Model,
  input: TextInput,
  read: ReadText | null,
  ofEntity: boolean,
): TestExample {
  const { head } = model.about;
  const { hand, windows } = needed(read);
  const tagged = head.decides === 'token' ? tagWords(hand) : null;
  const found = targetOf(head, input.gold, input.words?.length ?? null);
  const gold = 'target' in found ? found.target : null;
  const target = gold ?? predictedTarget(model, tagged, hand.outputs[0]!.values[0]!);
  const span = tagged && ofEntity ? spanOf(tagged, target, input.focusWord ?? null) : null;
  const window = span ? windowOf(tagged!, span) : 0;
  const encoded = needed(exampleAt(model, hand, window, windows !== null));
  const counts = (word: number): boolean => !span || (span.start <= word && word < span.end);
  const example = withTarget(encoded, target, counts);
  const instance = {
    text: input.text,
    pair: hand.pair,
    words: input.words ?? null,
    ...judge(head, example.target, hand.outputs[window]!),
    labelFrom: gold === null ? ('predicted' as const) : ('gold' as const),
    says: span ? spanInWords(tagged!, span, target) : inWords(head, target),
  };
  const notes = [
    ...(input.gold && 'problem' in found ? [unusable(found.problem)] : []),
    ...(encoded.cut && !span ? [cutText(model)] : []),
  ];
  return { example, instance, notes };
}

function needed<Read>(read: Read | null): Read {
  if (read !== null) return read;
  throw new GlassboxError('bad-input', 'The text is empty: the tokenizer makes no token of it.');
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
