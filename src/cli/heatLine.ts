/** The text of an explanation for a terminal: tinted, and marked so that colour is not needed. */
import type { Colors } from 'picocolors/types';
import { printable } from '../batch/printable';
import type { Explanation } from '../protocol/explanation';
import type { FieldIndex } from '../protocol/task';

/** From this share of the largest score on, a token gets one, two or three marks. */
const levels = [0.15, 0.4, 0.75];

/** What of an explanation the line shows. */
export type Shown = Pick<Explanation, 'tokens' | 'scores' | 'signed' | 'words' | 'unseen'>;

export interface HeatView {
  readonly field?: FieldIndex;
  /** The places that may be marked; null: all. */
  readonly only?: readonly Place[] | null;
  /** The score with most marks, where several lines share a scale; null: the largest of this one. */
  readonly largest?: number | null;
}

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
  view: HeatView = {},
): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, marks } of pieces(explanation, view)) {
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
function pieces(shown: Shown, { field = 0, only = null, largest = null }: HeatView): Piece[] {
  const { signed, unseen } = shown;
  const scale = largest ?? largestScore(shown);
  const found: Piece[] = [];
  for (const { start, end, score } of places(shown, field)) {
    const kept =
      only === null || only.some(place => place.field === field && place.start === start);
    const marks = marksOf(scale === 0 || !kept ? 0 : score / scale, signed);
    const last = found.at(-1);
    if (last?.end === start && last.marks === marks) last.end = end;
    else found.push({ start, end, marks });
  }
  const hidden = unseen.filter(range => range.field === field);
  return [...found, ...hidden.map(({ start, end }) => ({ start, end, marks: null }))].sort(
    (a, b) => a.start - b.start,
  );
}

export function largestScore({ words, scores }: Shown): number {
  const all = words.length > 0 ? words.map(({ score }) => score) : scores;
  return all.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
}

/** Characters with a score: of a word, or of a token, or of the tokens that share them. */
export interface Place {
  readonly field: FieldIndex;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  /** Indices. */
  readonly tokens: readonly number[];
}

/** Byte-level tokenizers spread one character over several tokens: those are added up. */
function places({ tokens, scores, words }: Shown, field: FieldIndex): Place[] {
  const inField = (index: number): boolean => {
    const token = tokens[index]!;
    return token.field === field && !token.special && token.end > token.start;
  };
  if (words.length > 0) {
    return words.flatMap(({ tokens: pieces, score }) => {
      const own = pieces.filter(inField);
      if (own.length === 0) return [];
      const start = Math.min(...own.map(index => tokens[index]!.start));
      const end = Math.max(...own.map(index => tokens[index]!.end));
      return [{ field, start, end, score, tokens: own }];
    });
  }
  const found: Place[] = [];
  tokens.forEach(({ start, end }, index) => {
    if (!inField(index)) return;
    const last = found.at(-1);
    if (last && start < last.end) {
      found[found.length - 1] = {
        ...last,
        end: Math.max(last.end, end),
        score: last.score + scores[index]!,
        tokens: [...last.tokens, index],
      };
    } else found.push({ field, start, end, score: scores[index]!, tokens: [index] });
  });
  return found;
}

/** The `count` places with the largest scores, the largest first; of equal ones the first in the text. What has no effect is none. */
export function strongest(shown: Shown, count: number): Place[] {
  return [...places(shown, 0), ...places(shown, 1)]
    .filter(({ score }) => score !== 0)
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score))
    .slice(0, count);
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
