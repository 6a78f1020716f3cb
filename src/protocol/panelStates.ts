/** What the panel shows: one state for each of its tabs, and what is remembered of it. */
import type { AttackResult, AttackSettings, ResolvedAttackOptions } from './attack';
import type {
  Aggregation,
  Explanation,
  MethodDescription,
  MethodParameters,
  ScalarKind,
} from './explanation';
import type {
  InfluenceResult,
  InfluenceSettings,
  ResolvedInfluenceOptions,
  SuspicionResult,
  SuspicionSettings,
} from './influence';
import type { Progress } from './messages';
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

/** What the panel shows, each under a tab of its own; a tab is there once it has something to show. */
export const panelTabs = [
  'saliency',
  'attack',
  'influence',
  'suspicious',
  'rewrite',
  'lines',
  'compare',
  'evaluation',
  'drivers',
  'models',
  'measures',
] as const;
export type PanelTab = (typeof panelTabs)[number];

/** An attack on a line, finished or on its way. */
export interface AttackState {
  readonly record: RecordInfo;
  /** While it runs, as far as it has come. */
  readonly result: AttackResult;
  readonly running: boolean;
  /** What it was started with; the form shows it, and 'attackAgain' sends it changed. */
  readonly settings: AttackSettings;
  /** What each option is that was not set; the same for every attack. */
  readonly defaults: ResolvedAttackOptions;
  /** What can be a target: the model's labels, an entity's types, ...; empty where it is typed freely. */
  readonly targets: readonly string[];
}

/** The map of one step of the attack that is shown. */
export interface AttackMap {
  /** Index into the steps; -1: the original. */
  readonly step: number;
  /** As the saliency view is given it: the step's text in place of the line's. */
  readonly state: PanelState;
}

/** Which list of a trace a row stands in. */
export interface InfluencePlace {
  readonly list: 'helps' | 'hurts';
  /** Of `disagreeing` in place of all lines. */
  readonly disagreeing: boolean;
  /** From 0. */
  readonly row: number;
}

/** The training lines behind a line, or behind several; finished or on its way. */
export interface InfluenceState {
  /** The line that was asked about; null where there are several, and `about` says which: '12 selected lines of reviews.dev.jsonl'. */
  readonly record: RecordInfo | null;
  readonly about: string;
  /** Null until there is one; while another is computed, the one before. */
  readonly result: InfluenceResult | null;
  /** Null: done. */
  readonly running: Progress | null;
  /** What it was started with; the form shows it, and 'influenceAgain' sends it changed. */
  readonly settings: InfluenceSettings;
  /** What each option is that was not set. */
  readonly defaults: ResolvedInfluenceOptions;
  /** The training file, relative to the workspace where it lies in it. */
  readonly train: string;
}

/** The map of a training line of the trace that is shown. */
export interface InfluenceMap {
  readonly place: InfluencePlace;
  /** As the saliency view is given it; null where it could not be explained, and `failed` says why. */
  readonly state: PanelState | null;
  readonly failed: string | null;
}

/** A training file with its probably mislabelled lines. */
export interface SuspicionState {
  readonly result: SuspicionResult | null;
  readonly running: Progress | null;
  readonly settings: SuspicionSettings;
  /** Relative to the workspace where it lies in it. */
  readonly train: string;
  /** The rows stand in the Problems view, too. */
  readonly inProblems: boolean;
}

/** A text that a person has written in place of the line's, and what the model says of it. */
export interface Rewriting {
  readonly text: string;
  readonly pair: string | null;
  readonly state: PanelState;
}

/** The line, edited by hand beside its original. */
export interface RewriteState {
  /** The line as it stands in the file. */
  readonly original: Rewriting;
  /** As it was edited last, explained; the original at first. */
  readonly edited: Rewriting;
  /** Edits that were pinned, the oldest first. */
  readonly pinned: readonly Rewriting[];
}
