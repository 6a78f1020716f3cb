/** The notification of an attack on several lines: how far it is, with a Cancel button. */
import * as vscode from 'vscode';
import type { AttackSummary } from '../../protocol';
import { reporter } from '../explain/slowProgress';

/** Runs `work` under a notification; Cancel aborts `controller`, and what is done so far stays. */
export async function withLinesProgress<T>(
  file: string,
  controller: AbortController,
  work: (report: (summary: AttackSummary) => void) => Promise<T>,
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Glassbox: attacking {0}', file),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (notification, token) => {
    const tell = reporter(notification);
    token.onCancellationRequested(() => {
      controller.abort();
    });
    return work(({ done, total, succeeded }) => {
      const says = vscode.l10n.t('{0} of {1}, {2} succeeded', done, total, succeeded);
      tell({ done, total, says });
    });
  });
}
