/** An engine that attacks by a rule instead of a model: swaps the first word for 'FLIP', deletes the second. */
import type { BatchEngine } from '../../src/batch/engine';
import { resolveAttackOptions } from '../../src/interpret/attack/options';
import type { AttackedText, AttackRequest, AttackResult, Change } from '../../src/protocol/attack';
import type { CallOptions } from '../../src/protocol/channelTypes';
import type { EngineRequests } from '../../src/protocol/engineMessages';
import type { ModelInfo, Prediction } from '../../src/protocol/explanation';
import { GlassboxError } from '../../src/protocol/messages';

export function prediction(label: string, positive: number): Prediction {
  return {
    task: 'text-classification',
    link: 'softmax',
    label,
    labels: ['negative', 'positive'],
    logits: [0, Math.log(positive / (1 - positive))],
    probabilities: [1 - positive, positive],
    decided: [label === 'positive' ? 1 : 0],
    right: [],
    entities: [],
  };
}

/** A text of at least two words; one that begins with 'sturdy' does not flip. */
export function fakeResult(request: AttackRequest): AttackResult {
  const { text, pair = null, words = null } = request;
  const before: AttackedText = {
    ...{ text, pair, words },
    label: 'positive',
    prediction: prediction('positive', 0.9),
    margin: -2,
  };
  const [first, second, ...rest] = text.split(' ');
  const swap: Change = { field: 0, edit: 'replace', from: first!, to: 'FLIP', start: 0, end: 4 };
  const gone: Change = {
    ...{ field: 0, edit: 'delete', from: ` ${second ?? ''}`, to: '', start: 4, end: 4 },
  };
  const one = { ...before, text: ['FLIP', second, ...rest].join(' '), margin: -1 };
  const flips = first !== 'sturdy';
  const two: AttackedText = {
    ...{ text: ['FLIP', ...rest].join(' '), pair, words: null },
    label: flips ? 'negative' : 'positive',
    prediction: flips ? prediction('negative', 0.25) : prediction('positive', 0.6),
    margin: flips ? 1 : -0.5,
  };
  const gold = request.gold?.kind === 'label' ? request.gold.label : null;
  return {
    attack: request.attack,
    options: resolveAttackOptions(request.attack, request.options),
    target: request.target,
    label: { kind: 'label', label: 'positive' },
    goal: 'Make the model predict anything but "positive".',
    original: before,
    steps: [
      { ...one, changed: [swap], changes: [swap], queries: 5, estimate: 1.25 },
      { ...two, changed: [gone], changes: [swap, gone], queries: 9, estimate: null },
    ],
    final: two,
    outcome: flips ? 'flipped' : 'failed',
    success: flips,
    says: flips ? 'flipped positive to negative' : 'no flip within 2 changes',
    wordsChanged: 2,
    words: text.split(' ').length,
    queries: 9,
    runs: 3,
    verifiedFromText: true,
    minimality: null,
    cancelled: false,
    gold,
    correct: gold === null ? null : gold === 'positive',
    notes: [],
    device: 'cpu',
    milliseconds: 12,
    modelHash: 'abc',
    modelName: 'fake',
  };
}

/** Texts with 'REFUSE' are refused, 'CRASH' loses the engine each time, 'HICCUP' the first time. */
export class FakeEngine implements BatchEngine {
  readonly asked: string[] = [];
  loads = 0;
  hash = 'abc';
  /** False: it does not come back once it was lost. */
  revives = true;
  private lost = false;

  call<Name extends 'loadModel' | 'attack'>(
    name: Name,
    params: EngineRequests[Name]['params'],
    { signal }: CallOptions = {},
  ): Promise<EngineRequests[Name]['result']> {
    return Promise.resolve().then(() => {
      if (signal?.aborted) throw new GlassboxError('cancelled', 'cancelled');
      return name === 'loadModel' ? this.load() : this.attack(params as AttackRequest);
    });
  }

  private load(): ModelInfo {
    this.loads++;
    if (this.lost && !this.revives) throw new GlassboxError('engine-lost', 'Glassbox was closed.');
    const labels = ['negative', 'positive'];
    return {
      name: 'fake',
      hash: this.hash,
      task: 'text-classification',
      labels,
    } as unknown as ModelInfo;
  }

  private attack(request: AttackRequest): AttackResult {
    const { text } = request;
    const isFirst = !this.asked.includes(text);
    this.asked.push(text);
    if (text.includes('REFUSE')) throw new GlassboxError('bad-input', 'There is no such label.');
    if (text.includes('CRASH') || (text.includes('HICCUP') && isFirst)) {
      this.lost = true;
      throw new GlassboxError('engine-lost', 'The engine crashed.');
    }
    return fakeResult(request);
  }
}
