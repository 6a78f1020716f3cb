import { GlassboxError } from '../../protocol/messages';

/** What only concerns a method with this text, in one sentence; throws everything else. */
export function ofThisMethod(error: unknown): string {
  const own = error instanceof GlassboxError && ['bad-input', 'unsupported'].includes(error.code);
  if (!own) throw error;
  return error.message;
}
