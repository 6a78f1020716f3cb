/** The square from (0, 0) to (1, 1) with its axes, for curves and points of shares. */
import type { ComponentChildren } from 'preact';
import { printable } from '../printable';

const size = 180;
const margin = { left: 34, right: 8, top: 8, bottom: 34 };
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** From a share to the place on the picture. */
export const x = (share: number): number => margin.left + share * size;
export const y = (share: number): number => margin.top + (1 - share) * size;

export interface UnitPlot {
  /** In words, for who cannot see it. */
  readonly says: string;
  readonly across: string;
  readonly up: string;
  readonly children: ComponentChildren;
}

export function UnitPlot({ says, across, up, children }: UnitPlot) {
  const width = margin.left + size + margin.right;
  const height = margin.top + size + margin.bottom;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img">
      <title>{printable(says)}</title>
      {ticks.map(at => (
        <>
          <line class="grid" x1={x(at)} x2={x(at)} y1={y(0)} y2={y(1)} />
          <line class="grid" x1={x(0)} x2={x(1)} y1={y(at)} y2={y(at)} />
          <text x={x(at)} y={y(0) + 13} text-anchor="middle">
            {at}
          </text>
          <text x={x(0) - 4} y={y(at) + 4} text-anchor="end">
            {at}
          </text>
        </>
      ))}
      <path class="axis" fill="none" d={`M${x(0)},${y(1)}V${y(0)}H${x(1)}`} />
      <text x={x(0.5)} y={height - 4} text-anchor="middle">
        {across}
      </text>
      <text x={x(0) + 4} y={y(1) + 12}>
        {up}
      </text>
      {children}
    </svg>
  );
}

/** The `points` attribute of a line through these shares. */
export function through(points: readonly (readonly [number, number])[]): string {
  return points.map(([across, up]) => `${x(across).toFixed(2)},${y(up).toFixed(2)}`).join(' ');
}
