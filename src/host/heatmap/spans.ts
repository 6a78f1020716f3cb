/** From the tokens of an explanation, or its words, to the stretches of text that are tinted. */
import type { Explanation, FieldIndex, Token, WordScore } from '../../protocol';

/** Characters that share one tint. UTF-16 offsets into the field's text. */
export interface Span {
  readonly field: FieldIndex;
  readonly start: number;
  readonly end: number;
  /** Indices of the tokens that stand for exactly these characters; several with byte-level tokens and for words. */
  readonly tokens: readonly number[];
  /** The sum of their scores, which are in [-1, 1]; of a word its own score. */
  readonly score: number;
  /** |score| over the largest |score| of all spans, in [0, 1]; 0 where the score is no number. */
  readonly size: number;
  /** The sum of their attributions before normalisation; of a word its own. */
  readonly attribution: number;
}

/** How strongly a span is tinted: 0 (not at all) to 5. */
export type Strength = 0 | 1 | 2 | 3 | 4 | 5;
export const strongest = 5;

type Scored = Omit<Span, 'size'>;
type Spanned = Pick<Explanation, 'tokens' | 'scores' | 'attributions' | 'words'>;

/**
 * The spans of the tokens that stand in the texts, field by field, in the order of the text; they do not
 * overlap. Where words have scores, each is a span. Tokens without characters (special ones) have no place. What has
 * no characters but those of another (bytes of one character) joins that one's span. Blanks at the rim, which
 * byte-level tokenizers count to the word, are left out. `texts`: those of the fields.
 */
export function spansOf(explanation: Spanned, ...texts: readonly string[]): Span[] {
  const placed = [...ofWords(explanation), ...ofTokens(explanation)]
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.field - b.field || a.start - b.start || a.tokens[0]! - b.tokens[0]!);
  const spans: Scored[] = [];
  let cursor = 0;
  for (const one of placed) {
    const last = spans.at(-1);
    if (last?.field !== one.field) cursor = 0;
    else if (one.end <= cursor) {
      spans[spans.length - 1] = {
        ...last,
        tokens: [...last.tokens, ...one.tokens],
        score: last.score + one.score,
        attribution: last.attribution + one.attribution,
      };
      continue;
    }
    const text = texts[one.field] ?? '';
    spans.push({ ...one, ...withoutBlanks(text, Math.max(one.start, cursor), one.end) });
    cursor = one.end;
  }
  const sizes = spans.map(span => (Number.isFinite(span.score) ? Math.abs(span.score) : 0));
  const largest = Math.max(0, ...sizes);
  return spans.map((span, i) => ({ ...span, size: largest > 0 ? sizes[i]! / largest : 0 }));
}

function ofWords({ words, tokens }: Spanned): Scored[] {
  return words.flatMap(({ tokens: own, score, attribution }: WordScore) => {
    const pieces = own.map(index => tokens[index]).filter(token => token !== undefined);
    const first = pieces[0];
    if (!first) return [];
    const start = Math.min(...pieces.map(piece => piece.start));
    const end = Math.max(...pieces.map(piece => piece.end));
    return [{ field: first.field, start, end, tokens: own, score, attribution }];
  });
}

/** Tokens that no word speaks for. */
function ofTokens({ tokens, words, scores, attributions }: Spanned): Scored[] {
  const inWords = new Set(words.flatMap(word => word.tokens));
  return [...tokens.entries()]
    .filter(([index]) => !inWords.has(index))
    .map(([index, { field, start, end }]: [number, Token]) => ({
      field,
      start,
      end,
      tokens: [index],
      score: scores[index] ?? 0,
      attribution: attributions[index] ?? 0,
    }));
}

function withoutBlanks(text: string, start: number, end: number): { start: number; end: number } {
  const own = text.slice(start, end);
  const inner = own.trim();
  if (inner === '') return { start, end };
  const from = start + own.length - own.trimStart().length;
  return { start: from, end: from + inner.length };
}

/** Less than a twentieth of the largest is left alone: a map that tints everything says nothing. */
export function strengthOf({ size }: Pick<Span, 'size'>): Strength {
  if (!(size >= 0.05)) return 0;
  return Math.min(strongest, Math.ceil(size * strongest)) as Strength;
}

/** The span that has `token`, or null. */
export function spanOfToken(spans: readonly Span[], token: number): Span | null {
  return spans.find(span => span.tokens.includes(token)) ?? null;
}

/** The span at a UTF-16 offset of a field's text, or null between spans. */
export function spanAt(spans: readonly Span[], field: FieldIndex, offset: number): Span | null {
  return (
    spans.find(span => span.field === field && span.start <= offset && offset < span.end) ?? null
  );
}
