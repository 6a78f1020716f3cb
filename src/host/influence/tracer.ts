/** From a line of a file, or several, to the training lines behind its prediction; one trace at a time, the newest wins. */
import * as vscode from 'vscode';
import { influenceDefaults } from '../../interpret/influence/options';
import type {
  InfluencePlace,
  InfluenceResult,
  InfluenceRow,
  InfluenceSettings,
  InfluenceState,
} from '../../protocol';
import type { Failures } from '../failures';
import { shortPath } from '../lines/linesDataset';
import type { Lines } from '../lines/selection';
import type { ModelStatus } from '../models/modelStatus';
import type { ModelUse } from '../models/modelUse';
import { aboutModel } from '../models/modelUse';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import type { FieldChoice } from '../records/fieldChoice';
import type { RecordReader } from '../records/readRecord';
import type { Target } from '../records/target';
import { withCheckpoints } from './checkpoints';
import type { InfluenceMemory } from './influenceMemory';
import type { LongWorkParts } from './longWork';
import { askAboutTraining, unsavedNotes } from './longWork';
import type { Question } from './question';
import { movedQuestion, questionOfLine, questionOfLines } from './question';
import type { ChosenTraining, TrainingChoice } from './trainingChoice';
import { RowPlaces } from '../records/rowPlaces';

export interface TracerParts extends LongWorkParts {
  readonly use: Pick<ModelUse, 'dirFor' | 'checkTrust'>;
  readonly failures: Pick<Failures, 'tellNoAnswer'>;
  readonly reader: RecordReader;
  readonly fields: FieldChoice;
  readonly training: TrainingChoice;
  readonly remembered: InfluenceMemory;
  readonly panel: Pick<PanelHost, 'open' | 'influence' | 'movedElsewhere'>;
  readonly status: Pick<ModelStatus, 'set'>;
  readonly log: vscode.LogOutputChannel;
}

/** A trace that is shown, finished or on its way. */
export interface Traced {
  readonly question: Question;
  readonly modelDir: string;
  readonly train: ChosenTraining;
  /** Where the rows of the result stand now. */
  readonly places: RowPlaces;
  readonly state: InfluenceState;
}

interface Plan {
  readonly question: Question;
  /** What was shown is about the same question: it stays until there is more. */
  readonly before: Traced | null;
  /** Ask for the training file, whatever is remembered. */
  readonly otherTrain?: boolean;
}

export class Tracer implements vscode.Disposable {
  current: Traced | null = null;
  /** What was shown before the trace that runs. */
  private before: Traced | null = null;
  private readonly runs = new Newest();
  private readonly traced = new vscode.EventEmitter<InfluenceState>();
  /** A trace has come further, or has ended. */
  readonly onDidTrace = this.traced.event;

  constructor(private readonly parts: TracerParts) {}

  /** As `run`, with the method and the options that were used last. */
  async trace(target: Target): Promise<InfluenceResult | null> {
    const { reader } = this.parts;
    return this.run(async signal => ({
      question: await questionOfLine(target, reader, signal),
      before: null,
    }));
  }

  /** The training lines behind the mean loss of several lines. */
  async traceLines(lines: Lines): Promise<InfluenceResult | null> {
    const { reader, fields } = this.parts;
    return this.run(async signal => ({
      question: await questionOfLines(lines, reader, fields, signal),
      before: null,
    }));
  }

  /** Traces what is shown once more, with other settings, which are remembered. */
  async again(settings: InfluenceSettings): Promise<InfluenceResult | null> {
    const { current } = this;
    if (!current) return null;
    await this.parts.remembered.setTrace(settings);
    return this.run(() => Promise.resolve({ question: current.question, before: current }));
  }

  /** Asks for another training file, and traces what is shown in it. */
  async otherTrain(): Promise<InfluenceResult | null> {
    const { current } = this;
    if (!current) return null;
    const { question } = current;
    return this.run(() => Promise.resolve({ question, before: current, otherTrain: true }));
  }

  get isRunning(): boolean {
    return this.runs.isRunning;
  }

  /** A row of what is shown; null where there is no such row. */
  rowAt({ list, disagreeing, row }: InfluencePlace): InfluenceRow | null {
    const result = this.current?.state.result;
    return (disagreeing ? result?.disagreeing : result)?.[list][row] ?? null;
  }

  /** Follows the line and the rows when lines above them came or went. */
  follow(uri: vscode.Uri, moved: (line: number) => number): void {
    for (const places of new Set([this.current?.places, this.before?.places])) {
      places?.follow(uri, moved);
    }
    if (this.before) this.before = movedTrace(this.before, uri, moved);
    if (!this.current) return;
    const now = movedTrace(this.current, uri, moved);
    if (now === this.current) return;
    this.current = now;
    this.parts.panel.movedElsewhere({ influence: now.state });
  }

  /** Stops the trace that runs; what was shown before is shown again. */
  cancel(): void {
    this.runs.cancel();
  }

  /** Null when it failed (the user was told), was cancelled, or a newer one took its place. */
  private async run(plan: (signal: AbortSignal) => Promise<Plan>): Promise<InfluenceResult | null> {
    const run = this.runs.begin();
    this.settle();
    const { use, training, failures } = this.parts;
    try {
      const planned = await plan(run.signal);
      const { uri } = planned.question;
      const modelDir = await use.dirFor(uri, false);
      if (modelDir === null || run.signal.aborted) return null;
      const anew = planned.otherTrain ?? false;
      const train = await training.find(modelDir, uri, { anew, signal: run.signal });
      if (!train || !this.runs.is(run)) return null;
      return await this.compute(planned, { modelDir, near: uri, train }, run);
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
    { question, before }: Plan,
    asked: { modelDir: string; near: vscode.Uri; train: ChosenTraining },
    controller: AbortController,
  ): Promise<InfluenceResult | null> {
    const { engine, panel, status, remembered, log } = this.parts;
    const { modelDir, train } = asked;
    const says = vscode.l10n.t('Tracing {0}', question.about);
    const settings = remembered.trace;
    const options = await withCheckpoints(settings.options, this.parts.use);
    if (!this.runs.is(controller)) return null;
    this.before = this.current;
    panel.open('influence');
    status.set('busy');
    const shown = before?.state.result ?? null;
    const state: InfluenceState = {
      record: question.found?.info ?? null,
      about: question.about,
      result: shown,
      running: { done: 0, total: 0, says },
      settings,
      defaults: influenceDefaults,
      train: shortPath(train.uri.fsPath),
    };
    const places = before?.places ?? new RowPlaces(train.uri, []);
    this.show({ question, modelDir, train, places, state });
    const notes = [...question.notes, ...unsavedNotes(train.uri)];
    const answered = await askAboutTraining(
      this.parts,
      asked,
      (common, calling) =>
        engine.call(
          'influence',
          { ...common, tests: question.tests, method: settings.method, options },
          calling,
        ),
      { controller, says },
      running => {
        if (this.runs.is(controller)) this.update({ running });
      },
    );
    if (!this.runs.is(controller)) return null;
    const result = { ...answered.result, notes: [...answered.result.notes, ...notes] };
    status.set('idle', aboutModel(answered.model));
    const took = `${result.device}, ${result.milliseconds.toFixed(0)} ms`;
    log.info(`${question.about} ${result.method}: ${result.says} (${took})`);
    this.before = null;
    this.show({
      ...this.current!,
      places: new RowPlaces(train.uri, rowsOf(result)),
      state: { ...this.current!.state, result, running: null },
    });
    return result;
  }

  /** What a trace that ended before its time was to replace is shown again. */
  private settle(): void {
    const { current, before } = this;
    this.before = null;
    if (!current?.state.running) return;
    this.show(before ?? { ...current, state: { ...current.state, running: null } });
  }

  private update(change: Partial<InfluenceState>): void {
    if (this.current) this.show({ ...this.current, state: { ...this.current.state, ...change } });
  }

  private show(traced: Traced): void {
    this.current = traced;
    this.parts.panel.influence(traced.state);
    this.traced.fire(traced.state);
  }

  dispose(): void {
    this.cancel();
    this.traced.dispose();
  }
}

function rowsOf({ helps, hurts, disagreeing }: InfluenceResult): readonly InfluenceRow[] {
  return [...helps, ...hurts, ...disagreeing.helps, ...disagreeing.hurts];
}

/** The same trace where its line is where it was. */
function movedTrace(traced: Traced, uri: vscode.Uri, moved: (line: number) => number): Traced {
  const { question, state } = traced;
  if (question.uri.toString() !== uri.toString() || !question.found) return traced;
  const now = movedQuestion(question, moved);
  if (now.found?.info.line === question.found.info.line) return traced;
  return { ...traced, question: now, state: { ...state, record: now.found?.info ?? null } };
}
