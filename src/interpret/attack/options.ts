/** The options of both attacks: their defaults, what a preset dictates, and what values make sense. */
import type { AttackKind, AttackOptions, ResolvedAttackOptions } from '../../protocol/attack';
import { attackEdits, attackSearches, importances } from '../../protocol/attack';
import { GlassboxError } from '../../protocol/messages';

const defaults: ResolvedAttackOptions = {
  preset: 'none',
  ignore: [],
  field: 'both',
  seed: 0,
  beam: 3,
  ownWords: 'protect',
  unit: 'words',
  search: 'greedy',
  edits: ['replace'],
  maxFlips: 5,
  maxShare: 1,
  candidates: 64,
  wholeWords: true,
  sameCase: true,
  sameClass: true,
  noStopWords: false,
  minCosine: -1,
  evenIfWrong: false,
  by: 0.5,
  importance: 'gradient-norm',
};

/** AllenNLP's ignore list of HotFlip (its own padding and unknown token included) is that of Input Reduction by intention. */
const allenNlpIgnores = ['@@NULL@@', '.', ',', ';', '!', '?', '[MASK]', '[SEP]', '[CLS]'];

/** What the preset dictates (AllenNLP 2.10.1, HotFlip and InputReduction with their default arguments). */
const allenNlp: Readonly<Record<AttackKind, AttackOptions>> = {
  hotflip: {
    search: 'greedy',
    edits: ['replace'],
    unit: 'tokens',
    beam: 1,
    candidates: 1,
    maxFlips: 10_000,
    maxShare: 1,
    wholeWords: true,
    sameCase: false,
    sameClass: false,
    noStopWords: false,
    minCosine: -1,
    ownWords: 'attack',
    ignore: allenNlpIgnores,
  },
  'input-reduction': { beam: 3, unit: 'tokens', importance: 'gradient-norm', ignore: [] },
};

/** Throws GlassboxError 'bad-input' naming the option whose value makes no sense. */
export function resolveAttackOptions(
  attack: AttackKind,
  asked: AttackOptions,
): ResolvedAttackOptions {
  const dictated = asked.preset === 'allennlp' ? allenNlp[attack] : {};
  const given = Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined),
  ) as AttackOptions;
  const options: ResolvedAttackOptions = { ...defaults, ...given, ...dictated };
  check(options);
  return options;
}

function check(options: ResolvedAttackOptions): void {
  const { beam, maxFlips, candidates, maxShare, minCosine, by, seed } = options;
  const whole = (name: string, value: number, least: number, most: number): void => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw wrong(name, value, `a whole number from ${least} to ${most}`);
  };
  whole('The width of the beam', beam, 1, 1000);
  whole('The largest number of flips', maxFlips, 1, 10_000);
  whole('The number of candidates', candidates, 1, 10_000);
  whole('The seed', seed, 0, 2 ** 32 - 1);
  if (!(maxShare > 0 && maxShare <= 1)) {
    throw wrong('The largest share of words', maxShare, 'a number above 0, up to 1');
  }
  if (!(minCosine >= -1 && minCosine <= 1)) {
    throw wrong('The least cosine', minCosine, 'a number from -1 to 1');
  }
  if (!(by > 0 && Number.isFinite(by))) {
    throw wrong('The distance by which a value must move', by, 'a number above 0');
  }
  oneOf('The search', options.search, attackSearches);
  oneOf('The importance', options.importance, importances);
  oneOf('The unit', options.unit, ['words', 'tokens']);
  oneOf('The field', options.field, ['text', 'pair', 'both']);
  oneOf("What is done to an entity's own words", options.ownWords, ['protect', 'attack']);
  oneOf('The preset', options.preset, ['none', 'allennlp']);
  for (const edit of options.edits) oneOf('An edit', edit, attackEdits);
  if (options.edits.length === 0) {
    throw wrong('The list of edits', 'empty', `some of ${attackEdits.join(', ')}`);
  }
}

function oneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw wrong(name, value, `one of ${allowed.join(', ')}`);
}

function wrong(name: string, value: string | number, fitting: string): GlassboxError {
  return new GlassboxError('bad-input', `${name} is ${value}; give ${fitting}.`);
}
