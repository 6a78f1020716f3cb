/** An attack as plain text, for a person: the original, each step with its changes in place, the outcome. */
import type { AttackedText, AttackResult, AttackStep, Change } from '../protocol/attack';
import { attackNames } from '../protocol/attack';
import type { AttackPlace } from './attackJson';
import { inBrackets, markedText } from './markedText';

/** How the parts of it are written; the terminal puts colours on them. */
export interface AttackPaint {
  /** Texts and names from data. */
  readonly data: (text: string) => string;
  /** What stands in brackets. */
  readonly change: (text: string, kind: 'new' | 'gone') => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly success: (text: string) => string;
  readonly failure: (text: string) => string;
}

const asItIs = (text: string): string => text;
const plain: AttackPaint = {
  data: asItIs,
  change: asItIs,
  strong: asItIs,
  faint: asItIs,
  success: asItIs,
  failure: asItIs,
};

/** Lines without the last line break. */
export function attackText(
  result: AttackResult,
  { file, line }: AttackPlace,
  paint: AttackPaint = plain,
): string {
  const { original, steps, final } = result;
  const verdict = result.success ? paint.success : paint.failure;
  const before = original.label;
  const write = (text: AttackedText, changed: readonly Change[]) =>
    textLines(text, changed, paint).map(each => `  ${each}`);
  return [
    `${paint.faint(paint.data(`${file}:${line}`))}  ${paint.strong(attackNames[result.attack])}  ${verdict(paint.data(result.says))}`,
    paint.data(result.goal),
    '',
    `original  ${decided(original, before, paint)}${goldOf(result, paint)}`,
    ...write(original, []),
    ...steps.flatMap((step, index) => [
      `step ${index + 1}  ${decided(step, before, paint)}${spent(step, paint)}`,
      ...write(step, step.changed),
    ]),
    ...(steps.length > 1 ? ['all changes', ...write(final, steps.at(-1)!.changes)] : []),
    '',
    ...remarks(result, paint),
  ].join('\n');
}

/** The decision with its share, and the share of what was decided before. */
function decided({ label, prediction }: AttackedText, before: string, paint: AttackPaint): string {
  const { labels, probabilities, logits } = prediction;
  const share = (name: string): string => {
    const index = labels.indexOf(name);
    if (index < 0) return '';
    const value = probabilities[index];
    return ` ${value === undefined ? logits[index]!.toFixed(3) : value.toFixed(2)}`;
  };
  const now = `${paint.strong(paint.data(label))}${share(label)}`;
  const was = label === before ? '' : share(before);
  return was === '' ? now : `${now}  ${paint.faint(paint.data(`${before}${was}`))}`;
}

function goldOf({ gold, correct }: AttackResult, paint: AttackPaint): string {
  if (gold === null) return '';
  const agrees = correct === null ? '' : correct ? ' (agrees)' : ' (wrong)';
  return `   gold: ${paint.data(gold)}${agrees}`;
}

function spent({ queries, estimate }: AttackStep, paint: AttackPaint): string {
  const estimated = estimate === null ? '' : `, estimated ${signed(estimate)}`;
  return paint.faint(`   ${queries} ${queries === 1 ? 'query' : 'queries'}${estimated}`);
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
}

/** The text, or both texts of a pair, each under its name. */
function textLines(
  { text, pair }: AttackedText,
  changes: readonly Change[],
  paint: AttackPaint,
): string[] {
  const line = (of: string, field: 0 | 1): string =>
    markedText(
      of,
      changes.filter(change => change.field === field),
    )
      .map(piece =>
        piece.kind === 'kept'
          ? paint.data(piece.text)
          : paint.change(paint.data(inBrackets(piece)), piece.to === '' ? 'gone' : 'new'),
      )
      .join('');
  if (pair === null) return [line(text, 0)];
  return [`${paint.faint('text:')} ${line(text, 0)}`, `${paint.faint('pair:')} ${line(pair, 1)}`];
}

function remarks(result: AttackResult, paint: AttackPaint): string[] {
  const { queries, runs, steps, verifiedFromText, minimality, notes, modelName } = result;
  const { device, milliseconds } = result;
  const verified = verifiedFromText ? 'verified' : 'not verified';
  const counts = `${queries} ${queries === 1 ? 'text' : 'texts'} asked about in ${runs} ${runs === 1 ? 'run' : 'runs'}`;
  const trust =
    steps.length > 0 ? `${counts}; the outcome is ${verified} from the final text` : counts;
  return [
    trust,
    ...(minimality ? [paint.data(minimality.says)] : []),
    ...notes.map(({ ok, says }) => {
      const note = `${ok ? 'ok' : '!!'}  ${paint.data(says)}`;
      return ok ? paint.faint(note) : paint.failure(note);
    }),
    paint.faint(paint.data(`${modelName}, ${device}, ${milliseconds.toFixed(0)} ms`)),
  ];
}
