/** Long computations that can be cancelled. */
import { setImmediate } from 'node:timers/promises';
import { GlassboxError } from '../protocol/messages';
import type { RunOptions } from './task/predictRows';

/** After so many milliseconds other messages are heard. */
const patience = 100;

/** Gives way to other messages now and then, a cancel among them; throws GlassboxError 'cancelled'. */
export function pauser(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last >= patience) {
      await setImmediate();
      last = performance.now();
    }
    stopIfCancelled(signal);
  };
}

/** To be called between two pieces of work: lets messages in, a cancel among them. Throws GlassboxError 'cancelled'. */
export async function breathe({ signal }: RunOptions): Promise<void> {
  await setImmediate();
  stopIfCancelled(signal);
}

/** Throws GlassboxError 'cancelled'. */
export function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

export function cancelled(): GlassboxError {
  return new GlassboxError('cancelled', 'The computation was cancelled.');
}

/** Without the progress, which counts the caller's steps and not the parts of one. */
export function signalOf({ signal }: RunOptions): RunOptions {
  return signal === undefined ? {} : { signal };
}
