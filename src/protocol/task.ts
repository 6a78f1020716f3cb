/** What a model does with a text, and what can be asked about its answer; shared by every process. */

/** Names follow the pipelines of the Hugging Face hub where these have one. */
export const taskKinds = [
  /** One label of several; a softmax over the labels. */
  'text-classification',
  /** Two labels from one logit; a sigmoid with threshold 0.5. */
  'binary-classification',
  /** Any number of labels, each by its own sigmoid with threshold 0.5. */
  'multi-label-classification',
  /** One or several numbers, without probabilities. */
  'regression',
  /** A tag for each word. */
  'token-classification',
  /** A token of the vocabulary at the mask. */
  'fill-mask',
  /** The first and the last token of the answer in a context. */
  'question-answering',
] as const;
export type TaskKind = (typeof taskKinds)[number];

/** What turns logits into probabilities; 'identity': nothing does, the logits are the answer. */
export type Link = 'softmax' | 'sigmoid' | 'identity';

/** Characters of a text, as UTF-16 offsets. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** 0: the text (of a question: the question itself); 1: the second text of a pair (the context). */
export type FieldIndex = 0 | 1;

/** What a dataset has to say about the right answer. */
export type Gold =
  /** A label's name or index; of a regression the number, of a masked word the word. */
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'labels'; readonly labels: readonly string[] }
  /** One tag for each word, in any of BIO, IOB1, BIOES, BIOUL. */
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  /** Characters of the context; several where the dataset has several right answers. */
  | { readonly kind: 'answers'; readonly answers: readonly TextRange[] };

/** A text as a dataset has it. */
export interface TextInput {
  readonly text: string;
  /** The second text of a pair, or the context of a question. */
  readonly pair?: string;
  /** The words of `text` where the dataset has cut it already (token classification). */
  readonly words?: readonly TextRange[];
  readonly gold?: Gold;
  /** The word that was pointed at: what is asked first concerns it (token classification). */
  readonly focusWord?: number;
}

/** Which decision is explained. */
export type LabelChoice =
  /** What the model decided; of several entities the one at the focus, else the first. */
  | { readonly kind: 'predicted' }
  | { readonly kind: 'gold' }
  | { readonly kind: 'label'; readonly label: string }
  /** Of a multi-label model: why this label was left out. */
  | { readonly kind: 'not'; readonly label: string }
  /** What is predicted minus what is gold. */
  | { readonly kind: 'contrast' }
  /** Words from `start` to before `end`; `label` is an entity's type or 'O', `against` is subtracted. */
  | {
      readonly kind: 'span';
      readonly start: number;
      readonly end: number;
      readonly label: string;
      readonly against?: string;
    }
  /** A token at the mask with this index in the text. */
  | { readonly kind: 'mask'; readonly mask: number; readonly token: string }
  /** Characters of the context. */
  | { readonly kind: 'answer'; readonly start: number; readonly end: number };

/** Which ends of an answer are explained. */
export type AnswerPart = 'both' | 'start' | 'end';

/** How the scores of a word's pieces become the word's; 'pieces': they do not. */
export type WordScores = 'pieces' | 'sum' | 'mean' | 'max';

/** How a text is read that is longer than the model's input. */
export interface LongText {
  /** 'windows': in overlapping pieces; 'start': its beginning only, the rest is marked as not seen. */
  readonly mode: 'windows' | 'start';
  /** Tokens that neighbouring windows share; null: a quarter of a window. */
  readonly overlap: number | null;
}

/** Choices of reading and of scale that do not depend on the method. */
export interface ReadingOptions {
  /** Overrides what the model's files say. */
  readonly task?: TaskKind;
  readonly answerPart?: AnswerPart;
  readonly wordScores?: WordScores;
  readonly longText?: LongText;
}

/** Something that can be asked about the text at hand, for a menu. */
export interface Question {
  readonly choice: LabelChoice;
  /** 'PER: Eric Wallace (predicted, gold agrees)' */
  readonly says: string;
  /** Heading in the menu: 'Predicted', 'Gold, missed', ... */
  readonly group: string;
  /** False: cannot be asked here; `says` gives the reason. */
  readonly possible: boolean;
}

/** An entity, predicted or gold, with words from `start` to before `end`. */
export interface Entity {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  /** Characters of the text. */
  readonly range: TextRange;
  /** 'right': predicted and gold; 'predicted': gold has none here; 'missed': gold only; 'unknown': no gold. */
  readonly status: 'right' | 'predicted' | 'missed' | 'unknown';
  /** Mean probability of the entity's tags; of a missed one, of the gold tags. */
  readonly probability: number;
}

/** Pieces of a long text, and what no window read. */
export interface Windows {
  readonly count: number;
  /** Tokens of a window, special ones included. */
  readonly tokens: number;
  readonly overlap: number;
}

/** The score of a word: the pieces from token `first` to `last`, both included, combined as chosen. */
export interface WordScore {
  readonly tokens: readonly number[];
  readonly score: number;
  readonly attribution: number;
}
