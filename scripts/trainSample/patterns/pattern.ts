import type { Draw } from '../draw';

/** A way to build a review. `make` returns text whose label is positive when `good`, else negative. */
export interface Pattern {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** Labels that the pattern can have; both when missing. */
  readonly only?: 'positive' | 'negative';
  /** How often another sentence of the same side follows; never when missing. */
  readonly goesOn?: number;
  /** Part of the phrases that are common ones; half when missing. */
  readonly common?: number;
  make(d: Draw, good: boolean): string;
}

/** Whose opinion is quoted. */
export const people = [
  'my mother',
  'my uncle',
  'our neighbour',
  'my boss',
  'the twins',
  'my flatmate',
];

/** An adverb that fits praise or blame. */
export function intensifier(d: Draw, good: boolean): string {
  return good
    ? d.of('really', 'so', 'remarkably', 'truly', 'very', 'delightfully')
    : d.of('really', 'so', 'remarkably', 'painfully', 'depressingly', 'unbelievably');
}

/** 'never boring' for praise, 'not exactly funny' for blame: an adjective of the other side, negated. */
export function negated(d: Draw, good: boolean): string {
  const turn = good
    ? d.of('not', 'never', 'never', 'not at all', 'anything but', 'far from')
    : d.of('not', 'not', 'not exactly', 'not at all', 'hardly', 'far from');
  return `${turn} ${d.adjective(!good)}`;
}
