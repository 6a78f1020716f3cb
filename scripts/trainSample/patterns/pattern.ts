import type { Draw } from '../draw';

/** A way to build a review. `make` returns text whose label is positive when `good`, else negative. */
export interface Pattern {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** Labels that the pattern can have; both when missing. */
  readonly only?: 'positive' | 'negative';
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
    ? d.of('never', 'not at all', 'anything but', 'far from', 'not even slightly')
    : d.of('not', 'not exactly', 'far from', 'hardly', 'not remotely');
  return `${turn} ${d.adjective(!good)}`;
}
