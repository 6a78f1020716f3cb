/** The room of a plot, and its two axes from 0 up. */
import { svgElement } from './svg';

export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly format: (tick: number) => string;
  readonly title: string;
}

/** Pixels around the plot: numbers stand left of and below it. */
const rim = { left: 44, right: 20, top: 18, bottom: 34 };
/** Of a label below the plot, with some room. */
const labelWidth = 46;

export function plotOf(width: number, height: number): Plot {
  return {
    left: rim.left,
    right: Math.max(rim.left + 1, width - rim.right),
    top: rim.top,
    bottom: height - rim.bottom,
  };
}

/** Pixels of `value` along an axis that runs from pixel `start` to pixel `end`. */
export function along({ from, to }: Axis, value: number, start: number, end: number): number {
  return start + ((value - from) / (to - from || 1)) * (end - start);
}

export function xOf(plot: Plot, axis: Axis, value: number): number {
  return along(axis, value, plot.left, plot.right);
}

export function yOf(plot: Plot, axis: Axis, value: number): number {
  return along(axis, value, plot.bottom, plot.top);
}

/** Lines and numbers of both axes; as many numbers below as there is room for. */
export function axisElements(plot: Plot, across: Axis, up: Axis): SVGElement[] {
  const room = Math.max(1, Math.floor((plot.right - plot.left) / labelWidth));
  const every = Math.ceil(across.ticks.length / (room + 1));
  const below = across.ticks.filter((_, at) => at % every === 0);
  return [
    ...up.ticks.flatMap(tick => {
      const y = yOf(plot, up, tick);
      const line = { x1: plot.left, x2: plot.right, y1: y, y2: y };
      const name = tick === up.from ? 'chart-floor' : 'chart-grid';
      return [
        svgElement('line', { class: name, ...line }),
        label(plot.left - 6, y + 4, 'end', up.format(tick)),
      ];
    }),
    ...below.map(tick =>
      label(xOf(plot, across, tick), plot.bottom + 15, 'middle', across.format(tick)),
    ),
    label(plot.left - 6, 10, 'start', up.title),
    label((plot.left + plot.right) / 2, plot.bottom + 30, 'middle', across.title),
  ];
}

function label(x: number, y: number, anchor: string, text: string): SVGElement {
  return svgElement('text', { class: 'chart-text', x, y, 'text-anchor': anchor }, text);
}

/** 0 to 1 in fifths, or in another number of steps. */
export function shareTicks(steps = 5): number[] {
  return Array.from({ length: steps + 1 }, (_, at) => at / steps);
}

/** From 0 to a round number above `most`, in whole steps of 1, 2 or 5 times a power of ten. */
export function countTicks(most: number): number[] {
  const least = Math.max(1, most / 4);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map(times => times * power).find(one => one >= least)!;
  const steps = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: steps + 1 }, (_, at) => at * step);
}
