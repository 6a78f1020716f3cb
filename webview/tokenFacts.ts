/** The numbers of one token, or of several that share their characters, ready to be shown. */
import type { Explanation, FieldIndex, RecordInfo } from '../src/protocol';
import { formatRaw, formatScore, formatShare } from './numbers';
import type { Segment } from './segments';
import { segmentText } from './segments';
import type { Spread } from './spread';
import { addSpreads, formatSpread, isUnsure, unsureSays } from './spread';
import type { Target } from './target';
import { targetOf, textOf } from './target';
import type { Unit } from './units';
import { unitsOf } from './units';
import { effectOf } from './words';

/** Below this share of the largest score nothing is tinted: a map that marks all says nothing. */
const leastTint = 0.05;

export interface TokenFacts {
  /** Indices of the tokens, ascending. */
  readonly tokens: readonly number[];
  readonly field: FieldIndex;
  /** Their characters in the text, or the tokenizer's name of a token without any. */
  readonly text: string;
  readonly score: number;
  readonly attribution: number;
  /** |attribution| over the sum of all |attribution|. */
  readonly share: number;
  /** |score| over the largest |score| in the texts, in [0, 1]; 0 where the score is no number. */
  readonly size: number;
  /** How it is tinted; 'none' for a score near zero. */
  readonly tint: 'towards' | 'away' | 'magnitude' | 'none';
  readonly unknown: boolean;
  /** Standard deviation of the score over seeds; null where the method draws nothing. */
  readonly spread: Spread | null;
  /** The spread is larger than the score: which sign it has may be chance. */
  readonly unsure: boolean;
  /** That it belongs to what the decision is about, in words; '' where it does not. */
  readonly target: string;
  /** What else is to be said of it, and marked in the map: that it differs from another map. */
  readonly note?: string;
}

/** A stretch of the map: text that was not read as a token, or a token with its facts. */
export interface MapPiece {
  readonly segment: Segment;
  readonly facts: TokenFacts | null;
  /** Belongs to what the decision is about, blanks between its words too. */
  readonly inTarget: boolean;
}

/** One of the texts, as a map of its own on the scale of all. */
export interface FieldMap {
  readonly field: FieldIndex;
  /** Name of the field in the file, '' for plain text. */
  readonly name: string;
  readonly pieces: readonly MapPiece[];
}

/** Everything that map, table and picture show; all three draw the same numbers. */
export interface SaliencyMap {
  readonly explanation: Explanation;
  /** One entry, or two for a pair of texts. */
  readonly fields: readonly FieldMap[];
  /** Special tokens and others without characters. */
  readonly apart: readonly TokenFacts[];
  /** One entry a token of the model, or a word where these have the scores, in its order, for the table. */
  readonly single: readonly TokenFacts[];
  /** What the decision is about, where it is a part of a text. */
  readonly target: Target | null;
  /** Only so many words, the strongest, are tinted; null: all. */
  readonly top: number | null;
}

/**
 * Cuts the record's texts along the tokens of `explanation` and attaches the numbers. `fullest` is the score that gets the
 * fullest tint, where several maps share a scale; without it, it is the largest in the texts.
 */
export function saliencyMap(
  record: RecordInfo,
  explanation: Explanation,
  fullest?: number,
): SaliencyMap {
  const units = unitsOf(explanation);
  const target = targetOf(record, explanation);
  const names = record.pair ? [record.field, record.pair.field] : [record.field];
  const cut = names.map((name, index) => {
    const field = index as FieldIndex;
    const own = units.filter(unit => unit.field === field);
    const { segments, apart } = segmentText(textOf(record, field), own);
    return {
      field,
      name,
      stretches: segments.map(segment => ({
        segment,
        units: segment.units.map(at => own[at]!),
        inTarget: target !== null && touches(segment, field, target),
      })),
      apart: apart.map(at => own[at]!),
    };
  });
  const stretches = cut.flatMap(field => field.stretches);
  const measure = ruler(
    explanation,
    units,
    stretches.map(stretch => stretch.units),
    fullest,
  );
  const own = new Map(
    stretches.flatMap(stretch => stretch.units.map(unit => [unit, stretch] as const)),
  );
  const saysOf = (inTarget: boolean | undefined) => (inTarget && target ? target.says : '');
  const nameOf = ({ tokens }: Unit) => explanation.tokens[tokens[0]!]!.text;
  return {
    explanation,
    target,
    top: null,
    fields: cut.map(({ field, name, stretches: all }) => ({
      field,
      name,
      pieces: all.map(({ segment, units: unitsHere, inTarget }) => ({
        segment,
        inTarget,
        facts: segment.kind === 'token' ? measure(unitsHere, segment.text, saysOf(inTarget)) : null,
      })),
    })),
    apart: cut
      .flatMap(field => field.apart)
      .sort((a, b) => a.tokens[0]! - b.tokens[0]!)
      .map(unit => measure([unit], nameOf(unit), '')),
    single: units.map(unit => {
      const stretch = own.get(unit);
      return measure([unit], stretch?.segment.text ?? nameOf(unit), saysOf(stretch?.inTarget));
    }),
  };
}

function touches({ start, text }: Segment, field: FieldIndex, target: Target): boolean {
  return field === target.field && start < target.end && start + text.length > target.start;
}

type Measure = (units: readonly Unit[], text: string, target: string) => TokenFacts;

function ruler(
  explanation: Explanation,
  units: readonly Unit[],
  stretches: readonly (readonly Unit[])[],
  fullest: number | undefined,
): Measure {
  const { signed } = explanation;
  const sum = (all: readonly Unit[], key: 'score' | 'attribution') =>
    all.reduce((total, unit) => total + unit[key], 0);
  // Special tokens may dwarf the text; the tints compare what the user wrote.
  const sizes = stretches.map(own => Math.abs(sum(own, 'score'))).filter(Number.isFinite);
  const largest = fullest ?? sizes.reduce((a, b) => Math.max(a, b), 0);
  const whole = units
    .map(({ attribution }) => attribution)
    .filter(Number.isFinite)
    .reduce((total, a) => total + Math.abs(a), 0);
  return (own, text, target) => {
    const attribution = sum(own, 'attribution');
    // The score of what is no number is given as 0; it must not pass for one without effect.
    const score = Number.isFinite(attribution) ? sum(own, 'score') : Number.NaN;
    const counts = Number.isFinite(score) && score !== 0;
    const size = counts && largest > 0 ? Math.min(1, Math.abs(score) / largest) : 0;
    const direction = score > 0 ? 'towards' : 'away';
    const tokens = own.flatMap(unit => unit.tokens).sort((a, b) => a - b);
    const spread = addSpreads(own.map(unit => unit.spread));
    return {
      tokens,
      field: own[0]?.field ?? 0,
      text,
      score,
      attribution,
      share: whole > 0 ? Math.abs(attribution) / whole : 0,
      size,
      tint: size < leastTint ? 'none' : signed ? direction : 'magnitude',
      unknown: tokens.some(token => explanation.tokens[token]!.unknown),
      spread,
      unsure: isUnsure(score, spread),
      target,
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

/** '+0.31 \u00b1 0.04'; without the spread where the method draws nothing. */
function scoreWords({ score, spread }: TokenFacts, { signed }: Explanation): string {
  return `${formatScore(score, signed)}${spread ? ` ${formatSpread(spread)}` : ''}`;
}

/** The accessible name: 'token 3 of 12, film, +0.42, helps positive'. */
export function spokenFacts(facts: TokenFacts, explanation: Explanation): string {
  const special = facts.tokens.some(token => explanation.tokens[token]!.special);
  return [
    `${special ? 'special ' : ''}${placeOf(facts, explanation.tokens.length)}`,
    facts.text.trim() === '' ? 'blank' : facts.text,
    scoreWords(facts, explanation),
    effectOf(facts.score, explanation),
    facts.unsure ? unsureSays : '',
    facts.target,
    facts.note ?? '',
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
    score: scoreWords(facts, explanation),
    effect: effectOf(facts.score, explanation),
    details: [
      facts.unsure ? unsureSays : '',
      `${formatShare(facts.share)} of all`,
      `raw ${formatRaw(facts.attribution, explanation.signed)}`,
      placeOf(facts, explanation.tokens.length),
      names.length > 1 || names[0] !== facts.text ? `as ${names.join(' ')}` : '',
      facts.target,
      facts.unknown ? 'unknown to the model' : '',
    ].filter(part => part !== ''),
  };
}
