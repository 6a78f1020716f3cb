/** Several lines over a share from 0 to 1. Each is a button of the key: pressed, it is shown; pointed at, it stands out. */
import { fill, make } from '../dom';
import { keepFocus } from '../keepFocus';
import type { Axis } from './axes';
import { axisElements, plotOf, xOf, yOf } from './axes';
import { createChartFrame } from './chartFrame';
import { lookOf, markerElement, sampleElement } from './seriesLook';
import { svgElement } from './svg';

export interface LineSeries {
  readonly key: string;
  readonly title: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Shown before anybody has chosen. */
  readonly foremost: boolean;
}

export interface LineChartData {
  readonly title: string;
  readonly says: string;
  readonly across: Axis;
  readonly up: Axis;
  readonly series: readonly LineSeries[];
  /** How values are written in the table. */
  readonly format: (value: number) => string;
}

export interface LineChart {
  readonly element: HTMLElement;
  readonly show: (data: LineChartData) => void;
}

const height = 260;

export function createLineChart(): LineChart {
  const frame = createChartFrame(height);
  frame.key.setAttribute('role', 'group');
  frame.key.ariaLabel = 'Lines of the chart';
  /** What was chosen by hand, by key of the series. */
  const chosen = new Map<string, boolean>();
  let data: LineChartData | null = null;
  let lit: string | null = null;
  let keyed = '';

  const isShown = ({ key, foremost }: LineSeries) => chosen.get(key) ?? foremost;
  const draw = () => {
    if (!data) return;
    const { series, across, format } = data;
    const now = data;
    frame.show(
      {
        title: now.title,
        says: now.says,
        columns: [across.title, ...series.map(({ title }) => title)],
        rows: across.ticks.map(tick => [
          across.format(tick),
          ...series.map(({ points }) => {
            const point = points.find(({ x }) => Math.abs(x - tick) < 1e-9);
            return point ? format(point.y) : 'undefined';
          }),
        ]),
      },
      width => elementsOf(now, width, isShown, lit),
    );
    const nextKey = JSON.stringify(series.map(one => [one.key, one.title, isShown(one)]));
    if (nextKey === keyed) return;
    keyed = nextKey;
    keepFocus(frame.key, () => {
      fill(frame.key, ...series.map((one, at) => keyElement(one, at)));
    });
  };
  const keyElement = (one: LineSeries, at: number): HTMLElement => {
    const pressed = isShown(one);
    const attributes = { type: 'button', class: 'chart-entry', 'data-key': one.key };
    const button = make('button', attributes, one.title);
    button.ariaPressed = String(pressed);
    button.prepend(sampleElement(lookOf(at)));
    button.addEventListener('click', () => {
      chosen.set(one.key, !pressed);
      draw();
    });
    const light = (key: string | null) => () => {
      lit = key;
      draw();
    };
    button.addEventListener('pointerenter', light(one.key));
    button.addEventListener('pointerleave', light(null));
    button.addEventListener('focus', light(one.key));
    button.addEventListener('blur', light(null));
    return button;
  };
  return {
    element: frame.element,
    show: next => {
      data = next;
      draw();
    },
  };
}

function elementsOf(
  { across, up, series, format }: LineChartData,
  width: number,
  isShown: (series: LineSeries) => boolean,
  lit: string | null,
): SVGElement[] {
  const plot = plotOf(width, height);
  const lines = series.flatMap((one, at) => {
    if (!isShown(one) || one.points.length === 0) return [];
    const look = lookOf(at);
    const places = one.points.map(({ x, y }) => [xOf(plot, across, x), yOf(plot, up, y)] as const);
    const d = `M${places.map(([x, y]) => `${x} ${y}`).join('L')}`;
    const name = `chart-series ${look.colour}${one.key === lit ? ' chart-lit' : ''}`;
    const markers = places.map(([x, y], point) => {
      const marker = markerElement(look.shape, x, y);
      const { x: share, y: value } = one.points[point]!;
      marker.append(
        svgElement('title', {}, `${one.title}, ${across.format(share)}: ${format(value)}`),
      );
      return marker;
    });
    const line = svgElement('path', { class: 'chart-line', d, 'stroke-dasharray': look.dash });
    return [svgElement('g', { class: name }, line, ...markers)];
  });
  return [...axisElements(plot, across, up), ...lines];
}
