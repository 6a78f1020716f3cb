/** A small plot a method: its curve, and that of the random explainer behind it. */
import type { MeasuredMethodSummary } from '../../protocol/measures';
import { Data, Table, Value } from './parts';
import { through, UnitPlot, x, y } from './unitPlot';

type Curve = MeasuredMethodSummary['curve'];

export function MaskingCurves({ methods }: { readonly methods: readonly MeasuredMethodSummary[] }) {
  const isRandom = ({ choice }: MeasuredMethodSummary) =>
    choice.method === 'random' && choice.weights === 'real';
  const random = methods.find(isRandom)?.curve ?? [];
  const drawn = methods.filter(({ curve }) => curve.length > 0);
  const shares = drawn[0]?.curve.map(({ share }) => share) ?? [];
  return (
    <>
      <p class="faint">
        Across: share of the tokens that is taken away. The solid line is the method, the dashed one
        the random explainer: the further below it, the better the method knows what matters.
      </p>
      <div class="plots">
        {drawn.map(method => (
          <figure>
            <figcaption>
              <Data text={method.title} />
            </figcaption>
            <Plot title={method.title} curve={method.curve} random={random} />
          </figure>
        ))}
      </div>
      <details>
        <summary>The numbers</summary>
        <Table head={['method', ...shares.map(percentOf)]}>
          {drawn.map(({ title, curve }) => (
            <tr>
              <th scope="row">
                <Data text={title} />
              </th>
              {curve.map(({ macroF1 }) => (
                <td class="number">
                  <Value of={macroF1} shown={macroF1.toFixed(3)} />
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </>
  );
}

function Plot(shown: { readonly title: string; readonly curve: Curve; readonly random: Curve }) {
  const { title, curve, random } = shown;
  const points = (of: Curve) => through(of.map(({ share, macroF1 }) => [share, macroF1]));
  const says = `${title}: ${curve.map(({ share, macroF1 }) => `${percentOf(share)} ${macroF1.toFixed(2)}`).join(', ')}`;
  return (
    <UnitPlot says={says} across="share taken away" up="macro-F1">
      <polyline class="reference" points={points(random)} />
      <polyline class="curve" points={points(curve)} />
      {curve.map(({ share, macroF1 }) => (
        <circle class="dot" cx={x(share)} cy={y(macroF1)} r="2.5" />
      ))}
    </UnitPlot>
  );
}

function percentOf(share: number): string {
  return `${Math.round(100 * share)} %`;
}
