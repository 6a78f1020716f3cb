/** Lines by the confidence of their prediction, right ones below wrong ones. */
import type { ConfidenceBin } from '../../protocol/evaluation';
import { inNumber } from '../numbers';

const size = { width: 220, height: 180 };
const margin = { left: 44, right: 8, top: 12, bottom: 34 };

export function ConfidenceHistogram({ bins }: { readonly bins: readonly ConfidenceBin[] }) {
  const most = Math.max(1, ...bins.map(({ right, wrong }) => right + wrong));
  const width = margin.left + size.width + margin.right;
  const height = margin.top + size.height + margin.bottom;
  const x = (share: number) => margin.left + share * size.width;
  const y = (count: number) => margin.top + (1 - count / most) * size.height;
  const bar = (kind: 'right' | 'wrong', { from, to }: ConfidenceBin, low: number, high: number) => (
    <rect
      class={kind}
      x={(x(from) + 1).toFixed(2)}
      width={Math.max(0.5, x(to) - x(from) - 2).toFixed(2)}
      y={y(high).toFixed(2)}
      height={(y(low) - y(high)).toFixed(2)}
    />
  );
  const says = bins.map(
    ({ from, to, right, wrong }) =>
      `${from.toFixed(2)} to ${to.toFixed(2)}: ${right} right, ${wrong} wrong`,
  );
  return (
    <figure>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img">
        <title>Confidence: {says.join('; ')}</title>
        <defs>
          <pattern
            id="hatched"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <line class="hatch" x1="0" x2="0" y1="0" y2="6" />
          </pattern>
        </defs>
        {bins.flatMap(bin => [
          ...(bin.right > 0 ? [bar('right', bin, 0, bin.right)] : []),
          ...(bin.wrong > 0 ? [bar('wrong', bin, bin.right, bin.right + bin.wrong)] : []),
        ])}
        <path class="axis" fill="none" d={`M${x(0)},${y(most)}V${y(0)}H${x(1)}`} />
        {[0, 0.5, 1].map(at => (
          <text x={x(at)} y={y(0) + 13} text-anchor="middle">
            {at}
          </text>
        ))}
        {[0, most].map(count => (
          <text x={x(0) - 4} y={y(count) + 4} text-anchor="end">
            {inNumber(count)}
          </text>
        ))}
        <text x={x(0.5)} y={height - 4} text-anchor="middle">
          confidence
        </text>
      </svg>
      <figcaption>Lines by confidence: right ones filled, wrong ones hatched on top.</figcaption>
    </figure>
  );
}
