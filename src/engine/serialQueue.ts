/** One thing after another. */
import { GlassboxError } from '../protocol/messages';

interface Waiting {
  readonly start: () => void;
  readonly refuse: (error: GlassboxError) => void;
}

/**
 * Runs tasks one at a time in the order in which they came. A task whose signal is aborted before
 * its turn is rejected with 'cancelled' at once and never starts.
 */
export class SerialQueue {
  private readonly waiting = new Set<Waiting>();
  private busy = false;

  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancelled = () => {
        this.waiting.delete(entry);
        reject(new GlassboxError('cancelled', 'Cancelled.'));
      };
      const entry: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', cancelled);
          // Within an async function, so that a task that throws at once does not block the others.
          (async () => await task())()
            .then(resolve, reject)
            .finally(() => {
              this.next();
            });
        },
        refuse: error => {
          signal?.removeEventListener('abort', cancelled);
          reject(error);
        },
      };
      if (signal?.aborted) {
        cancelled();
        return;
      }
      this.waiting.add(entry);
      signal?.addEventListener('abort', cancelled);
      if (!this.busy) this.next();
    });
  }

  /** Rejects everything that has not started. */
  clear(reason: GlassboxError): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const entry of waiting) entry.refuse(reason);
  }

  private next(): void {
    const [entry] = this.waiting;
    this.busy = entry !== undefined;
    if (!entry) return;
    this.waiting.delete(entry);
    entry.start();
  }
}
