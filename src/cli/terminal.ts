/** What a command writes to, and how it hears of Ctrl-C. */
import type { Colors } from 'picocolors/types';

export interface CommandTerminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colors: Colors;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
