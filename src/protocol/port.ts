/** The wire under a channel: a child process, a webview, or two ends in one process. */
import type { Envelope } from './messages';

export interface Port {
  /** Sends one message. May throw when the message cannot be copied or the wire is cut. */
  readonly send: (envelope: Envelope) => void;
  /** Calls `listener` with every message that arrives; returns a function that stops it. */
  readonly listen: (listener: (message: unknown) => void) => () => void;
}

/**
 * Two ports joined to each other in memory. Messages are copied (as the real wires do, so that a
 * message that cannot travel fails in tests too) and arrive in order, in a later microtask.
 */
export function portPair(): [Port, Port] {
  const listeners = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()];
  const end = (mine: number): Port => ({
    send(envelope) {
      const copy = structuredClone(envelope) as unknown;
      queueMicrotask(() => {
        for (const listener of [...listeners[1 - mine]!]) listener(copy);
      });
    },
    listen(listener) {
      listeners[mine]!.add(listener);
      return () => listeners[mine]!.delete(listener);
    },
  });
  return [end(0), end(1)];
}
