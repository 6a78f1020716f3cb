/** Reads masked language models: which token of the vocabulary belongs where the mask is. */
import { logitsAt } from '../../model/rowOutput';
import type { HealthCheck, Prediction } from '../../protocol/explanation';
import type { GlassboxError } from '../../protocol/messages';
import type { LabelChoice } from '../../protocol/task';
import type { Tokenizer } from '../../runtime/tokenizer';
import { cell, logSoftmax } from './decision';
import {
  badQuestion,
  checkFinite,
  indexOfLargest,
  question,
  topOf,
  type Asked,
  type Reader,
  type TextAtHand,
} from './reading';
import { readAt, type ReadAt } from './words';

/** So many of the likeliest tokens are shown. */
const shown = 10;

/** A mask with the model's opinion of every token of the vocabulary. */
export interface Mask extends ReadAt {
  /** Index of its token in the encoding. */
  readonly token: number;
  readonly logits: Float32Array;
  readonly top: readonly number[];
}

export const readMasked: Reader = text => {
  const masks = someMasks(text);
  const { tokenizer, gold } = text;
  const name = nameOf(tokenizer);
  const goldWord = gold?.kind === 'label' ? gold.label : null;
  const right = goldWord === null ? null : idOf(tokenizer, goldWord, masks[0].logits.length);
  const best = masks.map(({ top }) => name(top[0]!));
  return {
    gold: right === null ? null : name(right),
    correct: right === null ? null : masks[0].top[0] === right,
    questions: masks.flatMap((mask, index) =>
      mask.top.map(id =>
        question(
          masks.length === 1 ? 'At the mask' : `At mask ${index + 1}`,
          `\u201c${name(id)}\u201d`,
          { kind: 'mask', mask: index, token: name(id) },
        ),
      ),
    ),
    notes: goldWord !== null && right === null ? [unknownWord(goldWord)] : [],
    ask: choice => asked(text, masks, right, best.join(' '), choice),
  };
};

/** The masks that the model read, in order; with bare token ids the position that is asked about. */
export function masksOf({ head, ids, windows, outputs, maskId, position }: TextAtHand): Mask[] {
  const masked = maskId === null ? [] : [...ids.keys()].filter(at => ids[at] === maskId);
  return (position === null ? masked : [position]).flatMap(token => {
    const place = readAt(windows, token);
    if (!place) return [];
    const logits = logitsAt(head, outputs[place.window]!, place.position);
    checkFinite(logits);
    return [{ ...place, token, logits, top: topOf(logits, shown) }];
  });
}

/** As masksOf. Throws GlassboxError 'bad-input' where there is none. */
export function someMasks(text: TextAtHand): [Mask, ...Mask[]] {
  const [first, ...others] = masksOf(text);
  if (first) return [first, ...others];
  throw noMask(text);
}

function noMask({ tokenizer, ids, maskId }: TextAtHand): GlassboxError {
  if (maskId === null) {
    return badQuestion(
      'This model fills in a mask, and neither its tokenizer names one nor a position was given; save the tokenizer together with its special tokens.',
    );
  }
  const mask = tokenizer?.tokenOf(maskId) ?? 'the mask token';
  return badQuestion(
    ids.includes(maskId)
      ? `No part of the text that the model read has ${mask}, so it fills in nothing; write it nearer the beginning.`
      : `The text has no mask, so this model has nothing to fill in; write ${mask} in place of the word that is to be predicted.`,
  );
}

function asked(
  { tokenizer }: TextAtHand,
  masks: readonly Mask[],
  right: number | null,
  label: string,
  choice: LabelChoice,
): Asked {
  const { index, token, against = null, why } = meant(tokenizer, masks, right, choice);
  const mask = needMask(masks, index);
  const name = nameOf(tokenizer);
  const cells = [cell(token)];
  if (against !== null) cells.push(cell(against, -1));
  const extra = [token, against, index === 0 ? right : null].filter(id => id !== null);
  const ids = [...new Set([...mask.top, ...extra])];
  const logs = logSoftmax(Array.from(mask.logits));
  const prediction: Prediction = {
    task: 'fill-mask',
    link: 'softmax',
    label,
    labels: ids.map(name),
    logits: ids.map(id => mask.logits[id]!),
    probabilities: ids.map(id => Math.exp(logs[id]!)),
    decided: [ids.indexOf(indexOfLargest(mask.logits))],
    right: right === null || index !== 0 ? [] : [ids.indexOf(right)],
    entities: [],
  };
  const where = masks.length === 1 ? 'at the mask' : `at mask ${index + 1}`;
  const minus = against === null ? '' : ` minus "${name(against)}"`;
  return {
    choice:
      against === null ? { kind: 'mask', mask: index, token: name(token) } : { kind: 'contrast' },
    label: name(token),
    against: against === null ? null : name(against),
    why,
    what: `"${name(token)}"${minus} ${where}`,
    parts: [{ window: mask.window, weight: 1, decisions: [{ position: mask.position, cells }] }],
    prediction,
    probability: Math.exp(logs[token]!),
  };
}

/** Throws GlassboxError 'bad-input' where there is no such mask. */
export function needMask(masks: readonly Mask[], index: number): Mask {
  const mask = masks[index];
  if (mask) return mask;
  throw badQuestion(
    `There is no mask ${index}: the text has ${masks.length} that the model read, counted from 0.`,
  );
}

interface Meant {
  readonly index: number;
  readonly token: number;
  readonly against?: number | null;
  readonly why: string;
}

function meant(
  tokenizer: Tokenizer | null,
  masks: readonly Mask[],
  right: number | null,
  choice: LabelChoice,
): Meant {
  const first = masks[0]!;
  const vocabulary = first.logits.length;
  switch (choice.kind) {
    case 'predicted':
      return { index: 0, token: first.top[0]!, why: 'predicted' };
    case 'gold':
      return { index: 0, token: needGold(right), why: 'gold' };
    case 'contrast': {
      const against = needGold(right);
      if (against !== first.top[0]) {
        return { index: 0, token: first.top[0]!, against, why: 'contrast' };
      }
      throw badQuestion(
        'The model predicts the gold word, so predicted minus gold is zero everywhere; explain the predicted word instead.',
      );
    }
    case 'label':
      return { index: 0, token: needId(tokenizer, choice.label, vocabulary), why: 'chosen' };
    case 'mask': {
      const token = needId(tokenizer, choice.token, vocabulary);
      return { index: choice.mask, token, why: 'chosen' };
    }
    case 'not':
    case 'span':
    case 'answer':
      throw badQuestion('This model fills in a mask; choose a token for it (mask:INDEX:TOKEN).');
  }
}

/** As idOf. Throws GlassboxError 'bad-input' where the vocabulary has no such token. */
export function needId(tokenizer: Tokenizer | null, word: string, vocabulary: number): number {
  const token = idOf(tokenizer, word, vocabulary);
  if (token !== null) return token;
  throw badQuestion(
    `"${word}" is not a single token of the model's vocabulary, so it has no logit; choose one of the tokens that are shown.`,
  );
}

function needGold(right: number | null): number {
  if (right !== null) return right;
  throw badQuestion(
    'The line has no gold word that is a single token of the vocabulary; explain a predicted token instead.',
  );
}

/** A token as the vocabulary writes it. */
export function nameOf(tokenizer: Tokenizer | null): (id: number) => string {
  return id => tokenizer?.tokenOf(id) ?? String(id);
}

/** The id of a token or of a word: as it is, at the beginning of a word (byte-level BPE, Unigram), in lower case. */
function idOf(tokenizer: Tokenizer | null, word: string, vocabulary: number): number | null {
  if (!tokenizer) return /^\d+$/.test(word) && Number(word) < vocabulary ? Number(word) : null;
  const plain = word.trim();
  const forms = [word, `\u0120${plain}`, `\u2581${plain}`, plain, plain.toLowerCase()];
  for (const form of forms) {
    const id = tokenizer.idOf(form);
    if (id !== null && id < vocabulary) return id;
  }
  return null;
}

function unknownWord(word: string): HealthCheck {
  return {
    check: 'gold-label',
    ok: false,
    value: null,
    says: `The gold word "${word}" is not a single token of the model's vocabulary, so it cannot be compared with the prediction.`,
  };
}
