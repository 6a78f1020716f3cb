import type { Port } from '../../src/protocol/port';

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
