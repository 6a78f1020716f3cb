/** What is asked about a step of an attack: each step explains its own decision, in the place of the attacked one. */
import type {
  AttackedText,
  AttackResult,
  AttackStep,
  Explanation,
  LabelChoice,
  TextRange,
} from '../../protocol';

/** The text of a step; -1: the original. Null where there is no such step. */
export function textOfStep(
  { original, steps }: AttackResult,
  step: number,
): AttackedText | AttackStep | null {
  return step === -1 ? original : (steps[step] ?? null);
}

/** The decision to explain in a text of an attack on the decision `attacked`. */
export function questionAt(
  attacked: LabelChoice,
  { label, prediction }: AttackedText,
): LabelChoice {
  if (attacked.kind === 'mask') return { ...attacked, token: label };
  const isMultiLabel = prediction.task === 'multi-label-classification';
  if (isMultiLabel && (attacked.kind === 'label' || attacked.kind === 'not')) {
    const index = prediction.labels.indexOf(attacked.label);
    const kind = prediction.decided.includes(index) ? 'label' : 'not';
    return { kind, label: attacked.label };
  }
  return { kind: 'predicted' };
}

/** Where a character of the original text stands in a step's text, after all of its changes. */
export function movedOffset(
  offset: number,
  changes: AttackStep['changes'],
  field: 0 | 1 = 0,
): number {
  let grown = 0;
  for (const change of changes) {
    if (change.field !== field) continue;
    const start = change.start - grown;
    if (start > offset || (start === offset && change.from !== '')) break;
    // Inside of what was replaced: its beginning is as near as one can get.
    if (start + change.from.length > offset) return change.start;
    grown += change.to.length - change.from.length;
  }
  return offset + grown;
}

/** The index of the word that holds a character, or of the first one behind it; null where there is none. */
export function wordAt(words: readonly TextRange[], offset: number): number | null {
  const found = words.findIndex(({ end }) => offset < end);
  return found < 0 ? null : found;
}

/** The words of a text as the tokenizer cut it, with which spans are counted where the dataset has cut none. */
export function wordsOf({ tokens }: Pick<Explanation, 'tokens'>): TextRange[] {
  const words = new Map<number, TextRange>();
  for (const { field, word, start, end, special } of tokens) {
    if (special || field !== 0 || word === null) continue;
    words.set(word, { start: words.get(word)?.start ?? start, end });
  }
  return [...words.values()];
}
