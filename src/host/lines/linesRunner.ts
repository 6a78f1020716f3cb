/** Work on several lines of a file: a state that grows in the panel, results on the disk, stopped and gone on with. */
import * as vscode from 'vscode';
import type { RunDataset } from '../../batch/runDataset';
import { countRecords } from '../../dataset/records';
import { DatasetCache, openFileLines } from '../../dataset';
import type { PanelTab, Progress, ToPanelEvents } from '../../protocol';
import { GlassboxError } from '../../protocol';
import type { Failures } from '../failures';
import type { ModelStatus } from '../models/modelStatus';
import type { ModelUse } from '../models/modelUse';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import type { WorkEvent } from '../panel/told';
import type { FieldChoice } from '../records/fieldChoice';
import { openDocument } from '../records/openDocument';
import { RowPlaces } from '../records/rowPlaces';
import { baseName } from '../records/target';
import { datasetOf, snapshot } from './linesDataset';
import { withLinesProgress } from './linesProgress';
import type { ResultName, ResultPlaces } from './resultPlaces';
import type { Lines } from './selection';
import { Throttle } from './throttle';
import type { WorkLines } from './workLines';

export interface LinesRunnerParts {
  readonly use: Pick<ModelUse, 'dirFor'>;
  readonly failures: Pick<Failures, 'tellNoAnswer'>;
  readonly fields: FieldChoice;
  readonly places: ResultPlaces;
  readonly panel: Pick<PanelHost, 'open' | 'busy' | 'idle' | 'work'>;
  readonly status: Pick<ModelStatus, 'set'>;
  /** Asks whether a whole file of so many records is meant; false: no. */
  readonly confirm: (how: WholeFile, records: number, file: string) => Promise<boolean>;
}

/** How a person is asked whether a whole file is meant. */
export interface WholeFile {
  /** Files with more records are worked on only when that is meant. */
  readonly many: number;
  /** 'Attack all {0} records of {1}?', filled in. */
  readonly question: (records: number, file: string) => string;
  /** The button: 'Attack'. */
  readonly yes: string;
}

/** Everything that is needed to go on. */
export interface LinesWork {
  readonly lines: Lines;
}

/** Events of work on lines: their states say whether they run. */
export type RunEvent = Exclude<WorkEvent, 'suspicious' | 'comparison'>;

/** What the work is given. */
export interface LinesAsked<Work> {
  readonly work: Work;
  readonly dataset: RunDataset;
  readonly modelDir: string;
  readonly controller: AbortController;
}

export interface Prepared<Work, State> {
  /** The work with what a person was asked for, so that it is not asked again when it is gone on with; absent: as it was. */
  readonly work?: Work;
  /** Where results go; null: nowhere. `key` names all that decides what comes out. */
  readonly save: { readonly key: string; readonly name: ResultName } | null;
  /** `tell` is given every state; the first one, and the last, are shown at once. */
  readonly run: (jsonl: string | null, tell: (state: State) => void) => Promise<State>;
}

/** What differs from one kind of work on lines to another. */
export interface LinesKind<Work extends LinesWork, Name extends RunEvent> {
  readonly event: Name;
  readonly tab: PanelTab;
  readonly wholeFile: WholeFile;
  /** 'Attacking lines of reviews.jsonl', while nothing is to be seen yet; and the title of the notification. */
  says(file: string): { readonly busy: string; readonly title: string };
  progress(state: ToPanelEvents[Name]): Progress;
  /** How heavy the state is to be told, in rows of a table. */
  rows(state: ToPanelEvents[Name]): number;
  /** Loads the model and resolves what is asked. Null when the user changed their mind. */
  prepare(asked: LinesAsked<Work>): Promise<Prepared<Work, ToPanelEvents[Name]> | null>;
  /** As the panel is told it; what only the host knows is filled in. */
  complete(raw: ToPanelEvents[Name], jsonl: string | null): ToPanelEvents[Name];
}

/** Work that is shown, finished or on its way. */
export interface CurrentWork<Work, State> {
  readonly work: Work;
  readonly raw: State;
  readonly state: State;
  /** The file with the results; null where nothing is saved. */
  readonly jsonl: string | null;
  readonly lines: WorkLines;
}

export class LinesRunner<Work extends LinesWork, Name extends RunEvent>
  implements vscode.Disposable
{
  current: CurrentWork<Work, ToPanelEvents[Name]> | null = null;
  private readonly runs = new Newest();
  /** The end of the run before: two must not write to one file. */
  private ended: Promise<unknown> = Promise.resolve();
  private readonly changed = new vscode.EventEmitter<ToPanelEvents[Name]>();
  /** It has come further, or has ended. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly parts: LinesRunnerParts,
    private readonly kind: LinesKind<Work, Name>,
  ) {}

  /** The state as far as it came; null when it failed (the user was told), or the user changed their mind. */
  async start(work: Work): Promise<ToPanelEvents[Name] | null> {
    const run = this.runs.begin();
    const before = this.ended;
    const attempt = before.then(() => this.run(work, run));
    this.ended = attempt.catch(() => undefined);
    try {
      const state = await attempt;
      if (state === null && this.runs.is(run)) this.parts.panel.idle();
      return state;
    } catch (error) {
      this.stopped();
      if (!this.runs.is(run)) return null;
      this.parts.failures.tellNoAnswer(error, false);
      return null;
    } finally {
      this.runs.end(run);
    }
  }

  /** Goes on where it was stopped. */
  async resume(): Promise<ToPanelEvents[Name] | null> {
    if (!this.current || this.runs.isRunning) return null;
    const { work } = this.current;
    const { lines } = work;
    const document = await openDocument(lines.uri);
    return this.start({ ...work, lines: { ...lines, document } });
  }

  get isRunning(): boolean {
    return this.runs.isRunning;
  }

  cancel(): void {
    this.runs.cancel();
  }

  /** Follows the lines when others above them came or went. */
  follow(uri: vscode.Uri, moved: (line: number) => number): void {
    this.current?.lines.places.follow(uri, moved);
  }

  /** Tells the state once more: something that only the host knows has changed. */
  refresh(): void {
    const { current } = this;
    if (current) this.show({ ...current, state: this.kind.complete(current.raw, current.jsonl) });
  }

  private async run(work: Work, run: AbortController): Promise<ToPanelEvents[Name] | null> {
    const { use, places, fields } = this.parts;
    const { uri, document } = work.lines;
    const { signal } = run;
    const modelDir = await use.dirFor(uri, false);
    if (modelDir === null || signal.aborted) return null;
    const file = document ? null : await openFileLines(uri.fsPath, { signal });
    try {
      const source = document ? snapshot(document) : file!;
      const dataset = await datasetOf(work.lines, source, fields, signal);
      const prepared = await this.kind.prepare({ work, dataset, modelDir, controller: run });
      if (!prepared) return null;
      const { save } = prepared;
      const isKnown = save !== null && places.knows(save.key);
      if (!isKnown && !(await this.isMeant(dataset, signal))) return null;
      const jsonl = save ? await places.find(save.key, uri, save.name) : null;
      if (save && jsonl === null) return null;
      stopIfCancelled(signal);
      try {
        const { format, fields: named = {} } = dataset;
        const lines: WorkLines = {
          ...{ places: new RowPlaces(uri), format, fields: named },
          source: document ? source : null,
          cache: new DatasetCache(),
        };
        return await this.go(prepared.work ?? work, prepared, { jsonl, lines }, run);
      } catch (error) {
        const isUnfit = error instanceof GlassboxError && error.code === 'bad-input';
        if (save && isUnfit) await places.forget(save.key);
        throw error;
      }
    } finally {
      await file?.close();
    }
  }

  private async isMeant(
    { source, format, fields = {}, lines }: RunDataset,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (lines) return true;
    const { wholeFile } = this.kind;
    const records = await countRecords(source, format, { fields, signal });
    return records <= wholeFile.many || this.parts.confirm(wholeFile, records, source.name);
  }

  private async go(
    work: Work,
    prepared: Prepared<Work, ToPanelEvents[Name]>,
    { jsonl, lines }: { readonly jsonl: string | null; readonly lines: WorkLines },
    controller: AbortController,
  ): Promise<ToPanelEvents[Name]> {
    const { panel, status } = this.parts;
    const { kind } = this;
    const { uri } = work.lines;
    const throttle = new Throttle<ToPanelEvents[Name]>(state => {
      panel.work(kind.event, state);
    });
    const keep = (raw: ToPanelEvents[Name]) => {
      const state = kind.complete(raw, jsonl);
      this.current = { work, raw, state, jsonl, lines };
      throttle.offer(state, kind.rows(state));
      this.changed.fire(state);
      return state;
    };
    const { busy, title } = kind.says(baseName(uri));
    panel.open(kind.tab);
    panel.busy(busy);
    status.set('busy');
    try {
      return await withLinesProgress(title, controller, async report => {
        let isFirst = true;
        const last = await prepared.run(jsonl, raw => {
          report(kind.progress(keep(raw)));
          if (isFirst) throttle.flush();
          isFirst = false;
        });
        return keep(last);
      });
    } finally {
      throttle.flush();
      status.set('idle');
    }
  }

  /** What was told as running is so no longer. */
  private stopped(): void {
    const { current } = this;
    if (current?.state.state !== 'running') return;
    const raw = { ...current.raw, state: 'stopped' as const };
    this.show({ ...current, raw, state: this.kind.complete(raw, current.jsonl) });
  }

  private show(current: CurrentWork<Work, ToPanelEvents[Name]>): void {
    this.current = current;
    this.parts.panel.work(this.kind.event, current.state);
    this.changed.fire(current.state);
  }

  dispose(): void {
    this.cancel();
    this.changed.dispose();
  }
}

function stopIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new GlassboxError('cancelled', 'This was cancelled.');
}
