/** The types around a channel that its users name. */
import type { Progress } from './messages';

/** A side that serves or calls nothing. */
export type NoRequests = Record<string, never>;
/** A side that tells nothing. */
export type NoEvents = Record<string, never>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What a handler gets beside the parameters. */
export interface HandlerContext {
  /** Aborted when the caller cancels, or is gone. */
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export type Handler<Params, Result> = (
  params: Params,
  context: HandlerContext,
) => Result | Promise<Result>;

export interface ChannelOptions {
  /** What the other side is called in errors: 'the engine', 'the panel'. */
  readonly peer?: string;
  /** Details that are for the log and not for the user. */
  readonly log?: (message: string, detail?: unknown) => void;
  /** Only for tests of the version check. */
  readonly version?: number;
}
