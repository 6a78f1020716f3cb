/** How drivers were looked for last, kept for the workspace. */
import type * as vscode from 'vscode';
import { defaultDrivers } from '../../batch/drivers/driversRun';
import type { DriversSettings, MethodDescription } from '../../protocol';
import { memory } from '../ids';

export class DriversMemory {
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  get(): DriversSettings {
    return readDriversSettings(this.workspaceMemory.get<unknown>(memory.drivers));
  }

  async set(settings: DriversSettings): Promise<void> {
    await this.workspaceMemory.update(memory.drivers, settings);
  }
}

const scalars = ['logit', 'probability', 'loss'] as const;

/** Settings as stored by this or another version; what makes no sense has its default. */
export function readDriversSettings(stored: unknown): DriversSettings {
  if (typeof stored !== 'object' || stored === null) return defaultDrivers;
  const { method, parameters, scalar, leastLines } = stored as Record<string, unknown>;
  const isMethod = typeof method === 'string' && typeof parameters === 'object' && parameters;
  const isCount = typeof leastLines === 'number' && Number.isInteger(leastLines) && leastLines > 0;
  return {
    method: isMethod ? method : defaultDrivers.method,
    parameters: isMethod ? parameters : defaultDrivers.parameters,
    scalar: scalars.find(known => known === scalar) ?? defaultDrivers.scalar,
    leastLines: isCount ? leastLines : defaultDrivers.leastLines,
  };
}

/** A model that has not the method is asked by the default one. */
export function fitDrivers(
  settings: DriversSettings,
  methods: readonly MethodDescription[],
): DriversSettings {
  if (methods.some(({ name }) => name === settings.method)) return settings;
  const { method, parameters } = defaultDrivers;
  return { ...settings, method, parameters };
}
