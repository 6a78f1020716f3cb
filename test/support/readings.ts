/** Texts as a model would have read them, with the logits that a test wants. */
import { partValue, type Part } from '../../src/interpret/task/decision';
import type { TextAtHand } from '../../src/interpret/task/reading';
import type { ReadText } from '../../src/interpret/task/readText';
import type { Head } from '../../src/model/head';
import type { Token } from '../../src/protocol/explanation';
import type { FieldIndex, Link, TaskKind } from '../../src/protocol/task';

const links: Readonly<Record<TaskKind, Link>> = {
  'text-classification': 'softmax',
  'binary-classification': 'sigmoid',
  'multi-label-classification': 'sigmoid',
  regression: 'identity',
  'token-classification': 'softmax',
  'fill-mask': 'softmax',
  'question-answering': 'softmax',
};

function headOf(task: TaskKind, labels: readonly string[], classes: number | null): Head {
  const token = task === 'token-classification' || task === 'fill-mask';
  const decides = task === 'question-answering' ? 'ends' : token ? 'token' : 'text';
  return { task, link: links[task], decides, outputs: ['z'], labels, classes, squashed: null };
}

interface Options extends Partial<TextAtHand> {
  /** Of each window: logits as RowOutput has them. */
  readonly values: readonly (readonly (readonly number[])[])[];
  readonly head: Head;
}

function readOf({ head, values, ...more }: Options): ReadText {
  const tokens = more.tokens ?? [];
  const ids = more.ids ?? [...tokens.keys()];
  const all = [...tokens.keys()];
  const row = { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
  const hand: TextAtHand = {
    head,
    tokenizer: null,
    text: '',
    pair: null,
    words: null,
    ids,
    tokens,
    windows: values.map(() => ({ row, tokens: all })),
    outputs: values.map(outputs => ({ values: outputs.map(z => Float32Array.from(z)) })),
    gold: null,
    focusWord: null,
    position: null,
    maskId: null,
    ...more,
  };
  return { hand, windows: null, cutAt: [hand.text!.length, hand.pair?.length ?? 0] };
}

/** A whole text's logits, one list a window. */
export function classified(
  task: TaskKind,
  labels: readonly string[],
  windows: readonly (readonly number[])[],
): ReadText {
  const classes = windows[0]!.length;
  return readOf({ head: headOf(task, labels, classes), values: windows.map(z => [z]) });
}

/** One token for each run of letters. */
export function tokensOf(text: string, field: FieldIndex = 0): Token[] {
  return [...text.matchAll(/\S+/g)].map(({ 0: found, index }, word) => ({
    text: found,
    start: index,
    end: index + found.length,
    field,
    special: false,
    unknown: false,
    word,
  }));
}

/** A tag's logits for each word of `text`; null: a word that no window read. */
export function tagged(
  text: string,
  labels: readonly string[],
  logits: readonly (readonly number[] | null)[],
  more: Partial<TextAtHand> = {},
): ReadText {
  const tokens = tokensOf(text);
  const inside = [...tokens.keys()].filter(at => logits[at]);
  const row = { ids: inside, mask: inside.map(() => 1), typeIds: inside.map(() => 0) };
  return readOf({
    head: headOf('token-classification', labels, labels.length),
    values: [[inside.flatMap(at => [...logits[at]!])]],
    tokens,
    text,
    windows: [{ row, tokens: inside }],
    ...more,
  });
}

/** A mask is a token of `text` that reads '?'; `logits`: of the vocabulary, at each token. */
export function masked(text: string, logits: readonly (readonly number[])[]): ReadText {
  const tokens = tokensOf(text);
  return readOf({
    head: headOf('fill-mask', [], logits[0]!.length),
    values: [[logits.flat()]],
    tokens,
    ids: tokens.map(token => (token.text === '?' ? 1 : 0)),
    maskId: 1,
    text,
  });
}

/** The context alone is read: a start's and an end's logit for each of its words. */
export function answered(
  context: string,
  start: readonly number[],
  end: readonly number[],
): ReadText {
  return readOf({
    head: headOf('question-answering', [], null),
    values: [[start, end]],
    tokens: tokensOf(context, 1),
    text: 'q',
    pair: context,
  });
}

/** The scalar that `parts` describe. */
export function valueOf({ hand }: ReadText, parts: readonly Part[]): number {
  return parts.reduce(
    (sum, part) =>
      sum + part.weight * partValue(hand.head, 'logit', part, hand.outputs[part.window]!),
    0,
  );
}
