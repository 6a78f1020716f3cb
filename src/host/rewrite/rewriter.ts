/** A line rewritten by hand in the panel: each edit is explained as it comes, the newest wins. */
import * as vscode from 'vscode';
import type { FromPanelEvents, PanelState, RewriteState, Rewriting } from '../../protocol';
import { GlassboxError } from '../../protocol';
import type { ChoiceMemory } from '../choices';
import { askEngine, panelState } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import { ownText, withText, wordsBetweenBlanks } from '../explain/otherText';
import { withSlowProgress } from '../explain/slowProgress';
import type { Failures } from '../failures';
import type { ModelStatus } from '../models/modelStatus';
import type { ModelUse } from '../models/modelUse';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import type { FoundRecord, RecordReader } from '../records/readRecord';
import { movedRecord } from '../records/readRecord';
import type { Target } from '../records/target';
import { failureOf } from '../report';

export interface RewriterParts {
  readonly engine: Engine;
  readonly use: Pick<ModelUse, 'dirFor'>;
  readonly failures: Pick<Failures, 'tellNoAnswer'>;
  readonly reader: RecordReader;
  readonly choices: ChoiceMemory;
  readonly panel: Pick<PanelHost, 'open' | 'busy' | 'rewrite' | 'rewritten' | 'movedElsewhere'>;
  readonly status: Pick<ModelStatus, 'set'>;
  readonly log: vscode.LogOutputChannel;
  /** As the explainer's. */
  readonly isOccupied: () => boolean;
}

/** A line that is being rewritten. */
export interface Rewritten {
  readonly found: FoundRecord;
  readonly modelDir: string;
  readonly state: RewriteState;
}

export class Rewriter implements vscode.Disposable {
  current: Rewritten | null = null;
  private readonly runs = new Newest();
  private lastEdit: FromPanelEvents['rewrite'] | null = null;
  /** The panel waits for an answer to the last edit. */
  private awaited = false;
  private readonly rewrote = new vscode.EventEmitter<RewriteState>();
  /** Another line is being rewritten, an edit was explained, or what is pinned has changed. */
  readonly onDidRewrite = this.rewrote.event;

  constructor(private readonly parts: RewriterParts) {}

  /** Begins with a line: null when it failed (the user was told), was cancelled, or another took its place. */
  async start(target: Target): Promise<RewriteState | null> {
    const run = this.runs.begin();
    try {
      const found = await this.parts.reader.read(target, run.signal);
      const modelDir = await this.parts.use.dirFor(found.uri, false);
      if (modelDir === null || run.signal.aborted) return null;
      const { panel, status } = this.parts;
      const { line, file } = found.info;
      const says = this.parts.isOccupied()
        ? vscode.l10n.t('Line {0} of {1} waits for what is at work', line, file)
        : vscode.l10n.t('Explaining line {0} of {1}', line, file);
      panel.open('rewrite');
      panel.busy(says);
      status.set('busy');
      const state = await withSlowProgress(`Glassbox: ${says}`, run, () =>
        this.explain(found, modelDir, run.signal),
      );
      if (!this.runs.is(run)) return null;
      status.set('idle');
      const { text, pair } = ownText(found);
      const original: Rewriting = { text, pair, state };
      this.lastEdit = null;
      this.awaited = false;
      return this.tell({ found, modelDir, state: { original, edited: original, pinned: [] } });
    } catch (error) {
      if (this.runs.is(run)) this.parts.failures.tellNoAnswer(error, false);
      return null;
    } finally {
      // The line that was to be replaced is still there, and so is its last edit.
      if (this.runs.is(run)) this.answer(null, notExplained());
      this.runs.end(run);
    }
  }

  /** Explains an edit and tells the panel, also why it could not be; says nothing of one that a newer replaced. */
  async edit(edit: FromPanelEvents['rewrite']): Promise<void> {
    const { current } = this;
    if (!current) return;
    this.lastEdit = edit;
    this.awaited = true;
    const run = this.runs.begin();
    const { text } = edit;
    const pair = current.state.original.pair === null ? null : edit.pair;
    const isNewest = () => this.runs.is(run);
    try {
      if (text.trim() === '') throw emptyText();
      const words = current.found.info.words && wordsBetweenBlanks(text);
      const found = withText(current.found, { text, pair, words });
      const state = await this.explain(found, current.modelDir, run.signal);
      if (isNewest()) this.answer({ text, pair, state }, null);
    } catch (error) {
      const { code, message } = failureOf(error, this.parts.log);
      if (isNewest()) this.answer(null, code === 'cancelled' ? notExplained() : message);
    } finally {
      this.runs.end(run);
    }
  }

  /** Explains original and edit once more: with other choices, or by another model. */
  async again(): Promise<void> {
    const { current, lastEdit } = this;
    if (!current) return;
    const run = this.runs.begin();
    try {
      const { found } = current;
      const modelDir = await this.parts.use.dirFor(found.uri, true);
      if (modelDir === null) return;
      const explained = await this.explain(found, modelDir, run.signal);
      const latest = this.current;
      if (!this.runs.is(run) || !latest) return;
      const original = { ...latest.state.original, state: explained };
      const edited = lastEdit === null ? original : latest.state.edited;
      this.tell({ found, modelDir, state: { ...latest.state, original, edited } });
    } catch (error) {
      if (this.runs.is(run)) this.parts.failures.tellNoAnswer(error, true);
    } finally {
      this.runs.end(run);
    }
    if (lastEdit && this.lastEdit === lastEdit) await this.edit(lastEdit);
  }

  /** Keeps the edit that was explained last. */
  pin(): void {
    const { current } = this;
    if (!current) return;
    const { pinned, edited } = current.state;
    this.tell({ ...current, state: { ...current.state, pinned: [...pinned, edited] } });
  }

  unpin(index: number): void {
    const { current } = this;
    if (!current) return;
    const pinned = current.state.pinned.filter((_, i) => i !== index);
    this.tell({ ...current, state: { ...current.state, pinned } });
  }

  /** Follows the line when lines above it came or went. */
  follow(uri: vscode.Uri, moved: (line: number) => number): void {
    const { current } = this;
    if (current?.found.uri.toString() !== uri.toString()) return;
    const found = movedRecord(current.found, moved);
    const { line } = found.info;
    if (line === current.found.info.line) return;
    const { original } = current.state;
    const record = { ...original.state.record, line };
    const state = {
      ...current.state,
      original: { ...original, state: { ...original.state, record } },
    };
    this.current = { ...current, found, state };
    this.parts.panel.movedElsewhere({ rewrite: state });
  }

  cancel(): void {
    this.runs.cancel();
  }

  /** Tells how the last edit went, once; `failed`: why it could not be explained. */
  private answer(edited: Rewriting | null, failed: string | null): void {
    const { current, lastEdit, awaited } = this;
    if (!current || !lastEdit || !awaited) return;
    this.awaited = false;
    const state = edited ? { ...current.state, edited } : current.state;
    this.current = { ...current, state };
    const { edit } = lastEdit;
    this.parts.panel.rewritten({ edit, state: edited?.state ?? null, failed }, state);
    this.rewrote.fire(state);
  }

  private tell(rewritten: Rewritten): RewriteState {
    this.current = rewritten;
    this.parts.panel.rewrite(rewritten.state);
    this.rewrote.fire(rewritten.state);
    return rewritten.state;
  }

  private async explain(
    found: FoundRecord,
    modelDir: string,
    signal: AbortSignal,
  ): Promise<PanelState> {
    const wanted = this.parts.choices.get();
    const asked = { modelDir, found, wanted, sameText: false };
    return panelState(found, await askEngine(this.parts.engine, asked, { signal }));
  }

  dispose(): void {
    this.cancel();
    this.rewrote.dispose();
  }
}

function notExplained(): string {
  return vscode.l10n.t('This edit was not explained; type on to have it explained.');
}

function emptyText(): GlassboxError {
  return new GlassboxError('bad-input', vscode.l10n.t('There is no text to explain: type some.'));
}
