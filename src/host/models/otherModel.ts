/** The second model of a comparison: picked from those at hand, and remembered for the first one. */
import * as vscode from 'vscode';
import { memory } from '../ids';
import { HostError } from '../report';
import type { ModelChoice } from './modelChoice';
import { isModelFolder, modelTitle } from './modelFolders';
import { pickModel } from './modelPicker';
import type { ModelUse } from './modelUse';

export class OtherModel {
  constructor(
    private readonly workspaceMemory: vscode.Memento,
    private readonly models: ModelChoice,
    private readonly sampleModel: string,
    private readonly use: Pick<ModelUse, 'checkTrust'>,
  ) {}

  /**
   * The folder that `modelDir` is compared with: the one of the last time, unless it is gone or `anew`. Null when the user changed their
   * mind. Throws a HostError for the model itself, and for one that the workspace's trust does not allow.
   */
  async find(modelDir: string, anew = false): Promise<string | null> {
    const known = anew ? null : await this.known(modelDir);
    const dir = known ?? (await this.pick(modelDir));
    if (dir === null) return null;
    if (dir === modelDir) {
      const says = vscode.l10n.t(
        '{0} cannot be compared with itself; choose another model.',
        modelTitle(dir),
      );
      throw new HostError('bad-input', says, []);
    }
    await this.use.checkTrust(dir);
    await this.workspaceMemory.update(memory.otherModels, { ...this.all(), [modelDir]: dir });
    return dir;
  }

  private async pick(modelDir: string): Promise<string | null> {
    const says = vscode.l10n.t('Which model shall {0} be compared with?', modelTitle(modelDir));
    return pickModel(this.models, this.sampleModel, says);
  }

  private async known(modelDir: string): Promise<string | null> {
    const stored = this.all()[modelDir];
    return typeof stored === 'string' && (await isModelFolder(stored)) ? stored : null;
  }

  private all(): Readonly<Record<string, unknown>> {
    const stored = this.workspaceMemory.get<unknown>(memory.otherModels);
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  }
}
