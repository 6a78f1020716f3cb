/** Which model may be used for a file, and its loading: the same for everything that asks a model. */
import * as vscode from 'vscode';
import type { ModelInfo } from '../../protocol';
import type { Engine } from '../explain/engine';
import { withSlowProgress } from '../explain/slowProgress';
import { HostError } from '../report';
import { deviceSetting, taskSetting } from '../settings';
import type { ModelChoice } from './modelChoice';
import type { ModelStatus } from './modelStatus';

export interface ModelUseParts {
  readonly engine: Engine;
  readonly models: Pick<ModelChoice, 'current'>;
  readonly status: Pick<ModelStatus, 'set'>;
  /** Offers the choice of a model; null when the user changed their mind. */
  readonly offerModel: () => Promise<string | null>;
  /** The model to use for a file when none was chosen: only the sample has one. */
  readonly modelBeside: (uri: vscode.Uri) => string | null;
  /** Whether the model in this folder may be loaded here. */
  readonly mayLoad: (modelDir: string) => Promise<boolean>;
}

export class ModelUse {
  constructor(private readonly parts: ModelUseParts) {}

  /**
   * The folder of the model for a file, which may be loaded; null when the user was asked and changed their mind.
   * Throws a HostError where none is selected and nobody shall be asked (`quiet`), and as `checkTrust`.
   */
  async dirFor(uri: vscode.Uri, quiet: boolean): Promise<string | null> {
    const { models, modelBeside, offerModel } = this.parts;
    const chosen = models.current(uri) ?? modelBeside(uri);
    if (chosen === null && quiet) {
      const says = vscode.l10n.t('No model is selected; select one to explain this line again.');
      throw new HostError('bad-model', says, ['selectModel']);
    }
    const dir = chosen ?? (await offerModel());
    if (dir !== null) await this.checkTrust(dir);
    return dir;
  }

  /** Throws a HostError where the model lies in a workspace that is not trusted. */
  async checkTrust(modelDir: string): Promise<void> {
    if (await this.parts.mayLoad(modelDir)) return;
    const says = vscode.l10n.t(
      'The model {0} lies in a workspace that you have not trusted, so it was not opened; trust the workspace, or select a model outside of it.',
      modelDir,
    );
    throw new HostError('unsupported', says, ['manageTrust', 'selectModel']);
  }

  /** Loads a model and tells how it went in the status bar. Throws what the engine throws. */
  async load(modelDir: string): Promise<ModelInfo> {
    await this.checkTrust(modelDir);
    const { engine, status } = this.parts;
    status.set('busy');
    const controller = new AbortController();
    const title = vscode.l10n.t('Glassbox: loading the model');
    const task = taskSetting();
    try {
      const info = await withSlowProgress(title, controller, onProgress =>
        engine.call(
          'loadModel',
          { modelDir, device: deviceSetting(), ...(task && { task }) },
          { signal: controller.signal, onProgress },
        ),
      );
      status.set('idle', aboutModel(info));
      return info;
    } catch (error) {
      // The model that was in use before is still good.
      status.set('idle');
      throw error;
    }
  }
}

/** Lines about a model, for the tooltip of the status bar. */
export function aboutModel(info: ModelInfo): string[] {
  return [
    vscode.l10n.t('Task: {0}', info.task),
    ...(info.labels.length > 0 ? [vscode.l10n.t('Labels: {0}', info.labels.join(', '))] : []),
    vscode.l10n.t('Device: {0}', info.device),
  ];
}
