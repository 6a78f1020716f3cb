/** An explanation as a person reads it in a terminal. */
import path from 'node:path';
import type { Colors } from 'picocolors/types';
import type { Explanation, MethodDescription } from '../protocol/explanation';
import type { ExplainedRecord } from './explainCommand';
import { heatLine, printable, specialTokens } from './heatLine';

/** Lines without the last line break. */
export function reportRecord(explained: ExplainedRecord, colors: Colors): string {
  const { record } = explained;
  const place = `${path.basename(record.file)}:${record.line}`;
  return [
    `${colors.dim(place)}  ${verdict(explained, record.gold, colors)}`,
    '',
    `  ${heatLine(record.text, explained, colors)}`,
    '',
    ...details(explained, colors),
  ].join('\n');
}

/** Rows of token ids: each token with its score. */
export function reportRows(explanations: readonly Explanation[], colors: Colors): string {
  const rows = explanations.map((explained, index) => {
    const tokens = explained.tokens.map(
      (token, i) => `${printable(token.text)} ${explained.scores[i]!.toFixed(2)}`,
    );
    return [
      `${colors.dim(`row ${index}`)}  ${verdict(explained, goldOfRow(explained), colors)}`,
      `  ${tokens.join('  ')}`,
      ...details(explained, colors),
    ].join('\n');
  });
  return rows.join('\n\n');
}

/** One block a method: name, what it measures, its parameters and their defaults. */
export function reportMethods(methods: readonly MethodDescription[], colors: Colors): string {
  const blocks = methods.map(({ name, title, about, source, defaults, aggregations, scalar }) => {
    const settings = Object.entries(defaults).map(([key, value]) => `${key} ${String(value)}`);
    return [
      `${colors.bold(name)}  ${title}`,
      `  ${about}`,
      `  defaults: ${settings.join(', ') || 'none'}; combines by ${aggregations.join(', ')}` +
        (scalar === undefined ? '' : `; always of the ${scalar}`),
      `  ${colors.dim(source)}`,
    ].join('\n');
  });
  return blocks.join('\n\n');
}

/** Prediction and gold label, and whether they agree. `gold` is as the dataset has it. */
function verdict(
  { prediction, gold }: Explanation,
  asWritten: string | null,
  colors: Colors,
): string {
  const { label, labels, probabilities } = prediction;
  const predicted = `${printable(label)} ${probabilities[labels.indexOf(label)]!.toFixed(2)}`;
  return `${colors.bold(predicted)}   ${goldVerdict(label, gold, asWritten, colors)}`;
}

/** A row's gold label as far as its explanation tells; the health line says what an unknown one is. */
function goldOfRow({ gold, health }: Explanation): string | null {
  return gold ?? (health.some(({ check }) => check === 'gold-label') ? 'see below' : null);
}

function goldVerdict(
  predicted: string,
  gold: string | null,
  asWritten: string | null,
  colors: Colors,
): string {
  if (asWritten === null) return colors.dim('no gold label');
  const shown = `gold: ${printable(gold ?? asWritten)}`;
  if (gold === null) return colors.yellow(`${shown} (not a label of the model)`);
  return gold === predicted ? `${shown} (agrees)` : colors.yellow(`${shown} (wrong)`);
}

function details(explained: Explanation, colors: Colors): string[] {
  const { prediction, signed, modelName, device, milliseconds, health } = explained;
  const bars = prediction.labels.map((label, i) => {
    const share = prediction.probabilities[i]!;
    return `${printable(label)} ${'#'.repeat(Math.round(share * 10))} ${share.toFixed(2)}`;
  });
  const special = specialTokens(explained);
  return [
    `  ${bars.join('   ')}`,
    `  ${what(explained)}`,
    `  ${colors.dim(signed ? '[+] towards it, [-] away from it' : '[*] magnitude, without direction')}`,
    ...(special === '' ? [] : [`  ${colors.dim(`special tokens: ${special}`)}`]),
    `  ${colors.dim(`${printable(modelName)}, ${device}, ${milliseconds.toFixed(0)} ms`)}`,
    ...health.map(({ ok, says }) =>
      ok
        ? `  ${colors.dim(`ok  ${printable(says)}`)}`
        : `  ${colors.yellow(`!!  ${printable(says)}`)}`,
    ),
  ];
}

function what({ explained, method }: Explanation): string {
  const { title } = method;
  const settings = Object.entries(method)
    .filter(([key]) => key !== 'name' && key !== 'title')
    .map(([key, value]) => `${key} ${String(value)}`);
  const label = printable(explained.label);
  const against = explained.against === null ? '' : ` minus "${printable(explained.against)}"`;
  const of = `${explained.scalar} of "${label}"${against} (${explained.why}), ${explained.value.toFixed(3)}`;
  return `${title} of the ${of}${settings.length ? `; ${settings.join(', ')}` : ''}`;
}
