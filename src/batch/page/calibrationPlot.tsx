/** How often the model is right, by how sure it is (reliability diagram: Guo et al. 2017, section 2). */
import type { ConfidenceBin } from '../../protocol/evaluation';
import { inNumber } from '../numbers';
import { Table, Value } from './parts';
import { through, UnitPlot, x, y } from './unitPlot';

interface Bins {
  readonly bins: readonly ConfidenceBin[];
}

/** A point a bin that has lines; its area is its share of all lines. */
export function CalibrationPlot({ bins }: Bins) {
  const total = bins.reduce((sum, { right, wrong }) => sum + right + wrong, 0);
  const points = bins.flatMap(({ right, wrong, confidence }) => {
    const count = right + wrong;
    if (confidence === null || count === 0) return [];
    return [{ confidence, accuracy: right / count, share: count / total, count }];
  });
  const says = points.map(
    ({ confidence, accuracy, count }) =>
      `confidence ${confidence.toFixed(2)}: accuracy ${accuracy.toFixed(2)} of ${count} lines`,
  );
  return (
    <figure>
      <UnitPlot says={`Calibration: ${says.join('; ')}`} across="confidence" up="accuracy">
        <polyline
          class="reference"
          points={through([
            [0, 0],
            [1, 1],
          ])}
        />
        <polyline
          class="curve"
          points={through(points.map(({ confidence, accuracy }) => [confidence, accuracy]))}
        />
        {points.map(({ confidence, accuracy, share }) => (
          <circle
            class="dot"
            cx={x(confidence).toFixed(2)}
            cy={y(accuracy).toFixed(2)}
            r={(2 + 10 * Math.sqrt(share)).toFixed(2)}
          />
        ))}
      </UnitPlot>
      <figcaption>
        Accuracy by confidence. On the dashed line the model is as right as it is sure; below it, it
        is too sure. Larger points stand for more lines.
      </figcaption>
    </figure>
  );
}

export function CalibrationTable({ bins }: Bins) {
  return (
    <details>
      <summary>The numbers</summary>
      <Table head={['confidence', 'mean', 'right', 'wrong', 'accuracy']}>
        {bins.map(({ from, to, right, wrong, confidence }) => (
          <tr>
            <th scope="row">
              {from.toFixed(2)} to {to.toFixed(2)}
            </th>
            <td class="number">
              {confidence === null ? (
                'none'
              ) : (
                <Value of={confidence} shown={confidence.toFixed(3)} />
              )}
            </td>
            <td class="number">{inNumber(right)}</td>
            <td class="number">{inNumber(wrong)}</td>
            <td class="number">
              {right + wrong === 0 ? 'none' : (right / (right + wrong)).toFixed(3)}
            </td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
