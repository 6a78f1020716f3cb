/** A progress notification, but only for work that a person has to wait for. */
import * as vscode from 'vscode';
import type { Progress } from '../../protocol';

/** What VS Code gives a notification to tell how far it is. */
type Notification = vscode.Progress<{ message?: string; increment?: number }>;

/** Tells a notification how far it is; its bar never goes back. */
export function reporter(notification: Notification): (progress: Progress) => void {
  let shown = 0;
  return ({ done, total, says }) => {
    const percent = total > 0 ? (100 * done) / total : 0;
    notification.report({ message: says, increment: Math.max(0, percent - shown) });
    shown = Math.max(shown, percent);
  };
}

/** Faster work shows nothing but the spinning status bar item. */
const patienceMs = 1000;

/**
 * Runs `work`. When it takes longer than a second, a notification with its progress and a Cancel
 * button (which aborts `controller`) is shown until it ends.
 */
export async function withSlowProgress<T>(
  title: string,
  controller: AbortController,
  work: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  let last: Progress | null = null;
  let listener: ((progress: Progress) => void) | null = null;
  const result = work(progress => {
    last = progress;
    listener?.(progress);
  });
  const timer = setTimeout(() => {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title,
      cancellable: true,
    };
    void vscode.window.withProgress(options, async (notification, token) => {
      token.onCancellationRequested(() => {
        controller.abort();
      });
      listener = reporter(notification);
      if (last) listener(last);
      await result.catch(() => undefined);
    });
  }, patienceMs);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
  }
}
