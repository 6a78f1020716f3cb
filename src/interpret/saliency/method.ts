/** What all saliency methods have in common: from questions about texts to a number for each token. */
import type { Model } from '../../model/model';
import type {
  HealthCheck,
  MethodDescription,
  MethodParameters,
  Normalisation,
  ParameterName,
  ScalarKind,
  Share,
  TokenMap,
} from '../../protocol/explanation';
import type { WordScores } from '../../protocol/task';
import type { RunOptions } from '../task/predictRows';
import type { ReadText } from '../task/readText';
import type { Asked, Reading } from '../task/reading';

/** Every parameter has a value; those that the method does not read have one without effect. */
export type ResolvedParameters = Required<MethodParameters>;

/** A text that was read, and what is asked about it. */
export interface Job {
  readonly read: ReadText;
  readonly reading: Reading;
  readonly asked: Asked;
}

/** The same question about some texts. */
export interface SaliencyWork {
  readonly model: Model;
  readonly jobs: readonly Job[];
  readonly scalar: ScalarKind;
  readonly parameters: ResolvedParameters;
  readonly wordScores: WordScores;
}

/** What a method has found about one text. */
export interface Attribution {
  /** Indices of the tokens that were seen, in the order of the text. */
  readonly seen: readonly number[];
  /** The raw numbers of the formula, one for each of `seen`. */
  readonly attributions: readonly number[];
  /** True: the sign says towards or away from what is explained; false: a magnitude. */
  readonly signed: boolean;
  readonly normalisation: Normalisation;
  /** Standard deviations of the attributions over seeds, where the method draws; null where it does not. */
  readonly spread: readonly number[] | null;
  /** Further maps of the same tokens; their attributions in the order of `seen`. */
  readonly maps: readonly TokenMap[];
  /** What the explained number consists of; empty where the method does not take it apart. */
  readonly shares: readonly Share[];
  /** What the method itself found out about its trustworthiness; the checks that hold for all methods are made elsewhere. */
  readonly health: readonly HealthCheck[];
  /** How far the function that was explained is from the file's, at this text (largest difference of a logit). */
  readonly disagreement: number;
  readonly device: string;
}

export interface Method {
  readonly description: MethodDescription;
  /** Parameters that a preset dictates: what is asked for is ignored, the default is used and reported. */
  readonly fixed: readonly ParameterName[];
  /**
   * One answer a job, the same whatever the other jobs are. Throws GlassboxError: 'cancelled'; 'unsupported' with one sentence
   * where the model has not what the method needs; 'bad-input' for parameters that make no sense for a text.
   */
  attribute(work: SaliencyWork, options: RunOptions): Promise<Attribution[]>;
}

/** Of methods without these. */
export const plain = { spread: null, maps: [], shares: [] } as const;
