/** Where the results of an attack on several lines are written: asked once, remembered for the same attack. */
import { createHash } from 'node:crypto';
import { access, constants, mkdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { csvBeside } from '../../batch/resultFiles';
import type { ResultPaths } from '../../batch/resultFiles';
import type { AttackKind } from '../../protocol';
import { memory } from '../ids';

/** So many attacks are remembered; who comes back to an older one names its file again. */
const mostRemembered = 50;

interface Remembered {
  readonly key: string;
  readonly jsonl: string;
}

/** A name for everything that decides what comes out: the same attack is gone on with in the same file. */
export function keyOf(attack: unknown): string {
  return createHash('sha256').update(JSON.stringify(attack)).digest('hex');
}

/** The first of 'a.attack-hotflip.jsonl', 'a.attack-hotflip-2.jsonl', ... that is not there yet, nor its table. */
async function freeName(dataset: string, attack: AttackKind): Promise<string> {
  const base = path.basename(dataset).replace(/\.[^.]*$/, '');
  const isThere = (file: string) =>
    stat(file).then(
      () => true,
      () => false,
    );
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `-${number}`;
    const file = path.join(path.dirname(dataset), `${base}.attack-${attack}${suffix}.jsonl`);
    if (!(await isThere(file)) && !(await isThere(csvBeside(file)))) return file;
  }
}

export class ResultPlaces {
  constructor(
    private readonly workspaceMemory: vscode.Memento,
    /** A folder of the extension's own, for datasets whose folder cannot be written. */
    private readonly storage: vscode.Uri,
  ) {}

  /** Whether this attack was begun before. */
  knows(key: string): boolean {
    return this.all().some(entry => entry.key === key);
  }

  /** The files of the attack `key`; null when the user changed their mind. */
  async find(key: string, dataset: vscode.Uri, attack: AttackKind): Promise<ResultPaths | null> {
    const known = this.all().find(entry => entry.key === key)?.jsonl;
    const jsonl = known ?? (await this.choose(dataset, attack));
    if (jsonl === null) return null;
    await this.remember([{ key, jsonl }, ...this.all().filter(entry => entry.key !== key)]);
    return { jsonl, csv: csvBeside(jsonl) };
  }

  /** The files do not fit the attack any more: the next time it is asked again. */
  async forget(key: string): Promise<void> {
    await this.remember(this.all().filter(entry => entry.key !== key));
  }

  private async choose(dataset: vscode.Uri, attack: AttackKind): Promise<string | null> {
    const folder = path.dirname(dataset.fsPath);
    const canWrite = await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!canWrite) {
      await mkdir(this.storage.fsPath, { recursive: true });
      return freeName(path.join(this.storage.fsPath, path.basename(dataset.fsPath)), attack);
    }
    const chosen = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Save the results of the attack (a table in CSV is written beside it)'),
      saveLabel: vscode.l10n.t('Attack'),
      defaultUri: vscode.Uri.file(await freeName(dataset.fsPath, attack)),
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

  private async remember(entries: readonly Remembered[]): Promise<void> {
    await this.workspaceMemory.update(memory.resultFiles, entries.slice(0, mostRemembered));
  }
}
