/** The methods of influence and of suspicion, and their options. */
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
