/** The calls of one end of a channel that wait for an answer. */
import type { GlassboxError, Progress } from './messages';

export interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: GlassboxError) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/**
 * A call is pending until its caller knows the outcome, and unanswered until the other side has
 * finished with it; a cancelled call stops being pending first.
 */
export class PendingCalls {
  private readonly pending = new Map<number, PendingCall>();
  private readonly unanswered = new Set<number>();
  private waiters: (() => void)[] = [];
  private lastId = 0;

  /** Registers a call and returns its number. */
  add(call: PendingCall): number {
    const id = ++this.lastId;
    this.pending.set(id, call);
    this.unanswered.add(id);
    return id;
  }

  get(id: number): PendingCall | undefined {
    return this.pending.get(id);
  }

  /** Takes the call out, so that nobody can settle it a second time. */
  take(id: number): PendingCall | undefined {
    const call = this.pending.get(id);
    this.pending.delete(id);
    return call;
  }

  /** The other side has finished with `id`, or never got it. */
  answered(id: number): void {
    this.unanswered.delete(id);
    if (this.unanswered.size > 0) return;
    const waiters = this.waiters;
    this.waiters = [];
    for (const wake of waiters) wake();
  }

  /** Rejects everything. */
  failAll(reason: GlassboxError): void {
    for (const id of [...this.pending.keys()]) this.take(id)?.reject(reason);
    for (const id of [...this.unanswered]) this.answered(id);
  }

  /** Resolves when nothing is unanswered. */
  quiet(): Promise<void> {
    if (this.unanswered.size === 0) return Promise.resolve();
    return new Promise(resolve => this.waiters.push(resolve));
  }
}
