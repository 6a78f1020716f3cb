/** What the flip program (flipProgram.ts) is asked, and what it answers. */
import type { Row } from '../../../model/inputs';
import type { Decision } from '../../task/decision';

/** One text, in one window. */
export interface FlipQuestion {
  readonly row: Row;
  /** The scalar: weighted logits of decisions. */
  readonly decisions: readonly Decision[];
  /** For each position of the row the filter of its replacements, an index into FlipFrame.filters; null: not to be flipped. */
  readonly filterOf: readonly (number | null)[];
}

/** What is the same for all texts of a batch. */
export interface FlipFrame {
  /** One a kind of position: 1 for each id of the embedding table that may take its place, else 0. */
  readonly filters: readonly Uint8Array[];
  /** So many of the best replacements a position, from 1. */
  readonly best: number;
  /** Least cosine between the word vectors of a replacement and of what it replaces; null: any. */
  readonly minCosine: number | null;
}

export interface Replacement {
  readonly id: number;
  /** (e_new - e_old) . g: the first-order estimate of the scalar's rise. */
  readonly gain: number;
}

export interface FlipAnswer {
  /** The scalar at the text. */
  readonly value: number;
  /** By position: L2 norm of the gradient g, and e . g (minus it is the estimate of a word vector set to zero). */
  readonly norms: readonly number[];
  readonly dots: readonly number[];
  /** By position, the best first; never the token that stands there; empty where nothing fits. */
  readonly replacements: readonly (readonly Replacement[])[];
}
