/** From a line of a file to an attack in the panel; one at a time, the newest wins. */
import * as vscode from 'vscode';
import { resolveAttackOptions } from '../../interpret/attack/options';
import type {
  AttackKind,
  AttackResult,
  AttackSettings,
  AttackState,
  LabelChoice,
  ModelInfo,
} from '../../protocol';
import type { ChoiceMemory } from '../choices';
import type { TracingEngine } from '../explain/engine';
import { modelAsked, readingOf } from '../explain/askEngine';
import type { Explained } from '../explain/explained';
import { withSlowProgress } from '../explain/slowProgress';
import type { Failures } from '../failures';
import type { ModelStatus } from '../models/modelStatus';
import type { ModelUse } from '../models/modelUse';
import { aboutModel } from '../models/modelUse';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import type { FoundRecord, RecordReader } from '../records/readRecord';
import { movedRecord } from '../records/readRecord';
import type { Target } from '../records/target';
import type { AttackMemory } from './attackMemory';
import { fitSettings } from './attackMemory';
import { decisionShown, targetsOf } from './targets';

export interface AttackerParts {
  readonly engine: TracingEngine;
  readonly use: Pick<ModelUse, 'dirFor'>;
  readonly failures: Pick<Failures, 'tellNoAnswer'>;
  readonly reader: RecordReader;
  readonly choices: ChoiceMemory;
  readonly attacks: AttackMemory;
  readonly panel: Pick<PanelHost, 'open' | 'busy' | 'attack' | 'movedElsewhere'>;
  readonly status: Pick<ModelStatus, 'set'>;
  readonly log: vscode.LogOutputChannel;
  /** What the saliency view shows: its question is attacked when it is about the same line. */
  readonly explained: () => Explained | null;
}

/** An attack that is shown. */
export interface Attacked {
  readonly found: FoundRecord;
  readonly modelDir: string;
  readonly model: ModelInfo;
  readonly state: AttackState;
}

/** An attack to be run; without `label` on what is predicted. */
interface Plan {
  readonly found: FoundRecord;
  readonly wanted: AttackSettings;
  /** The target was chosen for this very text. */
  readonly keepTarget: boolean;
  readonly label: (model: ModelInfo) => LabelChoice;
}

export class Attacker implements vscode.Disposable {
  current: Attacked | null = null;
  private readonly runs = new Newest();
  private count = 0;
  private readonly attacked = new vscode.EventEmitter<AttackState>();
  /** An attack has come further, or has ended. */
  readonly onDidAttack = this.attacked.event;

  constructor(private readonly parts: AttackerParts) {}

  /** As `run`, on a line of a file, with the options that were used last unless `settings` says others. */
  async attack(target: Target, how: AttackKind | AttackSettings): Promise<AttackResult | null> {
    const wanted = typeof how === 'string' ? this.parts.attacks.get(how) : how;
    return this.run(async signal => {
      const found = await this.parts.reader.read(target, signal);
      return {
        found,
        wanted,
        keepTarget: typeof how !== 'string',
        label: model => this.decision(found, model),
      };
    });
  }

  /** Attacks the text that is shown once more, with other settings, which are remembered. */
  async again(settings: AttackSettings): Promise<AttackResult | null> {
    const { current } = this;
    if (!current) return null;
    await this.parts.attacks.set(settings);
    return this.run(() =>
      Promise.resolve({
        found: current.found,
        wanted: settings,
        keepTarget: true,
        label: model =>
          model.hash === current.model.hash
            ? current.state.result.label
            : this.decision(current.found, model),
      }),
    );
  }

  get isRunning(): boolean {
    return this.runs.isRunning;
  }

  /** Follows the line when lines above it came or went. */
  follow(uri: vscode.Uri, moved: (line: number) => number): void {
    const { current } = this;
    if (current?.found.uri.toString() !== uri.toString()) return;
    const found = movedRecord(current.found, moved);
    if (found.info.line === current.found.info.line) return;
    const state = { ...current.state, record: found.info };
    this.current = { ...current, found, state };
    this.parts.panel.movedElsewhere({ attack: state });
  }

  /** Stops the attack that runs; what it has found so far stays. */
  cancel(): void {
    this.runs.cancel();
  }

  /**
   * The finished attack, or as far as it came when it was cancelled; null when it failed (the user was told), was
   * cancelled before it found anything, or a newer one took its place.
   */
  private async run(plan: (signal: AbortSignal) => Promise<Plan>): Promise<AttackResult | null> {
    const run = this.runs.begin();
    this.settle();
    const before = this.current;
    try {
      const planned = await plan(run.signal);
      const modelDir = await this.parts.use.dirFor(planned.found.uri, false);
      if (modelDir === null || run.signal.aborted) return null;
      const result = await this.compute(planned, modelDir, run);
      return this.runs.is(run) ? result : null;
    } catch (error) {
      if (!this.runs.is(run)) return null;
      this.settle();
      this.parts.failures.tellNoAnswer(error, false);
      return this.current === before ? null : (this.current?.state.result ?? null);
    } finally {
      this.runs.end(run);
    }
  }

  private async compute(
    { found, wanted, keepTarget, label }: Plan,
    modelDir: string,
    run: AbortController,
  ): Promise<AttackResult> {
    const { engine, panel, status } = this.parts;
    const { info: record, input, uri } = found;
    const says = vscode.l10n.t('Attacking line {0} of {1}', record.line, record.file);
    panel.open('attack');
    panel.busy(says);
    status.set('busy');
    const reading = readingOf(this.parts.choices.get(), uri);
    const used = modelAsked(modelDir, reading);
    return withSlowProgress(`Glassbox: ${says}`, run, async onProgress => {
      const calling = { signal: run.signal, onProgress };
      const model = await engine.call('loadModel', used, calling);
      const targets = targetsOf(model);
      const settings = keepTarget ? wanted : fitSettings(wanted, targets);
      const defaults = resolveAttackOptions(settings.attack, {});
      let traced = false;
      const show = (result: AttackResult, running: boolean): void => {
        if (!this.runs.is(run)) return;
        // Its line may have moved since it was told first.
        const latest = traced && this.current ? this.current.found : found;
        traced = true;
        const state = { record: latest.info, result, running, settings, defaults, targets };
        this.show({ found: latest, modelDir, model, state });
      };
      const trace = `attack ${++this.count}`;
      const stop = engine.onTrace(told => {
        if (told.trace === trace && !run.signal.aborted) show(told.result, true);
      });
      try {
        const request = { ...used, ...reading, ...input, ...settings, label: label(model), trace };
        const result = await engine.call('attack', request, calling);
        if (this.runs.is(run)) status.set('idle', aboutModel(model));
        this.log(found, result);
        show(result, false);
        return result;
      } finally {
        stop();
      }
    });
  }

  /** What is explained, where the same text is explained; else what is predicted. */
  private decision({ uri, info, input }: FoundRecord, model: ModelInfo): LabelChoice {
    const shown = this.parts.explained();
    const same =
      shown?.uri.toString() === uri.toString() &&
      shown.startLine === info.line - 1 &&
      shown.found.info.text === info.text &&
      shown.state.explanation.modelHash === model.hash;
    const choice = same
      ? decisionShown(model.task, shown.state.explanation.explained.choice, input.focusWord)
      : null;
    return choice ?? { kind: 'predicted' };
  }

  /** What an attack had found when it ended before its time stays as it is. */
  private settle(): void {
    const { current } = this;
    if (current?.state.running) {
      this.show({ ...current, state: { ...current.state, running: false } });
    }
  }

  private show(attacked: Attacked): void {
    this.current = attacked;
    this.parts.panel.attack(attacked.state);
    this.attacked.fire(attacked.state);
  }

  private log({ info }: FoundRecord, { attack, says, device, milliseconds }: AttackResult): void {
    const took = `${device}, ${milliseconds.toFixed(0)} ms`;
    this.parts.log.info(`${info.file}:${info.line} ${attack}: ${says} (${took})`);
  }

  dispose(): void {
    this.cancel();
    this.attacked.dispose();
  }
}
