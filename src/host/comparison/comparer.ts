/** From a line of a file to maps of it side by side, one after another as they are done; one comparison at a time, the newest wins. */
import * as vscode from 'vscode';
import type { CallOptions, ComparisonRow, ComparisonState, PanelState } from '../../protocol';
import { withSlowProgress } from '../explain/slowProgress';
import type { Failures } from '../failures';
import type { ModelStatus } from '../models/modelStatus';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import { documentLines } from '../records/documentLines';
import { movedRecord, rawLines, type FoundRecord } from '../records/readRecord';
import { failureOf } from '../report';
import { agreementsOf } from './agreement';
import { rowOf, withAgreement, type ComparisonPlan, type RowAnswer, type RowPlan } from './plan';

export interface ComparerParts {
  readonly failures: Pick<Failures, 'tellNoAnswer'>;
  readonly panel: Pick<PanelHost, 'open' | 'busy' | 'idle' | 'work'>;
  readonly status: Pick<ModelStatus, 'set'>;
  readonly log: vscode.LogOutputChannel;
}

/** A comparison that is shown, finished or on its way. */
export interface Compared {
  readonly plan: ComparisonPlan;
  readonly answers: ReadonlyMap<string, RowAnswer>;
  readonly state: ComparisonState;
}

export class Comparer implements vscode.Disposable {
  current: Compared | null = null;
  private readonly runs = new Newest();
  private readonly compared = new vscode.EventEmitter<ComparisonState>();
  /** A row is done, or the comparison has ended. */
  readonly onDidCompare = this.compared.event;

  constructor(private readonly parts: ComparerParts) {}

  /**
   * Computes the rows that are not costly. `plan` is null where the user changed their mind. Null when it failed (the user was
   * told), when nothing was begun, or when a newer one took its place; what was cancelled has the rows that were done.
   */
  async compare(
    plan: (controller: AbortController) => Promise<ComparisonPlan | null>,
  ): Promise<ComparisonState | null> {
    return this.run(async controller => {
      const planned = await plan(controller);
      if (!this.runs.is(controller)) return;
      if (!planned || controller.signal.aborted) {
        this.parts.panel.idle();
        return;
      }
      this.parts.panel.open('compare');
      this.begin(planned);
      await this.work(controller);
    });
  }

  /** Computes a row that is costly, or that failed, or was stopped; after those that wait already. */
  async row(key: string): Promise<ComparisonState | null> {
    const row = this.current?.state.rows.find(candidate => candidate.key === key);
    if (!row || row.state === 'waiting' || row.state === 'running') return null;
    this.change(key, { state: 'waiting', says: '' });
    if (this.runs.isRunning) return null;
    return this.run(controller => this.work(controller));
  }

  /** The row as the tab of explanations shows it; null while it is not done. */
  panelState(key: string): PanelState | null {
    const answer = this.current?.answers.get(key);
    if (!this.current || !answer) return null;
    const { uri, info: record } = this.current.plan.found;
    const { explanation, choices, methods } = answer;
    const memory = { uri: uri.toString(), line: record.line - 1, choices };
    return { record, explanation, choices, methods, memory };
  }

  get isRunning(): boolean {
    return this.runs.isRunning;
  }

  /** Stops the row at work; it and those that wait can be asked for again. */
  cancel(): void {
    this.runs.cancel();
  }

  /** Follows the line when lines above it came or went, and says when it is another text than that of the maps. */
  follow(uri: vscode.Uri, moved: (line: number) => number): void {
    const { current } = this;
    if (current?.plan.found.uri.toString() !== uri.toString()) return;
    const found = movedRecord(current.plan.found, moved);
    const { stale: before, ...state } = current.state;
    const stale = stalenessOf(found);
    if (found.info.line === current.plan.found.info.line && stale.stale === before) return;
    const plan = { ...current.plan, found };
    this.show({ ...current, plan, state: { ...state, ...stale, record: found.info } });
  }

  private async run(
    work: (controller: AbortController) => Promise<void>,
  ): Promise<ComparisonState | null> {
    const controller = this.runs.begin();
    try {
      await work(controller);
      return this.runs.is(controller) ? (this.current?.state ?? null) : null;
    } catch (error) {
      if (this.runs.is(controller)) this.parts.failures.tellNoAnswer(error, false);
      return null;
    } finally {
      this.runs.end(controller);
    }
  }

  private begin(plan: ComparisonPlan): void {
    const { kind, found, about } = plan;
    const rows = plan.rows.map(rowOf);
    const state: ComparisonState = {
      ...{ kind, record: found.info, about: about ?? '', rows },
      ...{ agreement: agreementsOf(rows.map(() => null)), running: null },
      // It may have been edited while the model was loaded.
      ...stalenessOf(found),
    };
    this.show({ plan, answers: new Map(), state });
  }

  /** Row by row until none waits. */
  private async work(controller: AbortController): Promise<void> {
    const { status } = this.parts;
    const { record } = this.current!.state;
    const says = vscode.l10n.t('Comparing line {0} of {1}', record.line, record.file);
    status.set('busy');
    try {
      await withSlowProgress(`Glassbox: ${says}`, controller, async tell => {
        for (;;) {
          const row = this.next();
          if (!row || !this.runs.is(controller)) return;
          const done = this.current!.state.rows.filter(({ state }) => state === 'done').length;
          const running = { done, total: this.current!.state.rows.length, says: row.title };
          tell(running);
          this.change(row.key, { state: 'running', says: '' }, { running });
          await this.answer(row, { signal: controller.signal, onProgress: tell }, controller);
        }
      });
    } finally {
      if (this.runs.is(controller)) this.settle();
    }
  }

  private next(): RowPlan | null {
    const waiting = this.current?.state.rows.find(({ state }) => state === 'waiting');
    return this.current?.plan.rows.find(({ key }) => key === waiting?.key) ?? null;
  }

  /** What is wrong with one row is told in the row. */
  private async answer(
    row: RowPlan,
    calling: CallOptions,
    controller: AbortController,
  ): Promise<void> {
    const { key } = row;
    try {
      const answer = await row.ask(calling);
      if (!this.runs.is(controller)) return;
      const { explanation, measures } = answer;
      this.current = {
        ...this.current!,
        answers: new Map([...this.current!.answers, [key, answer]]),
      };
      this.change(key, { state: 'done', says: '', explanation, measures });
    } catch (error) {
      if (!this.runs.is(controller)) return;
      const { code, message } = failureOf(error, this.parts.log);
      if (code === 'cancelled') {
        const stopped = vscode.l10n.t('Stopped before it was done.');
        const rows = this.current!.state.rows.filter(({ state }) => isOpen(state));
        for (const other of rows) this.change(other.key, { state: 'asked', says: stopped });
      } else this.change(key, { state: 'failed', says: message });
    }
  }

  private settle(): void {
    this.parts.status.set('idle');
    if (this.current?.state.running) {
      this.show({ ...this.current, state: { ...this.current.state, running: null } });
    }
  }

  private change(
    key: string,
    change: Partial<ComparisonRow>,
    more: Partial<ComparisonState> = {},
  ): void {
    const { current } = this;
    if (!current) return;
    const changed = current.state.rows.map(row => (row.key === key ? { ...row, ...change } : row));
    const maps = changed.map(({ explanation }) => explanation);
    const about = current.plan.about ?? maps.find(map => map !== null)?.explained.says ?? '';
    const agreement = change.explanation ? agreementsOf(maps) : current.state.agreement;
    const rows = change.explanation ? withAgreement(changed) : changed;
    this.show({ ...current, state: { ...current.state, ...more, about, rows, agreement } });
  }

  private show(compared: Compared): void {
    this.current = compared;
    this.parts.panel.work('comparison', compared.state);
    this.compared.fire(compared.state);
  }

  dispose(): void {
    this.cancel();
    this.compared.dispose();
  }
}

/** A file that no editor has is not edited here. */
function stalenessOf({ uri, info, raw, record }: FoundRecord): Pick<ComparisonState, 'stale'> {
  const document = vscode.workspace.textDocuments.find(
    candidate => candidate.uri.toString() === uri.toString(),
  );
  const start = info.line - 1;
  const end = start + record.endLine - record.startLine;
  if (!document || rawLines(documentLines(document), start, end) === raw) return {};
  const says = vscode.l10n.t('The line was edited after its maps were computed; compare it again.');
  return { stale: says };
}

function isOpen(state: ComparisonRow['state']): boolean {
  return state === 'waiting' || state === 'running';
}
