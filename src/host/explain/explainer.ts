/** From a line of a file to an explanation in the editor and in the panel; one at a time, the newest wins. */
import * as vscode from 'vscode';
import type { ModelInfo, PanelChoices, PanelState, RecordInfo } from '../../protocol';
import type { ChoiceMemory } from '../choices';
import type { Heatmap } from '../heatmap/heatmap';
import type { ModelChoice } from '../models/modelChoice';
import type { ModelStatus } from '../models/modelStatus';
import type { PanelHost } from '../panel/panelHost';
import { documentLines } from '../records/documentLines';
import type { FoundRecord, RecordReader } from '../records/readRecord';
import type { Target } from '../records/target';
import type { Failure } from '../report';
import { failureOf, HostError, showFailure } from '../report';
import { deviceSetting, taskSetting } from '../settings';
import { askEngine } from './askEngine';
import type { Engine } from './engine';
import { Explained } from './explained';
import { withSlowProgress } from './slowProgress';

export interface ExplainerParts {
  readonly engine: Engine;
  readonly models: Pick<ModelChoice, 'current'>;
  readonly reader: RecordReader;
  readonly choices: ChoiceMemory;
  readonly panel: Pick<
    PanelHost,
    'open' | 'show' | 'busy' | 'idle' | 'failed' | 'moved' | 'stale' | 'isOpen'
  >;
  readonly heatmap: Pick<Heatmap, 'show'>;
  readonly status: Pick<ModelStatus, 'set'>;
  readonly log: vscode.LogOutputChannel;
  /** Offers the choice of a model; null when the user changed their mind. */
  readonly offerModel: () => Promise<string | null>;
  /** The model to use for a file when none was chosen: only the sample has one. */
  readonly modelBeside: (uri: vscode.Uri) => string | null;
  /** Whether the model in this folder may be loaded here. */
  readonly mayLoad: (modelDir: string) => Promise<boolean>;
}

export interface ExplainOptions {
  /** Other choices than the remembered ones, made for the text of this very line. */
  readonly choices?: PanelChoices;
  /** The remembered choices were made for the text that is shown. */
  readonly keepQuestion?: boolean;
  /** Ask nothing and tell failures in the panel only: nobody asked just now. */
  readonly quiet?: boolean;
}

export class Explainer implements vscode.Disposable {
  current: Explained | null = null;
  private running: AbortController | null = null;
  private readonly explained = new vscode.EventEmitter<PanelState>();
  private readonly failed = new vscode.EventEmitter<Failure>();
  readonly onDidExplain = this.explained.event;
  readonly onDidFail = this.failed.event;

  constructor(private readonly parts: ExplainerParts) {}

  /** Null when it failed (the user was told), was cancelled, or a newer one took its place. */
  async explain(target: Target, options: ExplainOptions = {}): Promise<PanelState | null> {
    this.running?.abort();
    const run = new AbortController();
    this.running = run;
    try {
      const found = await this.parts.reader.read(target, run.signal);
      const modelDir = await this.modelFor(found.uri, options.quiet ?? false);
      if (modelDir === null || run.signal.aborted) return null;
      await this.checkTrust(modelDir);
      const state = await this.compute(found, modelDir, options, run);
      if (this.running !== run) return null;
      this.show(new Explained(found, state));
      return state;
    } catch (error) {
      if (this.running === run) this.fail(error, options.quiet ?? false);
      return null;
    } finally {
      if (this.running === run) this.running = null;
    }
  }

  /** Explains the record that is shown once more: with other choices, another model, or its new text. */
  async again(options: ExplainOptions = {}): Promise<PanelState | null> {
    const { current } = this;
    if (!current) return null;
    const { uri, focus } = current;
    const document = await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(
      () => null,
    );
    return this.explain({ uri, document, ...focus }, { keepQuestion: true, ...options });
  }

  cancel(): void {
    this.running?.abort();
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

  /** Tells a failure that happened outside of an explanation in the same way. */
  tell(error: unknown, quiet = false): Failure {
    const { panel, log } = this.parts;
    const failure = failureOf(error, log);
    if (failure.code === 'cancelled') return failure;
    log.warn(`${failure.code}: ${failure.message}`);
    if (panel.isOpen) panel.failed(failure.message);
    this.failed.fire(failure);
    if (!quiet) void showFailure(failure, error);
    return failure;
  }

  private fail(error: unknown, quiet: boolean): void {
    const { panel, status } = this.parts;
    const { code, message } = this.tell(error, quiet);
    const blocked = code !== 'cancelled' && code !== 'bad-input';
    if (blocked) status.set('failed', [message]);
    else status.set('idle');
    if (code === 'cancelled' && panel.isOpen) panel.idle();
  }

  /** Loads a model and tells how it went in the status bar. Throws what the engine throws. */
  async loadModel(modelDir: string): Promise<ModelInfo> {
    await this.checkTrust(modelDir);
    const { engine, status } = this.parts;
    status.set('busy');
    const controller = new AbortController();
    const title = vscode.l10n.t('Glassbox: loading the model');
    const task = taskSetting();
    try {
      const info = await withSlowProgress(title, controller, onProgress =>
        engine.call(
          'loadModel',
          { modelDir, device: deviceSetting(), ...(task && { task }) },
          { signal: controller.signal, onProgress },
        ),
      );
      status.set('idle', aboutModel(info));
      return info;
    } catch (error) {
      // The model that was in use before is still good.
      status.set('idle');
      throw error;
    }
  }

  private async modelFor(uri: vscode.Uri, quiet: boolean): Promise<string | null> {
    const { models, modelBeside, offerModel } = this.parts;
    const chosen = models.current(uri) ?? modelBeside(uri);
    if (chosen !== null) return chosen;
    if (quiet) {
      const says = vscode.l10n.t('No model is selected; select one to explain this line again.');
      throw new HostError('bad-model', says, ['selectModel']);
    }
    return offerModel();
  }

  /** Throws a HostError where the model lies in a workspace that is not trusted. */
  async checkTrust(modelDir: string): Promise<void> {
    if (await this.parts.mayLoad(modelDir)) return;
    const says = vscode.l10n.t(
      'The model {0} lies in a workspace that you have not trusted, so it was not opened; trust the workspace, or select a model outside of it.',
      modelDir,
    );
    throw new HostError('unsupported', says, ['manageTrust', 'selectModel']);
  }

  private async compute(
    found: FoundRecord,
    modelDir: string,
    options: ExplainOptions,
    run: AbortController,
  ): Promise<PanelState> {
    const { engine, panel, status } = this.parts;
    const { info: record, record: place, uri } = found;
    const says = vscode.l10n.t('Explaining line {0} of {1}', record.line, record.file);
    panel.open();
    panel.busy(says);
    status.set('busy');
    const device = deviceSetting();
    const wanted = options.choices ?? this.parts.choices.get();
    const sameText = options.choices !== undefined || this.isAskedAgain(record, options);
    return withSlowProgress(`Glassbox: ${says}`, run, async onProgress => {
      const { model, choices, explanation } = await askEngine(
        engine,
        { modelDir, device, found, wanted, sameText },
        { signal: run.signal, onProgress },
      );
      if (this.running === run) status.set('idle', aboutModel(model));
      return {
        record,
        explanation,
        choices,
        methods: model.methods,
        memory: { uri: uri.toString(), line: place.startLine, choices },
      };
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
    this.failed.dispose();
  }
}

function aboutModel(info: ModelInfo): string[] {
  return [
    vscode.l10n.t('Task: {0}', info.task),
    ...(info.labels.length > 0 ? [vscode.l10n.t('Labels: {0}', info.labels.join(', '))] : []),
    vscode.l10n.t('Device: {0}', info.device),
  ];
}
