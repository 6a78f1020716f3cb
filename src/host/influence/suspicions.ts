/** From a training file to its probably mislabelled lines; one ranking at a time, the newest wins. */
import * as vscode from 'vscode';
import type {
  SuspicionResult,
  SuspicionSettings,
  SuspicionState,
  SuspiciousRow,
} from '../../protocol';
import type { Failures } from '../failures';
import { shortPath } from '../lines/linesDataset';
import type { ModelStatus } from '../models/modelStatus';
import type { ModelUse } from '../models/modelUse';
import { aboutModel } from '../models/modelUse';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import { baseName } from '../records/target';
import type { InfluenceMemory } from './influenceMemory';
import type { LongWorkParts } from './longWork';
import { askAboutTraining, unsavedNotes } from './longWork';
import type { SuspicionProblems } from './suspicionProblems';
import type { ChosenTraining, TrainingChoice } from './trainingChoice';
import { RowPlaces } from '../records/rowPlaces';

export interface SuspicionsParts extends LongWorkParts {
  readonly use: Pick<ModelUse, 'dirFor'>;
  readonly failures: Pick<Failures, 'tellNoAnswer'>;
  readonly training: TrainingChoice;
  readonly remembered: InfluenceMemory;
  readonly problems: SuspicionProblems;
  readonly panel: Pick<PanelHost, 'open' | 'work'>;
  readonly status: Pick<ModelStatus, 'set'>;
  readonly log: vscode.LogOutputChannel;
}

/** A ranking that is shown, finished or on its way. */
export interface Suspected {
  readonly modelDir: string;
  readonly train: ChosenTraining;
  /** Where the rows of the result stand now. */
  readonly places: RowPlaces;
  readonly state: SuspicionState;
}

interface Plan {
  /** The training file that was pointed at; null: the user is asked. */
  readonly uri: vscode.Uri | null;
  /** A file beside which training files are likely. */
  readonly near: vscode.Uri;
  /** What was shown is about the same file: it stays until there is more. */
  readonly before: Suspected | null;
}

export class Suspicions implements vscode.Disposable {
  current: Suspected | null = null;
  /** What was shown before the ranking that runs. */
  private before: Suspected | null = null;
  private readonly runs = new Newest();
  private readonly found = new vscode.EventEmitter<SuspicionState>();
  /** A ranking has come further, or has ended; or its rows came into the Problems view, or went. */
  readonly onDidFind = this.found.event;
  private readonly settingListener: vscode.Disposable;

  constructor(private readonly parts: SuspicionsParts) {
    this.settingListener = parts.problems.onDidSwitch(inProblems => {
      this.update({ inProblems });
    });
  }

  /** Ranks a file with the method and the options that were used last. */
  async find(uri: vscode.Uri): Promise<SuspicionResult | null> {
    return this.run({ uri, near: uri, before: null });
  }

  /** Asks which file is to be ranked; it is the model's training file from then on. */
  async ask(near: vscode.Uri): Promise<SuspicionResult | null> {
    return this.run({ uri: null, near, before: null });
  }

  /** Ranks the same file once more, with other settings, which are remembered. */
  async again(settings: SuspicionSettings): Promise<SuspicionResult | null> {
    const { current } = this;
    if (!current) return null;
    await this.parts.remembered.setSuspicion(settings);
    const { uri } = current.train;
    return this.run({ uri, near: uri, before: current });
  }

  /** Asks for another training file, and ranks it. */
  async otherTrain(): Promise<SuspicionResult | null> {
    const { current } = this;
    return current && this.run({ uri: null, near: current.train.uri, before: current });
  }

  get isRunning(): boolean {
    return this.runs.isRunning;
  }

  /** A row of what is shown; null where there is no such row. */
  rowAt(row: number): SuspiciousRow | null {
    return this.current?.state.result?.rows[row] ?? null;
  }

  /** Follows the rows when lines above them came or went. */
  follow(uri: vscode.Uri, moved: (line: number) => number): void {
    for (const places of new Set([this.current?.places, this.before?.places])) {
      places?.follow(uri, moved);
    }
    this.parts.problems.follow(uri);
  }

  /** Stops the ranking that runs; what was shown before is shown again. */
  cancel(): void {
    this.runs.cancel();
  }

  /** Null when it failed (the user was told), was cancelled, or a newer one took its place. */
  private async run({ uri, near, before }: Plan): Promise<SuspicionResult | null> {
    const run = this.runs.begin();
    this.settle();
    const { signal } = run;
    const { use, training, failures } = this.parts;
    try {
      const modelDir = await use.dirFor(near, false);
      if (modelDir === null || signal.aborted) return null;
      const train = uri
        ? await training.of(uri, signal)
        : await training.find(modelDir, near, { anew: true, signal });
      if (!train || !this.runs.is(run)) return null;
      return await this.compute({ modelDir, near: train.uri, train }, before, run);
    } catch (error) {
      if (!this.runs.is(run)) return null;
      this.settle();
      failures.tellNoAnswer(error, false);
      return null;
    } finally {
      this.runs.end(run);
    }
  }

  private async compute(
    asked: { modelDir: string; near: vscode.Uri; train: ChosenTraining },
    before: Suspected | null,
    controller: AbortController,
  ): Promise<SuspicionResult | null> {
    const { engine, panel, status, remembered, problems, log } = this.parts;
    const { modelDir, train } = asked;
    const file = baseName(train.uri);
    const says = vscode.l10n.t('Looking for suspicious labels in {0}', file);
    const settings = remembered.suspicion;
    this.before = this.current;
    panel.open('suspicious');
    status.set('busy');
    const state: SuspicionState = {
      result: before?.state.result ?? null,
      running: { done: 0, total: 0, says },
      settings,
      train: shortPath(train.uri.fsPath),
      inProblems: problems.isOn,
    };
    const places = before?.places ?? new RowPlaces(train.uri, []);
    this.show({ modelDir, train, places, state });
    const notes = unsavedNotes(train.uri);
    const answered = await askAboutTraining(
      this.parts,
      asked,
      (common, calling) => engine.call('suspicious', { ...common, ...settings }, calling),
      { controller, says },
      running => {
        if (this.runs.is(controller)) this.update({ running });
      },
    );
    if (!this.runs.is(controller)) return null;
    const result = { ...answered.result, notes: [...answered.result.notes, ...notes] };
    status.set('idle', aboutModel(answered.model));
    const took = `${result.device}, ${result.milliseconds.toFixed(0)} ms`;
    log.info(`${file} ${result.method}: ${result.says} (${took})`);
    this.before = null;
    const rows = { uri: train.uri, places: new RowPlaces(train.uri, result.rows), result };
    this.show({
      ...this.current!,
      places: rows.places,
      state: { ...this.current!.state, result, running: null },
    });
    await problems.set(rows);
    return result;
  }

  /** What a ranking that ended before its time was to replace is shown again. */
  private settle(): void {
    const { current, before } = this;
    this.before = null;
    if (!current?.state.running) return;
    this.show(before ?? { ...current, state: { ...current.state, running: null } });
    this.update({ inProblems: this.parts.problems.isOn });
  }

  private update(change: Partial<SuspicionState>): void {
    if (this.current) this.show({ ...this.current, state: { ...this.current.state, ...change } });
  }

  private show(suspected: Suspected): void {
    this.current = suspected;
    this.parts.panel.work('suspicious', suspected.state);
    this.found.fire(suspected.state);
  }

  dispose(): void {
    this.cancel();
    this.settingListener.dispose();
    this.found.dispose();
  }
}
