/** The plain data of an attack (the smallest change that flips a prediction) and of its trace; shared by every process. */
import type { DevicePreference, HealthCheck, Prediction } from './explanation';
import type { FieldIndex, LabelChoice, ReadingOptions, TextInput, TextRange } from './task';

export const attackKinds = ['hotflip', 'input-reduction'] as const;
export type AttackKind = (typeof attackKinds)[number];

/** As the field calls them, in every language. */
export const attackNames: Readonly<Record<AttackKind, string>> = {
  hotflip: 'HotFlip',
  'input-reduction': 'Input Reduction',
};

/**
 * How HotFlip looks for flips. 'greedy': the best verified flip, one after another (Ebrahimi et al. 2018; AllenNLP);
 * 'beam': several texts at a time, of which the greedy one is always one; 'minimal': a set of flips of which no
 * proper subset flips the prediction (LIT).
 */
export const attackSearches = ['greedy', 'beam', 'minimal'] as const;
export type AttackSearch = (typeof attackSearches)[number];

/** What may be done to a text. 'characters': insert, delete, swap, substitute, homoglyph inside of a word. */
export const attackEdits = ['replace', 'delete', 'insert', 'characters'] as const;
export type AttackEdit = (typeof attackEdits)[number];

/** How Input Reduction ranks what it may remove. */
export const importances = ['gradient-norm', 'input-x-gradient', 'leave-one-out'] as const;
export type Importance = (typeof importances)[number];

/** Every option has a value once an attack runs (`ResolvedAttackOptions`); an attack reads the ones it knows. */
export interface AttackOptions {
  /** 'allennlp': what AllenNLP Interpret does, its known faults left out; overrides the options it dictates. */
  readonly preset?: 'none' | 'allennlp';
  /** Tokens, as the tokenizer writes them or as they stand in the text, that are never changed. */
  readonly ignore?: readonly string[];
  /** Which text of a pair may be changed. */
  readonly field?: 'text' | 'pair' | 'both';
  readonly seed?: number;
  /** Width of a beam, from 1. */
  readonly beam?: number;
  /** The words of the attacked entity or answer itself: left alone, or changed like any others. */
  readonly ownWords?: 'protect' | 'attack';
  /** 'words': whole words; 'tokens': single pieces, as AllenNLP. */
  readonly unit?: 'words' | 'tokens';

  // HotFlip
  readonly search?: AttackSearch;
  readonly edits?: readonly AttackEdit[];
  /** Most changes, from 1. */
  readonly maxFlips?: number;
  /** Most changes as a share of the words, in (0, 1]; the smaller of both limits counts. */
  readonly maxShare?: number;
  /** Candidates a text that are verified at each step; 1 trusts the first-order estimate alone. */
  readonly candidates?: number;
  /** Replacements must be whole words: letters and digits only. */
  readonly wholeWords?: boolean;
  /** Replacements must be written as what they replace: lower case, Capitalised or UPPER CASE. */
  readonly sameCase?: boolean;
  /** Words for words, numbers for numbers, punctuation for punctuation. */
  readonly sameClass?: boolean;
  /** Replacements must not be stop words, and stop words are not replaced. */
  readonly noStopWords?: boolean;
  /** Least cosine of a replacement's word vector with that of what it replaces; -1: any. */
  readonly minCosine?: number;
  /** Attack although the prediction is not the gold one. */
  readonly evenIfWrong?: boolean;
  /** Of a regression: how far the value must move. */
  readonly by?: number;

  // Input Reduction
  readonly importance?: Importance;
}

export type ResolvedAttackOptions = Required<AttackOptions>;

/** What is remembered of the user's choices, and what an attack is started with. */
export interface AttackSettings {
  readonly attack: AttackKind;
  readonly options: AttackOptions;
  /**
   * What shall be predicted instead; null: anything else. A label; of a masked model a word; of a tagger an entity's type or 'O';
   * of an answer its text; of a regression 'up' or 'down'. Input Reduction takes none.
   */
  readonly target: string | null;
}

export interface AttackRequest extends TextInput, ReadingOptions, AttackSettings {
  readonly modelDir: string;
  readonly device: DevicePreference;
  /** Which decision is attacked: of several entities, masks or labels. */
  readonly label: LabelChoice;
  /** Names the attack in the engine's 'attackTrace' events; none are sent without it. */
  readonly trace?: string;
}

/** A change; `start` and `end` are UTF-16 offsets of `to` in the changed text of `field` (equal after a deletion). */
export interface Change extends TextRange {
  readonly field: FieldIndex;
  readonly edit: AttackEdit;
  /** '' of an insertion. */
  readonly from: string;
  /** '' of a deletion; a blank where the words on both sides would grow together without it. */
  readonly to: string;
}

/** A text with what the model says about it. */
export interface AttackedText {
  readonly text: string;
  readonly pair: string | null;
  /** Words of `text` where the dataset has cut it already, or null. */
  readonly words: readonly TextRange[] | null;
  /** The attacked decision in words: 'positive', 'PER: Eric Wallace', 'no entity', a token, an answer. */
  readonly label: string;
  /** What was chosen from, for the bars: of the attacked decision. */
  readonly prediction: Prediction;
  /**
   * Logit of what the attack wants minus that of what it wants away: positive from the flip on. In units of logits (of a
   * regression in its own).
   */
  readonly margin: number;
}

export interface AttackStep extends AttackedText {
  /** What this step changed, in place in this step's text. */
  readonly changed: readonly Change[];
  /** All changes since the original, in place in this step's text. */
  readonly changes: readonly Change[];
  /** Texts that the model was asked about up to here, gradients included. */
  readonly queries: number;
  /** First-order estimate of this step's rise of the margin; null where none was made. */
  readonly estimate: number | null;
}

/**
 * 'flipped': the prediction changed as wanted; 'reduced': words were removed and the prediction stayed; 'failed': neither;
 * 'skipped': not tried, because the prediction is wrong already, or because there is nothing that could be changed.
 */
export const attackOutcomes = ['flipped', 'reduced', 'failed', 'skipped'] as const;
export type AttackOutcome = (typeof attackOutcomes)[number];

/** Whether a smaller change (of a reduction: one more removal) would do; null: not looked at. */
export interface Minimality {
  /** True: proved by trying all; false: a smaller one is known, or not everything was tried. */
  readonly proved: boolean;
  readonly says: string;
}

/** A finished attack, or as far as it came: everything needed to read it, check it and make it again. */
export interface AttackResult {
  readonly attack: AttackKind;
  readonly options: ResolvedAttackOptions;
  readonly target: string | null;
  /** The attacked decision, asked for in such a way that it is found again. */
  readonly label: LabelChoice;
  /** 'Make the model predict anything but "positive".' */
  readonly goal: string;
  readonly original: AttackedText;
  readonly steps: readonly AttackStep[];
  /** The last step's text; the original where there is none. */
  readonly final: AttackedText;
  readonly outcome: AttackOutcome;
  readonly success: boolean;
  /** The outcome in one sentence, without a full stop: 'flipped positive to negative with 2 of 14 words changed, 5 runs'. */
  readonly says: string;
  /** Changes from the original to the final text, and words of the original (tokens where `unit` is 'tokens'). */
  readonly wordsChanged: number;
  readonly words: number;
  /** Texts that the model was asked about, gradients included; and runs of the model that this took. */
  readonly queries: number;
  readonly runs: number;
  /** The final text alone, tokenised anew, gives the final prediction. */
  readonly verifiedFromText: boolean;
  readonly minimality: Minimality | null;
  /** Stopped by the user: what there is so far. */
  readonly cancelled: boolean;
  /** The gold decision in words of the model; null where there is none. */
  readonly gold: string | null;
  readonly correct: boolean | null;
  /** What limits the trust in this. */
  readonly notes: readonly HealthCheck[];
  readonly device: string;
  readonly milliseconds: number;
  readonly modelHash: string;
  readonly modelName: string;
}

/** What the engine tells while an attack runs: the trace so far. */
export interface AttackTrace {
  readonly trace: string;
  readonly result: AttackResult;
}
