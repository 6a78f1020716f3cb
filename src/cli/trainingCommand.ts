/** What `influence` and `suspicious` have in common when they run. */
import type { Colors } from 'picocolors/types';
import { exitCodes } from './exitCodes';
import { printable } from './heatLine';
import { cacheOf, type TrainingOptions } from './trainingOptions';

export interface TrainingTerminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colors: Colors;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What is ended by Ctrl-C says where it can go on. */
export async function interruptible(
  options: TrainingOptions,
  { err, signal }: TrainingTerminal,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    err(
      `glassbox: Cancelled. What was computed is kept in ${printable(cacheOf(options))}; the same command goes on from there.\n`,
    );
    return exitCodes.interrupted;
  }
}
