/** Glassbox: Check Model: asks the engine, and shows its answer as a page. */
import * as vscode from 'vscode';
import type { ModelCheck, TaskKind } from '../../protocol';
import type { Engine } from '../explain/engine';
import { withSlowProgress } from '../explain/slowProgress';
import { modelTitle } from '../models/modelFolders';
import { Newest } from '../newest';
import type { CheckPages } from './checkPages';

export interface ModelCheckerParts {
  readonly engine: Engine;
  readonly pages: Pick<CheckPages, 'show'>;
  /** Throws a HostError where the model must not be loaded: checking runs it. */
  readonly checkTrust: (modelDir: string) => Promise<void>;
}

export class ModelChecker {
  private readonly runs = new Newest();

  constructor(private readonly parts: ModelCheckerParts) {}

  /**
   * Checks the model in a folder and opens the page; what is wrong with the model stands there. Throws
   * GlassboxError, 'cancelled' also where a newer check took its place.
   * @param task null: as the model's files say.
   */
  async check(modelDir: string, task: TaskKind | null): Promise<ModelCheck> {
    const controller = this.runs.begin();
    const { engine, pages, checkTrust } = this.parts;
    try {
      await checkTrust(modelDir);
      const title = vscode.l10n.t('Glassbox: checking {0}', modelTitle(modelDir));
      const found = await withSlowProgress(title, controller, onProgress =>
        engine.call(
          'checkModel',
          { modelDir, ...(task && { task }) },
          { signal: controller.signal, onProgress },
        ),
      );
      await pages.show(modelDir, found);
      return found;
    } finally {
      this.runs.end(controller);
    }
  }
}
