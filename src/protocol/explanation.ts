/** The plain data of a request for an explanation and of its answer; shared by every process. */
import type {
  Entity,
  FieldIndex,
  LabelChoice,
  Link,
  Question,
  ReadingOptions,
  TaskKind,
  TextInput,
  TextRange,
  Windows,
  WordScore,
  WordScores,
} from './task';

/** The number that is differentiated. */
export type ScalarKind = 'logit' | 'probability' | 'loss';

/**
 * How the vector of a token becomes one number.
 * `dot`: attribution times input, summed over the embedding (signed);
 * `sum`: the raw vector summed (signed; meaningless before a LayerNorm, and the health check says so);
 * `l1`, `l2`: norms of the raw vector (unsigned).
 */
export type Aggregation = 'dot' | 'sum' | 'l1' | 'l2';

/** The point from which path methods start. */
export type BaselineKind = 'zero' | 'pad' | 'mask';

/** Placement and weights of the points on the path. */
export type Quadrature = 'gauss-legendre' | 'left' | 'right' | 'middle' | 'trapezoid';

/** What of a text is taken away as one: each token, each word where it stands, or all words that are spelt alike. */
export type FeatureKind = 'token' | 'word' | 'type';

/** How it is taken away: by the mask token, by padding that is read as if it were text, or by leaving it out. */
export type Removal = 'mask' | 'pad' | 'delete';

/** Parameters of every saliency method; a method reads the ones it knows. */
export interface MethodParameters {
  readonly aggregate?: Aggregation;
  /** Number of points of a path method. */
  readonly steps?: number;
  readonly quadrature?: Quadrature;
  readonly baseline?: BaselineKind;
  /** Number of noise samples; of perturbed texts; of permutations. */
  readonly samples?: number;
  /** Standard deviation of the noise. */
  readonly noise?: number;
  /** relative: times (max - min) of the line's embeddings; absolute: as it is. */
  readonly noiseScale?: 'relative' | 'absolute';
  /** mean of the gradient, of its square, or its variance over the samples. */
  readonly moment?: 'mean' | 'square' | 'variance';
  readonly seed?: number;
  readonly feature?: FeatureKind;
  readonly removal?: Removal;
  /** Of LIME: the width of its kernel, in units of 100 times the cosine distance. */
  readonly kernelWidth?: number;
  /** Of LIME: the weight of the squared coefficients. */
  readonly ridge?: number;
  /** Of occlusion: how many neighbouring features are taken away together. */
  readonly span?: number;
  /** Of LRP's epsilon rule: what keeps denominators away from zero. */
  readonly epsilon?: number;
}

/** What kind of thing a method is, as menus and tables group it. 'control': no explanation, but what every explanation has to beat. */
export type MethodFamily = 'gradient' | 'relevance' | 'perturbation' | 'attention' | 'control';

export type ParameterName = keyof MethodParameters;

/** What a method is called and which parameters it takes, for menus, help texts and the panel. */
export interface MethodDescription {
  /** The name on the command line: 'integrated-gradients'. */
  readonly name: string;
  /** In words a person reads: 'Integrated gradients'. */
  readonly title: string;
  /** One sentence: what it measures, and its known faults. */
  readonly about: string;
  readonly source: string;
  /** Defaults of the parameters that this method reads; a parameter not listed has no effect. */
  readonly defaults: MethodParameters;
  /** Empty where the method makes numbers, not vectors. */
  readonly aggregations: readonly Aggregation[];
  /** Set where a compatibility preset dictates the scalar. */
  readonly scalar?: ScalarKind;
  readonly family: MethodFamily;
  /** Takes more runs of the model than a gradient method does: computed in a comparison only where it is asked for. */
  readonly costly: boolean;
  /**
   * Linear in the explained number: the map of a difference of two logits is the difference of their maps, so that on
   * wrong lines predicted against gold is the question to ask first.
   */
  readonly linear: boolean;
}

/** One sentence about whether the numbers can be trusted. */
export interface HealthCheck {
  /** Stable id: 'completeness', 'finite', 'nonzero', 'layernorm-sum', 'truncated', 'unknown-tokens', ... */
  readonly check: string;
  readonly ok: boolean;
  /** The measured quantity, when there is one. */
  readonly value: number | null;
  /** In words a person understands. */
  readonly says: string;
}

/** A token with the place of its characters in its field's text. */
export interface Token {
  readonly field: FieldIndex;
  /** As the tokenizer writes it ('##ing', 'Ġgood'). */
  readonly text: string;
  /** UTF-16 offsets into the text; both 0 for a special token. */
  readonly start: number;
  readonly end: number;
  readonly special: boolean;
  /** Not in the vocabulary. */
  readonly unknown: boolean;
  /** Index of the word that the token belongs to, or null. */
  readonly word: number | null;
}

/** What the model says about a text. */
export interface Prediction {
  readonly task: TaskKind;
  readonly link: Link;
  /** The decision in words: 'positive', 'toxic, insult', '3.72', an entity, a token, an answer. */
  readonly label: string;
  /**
   * The choices of the decision, in the order of `logits`: the model's labels; at a word, its tags; at a mask and in
   * a context the likeliest ones only (and those that are explained or gold).
   */
  readonly labels: readonly string[];
  /** Of an answer the sum of both ends' logits. */
  readonly logits: readonly number[];
  /** Empty where `link` is 'identity'. */
  readonly probabilities: readonly number[];
  /** Indices of what is decided; several, or none, of a multi-label model. */
  readonly decided: readonly number[];
  /** Indices of what is right according to the dataset; empty where it does not say. */
  readonly right: readonly number[];
  /** Of token classification: what was found, and what the gold tags have besides. */
  readonly entities: readonly Entity[];
}

/** How raw attributions became the scores that are shown. */
export type Normalisation = 'max' | 'l1' | 'none';

/** A further map of the same tokens: the relevance of their positions, of their types, ... */
export interface TokenMap {
  /** 'position', 'type', 'combined' */
  readonly name: string;
  readonly title: string;
  /** One sentence: what it shows. */
  readonly about: string;
  readonly signed: boolean;
  /** One number a token, in units of the explanation's attributions. */
  readonly attributions: readonly number[];
}

/** A part of the explained number, for a bar of its own: words, positions, biases, ... */
export interface Share {
  /** 'word', 'position', 'type', 'bias', 'lost' */
  readonly name: string;
  readonly title: string;
  readonly value: number;
}

/** A finished explanation: everything needed to read it, trust it and make it again. */
export interface Explanation {
  readonly tokens: readonly Token[];
  readonly prediction: Prediction;
  /** The gold decision in words of the model; null where there is none or the model lacks it. */
  readonly gold: string | null;
  /** Whether prediction and gold agree; null where there is no gold. */
  readonly correct: boolean | null;
  readonly explained: {
    readonly label: string;
    /** For 'contrast': the label that is subtracted. */
    readonly against: string | null;
    /** 'predicted', 'gold', 'chosen' or 'contrast'; 'wrong': the same contrast, which nobody has chosen, because the prediction is wrong. */
    readonly why: string;
    readonly scalar: ScalarKind;
    /** The scalar's value on this text. */
    readonly value: number;
    /** The choice that asks for exactly this again, whatever is predicted. */
    readonly choice: LabelChoice;
    /** What exactly is differentiated: 'mean logit of B-PER, I-PER at "Eric Wallace"'. */
    readonly says: string;
  };
  /** What else can be asked about this text. */
  readonly questions: readonly Question[];
  /** Null where the text fitted into one reading. */
  readonly windows: Windows | null;
  /** Characters that the explained reading did not see. */
  readonly unseen: readonly (TextRange & { readonly field: FieldIndex })[];
  readonly wordScores: WordScores;
  /** One entry a word, in order; empty where `wordScores` is 'pieces'. Special tokens are in none. */
  readonly words: readonly WordScore[];
  readonly method: { readonly name: string; readonly title: string } & MethodParameters;
  /** True: the sign says towards or away from the label; false: a magnitude. */
  readonly signed: boolean;
  /** One number a token, before normalisation. */
  readonly attributions: readonly number[];
  /** One number a token, as shown: in [-1, 1], after `normalisation`. */
  readonly scores: readonly number[];
  readonly normalisation: Normalisation;
  /** Standard deviation of each token's attribution over seeds; null where the method draws nothing. */
  readonly spread: readonly number[] | null;
  readonly maps: readonly TokenMap[];
  /** What the explained number consists of, where the method takes it apart; empty elsewhere. */
  readonly shares: readonly Share[];
  readonly health: readonly HealthCheck[];
  readonly device: string;
  readonly milliseconds: number;
  /** SHA-256 of model.onnx, hexadecimal. */
  readonly modelHash: string;
  readonly modelName: string;
}

/** What is asked of the engine for one text. */
export interface ExplainRequest extends TextInput, ReadingOptions {
  readonly modelDir: string;
  readonly device: DevicePreference;
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
}

export type DevicePreference = 'auto' | 'cpu' | 'webgpu';

/** What the editor shows of a model. */
export interface ModelInfo {
  readonly dir: string;
  readonly name: string;
  readonly architecture: string;
  readonly task: TaskKind;
  /** Of classifiers and taggers; empty for models that choose a token or an answer. */
  readonly labels: readonly string[];
  readonly device: string;
  readonly hash: string;
  readonly maxTokens: number;
  readonly methods: readonly MethodDescription[];
}
