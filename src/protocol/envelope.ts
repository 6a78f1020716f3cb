/** Reading what arrived on the wire: nothing is trusted until its shape was looked at. */
import type { Envelope, ErrorCode, Progress } from './messages';
import { GlassboxError } from './messages';

const errorCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'cancelled',
  'bad-input',
  'bad-model',
  'unsupported',
  'engine-lost',
  'version',
  'internal',
]);

/** What an error looks like on the wire. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function parseError(value: unknown): WireError | null {
  if (!isObject(value) || typeof value['message'] !== 'string') return null;
  const code = value['code'];
  const known = typeof code === 'string' && errorCodes.has(code);
  return { code: known ? (code as ErrorCode) : 'internal', message: value['message'] };
}

function parseProgress(value: unknown): Progress | null {
  if (!isObject(value)) return null;
  const { done, total, says } = value;
  if (typeof done !== 'number' || typeof total !== 'number' || typeof says !== 'string')
    return null;
  return { done, total, says };
}

function parseNumbered(id: number, message: Readonly<Record<string, unknown>>): Envelope | null {
  if (typeof message['request'] === 'string') {
    return { id, request: message['request'], params: message['params'] };
  }
  if ('ok' in message) return { id, ok: message['ok'] };
  if ('error' in message) {
    const error = parseError(message['error']);
    return error && { id, error };
  }
  const progress = parseProgress(message['progress']);
  return progress && { id, progress };
}

/** The envelope that `message` is, or null when it is none: the caller logs it and goes on. */
export function parseEnvelope(message: unknown): Envelope | null {
  if (!isObject(message)) return null;
  if (typeof message['hello'] === 'number') {
    return { hello: message['hello'], answer: message['answer'] === true };
  }
  if (typeof message['id'] === 'number') return parseNumbered(message['id'], message);
  if (typeof message['cancel'] === 'number') return { cancel: message['cancel'] };
  if (typeof message['event'] === 'string') {
    return { event: message['event'], body: message['body'] };
  }
  return null;
}

/** The sentence for a failure that nobody foresaw; its detail goes to the log only. */
export const internalSentence = 'Something went wrong inside Glassbox; its log has the details.';

/**
 * How `error` travels. A GlassboxError keeps its code and sentence; anything else becomes
 * 'internal' with a plain sentence, or 'cancelled' when the work was asked to stop.
 */
export function toWireError(error: unknown, cancelled: boolean): WireError {
  if (error instanceof GlassboxError) return { code: error.code, message: error.message };
  const aborted = error instanceof Error && error.name === 'AbortError';
  if (cancelled || aborted) return { code: 'cancelled', message: 'Cancelled.' };
  return { code: 'internal', message: internalSentence };
}
