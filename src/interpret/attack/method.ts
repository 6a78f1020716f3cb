/** What HotFlip and Input Reduction have in common: a search that tells each step that it takes. */
import type { Minimality, ResolvedAttackOptions } from '../../protocol/attack';
import type { HealthCheck } from '../../protocol/explanation';
import type { Tester, Trial } from './tester';

/** A step of the trace: a text that was kept, with the estimate that led to it. */
export interface Kept {
  readonly trial: Trial;
  /** First-order estimate of the rise of the margin in this step; null where none was made. */
  readonly estimate: number | null;
  /** Tester.queries when it was found. */
  readonly queries: number;
}

export interface Search {
  readonly tester: Tester;
  /** The original text. */
  readonly start: Trial;
  readonly options: ResolvedAttackOptions;
  /** Tells the trace so far (the path to the best text yet), whenever it has changed; also used for what is left after a cancel. */
  readonly tell: (path: readonly Kept[]) => void;
}

export interface Found {
  /** From the first change to the last; empty where nothing was found that is worth showing. */
  readonly path: readonly Kept[];
  readonly minimality: Minimality | null;
  readonly notes: readonly HealthCheck[];
  /** Why nothing could be tried at all, in words that end a sentence ('no word of the text may be changed'); null else. */
  readonly nothingToTry: string | null;
}

/** Throws GlassboxError 'cancelled' (what was told stays), 'unsupported' where a derivative is needed and there is none. */
export type AttackMethod = (search: Search) => Promise<Found>;
