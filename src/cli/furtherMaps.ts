/** What a method found besides its map: spread over seeds, further maps, and what the explained number consists of. */
import type { Colors } from 'picocolors/types';
import { short } from '../batch/numbers';
import { printable } from '../batch/printable';
import type { Explanation, TokenMap } from '../protocol/explanation';
import type { Shown } from './heatLine';
import { bar } from './trainingReport';

/** Nothing where the method draws nothing. */
export function spreadLine({ spread, attributions, tokens }: Explanation): string[] {
  if (spread === null || spread.length === 0) return [];
  const largest = attributions.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const mean = spread.reduce((sum, each) => sum + each, 0) / spread.length;
  const widest = spread.reduce((best, each, index) => (each > spread[best]! ? index : best), 0);
  return [
    `standard deviation over seeds: ${short(mean)} on average, ${short(spread[widest]!)} at most ` +
      `(${printable(tokens[widest]!.text)}); the largest attribution is ${short(largest)}`,
  ];
}

/** A line for the explained number, then one a part with its bar. */
export function shareLines({ shares, explained }: Explanation): string[] {
  if (shares.length === 0) return [];
  const largest = Math.max(...shares.map(({ value }) => Math.abs(value)));
  const width = Math.max(...shares.map(({ title }) => title.length));
  return [
    `of the ${explained.scalar} ${short(explained.value)} are due to:`,
    ...shares.map(
      ({ title, value }) =>
        `  ${title.padEnd(width)}  ${bar(value, largest)}  ${value < 0 ? '' : '+'}${short(value)}`,
    ),
  ];
}

/** Its name, its total, and what it shows. */
export function mapTitle({ title, about, attributions }: TokenMap, colors: Colors): string {
  const total = attributions.reduce((sum, each) => sum + each, 0);
  return `${title}, ${short(total)} in total  ${colors.dim(about)}`;
}

/** The further map in the place of the explanation's own. Scores are made by whoever shows them, by the largest. */
export function toMap(explained: Explanation, { attributions, signed }: TokenMap): Shown {
  // A loss falls as its label becomes likelier: towards the label is what makes it smaller.
  const turned = signed && explained.explained.scalar === 'loss';
  return {
    tokens: explained.tokens,
    unseen: explained.unseen,
    words: [],
    signed,
    scores: attributions.map(value => (turned && value !== 0 ? -value : value)),
  };
}
