/** The numbers of one token, or of several that share their characters, ready to be shown. */
import type { Explanation, RecordInfo } from '../src/protocol';
import { formatRaw, formatScore, formatShare } from './numbers';
import type { Segment, Segmentation } from './segments';
import { segmentText } from './segments';
import { effectOf } from './words';

/** Below this share of the largest score nothing is tinted: a map that marks all says nothing. */
const leastTint = 0.05;

export interface TokenFacts {
  /** Indices of the tokens, ascending. */
  readonly tokens: readonly number[];
  /** Their characters in the text, or the tokenizer's name of a token without any. */
  readonly text: string;
  readonly score: number;
  readonly attribution: number;
  /** |attribution| over the sum of all |attribution|. */
  readonly share: number;
  /** |score| over the largest |score| in the text, in [0, 1]; 0 where the score is no number. */
  readonly size: number;
  /** How it is tinted; 'none' for a score near zero. */
  readonly tint: 'towards' | 'away' | 'magnitude' | 'none';
  readonly unknown: boolean;
}

/** A stretch of the map: text that was not read as a token, or a token with its facts. */
export interface MapPiece {
  readonly segment: Segment;
  readonly facts: TokenFacts | null;
}

/** Everything that map, table and picture show; all three draw the same numbers. */
export interface SaliencyMap {
  readonly explanation: Explanation;
  readonly pieces: readonly MapPiece[];
  /** Special tokens and others without characters. */
  readonly apart: readonly TokenFacts[];
  /** One entry a token of the model, in its order, for the table. */
  readonly single: readonly TokenFacts[];
}

/** Cuts the record's text along the tokens of `explanation` and attaches the numbers. */
export function saliencyMap(record: RecordInfo, explanation: Explanation): SaliencyMap {
  const { tokens } = explanation;
  const segmentation = segmentText(record.text, tokens);
  const measure = ruler(explanation, segmentation);
  const pieces = segmentation.segments.map(segment => ({
    segment,
    facts: segment.kind === 'token' ? measure(segment.tokens, segment.text) : null,
  }));
  const apart = segmentation.apart.map(index => measure([index], tokens[index]!.text));
  const own = new Map<number, string>();
  for (const { segment } of pieces) {
    for (const token of segment.tokens) own.set(token, segment.text);
  }
  const single = tokens.map((token, index) => measure([index], own.get(index) ?? token.text));
  return { explanation, pieces, apart, single };
}

type Measure = (tokens: readonly number[], text: string) => TokenFacts;

function ruler(explanation: Explanation, { segments }: Segmentation): Measure {
  const { scores, attributions, signed } = explanation;
  const sum = (values: readonly number[], tokens: readonly number[]) =>
    tokens.reduce((total, token) => total + (values[token] ?? Number.NaN), 0);
  // Special tokens may dwarf the text; the tints compare what the user wrote.
  const sizes = segments.map(({ tokens }) => Math.abs(sum(scores, tokens))).filter(Number.isFinite);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const whole = attributions.filter(Number.isFinite).reduce((total, a) => total + Math.abs(a), 0);
  return (tokens, text) => {
    const attribution = sum(attributions, tokens);
    // The score of what is no number is given as 0; it must not pass for one without effect.
    const score = Number.isFinite(attribution) ? sum(scores, tokens) : Number.NaN;
    const counts = Number.isFinite(score) && score !== 0;
    const size = counts && largest > 0 ? Math.min(1, Math.abs(score) / largest) : 0;
    const direction = score > 0 ? 'towards' : 'away';
    return {
      tokens,
      text,
      score,
      attribution,
      share: whole > 0 ? Math.abs(attribution) / whole : 0,
      size,
      tint: size < leastTint ? 'none' : signed ? direction : 'magnitude',
      unknown: tokens.some(token => explanation.tokens[token]!.unknown),
    };
  };
}

/** 'token 3 of 12', or 'tokens 3 and 4 of 12' where several share the characters. */
function placeOf(facts: TokenFacts, count: number): string {
  const numbers = facts.tokens.map(token => token + 1);
  const last = numbers.at(-1)!;
  const rest = numbers.slice(0, -1);
  if (rest.length === 0) return `token ${last} of ${count}`;
  return `tokens ${rest.join(', ')} and ${last} of ${count}`;
}

/** The accessible name: 'token 3 of 12, film, +0.42, helps positive'. */
export function spokenFacts(facts: TokenFacts, explanation: Explanation): string {
  const special = facts.tokens.some(token => explanation.tokens[token]!.special);
  return [
    `${special ? 'special ' : ''}${placeOf(facts, explanation.tokens.length)}`,
    facts.text.trim() === '' ? 'blank' : facts.text,
    formatScore(facts.score, explanation.signed),
    effectOf(facts.score, explanation),
    facts.unknown ? 'unknown to the model' : '',
  ]
    .filter(part => part !== '')
    .join(', ');
}

/** The parts of the line under the map. */
export function readoutParts(facts: TokenFacts, explanation: Explanation) {
  const names = facts.tokens.map(token => explanation.tokens[token]!.text);
  return {
    text: facts.text.trim() === '' ? 'blank' : facts.text,
    score: formatScore(facts.score, explanation.signed),
    effect: effectOf(facts.score, explanation),
    details: [
      `${formatShare(facts.share)} of all`,
      `raw ${formatRaw(facts.attribution, explanation.signed)}`,
      placeOf(facts, explanation.tokens.length),
      names.length > 1 || names[0] !== facts.text ? `as ${names.join(' ')}` : '',
      facts.unknown ? 'unknown to the model' : '',
    ].filter(part => part !== ''),
  };
}
