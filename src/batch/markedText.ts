/** A text cut where it was changed, to be shown with its changes in place. */
import type { Change } from '../protocol/attack';

/** A stretch of the text: as it was, or changed. `from` and `to` are without blanks at their ends. */
export type Piece =
  | { readonly kind: 'kept'; readonly text: string }
  | { readonly kind: 'changed'; readonly from: string; readonly to: string };

/**
 * @param text the changed text.
 * @param changes of this text, in place in it. A deletion brings what is gone; a word's blank, which goes or comes along with
 * it, stands outside of its piece.
 */
export function markedText(text: string, changes: readonly Change[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const keep = (kept: string): void => {
    const last = pieces.at(-1);
    if (kept === '') return;
    if (last?.kind === 'kept') pieces[pieces.length - 1] = { kind: 'kept', text: last.text + kept };
    else pieces.push({ kind: 'kept', text: kept });
  };
  for (const { start, end, from, to } of [...changes].sort((a, b) => a.start - b.start)) {
    const written = to === '' ? from : to;
    const trimmed = written.trim();
    const lead = written.indexOf(trimmed);
    keep(text.slice(at, start) + written.slice(0, lead));
    pieces.push({ kind: 'changed', from: from.trim(), to: to.trim() });
    keep(written.slice(lead + trimmed.length));
    at = end;
    // A word whose blanks went with its neighbours would seem to be one with the next.
    const joined = to === '' && isWord(from.at(-1)) && isWord(text[end]);
    if (joined && !isWord(text[start - 1])) keep(' ');
  }
  keep(text.slice(at));
  return pieces;
}

/** '[old -> new]', '[+ new]', '[- old]': in words and signs, for where there is no colour. */
export function inBrackets({ from, to }: { readonly from: string; readonly to: string }): string {
  if (from === '') return `[+ ${to}]`;
  return to === '' ? `[- ${from}]` : `[${from} -> ${to}]`;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
