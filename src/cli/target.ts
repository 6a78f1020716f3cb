/** FILE:LINE on the command line. */
import { GlassboxError } from '../protocol/messages';

export interface LineTarget {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Splits FILE:LINE at its last colon, so that paths may hold colons ('C:\data\reviews.jsonl:17').
 * Throws GlassboxError 'bad-input' when there is no line number or it is 0.
 */
export function parseTarget(text: string): LineTarget {
  const [, file, digits] = /^(.+):(\d+)$/s.exec(text) ?? [];
  if (file === undefined || digits === undefined) {
    throw new GlassboxError(
      'bad-input',
      `"${text}" does not say which line: write FILE:LINE, for example reviews.jsonl:17.`,
    );
  }
  const line = Number(digits);
  if (line < 1) {
    throw new GlassboxError(
      'bad-input',
      `${file} has no line ${digits}: lines are counted from 1.`,
    );
  }
  if (!Number.isSafeInteger(line)) {
    throw new GlassboxError('bad-input', `${file} has no line ${digits}; choose another line.`);
  }
  return { file, line };
}
