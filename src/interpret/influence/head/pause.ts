/** Long computations that can be cancelled. */
import { setImmediate } from 'node:timers/promises';
import { GlassboxError } from '../../../protocol/messages';

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
    if (signal?.aborted) throw new GlassboxError('cancelled', 'The influence was cancelled.');
  };
}
