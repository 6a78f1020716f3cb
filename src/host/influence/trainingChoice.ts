/** Which file each model was trained on: asked once, remembered for the workspace. */
import * as vscode from 'vscode';
import type { TrainingFile } from '../../protocol';
import { memory } from '../ids';
import type { FieldChoice } from '../records/fieldChoice';
import { trainingFile } from './trainingFile';
import { pickTrainingFile } from './trainingPicker';

export interface ChosenTraining {
  readonly uri: vscode.Uri;
  readonly file: TrainingFile;
}

export class TrainingChoice {
  /** What was looked at last, so that a long file is not walked through at every question. */
  private lookedAt: { readonly state: string; readonly chosen: ChosenTraining } | null = null;

  constructor(
    private readonly workspaceMemory: vscode.Memento,
    private readonly fields: FieldChoice,
  ) {}

  /**
   * The training file of a model; asked for where none is known, where it is gone, and with `anew`. Null when the user changed
   * their mind. Throws as `trainingFile`; what cannot be used is not remembered.
   * @param near the file that is tested, to guess from.
   */
  async find(
    modelDir: string,
    near: vscode.Uri,
    { anew = false, signal }: { readonly anew?: boolean; readonly signal: AbortSignal },
  ): Promise<ChosenTraining | null> {
    const known = await this.known(modelDir);
    const uri = anew || !known ? await pickTrainingFile(near, known) : known;
    if (!uri || signal.aborted) return null;
    const chosen = await this.of(uri, signal);
    if (!chosen) return null;
    await this.workspaceMemory.update(memory.training, {
      ...this.all(),
      [modelDir]: uri.toString(),
    });
    return chosen;
  }

  /** A file that was pointed at; it is not remembered. Null and errors as `find`. */
  async of(uri: vscode.Uri, signal: AbortSignal): Promise<ChosenTraining | null> {
    const state = await this.stateOf(uri);
    if (state !== null && this.lookedAt?.state === state) return this.lookedAt.chosen;
    const file = await trainingFile(uri, this.fields, signal);
    if (!file) return null;
    const chosen = { uri, file };
    // Fields may have been chosen.
    const now = await this.stateOf(uri);
    this.lookedAt = now === null ? null : { state: now, chosen };
    return chosen;
  }

  /** Null where none is remembered, or it is gone. */
  async known(modelDir: string): Promise<vscode.Uri | null> {
    const stored = this.all()[modelDir];
    if (typeof stored !== 'string') return null;
    const uri = vscode.Uri.parse(stored);
    return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
      () => uri,
      () => null,
    );
  }

  /** The same as long as `trainingFile` says the same; null where the file is gone. */
  private async stateOf(uri: vscode.Uri): Promise<string | null> {
    const found = await Promise.resolve(vscode.workspace.fs.stat(uri)).catch(() => null);
    return (
      found && JSON.stringify([uri.toString(), found.mtime, found.size, this.fields.stateFor(uri)])
    );
  }

  private all(): Readonly<Record<string, unknown>> {
    const stored = this.workspaceMemory.get<unknown>(memory.training);
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  }
}
