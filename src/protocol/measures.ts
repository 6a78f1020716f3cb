/** How good explanations are: what is measured of a method on a text, and over a file; shared by every process. */
import type {
  DevicePreference,
  Explanation,
  MethodFamily,
  MethodParameters,
  Removal,
  ScalarKind,
} from './explanation';
import type { LabelChoice, ReadingOptions, TextInput, TextRange } from './task';

/** What can be measured; in this order in tables. */
export const measureNames = [
  /** Takes the strongest tokens away step by step: area under the curve of macro-F1 over a file, lower is better. */
  'auc-tp',
  /** Fall of the explained probability without the strongest tokens, mean over shares (AOPC), higher is better. */
  'comprehensiveness',
  /** Fall with only the strongest tokens, mean over shares (AOPC), lower is better. */
  'sufficiency',
  /** Kendall's tau-b with the effects of leaving out each token, higher is better. */
  'tau-loo',
  /** Mean square of what the map foretells of perturbations minus what they do, lower is better. */
  'infidelity',
  /** Largest relative change of the map under small changes of the word vectors or of the text, lower is better. */
  'sensitivity-max',
  /** Correlation over edits: where predictions change little, maps should change little; higher is better. */
  'stability',
  /** Of methods that draw: mean standard deviation over seeds, relative to the map's size; lower is better. */
  'seed-variance',
  /** Agreement with what people marked, where the dataset has it: token F1, IOU F1, AUPRC; higher is better. */
  'plausibility',
] as const;
export type MeasureName = (typeof measureNames)[number];

/** A method as it is measured: 'shuffled' explains with a model whose weights were shuffled, and is measured on the real one. */
export interface MeasuredChoice {
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly weights: 'real' | 'shuffled';
}

export interface MeasureOptions {
  readonly measures?: readonly MeasureName[];
  /** How tokens are taken away. */
  readonly removal?: Removal;
  /** Shares of the tokens for comprehensiveness and sufficiency, in (0, 1]. */
  readonly shares?: readonly number[];
  /** Perturbed copies for infidelity and sensitivity; edits for stability. */
  readonly samples?: number;
  readonly seed?: number;
}
export type ResolvedMeasureOptions = Required<MeasureOptions>;

/** A text and the methods to be measured on it. */
export interface MeasureRequest extends TextInput, ReadingOptions {
  readonly modelDir: string;
  readonly device: DevicePreference;
  readonly choices: readonly MeasuredChoice[];
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
  readonly options: MeasureOptions;
  /** What people marked in `text` as the reason for the gold label. */
  readonly rationale?: readonly TextRange[];
}

/** The prediction with the strongest `share` of the tokens taken away. */
export interface CurvePoint {
  /** 0, 0.1, ..., 1 */
  readonly share: number;
  /** Of the whole text, in the words of `Prediction.label`. */
  readonly label: string;
  /** Of what is explained (its scalar where there are no probabilities). */
  readonly value: number;
}

/** The same text edited: how far prediction and map moved. */
export interface EditDistance {
  /** 'append a word', 'lower case', 'typo', 'synonym' */
  readonly edit: string;
  /** Euclidean, of the logits; and of the attributions of the tokens that both texts have, scaled to length 1. */
  readonly prediction: number;
  readonly attribution: number;
}

/** Null: not asked for, or undefined for this text (`undefinedSays` tells why). */
export interface LineMeasures {
  readonly curve: readonly CurvePoint[] | null;
  readonly comprehensiveness: number | null;
  readonly sufficiency: number | null;
  readonly tauLoo: number | null;
  readonly infidelity: number | null;
  readonly sensitivityMax: number | null;
  readonly edits: readonly EditDistance[] | null;
  readonly seedVariance: number | null;
  readonly plausibility: {
    readonly tokenF1: number;
    readonly iouF1: number;
    readonly auprc: number;
  } | null;
  /** By measure: one sentence. */
  readonly undefinedSays: Readonly<Partial<Record<MeasureName, string>>>;
}

export interface MeasuredMethod {
  readonly choice: MeasuredChoice;
  /** 'Integrated gradients', 'Integrated gradients, shuffled weights' */
  readonly title: string;
  readonly family: MethodFamily;
  /** Null where the method cannot explain this text with this model; `failed` says why. */
  readonly explanation: Explanation | null;
  readonly measures: LineMeasures | null;
  readonly failed: string | null;
}

/** In the order of the choices. */
export interface MeasuredText {
  readonly methods: readonly MeasuredMethod[];
  readonly options: ResolvedMeasureOptions;
  /** Spearman correlation of the scores of each pair of methods; null where undefined. */
  readonly agreement: readonly (readonly (number | null)[])[];
  readonly milliseconds: number;
}

/** One number of a method over a file. */
export interface MeasuredValue {
  readonly mean: number;
  /** Standard error of the mean over lines; of AUC-TP by bootstrap. */
  readonly error: number;
  /** Lines that it is of. */
  readonly lines: number;
  /**
   * Against the random explainer on the same lines (paired): 'better', 'worse', or 'no better' where the difference may be chance; null for the
   * random explainer itself and where there is nothing to compare.
   */
  readonly againstRandom: 'better' | 'worse' | 'no better' | null;
}

/** Columns of the table over a file; of 'stability' and 'plausibility' there are several. */
export const measureColumns = [
  'auc-tp',
  'comprehensiveness',
  'sufficiency',
  'tau-loo',
  'infidelity',
  'sensitivity-max',
  'stability-pearson',
  'stability-spearman',
  'seed-variance',
  'token-f1',
  'iou-f1',
  'auprc',
] as const;
export type MeasureColumn = (typeof measureColumns)[number];

export interface MeasuredMethodSummary {
  readonly choice: MeasuredChoice;
  readonly title: string;
  readonly family: MethodFamily;
  readonly lines: number;
  readonly failed: number;
  /** Null: not measured, or undefined. */
  readonly values: Readonly<Record<MeasureColumn, MeasuredValue | null>>;
  /** Macro-F1 at each share of `curve`. */
  readonly curve: readonly { readonly share: number; readonly macroF1: number }[];
  readonly millisecondsPerLine: number;
}

/** A report over a file, finished or on its way. */
export interface MeasureReport {
  /** Base name of the dataset file. */
  readonly file: string;
  readonly modelName: string;
  readonly modelHash: string;
  readonly options: ResolvedMeasureOptions;
  readonly total: number;
  readonly done: number;
  readonly errors: number;
  /** The random explainer and shuffled weights are always among them. */
  readonly methods: readonly MeasuredMethodSummary[];
  /** Mean Spearman correlation between methods, in the order of `methods`. */
  readonly agreement: readonly (readonly (number | null)[])[];
  readonly state: 'running' | 'done' | 'stopped';
  /** Paths, relative to the workspace where they lie in it; '' where nothing is saved. */
  readonly saved: { readonly jsonl: string; readonly html: string };
}
