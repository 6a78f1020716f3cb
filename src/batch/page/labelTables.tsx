/** Precision, recall and F1 by label, and which labels are taken for which. */
import type { EvaluationSummary, LabelScores } from '../../protocol/evaluation';
import { inNumber } from '../numbers';
import { HeatTable } from './heatTable';
import { Data, Table, Value } from './parts';

export function LabelTable({ labels }: { readonly labels: readonly LabelScores[] }) {
  const head = ['label', 'precision', 'recall', 'F1', 'gold has it', 'predicted'];
  return (
    <Table head={head}>
      {labels.map(({ label, precision, recall, f1, support, predicted }) => (
        <tr>
          <th scope="row">
            <Data text={label} />
          </th>
          {[precision, recall, f1].map(score => (
            <td class="number">
              {score === null ? 'undefined' : <Value of={score} shown={score.toFixed(3)} />}
            </td>
          ))}
          {[support, predicted].map(count => (
            <td class="number">
              <Value of={count} shown={inNumber(count)} />
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}

/** Each row is tinted by its own sum: a rare label is seen as well as a frequent one. */
export function ConfusionMatrix({
  confusion: { labels, counts },
}: {
  readonly confusion: NonNullable<EvaluationSummary['confusion']>;
}) {
  const sums = counts.map(row => row.reduce((sum, count) => sum + count, 0));
  return (
    <HeatTable
      caption="Lines by gold label (rows) and predicted label (columns); the tint is the share of the row."
      corner="gold, predicted"
      rows={labels}
      columns={labels}
      cells={counts}
      write={inNumber}
      share={(count, row) => (sums[row]! > 0 ? count / sums[row]! : 0)}
    />
  );
}
