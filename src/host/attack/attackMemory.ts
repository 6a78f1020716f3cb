/** With which options each attack was run last, kept for the workspace. */
import type * as vscode from 'vscode';
import { resolveAttackOptions } from '../../interpret/attack/options';
import type { AttackKind, AttackOptions, AttackSettings } from '../../protocol';
import { attackKinds, GlassboxError } from '../../protocol';
import { memory } from '../ids';

/** A new attack: what can be chosen has its default, and anything else may be predicted. */
export function defaultSettings(attack: AttackKind): AttackSettings {
  return { attack, options: {}, target: null };
}

export class AttackMemory {
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  get(attack: AttackKind): AttackSettings {
    return readSettings(attack, this.stored()[attack]);
  }

  async set(settings: AttackSettings): Promise<void> {
    await this.workspaceMemory.update(memory.attacks, {
      ...this.stored(),
      [settings.attack]: settings,
    });
  }

  private stored(): Readonly<Record<string, unknown>> {
    const stored = this.workspaceMemory.get<unknown>(memory.attacks);
    return isRecord(stored) ? stored : {};
  }
}

export function isAttackKind(value: unknown): value is AttackKind {
  return attackKinds.some(kind => kind === value);
}

/**
 * Settings as stored by this or another version of Glassbox: what this one does not know, or would not take, is left
 * out, each option for itself.
 */
export function readSettings(attack: AttackKind, stored: unknown): AttackSettings {
  if (!isRecord(stored)) return defaultSettings(attack);
  const { options, target } = stored;
  const defaults = resolveAttackOptions(attack, {});
  const sound = Object.entries(isRecord(options) ? options : {}).filter(
    ([name, value]) =>
      Object.entries(defaults).some(([known, usual]) => known === name && sameType(usual, value)) &&
      isTaken(attack, { [name]: value }),
  );
  return {
    attack,
    options: Object.fromEntries(sound),
    target: typeof target === 'string' ? target : null,
  };
}

/** Settings that fit a model: a target that it does not have is none, and so is one that is typed freely on another text. */
export function fitSettings(settings: AttackSettings, targets: readonly string[]): AttackSettings {
  const { target } = settings;
  return target === null || targets.includes(target) ? settings : { ...settings, target: null };
}

function isTaken(attack: AttackKind, options: AttackOptions): boolean {
  try {
    resolveAttackOptions(attack, options);
    return true;
  } catch (error) {
    if (error instanceof GlassboxError) return false;
    throw error;
  }
}

function sameType(usual: unknown, value: unknown): boolean {
  if (!Array.isArray(usual)) return typeof value === typeof usual;
  return Array.isArray(value) && value.every(entry => typeof entry === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
