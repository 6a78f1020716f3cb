/** The notification of work on several lines: how far it is, with a Cancel button. */
import * as vscode from 'vscode';
import type { Progress } from '../../protocol';
import { reporter } from '../explain/slowProgress';

/** Runs `work` under a notification; Cancel aborts `controller`, and what is done so far stays. */
export async function withLinesProgress<T>(
  title: string,
  controller: AbortController,
  work: (report: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title,
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (notification, token) => {
    token.onCancellationRequested(() => {
      controller.abort();
    });
    return work(reporter(notification));
  });
}
