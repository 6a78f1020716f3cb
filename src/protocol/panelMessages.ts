/** What host and panel say to each other. The panel holds no truth: the host resends on 'ready'. */
import type {
  Aggregation,
  Explanation,
  MethodDescription,
  MethodParameters,
  ScalarKind,
} from './explanation';
import type { AnswerPart, LabelChoice, TaskKind, TextRange, WordScores } from './task';

/** Where the text came from, as shown on top of the panel. */
export interface RecordInfo {
  /** Base name of the file: 'reviews.dev.jsonl'. */
  readonly file: string;
  /** Line on which the record starts, from 1. */
  readonly line: number;
  /** Name of the text field, '' for plain text. */
  readonly field: string;
  readonly text: string;
  /** The second text of a pair and the name of its field, or null. */
  readonly pair: { readonly field: string; readonly text: string } | null;
  /** Words of `text` where the file has cut it already, or null. */
  readonly words: readonly TextRange[] | null;
  /** Gold decision as the file has it, in words, or null. */
  readonly gold: string | null;
}

/** The choices that the panel offers and the host remembers. */
export interface PanelChoices {
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
  readonly aggregate: Aggregation;
  /** Null: as is usual for the task. */
  readonly wordScores: WordScores | null;
  readonly answerPart: AnswerPart;
  /** Null: what the model's files say. */
  readonly task: TaskKind | null;
}

/** What VS Code keeps of a panel while it is closed: enough to ask again. */
export interface PanelMemory {
  /** The dataset file. */
  readonly uri: string;
  /** Line on which the record starts, from 0. */
  readonly line: number;
  readonly choices: PanelChoices;
}

export interface PanelState {
  readonly record: RecordInfo;
  readonly explanation: Explanation;
  readonly choices: PanelChoices;
  readonly methods: readonly MethodDescription[];
  /** The panel hands it to `setState` as it is, so that it comes back after VS Code was closed. */
  readonly memory: PanelMemory;
}

export type ToPanelEvents = {
  show: PanelState;
  /** A new explanation is being computed: fade the old one. */
  busy: { readonly says: string };
  /** Nothing was computed: one sentence; the old explanation, if any, stays. `actions` are buttons. */
  failed: { readonly message: string };
  /** Nothing to show yet. */
  empty: { readonly says: string };
  /** Lines above the record came or went: this is where it stands now. To be stored like `memory`. */
  moved: PanelMemory;
  /** The line was edited since (one sentence), or is again as it was explained (null). */
  stale: { readonly says: string | null };
  /** The cursor in the file is on this token (index), or on none. */
  highlight: { readonly token: number | null };
};

export type FromPanelEvents = {
  ready: null;
  choose: PanelChoices;
  /** The pointer or the keyboard is on this token (index), or on none. */
  hover: { readonly token: number | null };
  /** Put the cursor of the file on this token. */
  reveal: { readonly token: number };
  cancel: null;
  copyJson: null;
  /** SVG markup of the heatmap, made by the panel, to be saved where the user says. */
  savePicture: { readonly svg: string };
  selectModel: null;
  showLog: null;
};
