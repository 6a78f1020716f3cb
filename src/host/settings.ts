/** The only reader of the user's settings. */
import * as vscode from 'vscode';
import type { DevicePreference, LongText, TaskKind } from '../protocol';
import { taskKinds } from '../protocol';

export const settingNames = {
  model: 'glassbox.model',
  device: 'glassbox.device',
  task: 'glassbox.task',
  textField: 'glassbox.textField',
  pairField: 'glassbox.pairField',
  labelField: 'glassbox.labelField',
  longText: 'glassbox.longText',
  windowOverlap: 'glassbox.windowOverlap',
  suspiciousInProblems: 'glassbox.suspiciousInProblems',
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

/** What the model is to be used for; null: as its files say. */
export function taskSetting(scope?: vscode.Uri): TaskKind | null {
  const value = text(settingNames.task, scope);
  return taskKinds.find(kind => kind === value) ?? null;
}

/** Names of the fields that hold the texts and the label; '' where they shall be inferred. */
export function fieldSettings(scope: vscode.Uri) {
  return {
    textField: text(settingNames.textField, scope),
    pairField: text(settingNames.pairField, scope),
    labelField: text(settingNames.labelField, scope),
  };
}

/** How texts are read that are longer than the model's input. */
export function longTextSetting(scope: vscode.Uri): LongText {
  const overlap = read(settingNames.windowOverlap, scope);
  const isCount = typeof overlap === 'number' && Number.isInteger(overlap) && overlap > 0;
  return {
    mode: text(settingNames.longText, scope) === 'start' ? 'start' : 'windows',
    overlap: isCount ? overlap : null,
  };
}

/** Whether suspicious labels stand in the Problems view without being asked for. */
export function inProblemsSetting(): boolean {
  return read(settingNames.suspiciousInProblems) === true;
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
