/**
 * The envelope of every message, between host and engine and between host and webview:
 * requests with a result or an error, progress, cancellation; events without an answer.
 */

/** Raised when either side speaks another version; the first message of each side carries it. */
export const protocolVersion = 1;

/** Reasons that a caller may act on. */
export type ErrorCode =
  'cancelled' | 'bad-input' | 'bad-model' | 'unsupported' | 'engine-lost' | 'version' | 'internal';

/**
 * An error whose message is one clear sentence for the user: what, where (file, line), the way out. Names from files
 * may hold anything: control characters are replaced, so that it stays one line.
 */
export class GlassboxError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message.replace(/\p{Cc}/gu, '\ufffd'));
    this.name = 'GlassboxError';
  }
}

/** What an error of somebody else's says, for the inside of a sentence: its first line. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}

/** Progress of a long request. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly says: string;
}

/** A table of requests: name -> parameters and result. */
export type RequestTable = Record<string, { params: unknown; result: unknown }>;
/** A table of events: name -> body. */
export type EventTable = Record<string, unknown>;

/**
 * One message on the wire. `hello` opens the talk and is answered by a hello with `answer: true`; a
 * second opening hello means that the other side was loaded again and has forgotten everything.
 */
export type Envelope =
  | { readonly hello: number; readonly answer?: boolean }
  | { readonly id: number; readonly request: string; readonly params: unknown }
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } }
  | { readonly id: number; readonly progress: Progress }
  | { readonly cancel: number }
  | { readonly event: string; readonly body: unknown };
