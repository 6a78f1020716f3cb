/** The text of an explanation for a terminal: tinted, and marked so that colour is not needed. */
import type { Colors } from 'picocolors/types';
import { printable } from '../batch/printable';
import type { Explanation, Token } from '../protocol/explanation';
import type { FieldIndex } from '../protocol/task';

/** From this share of the largest score on, a token gets one, two or three marks. */
const levels = [0.15, 0.4, 0.75];

/** What of an explanation the line shows. */
export type Shown = Pick<Explanation, 'tokens' | 'scores' | 'signed' | 'words' | 'unseen'>;

interface Piece {
  readonly start: number;
  end: number;
  /** '', '+' to '+++', '-' to '---', '*' to '***' where scores have no sign; null: not seen by the model. */
  readonly marks: string | null;
}

/**
 * The text with its own spacing; tokens that matter (or words, where these have scores) stand in brackets with their
 * marks, and so does what the model did not see.
 */
export function heatLine(
  text: string,
  explanation: Shown,
  colors: Colors,
  field: FieldIndex = 0,
): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, marks } of pieces(explanation, field)) {
    const shown = text.slice(start, end);
    parts.push(
      printable(text.slice(at, start)),
      marks === null ? colors.dim(`[not seen: ${shortened(shown)}]`) : tint(shown, marks, colors),
    );
    at = end;
  }
  return parts.join('') + printable(text.slice(at));
}

/** A text that was not seen has no marks to look for, and may be long. */
function shortened(text: string): string {
  const most = 200;
  if (text.length <= most) return printable(text);
  return `${printable(text.slice(0, most))}... (${text.length - most} characters more)`;
}

/** Special tokens, and others without characters of their own, with their scores: they are in no place of the text. */
export function specialTokens({ tokens, scores }: Pick<Shown, 'tokens' | 'scores'>): string {
  const all = tokens.map((token, i) => ({ token, score: scores[i]! }));
  const special = all.filter(({ token }) => token.special || token.end <= token.start);
  return special
    .map(({ token, score }) => `${printable(token.text)} ${score.toFixed(2)}`)
    .join('  ');
}

/** Neighbouring tokens with equal marks become one piece; tokens of one place count as one. */
function pieces(explanation: Shown, field: FieldIndex): Piece[] {
  const { words, scores, signed, unseen } = explanation;
  const shown = words.length > 0 ? words.map(({ score }) => score) : scores;
  const largest = shown.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const found: Piece[] = [];
  for (const { start, end, score } of places(explanation, field)) {
    const marks = marksOf(largest === 0 ? 0 : score / largest, signed);
    const last = found.at(-1);
    if (last?.end === start && last.marks === marks) last.end = end;
    else found.push({ start, end, marks });
  }
  const hidden = unseen.filter(range => range.field === field);
  return [...found, ...hidden.map(({ start, end }) => ({ start, end, marks: null }))].sort(
    (a, b) => a.start - b.start,
  );
}

interface Place {
  readonly start: number;
  end: number;
  score: number;
}

/** Byte-level tokenizers spread one character over several tokens: those are added up. */
function places({ tokens, scores, words }: Shown, field: FieldIndex): Place[] {
  const inField = (token: Token) =>
    token.field === field && !token.special && token.end > token.start;
  if (words.length > 0) {
    return words.flatMap(({ tokens: pieces, score }) => {
      const own = pieces.map(index => tokens[index]!).filter(inField);
      const start = Math.min(...own.map(token => token.start));
      return own.length === 0
        ? []
        : [{ start, end: Math.max(...own.map(token => token.end)), score }];
    });
  }
  const found: Place[] = [];
  tokens.forEach((token, i) => {
    if (!inField(token)) return;
    const { start, end } = token;
    const last = found.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.score += scores[i]!;
    } else found.push({ start, end, score: scores[i]! });
  });
  return found;
}

/** `share` of the largest score, with its sign. */
function marksOf(share: number, signed: boolean): string {
  const count = levels.filter(level => Math.abs(share) >= level).length;
  const mark = !signed ? '*' : share > 0 ? '+' : '-';
  return mark.repeat(count);
}

function tint(text: string, marks: string, colors: Colors): string {
  if (marks === '') return printable(text);
  const away = marks.startsWith('-');
  const shown = `[${printable(text)} ${marks}]`;
  const colour = away ? colors.red : colors.cyan;
  const background = away ? colors.bgRed : colors.bgCyan;
  if (marks.length === 1) return colour(shown);
  if (marks.length === 2) return colors.bold(colour(shown));
  return colors.bold(colors.black(background(shown)));
}
