/** Stand-ins for what surrounds the explainer: an engine that answers as told, a memory in memory. */
import * as vscode from 'vscode';
import { ChoiceMemory } from '../../../src/host/choices';
import type { Engine } from '../../../src/host/explain/engine';
import type { ExplainerParts } from '../../../src/host/explain/explainer';
import { Explainer } from '../../../src/host/explain/explainer';
import { Failures } from '../../../src/host/failures';
import type { WorkEvent } from '../../../src/host/panel/told';
import type { ModelUseParts } from '../../../src/host/models/modelUse';
import { ModelUse } from '../../../src/host/models/modelUse';
import { FieldChoice } from '../../../src/host/records/fieldChoice';
import { RecordReader } from '../../../src/host/records/readRecord';
import type {
  AttackMap,
  AttackRequest,
  CallOptions,
  EvaluationCell,
  Explanation,
  ExplainManyRequest,
  ExplainRequest,
  InfluenceMap,
  InfluenceRequest,
  InfluenceState,
  MeasureRequest,
  PredictRequest,
  SuspicionRequest,
  ToPanelEvents,
} from '../../../src/protocol';
import { GlassboxError } from '../../../src/protocol';
import { fakeAttack, fakeExplanation, fakeInfo } from './fakeAnswers';
import { fakeMeasures, fakePredictions } from './fakeReports';
import { fakeInfluence, fakeSuspicions } from './fakeInfluence';

export class FakeMemento implements vscode.Memento {
  private readonly values = new Map<string, unknown>();

  keys(): readonly string[] {
    return [...this.values.keys()];
  }

  get<T>(key: string, otherwise?: T): T | undefined {
    return this.values.has(key) ? (this.values.get(key) as T) : otherwise;
  }

  update(key: string, value: unknown): Promise<void> {
    // As the real one does: what is kept is a copy in JSON.
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, JSON.parse(JSON.stringify(value)));
    return Promise.resolve();
  }
}

/** Waits, fails or reports before a trace or a ranking is answered. */
export type BeforeAnswer = (options: CallOptions, nth: number) => Promise<void>;

export type Answer = (request: ExplainRequest, options: CallOptions) => Promise<Explanation>;

export class FakeEngine implements Engine {
  readonly requests: ExplainRequest[] = [];
  readonly attacks: AttackRequest[] = [];
  readonly traces: InfluenceRequest[] = [];
  readonly rankings: SuspicionRequest[] = [];
  readonly predictions: PredictRequest[] = [];
  readonly measured: MeasureRequest[] = [];
  readonly mapped: ExplainManyRequest[] = [];
  /** Before the answer with this number of its kind, from 1: a trace, a ranking, predictions, measures, maps of many texts. */
  beforeAnswer: BeforeAnswer = () => Promise.resolve();
  readonly loaded: string[] = [];

  constructor(
    private readonly answer: Answer = request => Promise.resolve(fakeExplanation(request)),
  ) {}

  async call(name: string, params: unknown, options: CallOptions = {}): Promise<never> {
    if (options.signal?.aborted) throw new GlassboxError('cancelled', 'Cancelled.');
    if (name === 'loadModel') {
      this.loaded.push((params as { modelDir: string }).modelDir);
      return fakeInfo as never;
    }
    if (name === 'attack') {
      this.attacks.push(params as AttackRequest);
      return fakeAttack(params as AttackRequest) as never;
    }
    if (name === 'influence') {
      this.traces.push(params as InfluenceRequest);
      await this.beforeAnswer(options, this.traces.length);
      return fakeInfluence(params as InfluenceRequest) as never;
    }
    if (name === 'suspicious') {
      this.rankings.push(params as SuspicionRequest);
      await this.beforeAnswer(options, this.rankings.length);
      return fakeSuspicions(params as SuspicionRequest) as never;
    }
    if (name === 'predict') {
      this.predictions.push(params as PredictRequest);
      await this.beforeAnswer(options, this.predictions.length);
      return fakePredictions(params as PredictRequest) as never;
    }
    if (name === 'measure') {
      this.measured.push(params as MeasureRequest);
      await this.beforeAnswer(options, this.measured.length);
      return fakeMeasures(params as MeasureRequest) as never;
    }
    if (name === 'explainMany') {
      this.mapped.push(params as ExplainManyRequest);
      await this.beforeAnswer(options, this.mapped.length);
      const { texts, ...rest } = params as ExplainManyRequest;
      return texts.map(text => fakeExplanation({ ...rest, ...text })) as never;
    }
    const request = params as ExplainRequest;
    this.requests.push(request);
    return (await this.answer(request, options)) as never;
  }

  restart(): Promise<void> {
    return Promise.resolve();
  }
}

/** Resolves never, rejects as the real client does when it is cancelled. */
export const untilCancelled: Answer = (_request, { signal }) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new GlassboxError('cancelled', 'Cancelled.'));
    });
  });

/** What the explainer and its likes are surrounded by; `told` says what of it was told something. */
export function fakeSurroundings(engine: Engine, change: Partial<ModelUseParts> = {}) {
  const told: string[] = [];
  const maps: AttackMap[] = [];
  const rewritten: ToPanelEvents['rewritten'][] = [];
  const traces: InfluenceState[] = [];
  const rowMaps: InfluenceMap[] = [];
  const works: { [Name in WorkEvent]: ToPanelEvents[Name][] } = {
    ...{ suspicious: [], lines: [], comparison: [], evaluation: [] },
    ...{ drivers: [], modelChanges: [], measures: [] },
  };
  const cells: EvaluationCell[] = [];
  const tell = (what: string) => () => {
    told.push(what);
  };
  const panel = {
    isOpen: true,
    open: tell('open'),
    show: tell('show'),
    busy: tell('busy'),
    idle: tell('idle'),
    moved: tell('moved'),
    movedElsewhere: tell('movedElsewhere'),
    stale: tell('stale'),
    attack: tell('attack'),
    attackMap: (map: AttackMap) => {
      told.push('attackMap');
      maps.push(map);
    },
    rewrite: tell('rewrite'),
    rewritten: (answer: ToPanelEvents['rewritten']) => {
      told.push('rewritten');
      rewritten.push(answer);
    },
    influence: (state: InfluenceState) => {
      traces.push(state);
    },
    influenceMap: (map: InfluenceMap) => {
      rowMaps.push(map);
    },
    work: <Name extends WorkEvent>(name: Name, state: ToPanelEvents[Name]) => {
      works[name].push(state);
    },
    evaluationCell: (cell: EvaluationCell) => {
      cells.push(cell);
    },
    failed: (message: string) => {
      told.push(`failed: ${message}`);
    },
  };
  const status = {
    set: (activity: string) => {
      told.push(`status ${activity}`);
    },
  };
  const log = vscode.window.createOutputChannel('Glassbox Test', { log: true });
  const failures = new Failures({ panel, status, log });
  const use = new ModelUse({
    engine,
    models: { current: () => '/model' },
    status,
    offerModel: () => Promise.resolve(null),
    modelBeside: () => null,
    mayLoad: () => Promise.resolve(true),
    ...change,
  });
  const choices = new ChoiceMemory(new FakeMemento());
  const reader = new RecordReader(new FieldChoice(new FakeMemento()));
  const isOccupied = () => false;
  return {
    ...{ traces, rowMaps, works, cells },
    ...{ told, maps, rewritten, panel, status, log, failures, use, choices, reader, isOccupied },
  };
}

export function fakeExplainer(engine: Engine, change: Partial<ModelUseParts> = {}) {
  const surroundings = fakeSurroundings(engine, change);
  const { told } = surroundings;
  const heatmap: ExplainerParts['heatmap'] = {
    show: picture => {
      told.push(picture ? 'tint' : 'untint');
    },
  };
  return { ...surroundings, explainer: new Explainer({ ...surroundings, engine, heatmap }) };
}
