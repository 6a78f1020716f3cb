/** How lines of a chart are told apart: by the stroke and the shape of their points, and by colour on top of that. */
import { svgElement } from './svg';

export interface SeriesLook {
  /** Class that has the colour. */
  readonly colour: string;
  /** Of `stroke-dasharray`. */
  readonly dash: string;
  readonly shape: Shape;
}

type Shape = (typeof shapes)[number];
const shapes = ['circle', 'square', 'triangle', 'diamond', 'cross'] as const;
const colours = ['series-a', 'series-b', 'series-c', 'series-d'];
const dashes = ['none', '7 3', '2 3'];

/** The counts have no common divisor: the first 60 differ, and the first 15 in stroke and shape alone. */
export function lookOf(series: number): SeriesLook {
  return {
    colour: colours[series % colours.length]!,
    dash: dashes[series % dashes.length]!,
    shape: shapes[series % shapes.length]!,
  };
}

/** A point at (x, y), `r` pixels from its middle to its rim. */
export function markerElement(shape: Shape, x: number, y: number, r = 3.5): SVGElement {
  const at = (...corners: readonly (readonly [number, number])[]) =>
    `M${corners.map(([dx, dy]) => `${x + dx * r} ${y + dy * r}`).join('L')}`;
  switch (shape) {
    case 'circle':
      return svgElement('circle', { class: 'chart-marker', cx: x, cy: y, r });
    case 'square':
      return path(`${at([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9])}Z`);
    case 'triangle':
      return path(`${at([0, -1.2], [1.15, 0.9], [-1.15, 0.9])}Z`);
    case 'diamond':
      return path(`${at([0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0])}Z`);
    case 'cross':
      return path(at([-1, -1], [1, 1]) + at([1, -1], [-1, 1]));
  }
}

function path(d: string): SVGElement {
  return svgElement('path', { class: 'chart-marker', d });
}

/** A piece of the line with a point on it, for a legend. */
export function sampleElement(look: SeriesLook): SVGElement {
  const size = { width: 34, height: 12, viewBox: '0 0 34 12', 'aria-hidden': 'true' };
  const stroke = { class: 'chart-line', d: 'M1 6H33', 'stroke-dasharray': look.dash };
  return svgElement(
    'svg',
    { class: `chart-sample ${look.colour}`, ...size },
    svgElement('path', stroke),
    markerElement(look.shape, 17, 6),
  );
}
