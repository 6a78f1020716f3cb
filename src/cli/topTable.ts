/** The strongest words with their weights, beside the probabilities of all labels. */
import type { Colors } from 'picocolors/types';
import { printable } from '../batch/printable';
import type { FieldIndex, TextRange } from '../protocol/task';
import type { ExplainedRecord } from './explainCommand';
import type { Place } from './heatLine';
import { choiceLine } from './verdict';

/** A strong word as JSON has it. */
export interface TopWord extends TextRange {
  readonly field: FieldIndex;
  readonly text: string;
  /** As shown: in [-1, 1]. */
  readonly score: number;
  /** In units of the explained number, where it is one of a token or of a word's tokens together. */
  readonly attribution: number;
  /** Standard deviation over seeds; null where nothing is drawn, and of several tokens together. */
  readonly spread: number | null;
}

export function topWords(explained: ExplainedRecord, top: readonly Place[]): TopWord[] {
  const { record, spread, words, attributions } = explained;
  return top.map(({ field, start, end, score, tokens }) => {
    const text = field === 0 ? record.text : record.pair!.text;
    const word = words.find(each => each.tokens.includes(tokens[0]!));
    const sum = tokens.reduce((all, index) => all + attributions[index]!, 0);
    return {
      field,
      start,
      end,
      text: text.slice(start, end),
      score,
      attribution: word?.attribution ?? sum,
      spread: spread !== null && tokens.length === 1 ? spread[tokens[0]!]! : null,
    };
  });
}

/** Lines of two columns. */
export function topTable(
  explained: ExplainedRecord,
  top: readonly Place[],
  colors: Colors,
): string[] {
  const { signed, prediction } = explained;
  const words = topWords(explained, top);
  const width = Math.max(0, ...words.map(({ text }) => printable(text).length));
  const left = words.map(({ text, score, attribution, spread }) => {
    const weight = `${signed && score > 0 ? '+' : ''}${score.toFixed(2)}`;
    const raw = attribution.toPrecision(3) + (spread === null ? '' : ` ± ${spread.toPrecision(2)}`);
    return `${printable(text).padEnd(width)}  ${weight.padStart(5)}  (${raw})`;
  });
  const right = prediction.labels
    .map((_, index) => index)
    .sort((a, b) => prediction.logits[b]! - prediction.logits[a]!)
    .map(index => choiceLine(prediction, index));
  const title = explained.words.length > 0 ? 'strongest words' : 'strongest tokens';
  const column = Math.max(title.length, ...left.map(line => line.length)) + 4;
  const value = prediction.probabilities.length > 0 ? 'probabilities' : 'values';
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
    `${(left[index] ?? '').padEnd(column)}${right[index] ?? ''}`.trimEnd(),
  );
  return [colors.dim(`${title.padEnd(column)}${value}`), ...rows];
}
