/** The wire between a process and its child. */
import type { Port } from '../protocol/port';

/** What the two ends have in common: a ChildProcess, or `process` in the child. */
export interface MessageProcess {
  send?: ((message: object, done: (error: Error | null) => void) => boolean) | undefined;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** A port over Node's own channel. A wire that is cut is noticed by 'exit' and 'disconnect', not here. */
export function processPort(target: MessageProcess): Port {
  return {
    send: envelope => {
      target.send?.(envelope, () => undefined);
    },
    listen: listener => {
      target.on('message', listener);
      return () => target.off('message', listener);
    },
  };
}
