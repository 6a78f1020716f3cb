/** The plain data of an influence trace (which training lines taught it that) and of suspicious labels; shared by every process. */
import type { DevicePreference, HealthCheck } from './explanation';
import type { LongText, TaskKind, TextInput, TextRange } from './task';

/** A ladder: from exact and instant at the top of the model to approximate and deep; the last three are previews, no influences. */
export const influenceMethods = [
  'head',
  'cg',
  'lissa',
  'ekfac',
  'tracin',
  'gradient-dot',
  'gradient-cosine',
  'neighbours',
] as const;
export type InfluenceMethodName = (typeof influenceMethods)[number];

/** As the field calls them, in every language. */
export const influenceNames: Readonly<Record<InfluenceMethodName, string>> = {
  head: 'Exact head influence',
  cg: 'Conjugate gradient',
  lissa: 'LiSSA (SimpleInfluence)',
  ekfac: 'EK-FAC',
  tracin: 'TracIn',
  'gradient-dot': 'Gradient dot (preview)',
  'gradient-cosine': 'Gradient cosine (preview)',
  neighbours: 'Nearest labelled examples',
};

/** How training lines are ranked for wrong labels. 'loss': the baseline that the others have to beat. */
export const suspicionMethods = ['head', 'ekfac', 'loss'] as const;
export type SuspicionMethodName = (typeof suspicionMethods)[number];

export const suspicionNames: Readonly<Record<SuspicionMethodName, string>> = {
  head: 'Self-influence of the head',
  ekfac: 'Self-influence by EK-FAC',
  loss: 'Loss',
};

/** Every option has a value once a method runs (`ResolvedInfluenceOptions`); a method reads the ones it knows. */
export interface InfluenceOptions {
  /** How many lines of each kind are shown, from 1. */
  readonly k?: number;
  readonly seed?: number;
  /**
   * head, cg, ekfac: what is added to the eigenvalues of the curvature; null: by itself. lissa: AllenNLP's parameter, which
   * adds scale * damping to them; null: AllenNLP's default.
   */
  readonly damping?: number | null;
  /** cg, lissa, ekfac, tracin, gradient-dot, gradient-cosine: a regular expression, looked for in the names of parameters. */
  readonly params?: string | null;
  /** Where `params` is null: those of the last so many blocks, and of what comes after them; 0: only what comes after. */
  readonly lastBlocks?: number;
  /** cg, lissa: which products. LiSSA as published takes the Hessian. */
  readonly curvature?: 'gauss-newton' | 'hessian' | null;
  /** cg, ekfac: the curvature is the mean over so many training lines, drawn by the seed. */
  readonly curvatureLines?: number;
  /** cg: stops at this relative residual, or after `maxSteps`. */
  readonly tolerance?: number;
  readonly maxSteps?: number;
  /** cg, lissa, gradient-dot, tracin: score only so many lines, the nearest by the model's features (FastIF); null: all. */
  readonly candidates?: number | null;
  /** LiSSA, with AllenNLP's names and defaults; scale 'auto' is estimated. */
  readonly lissa_batch_size?: number;
  readonly num_samples?: number;
  readonly recursion_depth?: number;
  readonly scale?: number | 'auto';
  /** Regular expressions for the beginning of names, as AllenNLP; those parameters are not chosen. */
  readonly params_to_freeze?: readonly string[];
  /** tracin: folders of models, in the order of training; empty: the selected model alone. */
  readonly checkpoints?: readonly string[];
  /** tracin: the learning rate at each checkpoint; empty: 1 for each. */
  readonly rates?: readonly number[];
  /** neighbours. */
  readonly distance?: 'cosine' | 'euclidean';
  /** Token classification: the loss of the sentence, or of the entity (word) that was pointed at. */
  readonly unit?: 'line' | 'entity';
}

export type ResolvedInfluenceOptions = Required<InfluenceOptions>;

const ofParameters = ['params', 'lastBlocks', 'params_to_freeze'] as const;

/** The options that each method reads, beside `k` and `unit`. */
export const influenceOptionsRead: Readonly<
  Record<InfluenceMethodName, readonly (keyof InfluenceOptions)[]>
> = {
  head: ['damping'],
  cg: [
    ...ofParameters,
    'damping',
    'curvature',
    'curvatureLines',
    'tolerance',
    'maxSteps',
    'candidates',
    'seed',
  ],
  lissa: [
    ...ofParameters,
    'lissa_batch_size',
    'damping',
    'num_samples',
    'recursion_depth',
    'scale',
    'curvature',
    'curvatureLines',
    'candidates',
    'seed',
  ],
  ekfac: [...ofParameters, 'damping', 'curvatureLines', 'seed'],
  tracin: [...ofParameters, 'checkpoints', 'rates', 'candidates'],
  'gradient-dot': [...ofParameters, 'candidates'],
  'gradient-cosine': ofParameters,
  neighbours: ['distance'],
};

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

export interface SuspicionOptions {
  /** How many lines are listed; 0: all. */
  readonly k?: number;
  readonly damping?: number | null;
  readonly params?: string | null;
  readonly lastBlocks?: number;
  readonly curvatureLines?: number;
  readonly seed?: number;
}

/** The options that each method reads, beside `k`. */
export const suspicionOptionsRead: Readonly<
  Record<SuspicionMethodName, readonly (keyof SuspicionOptions)[]>
> = {
  head: ['damping'],
  ekfac: ['params', 'lastBlocks', 'damping', 'curvatureLines', 'seed'],
  loss: [],
};

export const suspicionDefaults: Required<SuspicionOptions> = {
  k: 100,
  damping: null,
  params: null,
  lastBlocks: 1,
  curvatureLines: 1024,
  seed: 0,
};

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
