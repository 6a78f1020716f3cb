/** The confusion matrix as a table with tints: each cell says how many lines, and is tinted by its share of its row. */
import type { EvaluationSummary } from '../../src/protocol';
import type { HeatData } from '../charts/heatTable';
import { countOf } from '../attack/attackWords';
import { formatCount, formatShare } from '../numbers';
import { quote } from '../words';

export type Confusion = NonNullable<EvaluationSummary['confusion']>;

/** As many labels as a matrix that can be read. */
export const mostLabels = 25;

/** Indices of the labels that are shown: all, or those with the most mistakes, in the model's order. */
export function shownLabels({ labels, counts }: Confusion): number[] {
  const all = [...labels.keys()];
  if (all.length <= mostLabels) return all;
  const mistakes = all.map(at =>
    all.reduce(
      (sum, other) =>
        other === at ? sum : sum + (counts[at]?.[other] ?? 0) + (counts[other]?.[at] ?? 0),
      0,
    ),
  );
  return all
    .sort((a, b) => mistakes[b]! - mistakes[a]! || a - b)
    .slice(0, mostLabels)
    .sort((a, b) => a - b);
}

export function confusionData(
  { labels, counts }: Confusion,
  shown: readonly number[],
  chosen: { readonly gold: string; readonly predicted: string } | null,
): HeatData {
  const place = (label: string) => shown.findIndex(at => labels[at] === label);
  return {
    label: 'Confusion matrix',
    corner: 'gold \u2193  predicted \u2192',
    rows: shown.map(at => labels[at]!),
    columns: shown.map(at => ({ text: labels[at]!, name: labels[at]! })),
    cells: shown.map(row => {
      const total = (counts[row] ?? []).reduce((sum, count) => sum + count, 0);
      return shown.map(column => {
        const count = counts[row]?.[column] ?? 0;
        const share = total > 0 ? count / total : 0;
        const names = `gold ${quote(labels[row]!)}, predicted ${quote(labels[column]!)}`;
        const of = total > 0 ? `, ${formatShare(share)} of the gold label` : '';
        return {
          text: formatCount(count),
          part: share,
          spoken: `${names}: ${countOf(count, 'line')}${of}${row === column ? ', right' : ''}`,
          framed: row === column,
        };
      });
    }),
    chosen: chosen ? [place(chosen.gold), place(chosen.predicted)] : null,
  };
}
