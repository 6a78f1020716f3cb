/** From the tokens of an explanation to the stretches of text that are tinted. */
import type { Explanation } from '../../protocol';

/** Characters that share one tint. UTF-16 offsets into the field's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Indices of the tokens that stand for exactly these characters; several with byte-level tokens. */
  readonly tokens: readonly number[];
  /** The sum of their scores, which are in [-1, 1]. */
  readonly score: number;
  /** |score| over the largest |score| of all spans, in [0, 1]; 0 where the score is no number. */
  readonly size: number;
  /** The sum of their attributions before normalisation. */
  readonly attribution: number;
}

/** How strongly a span is tinted: 0 (not at all) to 5. */
export type Strength = 0 | 1 | 2 | 3 | 4 | 5;
export const strongest = 5;

/**
 * The spans of the tokens that stand in `text`, in its order; they do not overlap. Special tokens have
 * no place in it. A token whose characters another one has already (bytes of one character) joins that
 * one's span. Blanks at the rim, which byte-level tokenizers count to the word, are left out.
 */
export function spansOf(
  { tokens, scores, attributions }: Pick<Explanation, 'tokens' | 'scores' | 'attributions'>,
  text: string,
): Span[] {
  const placed = [...tokens.entries()]
    .filter(([, token]) => !token.special && token.end > token.start)
    .sort(([, a], [, b]) => a.start - b.start);
  const spans: Omit<Span, 'size'>[] = [];
  let cursor = 0;
  for (const [index, token] of placed) {
    const score = scores[index] ?? 0;
    const attribution = attributions[index] ?? 0;
    const last = spans.at(-1);
    if (last && token.end <= cursor) {
      spans[spans.length - 1] = {
        ...last,
        tokens: [...last.tokens, index],
        score: last.score + score,
        attribution: last.attribution + attribution,
      };
      continue;
    }
    const place = withoutBlanks(text, Math.max(token.start, cursor), token.end);
    spans.push({ ...place, tokens: [index], score, attribution });
    cursor = token.end;
  }
  const sizes = spans.map(span => (Number.isFinite(span.score) ? Math.abs(span.score) : 0));
  const largest = Math.max(0, ...sizes);
  return spans.map((span, i) => ({ ...span, size: largest > 0 ? sizes[i]! / largest : 0 }));
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

/** The span at a UTF-16 offset of the text, or null between spans. */
export function spanAt(spans: readonly Span[], offset: number): Span | null {
  return spans.find(span => span.start <= offset && offset < span.end) ?? null;
}
