/** Defaults of the options, and the check of what was set. */
import { GlassboxError } from '../../protocol/messages';
import {
  suspicionDefaults,
  type InfluenceOptions,
  type ResolvedInfluenceOptions,
  type SuspicionOptions,
} from '../../protocol/influence';
import { lissaDefaults } from './solve/lissa';

export const influenceDefaults: ResolvedInfluenceOptions = {
  ...lissaDefaults,
  k: 20,
  seed: 0,
  damping: null,
  params: null,
  lastBlocks: 1,
  curvature: null,
  curvatureLines: 1024,
  tolerance: 1e-3,
  maxSteps: 100,
  candidates: null,
  params_to_freeze: [],
  checkpoints: [],
  rates: [],
  distance: 'cosine',
  unit: 'line',
};

/** Throws GlassboxError 'bad-input' for a number out of its range, naming the option. */
export function resolveInfluenceOptions(options: InfluenceOptions): ResolvedInfluenceOptions {
  const all = { ...influenceDefaults, ...options };
  whole('k', all.k, 1);
  checkCommon(all);
  whole('maxSteps', all.maxSteps, 1);
  positive('tolerance', all.tolerance);
  if (all.candidates !== null) whole('candidates', all.candidates, 1);
  for (const rate of all.rates) positive('rates', rate);
  if (all.rates.length > 0 && all.rates.length !== all.checkpoints.length) {
    throw bad(
      `There are ${all.rates.length} rates for ${all.checkpoints.length} checkpoints; give one each, or none.`,
    );
  }
  for (const name of all.params_to_freeze) regular('params_to_freeze', name);
  return all;
}

/** The same for suspicious labels. */
export function resolveSuspicionOptions(options: SuspicionOptions): Required<SuspicionOptions> {
  const all = { ...suspicionDefaults, ...options };
  whole('k', all.k, 0);
  checkCommon(all);
  return all;
}

function checkCommon(all: Required<Omit<SuspicionOptions, 'k'>>): void {
  whole('seed', all.seed, 0);
  whole('lastBlocks', all.lastBlocks, 0);
  whole('curvatureLines', all.curvatureLines, 1);
  if (all.damping !== null && !(all.damping >= 0 && all.damping < Infinity)) {
    throw bad(`damping is ${all.damping}; it is a number from 0.`);
  }
  if (all.params !== null) regular('params', all.params);
}

function whole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw bad(`${name} is ${value}; it is a whole number from ${least}.`);
}

function positive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw bad(`${name} is ${value}; it is above 0.`);
}

function regular(name: string, pattern: string): void {
  try {
    new RegExp(pattern, 'u');
  } catch {
    throw bad(`${name} is "${pattern}", which is no regular expression.`);
  }
}

function bad(says: string): GlassboxError {
  return new GlassboxError('bad-input', says);
}
