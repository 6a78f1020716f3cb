/** What host and panel say to each other. The panel holds no truth: the host resends on 'ready'. */
import type { AttackSettings } from './attack';
import type { AttackTable } from './attackTable';
import type { ComparisonState, ModelChangesState } from './comparison';
import type { DriversSettings, DriversState, EvaluationCell, EvaluationState } from './evaluation';
import type { MeasureReport } from './measures';
import type { InfluenceSettings, SuspicionSettings } from './influence';
import type {
  PanelChoices,
  PanelMemory,
  PanelState,
  PanelTab,
  AttackState,
  AttackMap,
  InfluencePlace,
  InfluenceState,
  InfluenceMap,
  SuspicionState,
  RewriteState,
} from './panelStates';

export type ToPanelEvents = {
  /** Brings a tab to the front. */
  tab: { readonly tab: PanelTab };
  attack: AttackState;
  attackMap: AttackMap;
  influence: InfluenceState;
  influenceMap: InfluenceMap;
  suspicious: SuspicionState;
  rewrite: RewriteState;
  /** The edit with this number was explained (`state`), or could not be (`failed`, one sentence). */
  rewritten: {
    readonly edit: number;
    readonly state: PanelState | null;
    readonly failed: string | null;
  };
  /** An attack on several lines: the whole table, then row by row (`attackTable.ts`). */
  lines: AttackTable;
  /** Maps side by side; sent whole whenever a row is done. */
  comparison: ComparisonState;
  evaluation: EvaluationState;
  evaluationCell: EvaluationCell;
  drivers: DriversState;
  modelChanges: ModelChangesState;
  measures: MeasureReport;
  show: PanelState;
  /** A new explanation is being computed: fade the old one. */
  busy: { readonly says: string };
  /** Nothing was computed: one sentence; the old explanation, if any, stays. `actions` are buttons. */
  failed: { readonly message: string };
  /** Nothing to show yet. */
  empty: { readonly says: string };
  /** Lines above the record came or went: this is where it stands now. To be stored like `memory`. */
  moved: PanelMemory;
  /** The same of the line under another tab; `line` counts from 1. */
  movedElsewhere: { readonly tab: 'attack' | 'influence' | 'rewrite'; readonly line: number };
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
  /** The user went to this tab. */
  tab: { readonly tab: PanelTab };
  /** Attack the line again, with other settings. */
  attackAgain: AttackSettings;
  /** Explain this step (-1: the original); answered by 'attackMap'. */
  attackStep: { readonly step: number };
  attackCopy: { readonly as: 'json' | 'text' };
  /** Write the text of this step to a new dataset file, or to one that Glassbox has begun. */
  attackAppend: { readonly step: number };
  /** Trace the same again, with other settings; the remembered ones from now on. */
  influenceAgain: InfluenceSettings;
  /** Choose another training file, and trace again. */
  influenceTrain: null;
  /** Go to the row's line in the training file. */
  influenceReveal: InfluencePlace;
  /** Explain the row's line under the tab 'saliency'. */
  influenceExplain: InfluencePlace;
  /** The map of the row's line, here; answered by 'influenceMap'. */
  influenceSaliency: InfluencePlace;
  influenceCopy: null;
  /** Save as JSONL, one object a traced line, where the user says. */
  influenceSave: null;
  suspiciousAgain: SuspicionSettings;
  /** Choose another training file, and rank it. */
  suspiciousTrain: null;
  suspiciousReveal: { readonly row: number };
  suspiciousExplain: { readonly row: number };
  /** Put the rows into the Problems view, or take them out. */
  suspiciousProblems: { readonly on: boolean };
  suspiciousCopy: null;
  suspiciousSave: null;
  /** The line was edited by hand: explain it; a newer edit takes the place of one that is not done. */
  rewrite: { readonly edit: number; readonly text: string; readonly pair: string | null };
  /** Keep the edit that was explained last beside the original; `unpin` takes one away again. */
  pin: null;
  unpin: { readonly index: number };
  rewriteAppend: null;
  /** Go to the line of this row of the table. */
  linesReveal: { readonly row: number };
  /** Show the attack of this row in the attack tab. */
  linesOpen: { readonly row: number };
  /** Go on with the attack on several lines where it was stopped. */
  linesResume: null;
  /** Show the file that holds the results. */
  linesShowFile: { readonly as: 'jsonl' | 'csv' };
  /** Compute a row that is costly, or one that failed again. */
  compareRow: { readonly key: string };
  /** Show the row's explanation under the tab 'saliency'. */
  compareOpen: { readonly key: string };
  /** Choose another model to compare with. */
  compareModel: null;
  /** Go to a line of the dataset that was evaluated, or explain it under 'saliency'. */
  evaluationReveal: { readonly line: number };
  evaluationExplain: { readonly line: number };
  /** Lines of a cell of the confusion matrix; answered by 'evaluationCell'. */
  evaluationShowCell: { readonly gold: string; readonly predicted: string };
  evaluationResume: null;
  /** Put the wrong lines into the Problems view, or take them out. */
  evaluationProblems: { readonly on: boolean };
  /** Show the file with the results. */
  evaluationShowFile: null;
  driversAgain: DriversSettings;
  driversReveal: { readonly line: number };
  modelsReveal: { readonly line: number };
  /** Compare both models on this line under 'compare'. */
  modelsOpen: { readonly line: number };
  modelsResume: null;
  measuresResume: null;
  measuresShowFile: { readonly as: 'jsonl' | 'html' };
  /** A picture of a map, as PNG (bytes in base64, made by the panel), to be saved where the user says. */
  savePng: { readonly base64: string };
  /** Copy it to the clipboard as text of an SVG. */
  copyPicture: { readonly svg: string };
  /** The view of a tab as one HTML file without scripts, made by the panel; to be saved where the user says. */
  savePage: { readonly html: string; readonly name: string };
  selectModel: null;
  showLog: null;
};
