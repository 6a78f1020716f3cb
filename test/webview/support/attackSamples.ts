/** Attacks, rewritings and tables of lines as the host would send them; texts are edited by the attack's own code. */
import type {
  AttackedText,
  AttackMap,
  AttackResult,
  AttackState,
  AttackStep,
  AttackTable,
  AttackTableRow,
  PanelState,
  Prediction,
  RewriteState,
} from '../../../src/protocol';
import type { Draft } from '../../../src/interpret/attack/draft';
import { apply, firstDraft } from '../../../src/interpret/attack/draft';
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import { labelPrediction, plot, stateOf, wordPieces } from './samples';

export const resolved = resolveAttackOptions('hotflip', {});

const text = 'The plot is thin , but the leads are a joy .';

/** Of two classes, by the probability of "positive". */
export function sentiment(positive: number): Prediction {
  return labelPrediction(
    ['negative', 'positive'],
    [1 - positive, positive],
    positive > 0.5 ? 1 : 0,
    [1],
  );
}

function attacked(draft: Draft, positive: number): AttackedText {
  const prediction = sentiment(positive);
  return {
    text: draft.input.text,
    pair: draft.input.pair ?? null,
    words: null,
    label: prediction.label,
    prediction,
    margin: Math.log((1 - positive) / positive),
  };
}

type Step = readonly [
  word: string,
  to: string,
  edit: AttackStep['changed'][number]['edit'],
  positive: number,
];

/** Edits the first `word` of the text at each step; an insertion goes before it. */
export function trace(start: string, first: number, steps: readonly Step[]): AttackedTrace {
  const original = firstDraft({ text: start }, null);
  let draft = original;
  const made = steps.map(([word, to, edit, positive], at): AttackStep => {
    const place = draft.input.text.indexOf(word);
    if (place < 0) throw new Error(`"${word}" is not in "${draft.input.text}".`);
    const end = edit === 'insert' ? place : place + word.length;
    draft = apply(draft, [{ field: 0, start: place, end, edit, to }]);
    const { changed, changes } = draft;
    const queries = 31 * (at + 1);
    return { ...attacked(draft, positive), changed, changes, queries, estimate: 0.8 + at / 10 };
  });
  return { original: attacked(original, first), steps: made };
}

export type AttackedTrace = Pick<AttackResult, 'original' | 'steps'>;

export function resultOf(
  { original, steps }: AttackedTrace,
  rest: Partial<AttackResult> = {},
): AttackResult {
  return {
    attack: 'hotflip',
    options: resolved,
    target: null,
    label: { kind: 'label', label: 'positive' },
    goal: 'Make the model predict anything but \u201cpositive\u201d.',
    original,
    steps,
    final: steps.at(-1) ?? original,
    outcome: 'flipped',
    success: true,
    says: `flipped positive to negative with ${steps.length} of 11 words changed, 5 runs`,
    wordsChanged: steps.length,
    words: 11,
    queries: 31 * steps.length,
    runs: 5,
    verifiedFromText: true,
    minimality: { proved: true, says: 'minimal: no smaller set of these changes flips it' },
    cancelled: false,
    gold: 'positive',
    correct: true,
    notes: [{ check: 'finite', ok: true, value: null, says: 'All numbers are finite.' }],
    device: 'webgpu',
    milliseconds: 212.4,
    modelHash: 'ab'.repeat(32),
    modelName: 'sample-model',
    ...rest,
  };
}

export function attackStateOf(
  result: AttackResult,
  rest: Partial<Omit<AttackState, 'result'>> = {},
): AttackState {
  return {
    record: { ...plot.record, text: result.original.text, gold: 'positive' },
    result,
    running: false,
    settings: { attack: result.attack, options: {}, target: result.target },
    defaults: resolved,
    targets: ['negative', 'positive'],
    ...rest,
  };
}

const flips = trace(text, 0.93, [
  ['joy', 'bore', 'replace', 0.71],
  ['leads', 'plots', 'replace', 0.55],
  ['but', 'not', 'insert', 0.31],
]);
/** Two words replaced, one inserted. */
export const flipped = attackStateOf(resultOf(flips));

/** On its way: one step so far. */
export const running = attackStateOf(
  resultOf(
    { original: flips.original, steps: flips.steps.slice(0, 1) },
    { outcome: 'failed', success: false, says: 'no flip after 1 change', queries: 31 },
  ),
  { running: true },
);

export const failed = attackStateOf(
  resultOf(
    trace(text, 0.93, [
      ['joy', 'j\u043ey', 'characters', 0.88],
      ['thin', '', 'delete', 0.9],
    ]),
    {
      outcome: 'failed',
      success: false,
      says: 'no flip within 5 changes, 9 runs',
      verifiedFromText: false,
      minimality: null,
      notes: [
        { check: 'truncated', ok: false, value: 3, says: 'The last 3 characters were not seen.' },
      ],
    },
  ),
);

export const skipped = attackStateOf(
  resultOf(
    { original: flips.original, steps: [] },
    {
      outcome: 'skipped',
      success: false,
      says: 'already wrong: gold is negative',
      minimality: null,
      gold: 'negative',
      correct: false,
    },
  ),
);

/** Words taken away one by one, now before, now after those that are gone already. */
export const reduced = attackStateOf(
  resultOf(
    trace(text, 0.93, [
      ['is', '', 'delete', 0.94],
      ['thin', '', 'delete', 0.96],
      ['plot', '', 'delete', 0.95],
      ['The', '', 'delete', 0.95],
      ['the', '', 'delete', 0.97],
      ['but', '', 'delete', 0.97],
      ['leads', '', 'delete', 0.92],
      ['are', '', 'delete', 0.9],
    ]),
    {
      attack: 'input-reduction',
      goal: 'Keep \u201cpositive\u201d with as few words as possible.',
      outcome: 'reduced',
      says: 'reduced from 11 to 3 words and still positive, 9 runs',
      minimality: { proved: true, says: 'without any one of the words left it is not positive' },
    },
  ),
);

/** The map of a step, as the engine would make it: every word a token. */
export function mapOf({ result, record }: AttackState, step: number): AttackMap {
  return { step, state: mappedState(result.steps[step] ?? result.original, record.line) };
}

function mappedState(shown: Pick<AttackedText, 'text' | 'prediction'>, line = 17): PanelState {
  const tokens = wordPieces(shown.text, shown.text.split(' '));
  const scores = tokens.map((token, i) => (token.text === 'joy' ? 1 : Math.sin(2.1 * i) * 0.7));
  const { prediction } = shown;
  return stateOf(
    shown.text,
    tokens,
    scores,
    { prediction, gold: 'positive', correct: prediction.label === 'positive' },
    { record: { ...plot.record, line, text: shown.text, gold: 'positive' } },
  );
}

/** The text explained, with a probability of "positive". */
export function explained(shown: string, positive: number): PanelState {
  return mappedState({ text: shown, prediction: sentiment(positive) });
}

export function rewriting(shown: string, positive: number): RewriteState['edited'] {
  return { text: shown, pair: null, state: explained(shown, positive) };
}

const original = rewriting(text, 0.93);
/** Just begun. */
export const untouched: RewriteState = { original, edited: original, pinned: [] };

export const pinned: RewriteState = {
  original,
  edited: rewriting('The plot is thin , and the leads are a bore .', 0.21),
  pinned: [
    rewriting('The plot is thin , but the leads are a bore .', 0.41),
    rewriting('The plot is not thin , and the leads are a joy .', 0.97),
  ],
};

const outcomes = ['flipped', 'flipped', 'failed', 'flipped', 'skipped'] as const;

function lineRow(at: number): AttackTableRow {
  const outcome = outcomes[at % outcomes.length]!;
  const success = outcome === 'flipped';
  const sentence = `Line ${at + 1} : the film is a joy , and the leads are ${['fine', 'good', 'thin'][at % 3]!} .`;
  return {
    line: at + 1,
    original: sentence,
    attacked: success ? sentence.replace('joy', 'bore') : sentence,
    outcome,
    says: success
      ? 'flipped positive to negative with 1 of 13 words changed, 4 runs'
      : 'no flip within 5 changes',
    success,
    before: outcome === 'skipped' ? 'negative' : 'positive',
    after: outcome === 'failed' ? 'positive' : 'negative',
    gold: 'positive',
    wordsChanged: success ? 1 + (at % 4) : 0,
    words: 13,
    queries: outcome === 'skipped' ? 1 : 20 + ((at * 7) % 60),
  };
}

/** A table of `count` rows out of `total`. */
export function tableOf(
  count: number,
  state: AttackTable['state'] = 'done',
  total = count,
): AttackTable {
  const rows = Array.from({ length: count }, (_, at) => lineRow(at));
  const of = (outcome: AttackTableRow['outcome']) =>
    rows.filter(row => row.outcome === outcome).length;
  return {
    file: 'reviews.dev.jsonl',
    settings: { attack: 'hotflip', options: {}, target: null },
    rows,
    summary: {
      total,
      done: count,
      succeeded: of('flipped'),
      failed: of('failed'),
      skipped: of('skipped'),
      errors: 0,
      successRate: count > 0 ? of('flipped') / (of('flipped') + of('failed')) : null,
      meanShareChanged: 0.18,
      meanWordsChanged: 2.25,
      meanQueries: 41.8,
      accuracyBefore: 0.8,
      accuracyAfter: 0.2,
    },
    state,
    saved: { jsonl: 'attacks/reviews.hotflip.jsonl', csv: 'attacks/reviews.hotflip.csv' },
  };
}
