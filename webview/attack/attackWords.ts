/** The words of attacks: their options, their ends. */
import type {
  AttackEdit,
  AttackOutcome,
  AttackResult,
  AttackSearch,
  Importance,
} from '../../src/protocol';
import { formatCount } from '../numbers';

export const searchWords: Readonly<Record<AttackSearch, string>> = {
  greedy: 'Greedy',
  beam: 'Beam',
  minimal: 'Minimal set',
};

export const editWords: Readonly<Record<AttackEdit, string>> = {
  replace: 'Replace words',
  delete: 'Delete words',
  insert: 'Insert words',
  characters: 'Change letters',
};

export const importanceWords: Readonly<Record<Importance, string>> = {
  'gradient-norm': 'Gradient norm',
  'input-x-gradient': 'Input \u00d7 gradient',
  'leave-one-out': 'Leave one out',
};

export const ownWordsWords = { protect: 'Leave alone', attack: 'May be changed' } as const;
export const unitWords = { words: 'Whole words', tokens: 'Single tokens' } as const;
export const presetWords = { none: 'None', allennlp: 'As AllenNLP' } as const;

/** How an end is shown: its shape and its class; `says` of the result tells it in words. */
export const outcomeSigns: Readonly<Record<AttackOutcome | 'error' | 'running', string>> = {
  flipped: '\u2713',
  reduced: '\u2713',
  failed: '\u2715',
  skipped: '\u2013',
  error: '!',
  running: '\u2026',
};

export const outcomeWords: Readonly<Record<AttackOutcome | 'error', string>> = {
  flipped: 'flipped',
  reduced: 'reduced',
  failed: 'failed',
  skipped: 'skipped',
  error: 'error',
};

export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** '31 queries in 5 runs of the model'. */
export function costWords({ queries, runs }: AttackResult): string {
  return `${countOf(queries, 'query', 'queries')} in ${countOf(runs, 'run')} of the model`;
}
