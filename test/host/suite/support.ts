/** What the tests in the extension host share. The workspace is a copy of the sample. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { GlassboxApi } from '../../../src/host/api';
import { commands, extensionId, panelViewType } from '../../../src/host/ids';
import type { PanelState } from '../../../src/protocol';

export function extension(): vscode.Extension<GlassboxApi> {
  const found = vscode.extensions.getExtension<GlassboxApi>(extensionId);
  assert.ok(found, 'the extension is installed');
  return found;
}

export function glassbox(): Promise<GlassboxApi> {
  return Promise.resolve(extension().activate());
}

export function workspaceUri(...names: string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the sample is open as the workspace');
  return vscode.Uri.joinPath(folder.uri, ...names);
}

/** The sample's model, or one of the kit beside the repository; null where there is neither. */
export function anyModel(): vscode.Uri | null {
  const kit = path.resolve(extension().extensionPath, '..', 'shared', 'kit', 'models');
  const places = [workspaceUri('model').fsPath, path.join(kit, 'sst2-bert')];
  const found = places.find(place => existsSync(path.join(place, 'model.onnx')));
  return found === undefined ? null : vscode.Uri.file(found);
}

/** Skips the tests that follow where there is no model to run. */
export async function needsModel(context: Mocha.Context): Promise<void> {
  const model = anyModel();
  if (!model) {
    console.log('Skipped: there is no model, neither the sample nor the kit.');
    context.skip();
  }
  const used = await vscode.commands.executeCommand(commands.useAsModel, model);
  assert.equal(used, model.fsPath);
}

export async function write(name: string, text: string): Promise<vscode.Uri> {
  const uri = workspaceUri(name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text, 'utf8'));
  return uri;
}

export async function read(uri: vscode.Uri): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
}

/** Opens a file with the cursor on a line (from 0). */
export async function openAt(uri: vscode.Uri, line: number): Promise<vscode.TextEditor> {
  const selection = new vscode.Range(line, 0, line, 0);
  return vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One, selection });
}

export async function explain(argument?: unknown): Promise<PanelState | null> {
  return vscode.commands.executeCommand<PanelState | null>(commands.explainLine, argument);
}

/** Explains and asserts that it worked; a failure shows the sentence that the user was told. */
export async function explained(argument?: unknown): Promise<PanelState> {
  const api = await glassbox();
  const state = await explain(argument);
  assert.ok(state, `explained, but was told: ${api.lastFailure()?.message ?? 'nothing'}`);
  return state;
}

export function panelTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(group => group.tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith(panelViewType),
    );
}

/** Waits until `holds`; fails with `what` after five seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > end) assert.fail(`waited in vain: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Answers the next save dialogs with these files, in turn; null: the user changed their mind. Returns what was asked. */
export function answerSaveDialogs(...answers: (vscode.Uri | null)[]): {
  readonly asked: vscode.SaveDialogOptions[];
  restore(): void;
} {
  const original = vscode.window.showSaveDialog;
  const asked: vscode.SaveDialogOptions[] = [];
  vscode.window.showSaveDialog = options => {
    asked.push(options ?? {});
    assert.ok(answers.length > 0, `an unexpected dialog: ${options?.title ?? ''}`);
    return Promise.resolve(answers.shift() ?? undefined);
  };
  return {
    asked,
    restore() {
      vscode.window.showSaveDialog = original;
    },
  };
}

/** Answers quick picks with the first item whose label fits, until `restore`. Returns the labels that were offered. */
export function answerQuickPicks(label: RegExp): { readonly offered: string[]; restore(): void } {
  const original = vscode.window.showQuickPick;
  const offered: string[] = [];
  const pick = async (items: readonly { label: string }[]) => {
    offered.push(...items.map(item => item.label));
    return Promise.resolve(items.find(item => label.test(item.label)));
  };
  vscode.window.showQuickPick = pick as unknown as typeof original;
  return {
    offered,
    restore() {
      vscode.window.showQuickPick = original;
    },
  };
}

/** A sentence for a person: no stack, no code, no line break; it ends as sentences do, or in a path. */
export function assertSentence(message: string): void {
  assert.match(message, /^\S.{15,}([.!?]|: \/\S+)$/u);
  assert.doesNotMatch(message, /\n|\bat .+:\d+:\d+|undefined|\[object|Error:/u);
}

export async function closeEverything(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
