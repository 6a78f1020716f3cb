/** The wire under a channel: a child process, or a webview. */
import type { Envelope } from './messages';

export interface Port {
  /** Sends one message. May throw when the message cannot be copied or the wire is cut. */
  readonly send: (envelope: Envelope) => void;
  /** Calls `listener` with every message that arrives; returns a function that stops it. */
  readonly listen: (listener: (message: unknown) => void) => () => void;
}
