/** The lines of a sentence in a CoNLL file, found from any one of them. */
import { complaint, refuseNul } from './complaint';
import type { LineSource } from './lineSource';

/** Lines of a sentence; both ends belong to it. */
export interface Block {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** A file without blank lines is no file of sentences, and need not be read to its end to be told so. */
const mostLines = 10_000;

export function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** CoNLL-2003 has such a line before each document: '-DOCSTART- -X- O O'. */
export function startsDocument(text: string): boolean {
  return /^[ \t]*-DOCSTART-(?:[ \t]|$)/.test(text);
}

/**
 * The lines around `line` up to the next blank ones, or to where a document starts. Only these are read.
 * Throws GlassboxError 'bad-input' for a line that is in no sentence, and for a block of more than 10,000 lines.
 */
export function findBlock(source: LineSource, line: number): Block {
  const here = source.line(line);
  refuseNul(source, line, here);
  if (isBlank(here)) {
    throw complaint(source, line, 'the line is empty. Choose a line with a word.');
  }
  if (startsDocument(here)) {
    throw complaint(
      source,
      line,
      'the line marks the start of a document and holds no word. Choose a line below it.',
    );
  }
  const above: string[] = [];
  const below: string[] = [];
  const stands = (at: number, lines: string[]): boolean => {
    if (at < 0 || at >= source.lineCount) return false;
    const text = source.line(at);
    if (isBlank(text) || startsDocument(text)) return false;
    if (above.length + below.length + 1 >= mostLines) {
      throw complaint(
        source,
        line,
        `the sentence of this line has more than ${mostLines.toLocaleString('en')} lines. Put a blank line between sentences.`,
      );
    }
    refuseNul(source, at, text);
    lines.push(text);
    return true;
  };
  while (stands(line - above.length - 1, above));
  while (stands(line + below.length + 1, below));
  return {
    start: line - above.length,
    end: line + below.length,
    lines: [...above.reverse(), here, ...below],
  };
}
