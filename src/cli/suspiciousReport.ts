/** Suspicious labels as a person reads them in a terminal. */
import type { Colors } from 'picocolors/types';
import { inNumber, short } from '../batch/numbers';
import { printable } from '../batch/printable';
import { suspicionNames, type SuspicionResult } from '../protocol/influence';
import { bar, linesOf, opinion, remarks, textLines } from './trainingReport';

/** Lines without the last line break. */
export function reportSuspicion(result: SuspicionResult, colors: Colors): string {
  const { method, rows, train, disagreeing } = result;
  const largest = Math.max(rows[0]?.score ?? 0, 0);
  const title = `${colors.dim(printable(train.file))}  ${colors.bold(suspicionNames[method])}`;
  return [
    `${title}  ${inNumber(rows.length)} of ${inNumber(train.lines)} lines, the most suspicious first; ${inNumber(disagreeing)} lines where label and prediction disagree`,
    '',
    ...rows.flatMap(row => [
      `${String(row.rank).padStart(4)}  ${colors.yellow(bar(row.score, largest))}  ${short(row.score)}  ${colors.dim(linesOf(row))}  ${opinion(row, colors)}`,
      ...textLines(row).map(line => `      ${line}`),
      `      ${colors.dim(printable(row.reason))}`,
    ]),
    ...(rows.length === 0 ? [colors.dim('none')] : []),
    '',
    ...remarks(result, colors),
  ].join('\n');
}
