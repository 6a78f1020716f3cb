/** Where the results of work on several lines are written: asked once, remembered for the same work. */
import { createHash } from 'node:crypto';
import { access, constants, mkdir, rm, stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { memory } from '../ids';

/** So many are remembered; who comes back to older work names its file again. */
const mostRemembered = 50;

interface Remembered {
  readonly key: string;
  readonly jsonl: string;
}

/** How results are called. */
export interface ResultName {
  /** 'attack-hotflip': 'a.jsonl' has its results in 'a.attack-hotflip.jsonl'. */
  readonly suffix: string;
  /** Files of the same work: 'results.jsonl' has a table beside it. */
  readonly beside?: (jsonl: string) => string;
  /** The dialog that asks where; null: nobody is asked, they lie in a folder of the extension's own. */
  readonly dialog: { readonly title: string; readonly saveLabel: string } | null;
}

/** A name for everything that decides what comes out: the same work is gone on with in the same file. */
export function keyOf(work: unknown): string {
  return createHash('sha256').update(JSON.stringify(work)).digest('hex');
}

/** The first of 'a.attack-hotflip.jsonl', 'a.attack-hotflip-2.jsonl', ... that is not there yet, nor what belongs to it. */
async function freeName(dataset: string, { suffix, beside }: ResultName): Promise<string> {
  const base = path.basename(dataset).replace(/\.[^.]*$/, '');
  const isThere = (file: string) =>
    stat(file).then(
      () => true,
      () => false,
    );
  for (let number = 1; ; number++) {
    const count = number === 1 ? '' : `-${number}`;
    const file = path.join(path.dirname(dataset), `${base}.${suffix}${count}.jsonl`);
    if (!(await isThere(file)) && !(beside && (await isThere(beside(file))))) return file;
  }
}

export class ResultPlaces {
  /** Of results for which nobody was asked for a place. */
  private readonly own: string;

  constructor(
    private readonly workspaceMemory: vscode.Memento,
    /** A folder of the extension's own, for datasets whose folder cannot be written, too. */
    private readonly storage: vscode.Uri,
  ) {
    this.own = path.join(storage.fsPath, 'own');
  }

  /** Whether this work was begun before. */
  knows(key: string): boolean {
    return this.all().some(entry => entry.key === key);
  }

  /** The file of the work `key`; null when the user changed their mind. */
  async find(key: string, dataset: vscode.Uri, name: ResultName): Promise<string | null> {
    const known = this.all().find(entry => entry.key === key)?.jsonl;
    const jsonl = known ?? (await this.choose(dataset, name));
    if (jsonl === null) return null;
    await this.remember([{ key, jsonl }, ...this.all().filter(entry => entry.key !== key)]);
    return jsonl;
  }

  /** The files do not fit the work any more: the next time it is asked again. */
  async forget(key: string): Promise<void> {
    await this.remember(this.all().filter(entry => entry.key !== key));
  }

  private async choose(dataset: vscode.Uri, name: ResultName): Promise<string | null> {
    const canWrite = await access(path.dirname(dataset.fsPath), constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!canWrite || !name.dialog) {
      const folder = name.dialog ? this.storage.fsPath : this.own;
      await mkdir(folder, { recursive: true });
      return freeName(path.join(folder, path.basename(dataset.fsPath)), name);
    }
    const chosen = await vscode.window.showSaveDialog({
      ...name.dialog,
      defaultUri: vscode.Uri.file(await freeName(dataset.fsPath, name)),
      filters: { [vscode.l10n.t('JSON Lines')]: ['jsonl'] },
    });
    return chosen?.fsPath ?? null;
  }

  private all(): readonly Remembered[] {
    const stored = this.workspaceMemory.get<unknown>(memory.resultFiles);
    if (!Array.isArray(stored)) return [];
    return stored.filter(
      (entry: unknown): entry is Remembered =>
        typeof entry === 'object' &&
        entry !== null &&
        'key' in entry &&
        'jsonl' in entry &&
        typeof entry.key === 'string' &&
        typeof entry.jsonl === 'string',
    );
  }

  /** What nobody will come back to is deleted, where nobody was asked for its place. */
  private async remember(entries: readonly Remembered[]): Promise<void> {
    const kept = entries.slice(0, mostRemembered);
    const gone = this.all().filter(({ jsonl }) => !kept.some(entry => entry.jsonl === jsonl));
    for (const { jsonl } of gone) {
      if (path.dirname(jsonl) !== this.own) continue;
      for (const file of [jsonl, jsonl.replace(/\.jsonl$/, '.html')])
        await rm(file, { force: true });
    }
    await this.workspaceMemory.update(memory.resultFiles, kept);
  }
}
