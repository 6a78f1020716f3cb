/** Maps of one text side by side: by several methods, for several labels, of several models; shared by every process. */
import type { Explanation, MethodFamily } from './explanation';
import type { LineMeasures } from './measures';
import type { Progress } from './messages';
import type { RecordInfo } from './panelStates';

export const comparisonKinds = ['methods', 'labels', 'models'] as const;
export type ComparisonKind = (typeof comparisonKinds)[number];

export interface ComparisonRow {
  /** Method's name, label, or the model's folder: the panel sends it back. */
  readonly key: string;
  /** 'Integrated gradients', 'positive', 'sst2-bert-int8' */
  readonly title: string;
  readonly family: MethodFamily | null;
  /** 'asked': computed only when a person asks for it, because it is costly. */
  readonly state: 'asked' | 'waiting' | 'running' | 'done' | 'failed';
  /** Why it failed, or what it would cost; '' elsewhere. */
  readonly says: string;
  readonly explanation: Explanation | null;
  /** Of methods, where they are measured. */
  readonly measures: LineMeasures | null;
  /** Spearman correlation of its scores with those of the first row; null where undefined. */
  readonly agreement: number | null;
}

/** Finished or on its way; rows come in as they are done. */
export interface ComparisonState {
  readonly kind: ComparisonKind;
  readonly record: RecordInfo;
  /** In words: what is explained in every row ('the logit of "positive"'). */
  readonly about: string;
  readonly rows: readonly ComparisonRow[];
  /** Spearman correlation of each pair, in the order of the rows; null where undefined or not there yet. */
  readonly agreement: readonly (readonly (number | null)[])[];
  readonly running: Progress | null;
  /** The line was edited since its maps were computed (one sentence); absent: it is as it was. */
  readonly stale?: string;
}

/** Two models on the same lines. */
export interface ModelChangeRow {
  readonly line: number;
  readonly text: string;
  readonly gold: string | null;
  readonly before: { readonly label: string; readonly confidence: number | null };
  readonly after: { readonly label: string; readonly confidence: number | null };
  readonly flipped: boolean;
  /** Total variation distance of the probabilities (0 to 1); of numbers their difference. */
  readonly change: number;
  /** 1 - Spearman correlation of the two maps; null where undefined. */
  readonly mapChange: number | null;
  /** One sentence where one of them could not be asked. */
  readonly failed: string | null;
}

export interface ModelChangesState {
  readonly file: string;
  readonly about: string;
  readonly before: { readonly name: string; readonly dir: string };
  readonly after: { readonly name: string; readonly dir: string };
  readonly total: number;
  readonly done: number;
  readonly flipped: number;
  readonly accuracyBefore: number | null;
  readonly accuracyAfter: number | null;
  /** The largest change first. */
  readonly rows: readonly ModelChangeRow[];
  readonly state: 'running' | 'done' | 'stopped';
}
