/** Predictions for a whole dataset: what the model gets right and wrong, and which tokens drive it; shared by every process. */
import type {
  DevicePreference,
  MethodDescription,
  MethodParameters,
  Prediction,
  ScalarKind,
} from './explanation';
import type { ReadingOptions, TaskKind, TextInput } from './task';

/** Some texts at once, to be predicted and nothing else. */
export interface PredictRequest extends ReadingOptions {
  readonly modelDir: string;
  readonly device: DevicePreference;
  readonly texts: readonly TextInput[];
}

/** What the model says of a text; or why it can say nothing, in one sentence. */
export type PredictedText =
  | {
      readonly prediction: Prediction;
      /** The gold decision in words of the model; null where there is none or the model lacks it. */
      readonly gold: string | null;
      readonly correct: boolean | null;
      /** The dataset has a label that the model lacks: one sentence. */
      readonly unknownLabel: string | null;
      /** So many tokens were not read, or were read in another window. */
      readonly unread: number;
      readonly windows: number;
    }
  | { readonly failed: string; readonly empty: boolean };

/** A record of the dataset with what the model says of it. */
export interface EvaluationRow {
  /** Lines of the record, from 1. */
  readonly line: number;
  /** Its beginning. */
  readonly text: string;
  readonly gold: string | null;
  readonly predicted: string;
  /**
   * Probability of the decision: of several labels the product of those of each, of entities their mean; null where there is none.
   */
  readonly confidence: number | null;
  readonly correct: boolean | null;
}

/** A record with something that a person should know. */
export interface EvaluationProblem {
  readonly kind: 'unreadable' | 'empty' | 'unknown-label' | 'truncated' | 'failed';
  readonly line: number;
  readonly says: string;
}

export interface LabelScores {
  readonly label: string;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Gold has it so often, the model predicts it so often. */
  readonly support: number;
  readonly predicted: number;
}

/** Confidences from `from` to before `to`. */
export interface ConfidenceBin {
  readonly from: number;
  readonly to: number;
  readonly right: number;
  readonly wrong: number;
  /** Mean confidence; null where nothing is in it. */
  readonly confidence: number | null;
}

export interface EvaluationSummary {
  readonly task: TaskKind;
  /** Records of the file (or of the selected lines), and those that are done. */
  readonly total: number;
  readonly done: number;
  /** With a gold decision that the model knows; of regression with a gold number. */
  readonly judged: number;
  readonly right: number;
  readonly accuracy: number | null;
  readonly macroF1: number | null;
  readonly microF1: number | null;
  /** Of token classification: of whole entities by type; of regression and of answers empty. */
  readonly labels: readonly LabelScores[];
  /** Rows: gold, columns: predicted; null where a record has no single label. */
  readonly confusion: {
    readonly labels: readonly string[];
    readonly counts: readonly (readonly number[])[];
  } | null;
  /**
   * Expected calibration error, and what it is made of: judged decisions, of token classification the entities that are predicted.
   * Null where decisions have no probability.
   */
  readonly calibration: {
    readonly error: number;
    readonly bins: readonly ConfidenceBin[];
  } | null;
  /** Of regression. */
  readonly numbers: {
    readonly meanAbsoluteError: number;
    readonly rootMeanSquareError: number;
    readonly pearson: number | null;
    readonly spearman: number | null;
  } | null;
  /** Of answers: mean over the judged ones of the largest F1 of their words with a gold answer (SQuAD); `accuracy` is of exact answers. */
  readonly answerF1?: number | null;
  readonly problems: Readonly<Record<EvaluationProblem['kind'], number>>;
}

/** A dataset with what the model says of it, finished or on its way. */
export interface EvaluationState {
  readonly file: string;
  /** 'reviews.dev.jsonl' or '12 selected lines of reviews.dev.jsonl' */
  readonly about: string;
  readonly modelName: string;
  readonly summary: EvaluationSummary;
  /** Wrong lines, the most confident first; of regression the lines with the largest errors, `correct` null; at most 1,000. */
  readonly wrong: readonly EvaluationRow[];
  /** In order of the file; at most 1,000. */
  readonly problems: readonly EvaluationProblem[];
  readonly state: 'running' | 'done' | 'stopped';
  /** Wrong lines stand in the Problems view, too. */
  readonly inProblems: boolean;
  /** Path of the JSONL; '' where nothing is saved. */
  readonly saved: string;
}

/** Lines of one cell of the confusion matrix. */
export interface EvaluationCell {
  readonly gold: string;
  readonly predicted: string;
  readonly rows: readonly EvaluationRow[];
  /** There are so many, and `rows` has the first of them. */
  readonly total: number;
}

/** Which tokens drive a file. */
export interface DriversSettings {
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  /** Tokens with fewer lines are left out. */
  readonly leastLines: number;
}

export interface DriverRow {
  /** A word as it stands in the texts, in lower case where the tokenizer lower-cases. */
  readonly word: string;
  readonly label: string;
  /** Mean over its occurrences of the attribution towards the label, and its standard error. */
  readonly mean: number;
  readonly error: number;
  readonly occurrences: number;
  readonly lines: number;
  /** Share of the lines with the word whose gold label is `label`; of all lines; null without gold labels. */
  readonly labelShare: number | null;
  readonly labelShareOfAll: number | null;
  /** How far the share is from chance, in standard deviations (two-proportion z); null without gold labels. */
  readonly z: number | null;
  /** Some lines with it, from 1. */
  readonly examples: readonly number[];
}

export interface DriversState {
  readonly file: string;
  readonly about: string;
  readonly modelName: string;
  readonly settings: DriversSettings;
  readonly total: number;
  readonly done: number;
  /** By label the strongest, towards it and away from it. */
  readonly rows: readonly DriverRow[];
  readonly labels: readonly string[];
  readonly state: 'running' | 'done' | 'stopped';
  /** What can be chosen in place of the method; without them the panel offers those of the saliency view. */
  readonly methods?: readonly MethodDescription[];
}
