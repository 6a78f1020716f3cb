/** From a line of a file to an explanation in the editor and in the panel; one at a time, the newest wins. */
import * as vscode from 'vscode';
import type { PanelChoices, PanelState, RecordInfo } from '../../protocol';
import type { ChoiceMemory } from '../choices';
import type { Heatmap } from '../heatmap/heatmap';
import type { Failures } from '../failures';
import type { ModelStatus } from '../models/modelStatus';
import type { ModelUse } from '../models/modelUse';
import { aboutModel } from '../models/modelUse';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import { documentLines } from '../records/documentLines';
import { openDocument } from '../records/openDocument';
import type { FoundRecord, RecordReader } from '../records/readRecord';
import type { Target } from '../records/target';
import { askEngine, panelState } from './askEngine';
import type { Engine } from './engine';
import { Explained } from './explained';
import { withSlowProgress } from './slowProgress';

export interface ExplainerParts {
  readonly engine: Engine;
  readonly use: Pick<ModelUse, 'dirFor'>;
  readonly reader: RecordReader;
  readonly choices: ChoiceMemory;
  readonly panel: Pick<PanelHost, 'open' | 'show' | 'busy' | 'moved' | 'stale'>;
  readonly heatmap: Pick<Heatmap, 'show'>;
  readonly status: Pick<ModelStatus, 'set'>;
  readonly log: vscode.LogOutputChannel;
  readonly failures: Pick<Failures, 'tellNoAnswer'>;
  /** An attack or a trace is at work, for which the engine lets everything else wait. */
  readonly isOccupied: () => boolean;
}

export interface ExplainOptions {
  /** Other choices than the remembered ones, made for the text of this very line. */
  readonly choices?: PanelChoices;
  /** The remembered choices were made for the text that is shown. */
  readonly keepQuestion?: boolean;
  /** Ask nothing and tell failures in the panel only: nobody asked just now. */
  readonly quiet?: boolean;
  /** Leave in front of the panel whatever is there: it was asked in the panel itself. */
  readonly keepTab?: boolean;
}

export class Explainer implements vscode.Disposable {
  current: Explained | null = null;
  private readonly runs = new Newest();
  private readonly explained = new vscode.EventEmitter<PanelState>();
  readonly onDidExplain = this.explained.event;

  constructor(private readonly parts: ExplainerParts) {}

  /** Null when it failed (the user was told), was cancelled, or a newer one took its place. */
  async explain(target: Target, options: ExplainOptions = {}): Promise<PanelState | null> {
    const run = this.runs.begin();
    try {
      const found = await this.parts.reader.read(target, run.signal);
      const modelDir = await this.parts.use.dirFor(found.uri, options.quiet ?? false);
      if (modelDir === null || run.signal.aborted) return null;
      const state = await this.compute(found, modelDir, options, run);
      if (!this.runs.is(run)) return null;
      this.show(new Explained(found, state));
      return state;
    } catch (error) {
      if (this.runs.is(run)) this.parts.failures.tellNoAnswer(error, options.quiet ?? false);
      return null;
    } finally {
      this.runs.end(run);
    }
  }

  /** Explains the record that is shown once more: with other choices, another model, or its new text. */
  async again(options: ExplainOptions = {}): Promise<PanelState | null> {
    const { current } = this;
    if (!current) return null;
    const { uri, focus } = current;
    const document = await openDocument(uri);
    return this.explain({ uri, document, ...focus }, { keepQuestion: true, ...options });
  }

  /** Shows an explanation that was made elsewhere; `found` is the record that it is of, where it stands now. */
  adopt(found: FoundRecord, state: PanelState): void {
    this.runs.end(this.runs.begin());
    this.parts.panel.open('saliency');
    const explained = new Explained(found, state);
    explained.startLine = found.info.line - 1;
    this.show(explained);
  }

  cancel(): void {
    this.runs.cancel();
  }

  /** The tints go; the panel keeps what it shows. */
  clearHeatmap(): void {
    if (this.current) this.current.wanted = false;
    this.parts.heatmap.show(null);
  }

  /** Follows an edit: the tints move with their record, or go while it differs from what was explained. */
  follow(explained: Explained): void {
    const { heatmap, panel } = this.parts;
    heatmap.show(explained.picture());
    panel.moved(explained.state);
    panel.stale(
      explained.stale
        ? vscode.l10n.t('The line was edited after it was explained; explain it again.')
        : null,
    );
  }

  private async compute(
    found: FoundRecord,
    modelDir: string,
    options: ExplainOptions,
    run: AbortController,
  ): Promise<PanelState> {
    const { engine, panel, status } = this.parts;
    const { info: record } = found;
    const says = this.parts.isOccupied()
      ? vscode.l10n.t('Line {0} of {1} waits for what is at work', record.line, record.file)
      : vscode.l10n.t('Explaining line {0} of {1}', record.line, record.file);
    const keepTab = options.keepTab ?? options.quiet ?? false;
    panel.open(keepTab ? undefined : 'saliency');
    panel.busy(says);
    status.set('busy');
    const wanted = options.choices ?? this.parts.choices.get();
    const sameText = options.choices !== undefined || this.isAskedAgain(record, options);
    const contrastWhereWrong = !this.parts.choices.isLabelChosen;
    return withSlowProgress(`Glassbox: ${says}`, run, async onProgress => {
      const answered = await askEngine(
        engine,
        { modelDir, found, wanted, sameText, contrastWhereWrong },
        { signal: run.signal, onProgress },
      );
      if (this.runs.is(run)) status.set('idle', aboutModel(answered.model));
      return panelState(found, answered);
    });
  }

  /** Whether the remembered question was asked about this very text. */
  private isAskedAgain({ text, pair }: RecordInfo, { keepQuestion }: ExplainOptions): boolean {
    const shown = this.current?.state.record;
    return keepQuestion === true && shown?.text === text && shown.pair?.text === pair?.text;
  }

  private show(explained: Explained): void {
    this.current = explained;
    const { record, explanation } = explained.state;
    const { name } = explanation.method;
    this.parts.log.info(
      `${record.file}:${record.line} ${name} on ${explanation.device}, ${explanation.milliseconds.toFixed(0)} ms`,
    );
    this.parts.panel.show(explained.state);
    const document = vscode.workspace.textDocuments.find(
      ({ uri }) => uri.toString() === explained.uri.toString(),
    );
    // It may have been edited while the engine was at work.
    if (document) explained.place(documentLines(document), explained.startLine);
    if (explained.stale) this.follow(explained);
    else this.parts.heatmap.show(explained.picture());
    this.explained.fire(explained.state);
  }

  dispose(): void {
    this.cancel();
    this.explained.dispose();
  }
}
