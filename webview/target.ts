/** The words that the explained decision is about: an entity's in the text, an answer's in the context. */
import type { Explanation, FieldIndex, RecordInfo, TextRange } from '../src/protocol';

export interface Target extends TextRange {
  readonly field: FieldIndex;
  /** As a part of the sentence that tells a token: 'in the answer'. */
  readonly says: string;
}

/** Null where the decision is about the text as a whole, or stands at a token of its own (a mask). */
export function targetOf(record: RecordInfo, explanation: Explanation): Target | null {
  const { choice } = explanation.explained;
  if (choice.kind === 'answer') {
    return { field: 1, start: choice.start, end: choice.end, says: 'in the answer' };
  }
  if (choice.kind !== 'span') return null;
  const entity = explanation.prediction.entities.find(
    ({ start, end }) => start === choice.start && end === choice.end,
  );
  const range = entity?.range ?? wordsRange(record.words ?? [], choice.start, choice.end);
  return range && { ...range, field: 0, says: 'in the explained words' };
}

function wordsRange(words: readonly TextRange[], start: number, end: number): TextRange | null {
  const [first, last] = [words[start], words[end - 1]];
  return first && last ? { start: first.start, end: last.end } : null;
}

/** The text of a target, as a person reads it. */
export function targetText(record: RecordInfo, target: Target): string {
  return textOf(record, target.field).slice(target.start, target.end);
}

export function textOf(record: RecordInfo, field: FieldIndex): string {
  return field === 0 ? record.text : (record.pair?.text ?? '');
}
