/** What changed from one model to another, as a person reads it in a terminal. */
import type { Colors } from 'picocolors/types';
import { inNumber, measured, percent } from '../batch/numbers';
import { printable } from '../batch/printable';
import type { ModelChangeRow, ModelChangesState } from '../protocol/comparison';
import { textTable } from './textTable';

/** Lines that a terminal shows; JSON has more. */
const most = 20;

/** Lines without the last line break. */
export function reportChanges(state: ModelChangesState, colors: Colors): string {
  const { about, before, after, done, total, flipped, rows } = state;
  const stopped =
    done < total ? `  stopped after ${inNumber(done)} of ${inNumber(total)} records` : '';
  const shown = rows.slice(0, most);
  const head = ['line', 'change', 'of the map', 'gold', 'before', 'after', 'text'];
  return [
    `${colors.bold(printable(about))}  ${printable(before.name)} -> ${printable(after.name)}${colors.yellow(stopped)}`,
    `  ${inNumber(flipped)} of ${inNumber(done)} predictions changed`,
    ...accuracies(state).map(line => `  ${line}`),
    '',
    ...textTable(
      head,
      shown.map(row => cells(row, colors)),
      colors.bold,
    ),
    ...(rows.length > shown.length
      ? [colors.dim(`and ${inNumber(rows.length - shown.length)} more (--json, --out)`)]
      : []),
    colors.dim(
      'change: total variation distance of the probabilities (of numbers the difference); of the map: 1 - Spearman correlation',
    ),
  ].join('\n');
}

function accuracies({ accuracyBefore, accuracyAfter }: ModelChangesState): string[] {
  if (accuracyBefore === null || accuracyAfter === null) return [];
  return [`accuracy: ${percent(accuracyBefore)} before, ${percent(accuracyAfter)} after`];
}

function cells({ failed, ...row }: ModelChangeRow, colors: Colors) {
  const said = ({ label, confidence }: ModelChangeRow['before']): string =>
    confidence === null ? label : `${label} ${confidence.toFixed(2)}`;
  if (failed !== null) {
    const why = { text: failed, tint: colors.yellow };
    return [String(row.line), 'none', 'none', row.gold ?? 'none', '', '', why];
  }
  const after = { text: said(row.after), ...(row.flipped && { tint: colors.yellow }) };
  return [
    String(row.line),
    measured(row.change),
    row.mapChange === null ? 'undefined' : measured(row.mapChange),
    row.gold ?? 'none',
    said(row.before),
    after,
    row.text,
  ];
}
