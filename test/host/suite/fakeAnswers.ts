/** What a model of two labels could answer, for tests that need an answer and no model. */
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import type {
  AttackRequest,
  AttackResult,
  Explanation,
  ExplainRequest,
  FieldIndex,
  ModelInfo,
} from '../../../src/protocol';

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
      family: 'gradient',
      costly: false,
      linear: true,
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
    spread: null,
    maps: [],
    shares: [],
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
