/** The options of an attack as fields of a form: what each is called, and which attack reads it. */
import type { AttackKind, AttackOptions, AttackSettings, TaskKind } from '../../src/protocol';
import type { NumberRule } from '../controls';
import { importanceWords, ownWordsWords, presetWords, searchWords, unitWords } from './attackWords';

/** What decides whether an option is offered. */
export interface Situation {
  readonly settings: AttackSettings;
  readonly task: TaskKind;
  readonly isPair: boolean;
}

type Shape =
  | { readonly kind: 'number'; readonly rule: NumberRule }
  | { readonly kind: 'choice'; readonly words: Readonly<Record<string, string>> }
  | { readonly kind: 'flag' };

export type FieldName = Exclude<keyof AttackOptions, 'edits' | 'ignore' | 'field'>;

export interface FieldRule {
  readonly name: FieldName;
  readonly title: string;
  readonly shape: Shape;
  /** Offered at first sight, not under "More options". */
  readonly common: boolean;
  readonly attacks: readonly AttackKind[];
  readonly fits?: (situation: Situation) => boolean;
  /** The preset leaves it to the user. */
  readonly free?: boolean;
}

const whole = (min: number, max: number): Shape => ({
  kind: 'number',
  rule: { min, max, whole: true },
});
const part = (min: number, max: number): Shape => ({
  kind: 'number',
  rule: { min, max, whole: false },
});
const choice = (words: Readonly<Record<string, string>>): Shape => ({ kind: 'choice', words });
const flag: Shape = { kind: 'flag' };
const both: readonly AttackKind[] = ['hotflip', 'input-reduction'];
const flip: readonly AttackKind[] = ['hotflip'];
const reduce: readonly AttackKind[] = ['input-reduction'];

const hasOwnWords = ({ task }: Situation) =>
  task === 'token-classification' || task === 'question-answering';
const hasBeam = ({ settings: { attack, options } }: Situation) =>
  attack === 'input-reduction' || options.search === 'beam';

/** In the order in which they are offered. */
export const fieldRules: readonly FieldRule[] = [
  { name: 'search', title: 'Search', shape: choice(searchWords), common: true, attacks: flip },
  {
    name: 'importance',
    title: 'Importance by',
    shape: choice(importanceWords),
    common: true,
    attacks: reduce,
  },
  {
    name: 'beam',
    title: 'Beam width',
    shape: whole(1, 1000),
    common: true,
    attacks: both,
    fits: hasBeam,
  },
  { name: 'maxFlips', title: 'Most changes', shape: whole(1, 10_000), common: true, attacks: flip },
  {
    name: 'by',
    title: 'Move the value by',
    shape: part(1e-9, 1e9),
    common: true,
    attacks: flip,
    fits: ({ task }) => task === 'regression',
    free: true,
  },
  {
    name: 'maxShare',
    title: 'Largest share of the words',
    shape: part(0.001, 1),
    common: false,
    attacks: flip,
  },
  { name: 'minCosine', title: 'Least cosine', shape: part(-1, 1), common: false, attacks: flip },
  {
    name: 'candidates',
    title: 'Candidates a step',
    shape: whole(1, 10_000),
    common: false,
    attacks: flip,
  },
  { name: 'unit', title: 'Unit', shape: choice(unitWords), common: false, attacks: both },
  {
    name: 'ownWords',
    title: 'Words of the entity or answer',
    shape: choice(ownWordsWords),
    common: false,
    attacks: both,
    fits: hasOwnWords,
  },
  {
    name: 'preset',
    title: 'Preset',
    shape: choice(presetWords),
    common: false,
    attacks: both,
    free: true,
  },
  {
    name: 'seed',
    title: 'Seed',
    shape: whole(0, 2 ** 32 - 1),
    common: false,
    attacks: both,
    free: true,
  },
  { name: 'wholeWords', title: 'Whole words only', shape: flag, common: false, attacks: flip },
  { name: 'sameCase', title: 'Same case', shape: flag, common: false, attacks: flip },
  {
    name: 'sameClass',
    title: 'Same class: word, number, sign',
    shape: flag,
    common: false,
    attacks: flip,
  },
  { name: 'noStopWords', title: 'No stop words', shape: flag, common: false, attacks: flip },
  {
    name: 'evenIfWrong',
    title: 'Attack even if it is wrong already',
    shape: flag,
    common: false,
    attacks: flip,
    free: true,
  },
];

/** Whether the attack reads this option here; a preset dictates those that it does not leave free. */
export function isOffered(rule: FieldRule, situation: Situation): boolean {
  const { attack, options } = situation.settings;
  if (!rule.attacks.includes(attack)) return false;
  if (options.preset === 'allennlp' && rule.free !== true) return false;
  return rule.fits?.(situation) ?? true;
}
