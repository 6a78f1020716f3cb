/** How a failure reaches the user: one sentence, with buttons that lead out of it. */
import * as vscode from 'vscode';
import type { ErrorCode } from '../protocol';
import { GlassboxError } from '../protocol';
import { commands } from './ids';

/** A way out of an error. */
export type WayOut =
  'showLog' | 'selectModel' | 'selectFields' | 'selectTraining' | 'manageTrust' | 'openAsText';

/** An error that knows which ways out fit it best. */
export class HostError extends GlassboxError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly waysOut: readonly WayOut[],
  ) {
    super(code, message);
  }
}

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

const waysOutOfCode: Record<ErrorCode, readonly WayOut[]> = {
  cancelled: [],
  'bad-input': ['selectFields', 'showLog'],
  'bad-model': ['selectModel', 'showLog'],
  unsupported: ['selectModel', 'showLog'],
  'engine-lost': ['showLog'],
  version: ['showLog'],
  internal: ['showLog'],
};

function button(wayOut: WayOut): { title: string; run: () => Thenable<unknown> } {
  const run = (command: string) => () => vscode.commands.executeCommand(command);
  switch (wayOut) {
    case 'showLog':
      return { title: vscode.l10n.t('Show Log'), run: run(commands.showLog) };
    case 'selectModel':
      return { title: vscode.l10n.t('Select Model'), run: run(commands.selectModel) };
    case 'selectFields':
      return { title: vscode.l10n.t('Select Fields'), run: run(commands.selectFields) };
    case 'selectTraining':
      return {
        title: vscode.l10n.t('Select Training File'),
        run: run(commands.selectTrainingFile),
      };
    case 'manageTrust':
      return { title: vscode.l10n.t('Manage Trust'), run: run('workbench.trust.manage') };
    case 'openAsText':
      return {
        title: vscode.l10n.t('Open in Text Editor'),
        run: run('workbench.action.reopenTextEditor'),
      };
  }
}

/** What went wrong as a code and one sentence; details of unexpected errors go to the log only. */
export function failureOf(error: unknown, log: vscode.LogOutputChannel): Failure {
  if (error instanceof GlassboxError) {
    return { code: error.code, message: error.message };
  }
  log.error(error instanceof Error ? error : String(error));
  return {
    code: 'internal',
    message: vscode.l10n.t(
      'Glassbox met a problem that it did not expect; the log has the details.',
    ),
  };
}

/** Shows `failure` with the buttons that fit; resolves when the user has answered or closed it. */
export async function showFailure(failure: Failure, error: unknown): Promise<void> {
  if (failure.code === 'cancelled') return;
  const waysOut = error instanceof HostError ? error.waysOut : waysOutOfCode[failure.code];
  const buttons = waysOut.map(button);
  const chosen = await vscode.window.showErrorMessage(
    failure.message,
    ...buttons.map(({ title }) => ({ title })),
  );
  await buttons.find(({ title }) => title === chosen?.title)?.run();
}
