/** The only reader of the user's settings. */
import * as vscode from 'vscode';
import type { DevicePreference } from '../protocol';

export const settingNames = {
  model: 'glassbox.model',
  device: 'glassbox.device',
  textField: 'glassbox.textField',
  labelField: 'glassbox.labelField',
  nodePath: 'glassbox.engine.nodePath',
  memoryLimitMB: 'glassbox.engine.memoryLimitMB',
} as const;

const smallestMemoryLimitMB = 512;

function read(name: string, scope?: vscode.Uri): unknown {
  return vscode.workspace.getConfiguration(undefined, scope ?? null).get<unknown>(name);
}

/** A setting that is text: trimmed, '' when it is unset or of another type. */
function text(name: string, scope?: vscode.Uri): string {
  const value = read(name, scope);
  return typeof value === 'string' ? value.trim() : '';
}

/** The folder of the model as it was written, absolute or relative to the workspace folder; '' if unset. */
export function modelSetting(scope?: vscode.Uri): string {
  return text(settingNames.model, scope);
}

export function deviceSetting(): DevicePreference {
  const value = text(settingNames.device);
  return value === 'cpu' || value === 'webgpu' ? value : 'auto';
}

/** Names of the fields that hold the text and the label; '' where they shall be inferred. */
export function fieldSettings(scope: vscode.Uri): { textField: string; labelField: string } {
  return {
    textField: text(settingNames.textField, scope),
    labelField: text(settingNames.labelField, scope),
  };
}

/** How the engine process is started: the Node program ('' for VS Code's own) and its limit. */
export function engineSettings(): { nodePath: string; memoryLimitMB: number } {
  const limit = read(settingNames.memoryLimitMB);
  return {
    nodePath: text(settingNames.nodePath),
    memoryLimitMB:
      typeof limit === 'number' && Number.isFinite(limit)
        ? Math.max(smallestMemoryLimitMB, limit)
        : 4096,
  };
}
