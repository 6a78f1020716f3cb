/** What `influence` and `suspicious` have in common when they run. */
import { printable } from '../batch/printable';
import type { EngineClient } from '../engine/client';
import { exitCodes } from './exitCodes';
import { cacheOf, type TrainingOptions } from './trainingOptions';
import type { CommandTerminal } from './terminal';

/** What is ended by Ctrl-C says where it can go on. The engine gets the time to write down what it has. */
export async function interruptible(
  options: TrainingOptions,
  engine: EngineClient,
  { err, signal }: CommandTerminal,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    await idle(engine);
    err(
      `glassbox: Cancelled. What was computed is kept in ${printable(cacheOf(options))}; the same command goes on from there.\n`,
    );
    return exitCodes.interrupted;
  }
}

/** The client ends an engine that does not stop by itself. */
async function idle(engine: EngineClient): Promise<void> {
  if (engine.state !== 'busy') return;
  await new Promise<void>(resolve => {
    const release = engine.onState(state => {
      if (state === 'busy') return;
      release();
      resolve();
    });
  });
}
