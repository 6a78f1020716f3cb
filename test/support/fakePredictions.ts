/** An engine that predicts and explains by a rule instead of a model: 'good' pulls to positive, 'bad' to negative. */
import { setImmediate } from 'node:timers/promises';
import type { BatchEngine } from '../../src/batch/engine';
import type { CallOptions } from '../../src/protocol/channelTypes';
import type { EngineRequests } from '../../src/protocol/engineMessages';
import type { PredictedText, PredictRequest } from '../../src/protocol/evaluation';
import type { ModelInfo, Prediction } from '../../src/protocol/explanation';
import { GlassboxError } from '../../src/protocol/messages';
import type { TaskKind, TextInput } from '../../src/protocol/task';

export const fakeLabels = ['negative', 'positive'];

export function fakePrediction(positive: number): Prediction {
  const decided = positive >= 0.5 ? 1 : 0;
  return {
    task: 'text-classification',
    link: 'softmax',
    label: fakeLabels[decided]!,
    labels: fakeLabels,
    logits: [0, Math.log(positive / (1 - positive))],
    probabilities: [1 - positive, positive],
    decided: [decided],
    right: [],
    entities: [],
  };
}

/** A sum over words, squashed: every text has a probability of its own. */
export function positiveOf(text: string): number {
  let sum = 0;
  for (const word of text.split(/\s+/)) {
    const length = word.length;
    sum += word === 'good' ? 2 : word === 'bad' ? -2 : ((length * 7) % 11) / 50 - 0.1;
  }
  return 1 / (1 + Math.exp(-sum));
}

export function fakeAnswer({ text, gold }: TextInput): PredictedText {
  if (text.trim() === '') return { failed: 'The text is empty.', empty: true };
  if (text.includes('REFUSE')) return { failed: 'This text is refused.', empty: false };
  const prediction = fakePrediction(positiveOf(text));
  const label = gold?.kind === 'label' ? gold.label : null;
  const known = label !== null && fakeLabels.includes(label);
  return {
    prediction: { ...prediction, right: known ? [fakeLabels.indexOf(label)] : [] },
    gold: known ? label : null,
    correct: known ? label === prediction.label : null,
    unknownLabel: label === null || known ? null : `The gold label "${label}" is unknown.`,
    unread: text.includes('LONG') ? 7 : 0,
    windows: 1,
  };
}

export interface FakeModel {
  readonly task: TaskKind;
  readonly labels: readonly string[];
  readonly answer: (input: TextInput) => PredictedText;
}

/** Texts with 'CRASH' lose the engine each time, 'HICCUP' the first time. */
export class FakePredictor implements BatchEngine<'predict'> {
  /** Texts of each request that was answered. */
  readonly chunks: number[] = [];
  loads = 0;
  hash = 'abc';
  private readonly hiccups = new Set<string>();
  atWork = 0;
  mostAtWork = 0;

  constructor(
    private readonly model: FakeModel = {
      task: 'text-classification',
      labels: fakeLabels,
      answer: fakeAnswer,
    },
  ) {}

  async call<Name extends 'loadModel' | 'predict'>(
    name: Name,
    params: EngineRequests[Name]['params'],
    { signal }: CallOptions = {},
  ): Promise<EngineRequests[Name]['result']> {
    this.mostAtWork = Math.max(this.mostAtWork, ++this.atWork);
    try {
      // As an engine in another process: others get their turn before it answers.
      await setImmediate();
      if (signal?.aborted) throw new GlassboxError('cancelled', 'cancelled');
      return name === 'loadModel' ? this.load() : this.predict(params as PredictRequest);
    } finally {
      this.atWork--;
    }
  }

  private load(): ModelInfo {
    this.loads++;
    const { task, labels } = this.model;
    return { name: 'fake', hash: this.hash, task, labels } as unknown as ModelInfo;
  }

  private predict({ texts }: PredictRequest): PredictedText[] {
    for (const { text } of texts) {
      const again = this.hiccups.has(text);
      if (text.includes('CRASH') || (text.includes('HICCUP') && !again)) {
        this.hiccups.add(text);
        throw new GlassboxError('engine-lost', 'The engine crashed.');
      }
    }
    this.chunks.push(texts.length);
    return texts.map(this.model.answer);
  }
}
