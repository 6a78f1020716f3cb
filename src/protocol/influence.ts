/** The plain data of an influence trace (which training lines taught it that) and of suspicious labels; shared by every process. */
import type { DevicePreference, HealthCheck } from './explanation';
import type {
  InfluenceMethodName,
  InfluenceOptions,
  ResolvedInfluenceOptions,
  SuspicionMethodName,
  SuspicionOptions,
} from './influenceOptions';
import type { LongText, TaskKind, TextInput, TextRange } from './task';

export * from './influenceOptions';

/** Names of fields that the user set; as the dataset's FieldOptions. */
export interface FieldNames {
  readonly textField?: string | undefined;
  readonly pairField?: string | undefined;
  readonly labelField?: string | undefined;
}

/** The file that the model was trained on. */
export interface TrainingFile {
  /** On disk; never written. */
  readonly path: string;
  readonly fields?: FieldNames;
}

/** What both questions have in common. */
interface AboutTraining {
  readonly modelDir: string;
  readonly device: DevicePreference;
  /** Overrides what the model's files say. */
  readonly task?: TaskKind;
  /** Training lines that are too long are always read from the start only, as they are in training. */
  readonly longText?: LongText;
  readonly train: TrainingFile;
  /** A folder that belongs to Glassbox, for what is worth keeping; it is made where it is missing. */
  readonly cacheDir: string;
}

export interface InfluenceRequest extends AboutTraining {
  /**
   * The texts whose mean loss is asked about: one line, the selected ones, or a whole file. The gold label counts where there is one,
   * else what the model predicts.
   */
  readonly tests: readonly TextInput[];
  readonly method: InfluenceMethodName;
  readonly options: InfluenceOptions;
  /** Answer with the scores of all lines, too. */
  readonly allScores?: boolean;
}

/** A text with a label and what the model says of it. */
export interface InfluenceInstance {
  readonly text: string;
  readonly pair: string | null;
  /** Words of `text` where the dataset has cut it already, or null. */
  readonly words: readonly TextRange[] | null;
  /** The label whose loss is meant, in words: 'positive', 'toxic, insult', 'B-PER I-PER O', '3.5'. */
  readonly label: string;
  /** In the same words. */
  readonly predicted: string;
  /** Of the prediction; null where there is none (numbers, several labels, tags). */
  readonly probability: number | null;
  /** The label is what is predicted. Of a regression null. */
  readonly agrees: boolean | null;
  /** As it was trained: cross-entropy in nats, the mean over the decisions of a text; of a regression the squared error. */
  readonly loss: number;
}

export interface TestInstance extends InfluenceInstance {
  readonly labelFrom: 'gold' | 'predicted';
  /** What the loss is of: 'the label "positive"', 'the entity PER: Eric Wallace'. */
  readonly says: string;
}

export interface InfluenceRow extends InfluenceInstance {
  /** Lines of the training file, from 1; both belong to the record. */
  readonly line: number;
  readonly endLine: number;
  readonly score: number;
}

/** Lines that could not be used, all for the same reason. */
export interface TrainingProblem {
  /** 'the label "neutral" is none of the model\'s (negative, positive)', without a full stop. */
  readonly says: string;
  readonly count: number;
  /** From 1, in order; the first thousand. */
  readonly lines: readonly number[];
}

/** The lines with the largest scores and those with the smallest, the most extreme first; only of their own sign. */
export interface Extremes {
  readonly helps: readonly InfluenceRow[];
  readonly hurts: readonly InfluenceRow[];
}

/** What holds for all that is said about a training file. */
export interface TrainingSummary {
  /** Base name. */
  readonly file: string;
  readonly path: string;
  /** Lines that were used (records), n. */
  readonly lines: number;
  readonly problems: readonly TrainingProblem[];
  /** Lines whose features were computed now, and those that came from the cache; null where none were needed. */
  readonly computed: number | null;
  readonly cached: number | null;
}

/** A finished trace: everything needed to read it, check it and make it again. */
export interface InfluenceResult extends Extremes {
  readonly method: InfluenceMethodName;
  readonly options: ResolvedInfluenceOptions;
  /** Method and parameters in one sentence. */
  readonly says: string;
  /** What a score is, in one sentence: 'Positive helps: giving the training line more weight lowers the loss of ...'. */
  readonly scoreSays: string;
  /** Null where several lines were asked about. */
  readonly test: TestInstance | null;
  /** How many lines were asked about, and their mean loss. */
  readonly tests: number;
  readonly testLoss: number;
  /** Of those lines on which label and prediction disagree. */
  readonly disagreeing: Extremes;
  readonly train: TrainingSummary;
  /** Of the linear system, relative; null where none was solved. */
  readonly residual: number | null;
  /** What was added to the eigenvalues; null where nothing was. */
  readonly damping: number | null;
  /** What limits the trust in this: distance from the optimum, residual, recall of candidates, texts that were cut, ... */
  readonly notes: readonly HealthCheck[];
  /** Where they were asked for: a score for each used line, NaN where it was no candidate. */
  readonly scores: { readonly lines: readonly number[]; readonly scores: readonly number[] } | null;
  readonly device: string;
  readonly milliseconds: number;
  readonly modelHash: string;
  readonly modelName: string;
}

export interface SuspicionRequest extends AboutTraining {
  readonly method: SuspicionMethodName;
  readonly options: SuspicionOptions;
}

export interface SuspiciousRow extends InfluenceRow {
  /** From 1, the most suspicious first. */
  readonly rank: number;
  /** Why, in one or two sentences. */
  readonly reason: string;
}

export interface SuspicionResult {
  readonly method: SuspicionMethodName;
  readonly options: Required<SuspicionOptions>;
  readonly says: string;
  readonly scoreSays: string;
  readonly rows: readonly SuspiciousRow[];
  readonly train: TrainingSummary;
  /** Lines on which label and prediction disagree. */
  readonly disagreeing: number;
  readonly damping: number | null;
  readonly notes: readonly HealthCheck[];
  readonly device: string;
  readonly milliseconds: number;
  readonly modelHash: string;
  readonly modelName: string;
}

/** What is remembered of the user's choices, and what a trace is started with. */
export interface InfluenceSettings {
  readonly method: InfluenceMethodName;
  readonly options: InfluenceOptions;
}

export interface SuspicionSettings {
  readonly method: SuspicionMethodName;
  readonly options: SuspicionOptions;
}
