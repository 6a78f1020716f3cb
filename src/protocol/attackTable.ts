/** An attack on many lines: what a row of its table and its summary hold. */
import type { AttackOutcome, AttackSettings } from './attack';

/** One record. */
export interface AttackTableRow {
  /** Line on which the record starts, from 1. */
  readonly line: number;
  readonly original: string;
  /** The final text; equal to `original` where nothing changed. Of a pair both texts, one after the other. */
  readonly attacked: string;
  /** 'error': the record could not be read or attacked, `says` tells why. */
  readonly outcome: AttackOutcome | 'error';
  readonly says: string;
  readonly success: boolean;
  readonly before: string;
  readonly after: string;
  readonly gold: string | null;
  readonly wordsChanged: number;
  readonly words: number;
  readonly queries: number;
}

/** Counts of rows, and what follows from them; null where nothing can be said yet. */
export interface AttackSummary {
  readonly total: number;
  readonly done: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly errors: number;
  /** Succeeded of those that were tried (neither skipped nor errors). */
  readonly successRate: number | null;
  /** Mean share of the words changed, of successful attacks; and mean count. */
  readonly meanShareChanged: number | null;
  readonly meanWordsChanged: number | null;
  readonly meanQueries: number | null;
  /** Right predictions of the rows with gold, before and after the attack. */
  readonly accuracyBefore: number | null;
  readonly accuracyAfter: number | null;
}

export interface AttackTable {
  /** Base name of the dataset file. */
  readonly file: string;
  readonly settings: AttackSettings;
  readonly rows: readonly AttackTableRow[];
  readonly summary: AttackSummary;
  /** 'stopped': cancelled, or the editor was closed; it can be resumed. */
  readonly state: 'running' | 'done' | 'stopped';
  /** Paths of the files with the results, relative to the workspace where they lie in it. */
  readonly saved: { readonly jsonl: string; readonly csv: string };
}
