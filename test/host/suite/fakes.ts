/** Stand-ins for what surrounds the explainer: an engine that answers as told, a memory in memory. */
import * as vscode from 'vscode';
import { ChoiceMemory } from '../../../src/host/choices';
import type { Engine } from '../../../src/host/explain/engine';
import type { ExplainerParts } from '../../../src/host/explain/explainer';
import { Explainer } from '../../../src/host/explain/explainer';
import { Failures } from '../../../src/host/failures';
import type { ModelUseParts } from '../../../src/host/models/modelUse';
import { ModelUse } from '../../../src/host/models/modelUse';
import { FieldChoice } from '../../../src/host/records/fieldChoice';
import { RecordReader } from '../../../src/host/records/readRecord';
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import type {
  AttackMap,
  AttackRequest,
  AttackResult,
  CallOptions,
  Explanation,
  ExplainRequest,
  FieldIndex,
  ModelInfo,
  ToPanelEvents,
} from '../../../src/protocol';
import { GlassboxError } from '../../../src/protocol';

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

export const fakeInfo: ModelInfo = {
  dir: '/model',
  name: 'fake',
  architecture: 'none',
  task: 'text-classification',
  labels: ['negative', 'positive'],
  device: 'cpu',
  hash: '00',
  maxTokens: 16,
  methods: [
    {
      name: 'integrated-gradients',
      title: 'Integrated gradients',
      about: 'a',
      source: 's',
      defaults: { aggregate: 'dot', steps: 50 },
      aggregations: ['dot'],
    },
  ],
};

/** One token a word of each text, all of the same weight. */
export function fakeExplanation(request: ExplainRequest): Explanation {
  const tokens = [request.text, request.pair ?? ''].flatMap((whole, index) =>
    [...whole.matchAll(/\S+/g)].map(({ 0: text, index: start }, word) => ({
      field: index as FieldIndex,
      text,
      start,
      end: start + text.length,
      special: false,
      unknown: false,
      word,
    })),
  );
  const numbers = tokens.map(() => 1);
  const gold = request.gold?.kind === 'label' ? request.gold.label : null;
  return {
    tokens,
    prediction: {
      task: 'text-classification',
      link: 'softmax',
      label: 'positive',
      labels: fakeInfo.labels,
      logits: [-1, 1],
      probabilities: [0.12, 0.88],
      decided: [1],
      right: gold === null ? [] : [fakeInfo.labels.indexOf(gold)],
      entities: [],
    },
    gold,
    correct: gold === null ? null : gold === 'positive',
    explained: {
      label: 'positive',
      against: null,
      why: 'predicted',
      scalar: request.scalar,
      value: 1,
      choice: { kind: 'label', label: 'positive' },
      says: `${request.scalar} of "positive"`,
    },
    questions: [],
    windows: null,
    unseen: [],
    wordScores: 'pieces',
    words: [],
    method: { name: request.method, title: 'Integrated gradients', ...request.parameters },
    signed: true,
    attributions: numbers,
    scores: numbers,
    normalisation: 'max',
    health: [],
    device: 'cpu',
    milliseconds: 1,
    modelHash: '00',
    modelName: 'fake',
  };
}

/** The first word is another one now, and that flips it. */
export function fakeAttack({ attack, options, target, text, pair }: AttackRequest): AttackResult {
  const word = /\S+/.exec(text)?.[0] ?? '';
  const { prediction } = fakeExplanation({ text, scalar: 'logit', method: '' } as ExplainRequest);
  const original = {
    text,
    pair: pair ?? null,
    words: null,
    label: 'positive',
    prediction,
    margin: -2,
  };
  const change = { field: 0, edit: 'replace', from: word, to: 'dull', start: 0, end: 4 } as const;
  const final = {
    ...original,
    text: `dull${text.slice(word.length)}`,
    label: 'negative',
    margin: 1,
  };
  const step = { ...final, changed: [change], changes: [change], queries: 2, estimate: null };
  return {
    attack,
    options: resolveAttackOptions(attack, options),
    target,
    label: { kind: 'label', label: 'positive' },
    goal: 'Make the model predict anything but "positive".',
    original,
    steps: [step],
    final,
    outcome: 'flipped',
    success: true,
    says: 'flipped positive to negative with 1 word changed',
    wordsChanged: 1,
    words: 3,
    queries: 2,
    runs: 2,
    verifiedFromText: true,
    minimality: null,
    cancelled: false,
    gold: null,
    correct: null,
    notes: [],
    device: 'cpu',
    milliseconds: 1,
    modelHash: '00',
    modelName: 'fake',
  };
}

export type Answer = (request: ExplainRequest, options: CallOptions) => Promise<Explanation>;

export class FakeEngine implements Engine {
  readonly requests: ExplainRequest[] = [];
  readonly attacks: AttackRequest[] = [];
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
    lines: tell('lines'),
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
  return { told, maps, rewritten, panel, status, log, failures, use, choices, reader };
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
