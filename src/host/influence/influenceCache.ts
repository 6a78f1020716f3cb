/** What the engine keeps of training files between two questions: a folder of the extension's own, for all workspaces. */
import { readdir, rm, stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { reasonOf } from '../../protocol';
import type { Engine } from '../explain/engine';
import { HostError } from '../report';

export class InfluenceCache {
  readonly dir: string;

  constructor(
    globalStorage: vscode.Uri,
    private readonly engine: Pick<Engine, 'restart'>,
  ) {
    this.dir = vscode.Uri.joinPath(globalStorage, 'influence').fsPath;
  }

  /** Deletes it all, and tells how much that was, in bytes. Throws a HostError where a file resists. */
  async delete(): Promise<number> {
    const size = await sizeOfFolder(this.dir);
    // The engine has files of it open.
    await this.engine.restart();
    try {
      await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
    } catch (error) {
      const says = vscode.l10n.t(
        'The influence cache could not be deleted ({0}); close other windows of VS Code and try again.',
        reasonOf(error),
      );
      throw new HostError('bad-input', says, ['showLog']);
    }
    return size;
  }
}

/** Bytes of all files in a folder; 0 where there is none. */
async function sizeOfFolder(dir: string): Promise<number> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  let size = 0;
  for (const name of names) {
    const entry = await stat(path.join(dir, name)).catch(() => null);
    if (entry?.isFile()) size += entry.size;
  }
  return size;
}
