/** Which model explains in this workspace: what was picked last, else the setting. */
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { memory } from '../ids';
import { modelSetting, settingNames } from '../settings';

/** What is remembered of a pick. It holds until the setting is changed: the newer wish wins. */
interface PickedModel {
  readonly dir: string;
  readonly settingThen: string;
}

const mostRecent = 5;

/**
 * The folder that a setting means: absolute, in the home folder (`~/models/x`), or relative to
 * `base`. Null for an empty setting, and for a relative one where there is nothing to relate it to.
 */
export function resolveModelSetting(setting: string, base: string | null): string | null {
  if (setting === '') return null;
  if (/^~[/\\]/.test(setting)) return path.join(os.homedir(), setting.slice(2));
  if (path.isAbsolute(setting)) return path.normalize(setting);
  return base === null ? null : path.resolve(base, setting);
}

function baseFolder(near?: vscode.Uri): string | null {
  const folder =
    (near && vscode.workspace.getWorkspaceFolder(near)) ?? vscode.workspace.workspaceFolders?.[0];
  return folder?.uri.scheme === 'file' ? folder.uri.fsPath : null;
}

/** A folder as `resolveModelSetting`, relative to the first folder of the workspace. */
export function resolveInWorkspace(setting: string): string | null {
  return resolveModelSetting(setting, baseFolder());
}

export class ModelChoice implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another model is meant from now on. */
  readonly onDidChange = this.changed.event;
  private readonly settingListener: vscode.Disposable;

  constructor(
    private readonly workspaceMemory: vscode.Memento,
    private readonly globalMemory: vscode.Memento,
  ) {
    this.settingListener = vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration(settingNames.model)) this.changed.fire();
    });
  }

  /** The folder of the model in use for the file `near`, or null when none was ever named. */
  current(near?: vscode.Uri): string | null {
    const setting = modelSetting(near);
    const picked = this.workspaceMemory.get<PickedModel>(memory.model);
    if (picked?.settingThen === modelSetting()) return picked.dir;
    return resolveModelSetting(setting, baseFolder(near));
  }

  /** Remembers a pick for this workspace, and among the recent models of every workspace. */
  async pick(dir: string): Promise<void> {
    const picked: PickedModel = { dir, settingThen: modelSetting() };
    await this.workspaceMemory.update(memory.model, picked);
    const recent = [dir, ...this.recent().filter(other => other !== dir)].slice(0, mostRecent);
    await this.globalMemory.update(memory.recentModels, recent);
    this.changed.fire();
  }

  /** Models picked lately in any workspace, the newest first. */
  recent(): readonly string[] {
    return this.globalMemory.get<readonly string[]>(memory.recentModels) ?? [];
  }

  dispose(): void {
    this.settingListener.dispose();
    this.changed.dispose();
  }
}
