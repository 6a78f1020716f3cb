/** With which method and options was traced and ranked last, kept for the workspace. */
import type * as vscode from 'vscode';
import {
  resolveInfluenceOptions,
  resolveSuspicionOptions,
} from '../../interpret/influence/options';
import type { InfluenceOptions, InfluenceSettings, SuspicionSettings } from '../../protocol';
import { GlassboxError, influenceMethods, suspicionMethods } from '../../protocol';
import { memory } from '../ids';

export class InfluenceMemory {
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  get trace(): InfluenceSettings {
    return readInfluenceSettings(this.workspaceMemory.get<unknown>(memory.influence));
  }

  get suspicion(): SuspicionSettings {
    return readSuspicionSettings(this.workspaceMemory.get<unknown>(memory.suspicious));
  }

  async setTrace(settings: InfluenceSettings): Promise<void> {
    await this.workspaceMemory.update(memory.influence, settings);
  }

  async setSuspicion(settings: SuspicionSettings): Promise<void> {
    await this.workspaceMemory.update(memory.suspicious, settings);
  }
}

/** Settings as stored by this or another version: what this one does not know, or would not take, is left out, each option for itself. */
export function readInfluenceSettings(stored: unknown): InfluenceSettings {
  const { method, options } = isRecord(stored) ? stored : {};
  return {
    method: influenceMethods.find(known => known === method) ?? 'head',
    options: soundOptions(options, isInfluenceOption, resolveInfluenceOptions),
  };
}

/** The same for suspicious labels. */
export function readSuspicionSettings(stored: unknown): SuspicionSettings {
  const { method, options } = isRecord(stored) ? stored : {};
  const isKnown = (name: string) => suspicionOptions.includes(name) && isInfluenceOption(name);
  return {
    method: suspicionMethods.find(known => known === method) ?? 'head',
    options: soundOptions(options, isKnown, resolveSuspicionOptions),
  };
}

type Check = (value: unknown) => boolean;

const isNumber: Check = value => typeof value === 'number';
const isText: Check = value => typeof value === 'string';
const orNull =
  (check: Check): Check =>
  value =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...values: readonly unknown[]): Check =>
  value =>
    values.includes(value);

const types: Readonly<Record<keyof InfluenceOptions, Check>> = {
  k: isNumber,
  seed: isNumber,
  damping: orNull(isNumber),
  params: orNull(isText),
  lastBlocks: isNumber,
  curvature: oneOf(null, 'gauss-newton', 'hessian'),
  curvatureLines: isNumber,
  tolerance: isNumber,
  maxSteps: isNumber,
  candidates: orNull(isNumber),
  lissa_batch_size: isNumber,
  num_samples: isNumber,
  recursion_depth: isNumber,
  scale: value => value === 'auto' || isNumber(value),
  params_to_freeze: listOf(isText),
  checkpoints: listOf(isText),
  rates: listOf(isNumber),
  distance: oneOf('cosine', 'euclidean'),
  unit: oneOf('line', 'entity'),
};

const suspicionOptions: readonly string[] = [
  'k',
  'damping',
  'params',
  'lastBlocks',
  'curvatureLines',
  'seed',
];

function isInfluenceOption(name: string): name is keyof InfluenceOptions {
  return Object.hasOwn(types, name);
}

function soundOptions(
  stored: unknown,
  isKnown: (name: string) => boolean,
  resolve: (options: object) => unknown,
): Readonly<Record<string, never>> {
  const sound = Object.entries(isRecord(stored) ? stored : {}).filter(
    ([name, value]) =>
      isKnown(name) &&
      isInfluenceOption(name) &&
      types[name](value) &&
      isTaken(resolve, { [name]: value }),
  );
  return Object.fromEntries(sound) as Readonly<Record<string, never>>;
}

function isTaken(resolve: (options: object) => unknown, options: object): boolean {
  try {
    resolve(options);
    return true;
  } catch (error) {
    if (error instanceof GlassboxError) return false;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
