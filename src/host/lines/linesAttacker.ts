/** An attack on several lines: a table that grows in the panel, results on the disk, stopped and gone on with. */
import * as vscode from 'vscode';
import type { AttackQuestion, AttackRun } from '../../batch/attackRun';
import { attackRun } from '../../batch/attackRun';
import { countRecords } from '../../dataset/records';
import type { ResultPaths } from '../../batch/resultFiles';
import { openFileLines } from '../../dataset';
import { resolveAttackOptions } from '../../interpret/attack/options';
import type { AttackSettings, AttackTable } from '../../protocol';
import { GlassboxError } from '../../protocol';
import { fitSettings } from '../attack/attackMemory';
import { targetsOf } from '../attack/targets';
import type { ChoiceMemory } from '../choices';
import { modelAsked, readingOf } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import { withSlowProgress } from '../explain/slowProgress';
import type { Failures } from '../failures';
import type { ModelStatus } from '../models/modelStatus';
import type { ModelUse } from '../models/modelUse';
import { aboutModel } from '../models/modelUse';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import type { FieldChoice } from '../records/fieldChoice';
import { openDocument } from '../records/openDocument';
import { baseName } from '../records/target';
import { datasetOf, shortPath, snapshot } from './linesDataset';
import { withLinesProgress } from './linesProgress';
import type { ResultPlaces } from './resultPlaces';
import { keyOf } from './resultPlaces';
import type { Lines } from './selection';
import { Throttle } from './throttle';

export interface LinesAttackerParts {
  readonly engine: Engine;
  readonly use: Pick<ModelUse, 'dirFor'>;
  readonly failures: Pick<Failures, 'tellNoAnswer'>;
  readonly fields: FieldChoice;
  readonly choices: ChoiceMemory;
  readonly places: ResultPlaces;
  readonly panel: Pick<PanelHost, 'open' | 'busy' | 'idle' | 'work'>;
  readonly status: Pick<ModelStatus, 'set'>;
  /** Asks whether so many records shall be attacked; false: no. */
  readonly confirm: (records: number, file: string) => Promise<boolean>;
}

/** Everything that is needed to go on. */
export interface LinesWork {
  readonly lines: Lines;
  readonly wanted: AttackSettings;
}

/** Whole files with more records than this are attacked only when that is meant. */
const many = 200;

export class LinesAttacker implements vscode.Disposable {
  current: {
    readonly work: LinesWork;
    readonly table: AttackTable;
    readonly paths: ResultPaths;
  } | null = null;
  private readonly runs = new Newest();
  /** The end of the run before: two must not write to one file. */
  private ended: Promise<unknown> = Promise.resolve();
  private readonly told = new vscode.EventEmitter<AttackTable>();
  /** After each record, and at the end. */
  readonly onDidAttackLines = this.told.event;

  constructor(private readonly parts: LinesAttackerParts) {}

  /** The table as far as it came; null when it failed (the user was told), or the user changed their mind. */
  async attack(work: LinesWork): Promise<AttackTable | null> {
    const run = this.runs.begin();
    const before = this.ended;
    const attempt = before.then(() => this.run(work, run));
    this.ended = attempt.catch(() => undefined);
    try {
      const table = await attempt;
      if (table === null && this.runs.is(run)) this.parts.panel.idle();
      return table;
    } catch (error) {
      this.stopped();
      if (!this.runs.is(run)) return null;
      this.parts.failures.tellNoAnswer(error, false);
      return null;
    } finally {
      this.runs.end(run);
    }
  }

  /** Goes on where the attack was stopped. */
  async resume(): Promise<AttackTable | null> {
    if (!this.current || this.runs.isRunning) return null;
    const { lines, wanted } = this.current.work;
    const document = await openDocument(lines.uri);
    return this.attack({ lines: { ...lines, document }, wanted });
  }

  get isRunning(): boolean {
    return this.runs.isRunning;
  }

  cancel(): void {
    this.runs.cancel();
  }

  private async run(work: LinesWork, run: AbortController): Promise<AttackTable | null> {
    const { use, places } = this.parts;
    const { uri, document } = work.lines;
    const { signal } = run;
    const modelDir = await use.dirFor(uri, false);
    if (modelDir === null) return null;
    const file = document ? null : await openFileLines(uri.fsPath, { signal });
    try {
      const source = document ? snapshot(document) : file!;
      const dataset = await datasetOf(work.lines, source, this.parts.fields, signal);
      const { question, key } = await this.question(work, dataset, modelDir, run);
      if (!places.knows(key) && !(await this.isMeant(dataset, signal))) return null;
      const paths = await places.find(key, uri, question.attack);
      if (!paths) return null;
      stopIfCancelled(signal);
      try {
        return await this.go(work, { dataset, question, output: paths }, paths, run);
      } catch (error) {
        if (error instanceof GlassboxError && error.code === 'bad-input') await places.forget(key);
        throw error;
      }
    } finally {
      await file?.close();
    }
  }

  /** What is asked about every record, and a name for all that decides what comes out. */
  private async question(
    { lines, wanted }: LinesWork,
    { fields }: AttackRun['dataset'],
    modelDir: string,
    run: AbortController,
  ): Promise<{ readonly question: AttackQuestion; readonly key: string }> {
    const { engine, choices, status } = this.parts;
    const reading = readingOf(choices.get(), lines.uri);
    const used = modelAsked(modelDir, reading);
    status.set('busy');
    const title = vscode.l10n.t('Glassbox: loading the model');
    const model = await withSlowProgress(title, run, onProgress =>
      engine.call('loadModel', used, { signal: run.signal, onProgress }),
    );
    status.set('idle', aboutModel(model));
    const settings = fitSettings(wanted, targetsOf(model));
    const options = resolveAttackOptions(settings.attack, settings.options);
    const decides = { ...settings, options, reading, fields, model: model.hash };
    return {
      question: { ...used, ...reading, ...settings, label: { kind: 'predicted' } },
      key: keyOf({ ...decides, file: lines.uri.toString(), lines: lines.lines }),
    };
  }

  private async isMeant(
    { source, format, fields = {}, lines }: AttackRun['dataset'],
    signal: AbortSignal,
  ): Promise<boolean> {
    if (lines) return true;
    const records = await countRecords(source, format, { fields, signal });
    return records <= many || this.parts.confirm(records, source.name);
  }

  private async go(
    work: LinesWork,
    run: AttackRun,
    paths: ResultPaths,
    controller: AbortController,
  ): Promise<AttackTable> {
    const { panel, status, engine } = this.parts;
    const throttle = new Throttle<AttackTable>(table => {
      panel.work('lines', table);
    });
    const show = (raw: AttackTable) => {
      const saved = { jsonl: shortPath(paths.jsonl), csv: shortPath(paths.csv) };
      const table = { ...raw, saved };
      this.current = { work, table, paths };
      throttle.offer(table, table.rows.length);
      this.told.fire(table);
      return table;
    };
    const file = baseName(work.lines.uri);
    panel.open('lines');
    panel.busy(vscode.l10n.t('Attacking lines of {0}', file));
    status.set('busy');
    try {
      return await withLinesProgress(file, controller, async report => {
        const watch = {
          signal: controller.signal,
          onStart: (table: AttackTable) => {
            report(show(table).summary);
            throttle.flush();
          },
          onRow: (table: AttackTable) => {
            report(show(table).summary);
          },
        };
        return show(await attackRun(run, engine, watch));
      });
    } finally {
      throttle.flush();
      status.set('idle');
    }
  }

  /** What was told as running is so no longer. */
  private stopped(): void {
    const { current } = this;
    if (current?.table.state !== 'running') return;
    const table: AttackTable = { ...current.table, state: 'stopped' };
    this.current = { ...current, table };
    this.parts.panel.work('lines', table);
    this.told.fire(table);
  }

  dispose(): void {
    this.cancel();
    this.told.dispose();
  }
}

function stopIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new GlassboxError('cancelled', 'The attack was cancelled.');
}
