/** An attack, and an attack on many lines, as a person reads them in a terminal. */
import type { Colors } from 'picocolors/types';
import { attackText } from '../batch/attackText';
import type { AttackPlace } from '../batch/attackJson';
import { percent } from '../batch/numbers';
import { printable } from '../batch/printable';
import type { AttackResult } from '../protocol/attack';
import type { AttackSummary, AttackTable } from '../protocol/attackTable';

/** Lines without the last line break. What was changed is marked by signs and words as well as by colour. */
export function reportAttack(result: AttackResult, place: AttackPlace, colors: Colors): string {
  return attackText(result, place, {
    data: printable,
    change: (text, kind) => colors.bold(kind === 'new' ? colors.cyan(text) : colors.red(text)),
    strong: colors.bold,
    faint: colors.dim,
    success: colors.green,
    failure: colors.yellow,
  });
}

/** One line for the record that was done last: '12/67  reviews.jsonl:12  flipped positive to negative with ...'. */
export function reportProgress({ file, rows, summary }: AttackTable, colors: Colors): string {
  const row = rows.at(-1)!;
  const place = colors.dim(`${summary.done}/${summary.total}  ${printable(file)}:${row.line}`);
  const says = printable(row.says);
  return `${place}  ${row.success ? colors.green(says) : colors.yellow(says)}`;
}

/** What it came to, in a few lines without the last line break. */
export function reportSummary({ summary, state, saved }: AttackTable, colors: Colors): string {
  const { done, total, succeeded, failed, skipped, errors, successRate } = summary;
  const tried = `${succeeded} of ${succeeded + failed} attacks succeeded`;
  const rate = successRate === null ? '' : ` (${percent(successRate)})`;
  const others = `${skipped} skipped, ${errors} ${errors === 1 ? 'error' : 'errors'}`;
  const stopped = state === 'stopped' ? `stopped after ${done} of ${total} records: ` : '';
  return [
    colors.bold(`${stopped}${tried}${rate}; ${others}`),
    ...means(summary),
    ...(saved.jsonl === '' ? [] : [`results in ${saved.jsonl} and ${saved.csv}`].map(printable)),
  ].join('\n');
}

function means(summary: AttackSummary): string[] {
  const { meanWordsChanged, meanShareChanged, meanQueries } = summary;
  const { accuracyBefore, accuracyAfter } = summary;
  const queries = meanQueries === null ? [] : [`queries: ${meanQueries.toFixed(1)} on average`];
  const changed =
    meanWordsChanged === null || meanShareChanged === null
      ? []
      : [
          `words changed where it succeeded: ${meanWordsChanged.toFixed(2)} on average, ${percent(meanShareChanged)} of a text`,
        ];
  const accuracy =
    accuracyBefore === null || accuracyAfter === null
      ? []
      : [`accuracy: ${percent(accuracyBefore)} before, ${percent(accuracyAfter)} after`];
  return [...changed, ...queries, ...accuracy];
}
