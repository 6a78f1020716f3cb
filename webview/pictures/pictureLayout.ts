/** Setting the map in lines of a given width, for a picture: SVG does not wrap text by itself. */
import type { MapPiece, TokenFacts } from '../tokenFacts';

/** The width of `text` in the picture's units. */
export type Measure = (text: string) => number;

export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly width: number;
  /** Index of the line, from 0. */
  readonly line: number;
  /** null for text that the model did not see. */
  readonly facts: TokenFacts | null;
}

/** Of a long text that the model did not see, a picture shows only the beginning. */
const unseenShown = 240;

interface Chunk {
  readonly text: string;
  readonly facts: TokenFacts | null;
  readonly blank: boolean;
}

/** Places every token and every word not seen; words are kept whole where they fit a line. */
export function placePieces(
  pieces: readonly MapPiece[],
  width: number,
  measure: Measure,
): { readonly placed: readonly PlacedText[]; readonly lines: number } {
  const placed: PlacedText[] = [];
  let line = 0;
  let x = 0;
  const breakLine = () => {
    line++;
    x = 0;
  };
  let word: Chunk[] = [];
  const setWord = () => {
    const widths = word.map(({ text }) => measure(text));
    const whole = widths.reduce((a, b) => a + b, 0);
    if (x > 0 && x + whole > width) breakLine();
    word.forEach(({ text, facts }, i) => {
      const own = widths[i]!;
      if (x > 0 && x + own > width) breakLine();
      placed.push({ text, x, width: own, line, facts });
      x += own;
    });
    word = [];
  };
  for (const chunk of pieces.flatMap(chunksOf)) {
    if (!chunk.blank) {
      word.push(chunk);
      continue;
    }
    setWord();
    const breaks = chunk.text.split('\n').length - 1;
    if (breaks > 0) for (let i = 0; i < breaks; i++) breakLine();
    else if (x > 0) x += measure(chunk.text);
  }
  setWord();
  return { placed, lines: line + 1 };
}

function chunksOf({ segment, facts }: MapPiece): Chunk[] {
  if (facts) return [{ text: segment.text, facts, blank: segment.text.trim() === '' }];
  const { text, kind } = segment;
  const shown =
    kind === 'unseen' && text.length > unseenShown ? `${text.slice(0, unseenShown)}\u2026` : text;
  return shown
    .split(/(\s+)/)
    .filter(part => part !== '')
    .map(part => ({ text: part, facts: null, blank: part.trim() === '' }));
}

/** `sentence` in lines no wider than `width`, broken at blanks. */
export function wrapSentence(sentence: string, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
