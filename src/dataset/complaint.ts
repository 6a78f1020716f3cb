import { GlassboxError } from '../protocol/messages';
import type { LineSource } from './lineSource';

/**
 * The error about a line: '<file>, line <n>[, column <c>]: <sentence>'.
 * `line` and `column` count from 0 here and from 1 in the message.
 */
export function complaint(
  source: { readonly name: string },
  line: number,
  says: string,
  column?: number,
): GlassboxError {
  const where = column === undefined ? '' : `, column ${column + 1}`;
  return new GlassboxError('bad-input', `${source.name}, line ${line + 1}${where}: ${says}`);
}

/** A record whose text is empty: nothing is broken, but there is nothing to read. */
export class EmptyText extends GlassboxError {}

/** Throws when a line holds a NUL character, which no text file does. */
export function refuseNul(source: LineSource, line: number, text: string): void {
  const at = text.indexOf('\0');
  if (at >= 0) {
    throw complaint(
      source,
      line,
      'there is a NUL character here, so this is not plain text. Save the file as UTF-8 text.',
      at,
    );
  }
}

/** Names in a message: quoted, shortened, and not too many of them. */
export function listNames(names: readonly string[]): string {
  const most = 12;
  const shown = names.slice(0, most).map(quoteName);
  return names.length > most
    ? `${shown.join(', ')} and ${names.length - most} more`
    : shown.join(', ');
}

/** A name in a message: in quotes, shortened when it is long. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 39)}…` : name);
}
