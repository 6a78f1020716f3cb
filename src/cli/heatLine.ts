/** The text of an explanation for a terminal: tinted, and marked so that colour is not needed. */
import type { Colors } from 'picocolors/types';
import type { Explanation, Token } from '../protocol/explanation';

/** From this share of the largest score on, a token gets one, two or three marks. */
const levels = [0.15, 0.4, 0.75];

/** What of an explanation the line shows. */
export type Shown = Pick<Explanation, 'tokens' | 'scores' | 'signed' | 'health'>;

interface Piece {
  start: number;
  end: number;
  /** '', '+' to '+++', '-' to '---', '*' to '***' where scores have no sign. */
  readonly marks: string;
}

/** The text with its own spacing; tokens that matter stand in brackets with their marks. */
export function heatLine(text: string, explanation: Shown, colors: Colors): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, marks } of pieces(explanation)) {
    parts.push(printable(text.slice(at, start)), tint(text.slice(start, end), marks, colors));
    at = end;
  }
  const rest = text.slice(at);
  if (explanation.health.some(({ check, ok }) => check === 'truncated' && !ok)) {
    parts.push(colors.dim(` ... (${rest.length} characters more)`));
  } else parts.push(printable(rest));
  return parts.join('');
}

/** Special tokens, and others without characters of their own, with their scores: they are in no place of the text. */
export function specialTokens({ tokens, scores }: Shown): string {
  const all = tokens.map((token, i) => ({ token, score: scores[i]! }));
  const special = all.filter(({ token }) => token.special || token.end <= token.start);
  return special
    .map(({ token, score }) => `${printable(token.text)} ${score.toFixed(2)}`)
    .join('  ');
}

/** Characters that would move the cursor or change colours are shown as their symbols. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, character => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

/** Neighbouring tokens with equal marks become one piece; tokens of one place count as one. */
function pieces(explanation: Shown): Piece[] {
  const found: Piece[] = [];
  for (const { start, end, score } of places(explanation)) {
    const marks = marksOf(score, explanation);
    const last = found.at(-1);
    if (last?.end === start && last.marks === marks) last.end = end;
    else found.push({ start, end, marks });
  }
  return found;
}

interface Place {
  readonly start: number;
  end: number;
  score: number;
}

/** Byte-level tokenizers spread one character over several tokens: those are added up. */
function places({ tokens, scores }: Shown): Place[] {
  const found: Place[] = [];
  tokens.forEach(({ start, end, special }: Token, i) => {
    if (special || end <= start) return;
    const last = found.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.score += scores[i]!;
    } else found.push({ start, end, score: scores[i]! });
  });
  return found;
}

function marksOf(score: number, { scores, signed }: Shown): string {
  const largest = scores.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const share = largest === 0 ? 0 : Math.abs(score) / largest;
  const count = levels.filter(level => share >= level).length;
  const mark = !signed ? '*' : score > 0 ? '+' : '-';
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
