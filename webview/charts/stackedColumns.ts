/** A histogram: columns of what is right with what is wrong on top, told apart by a pattern. */
import { fill, make } from '../dom';
import { formatCount, formatShare } from '../numbers';
import type { Axis } from './axes';
import { axisElements, countTicks, plotOf, shareTicks, xOf, yOf } from './axes';
import { createChartFrame } from './chartFrame';
import { svgElement } from './svg';

export interface ColumnBin {
  readonly from: number;
  readonly to: number;
  readonly right: number;
  readonly wrong: number;
}

export interface StackedColumns {
  readonly element: HTMLElement;
  readonly show: (title: string, says: string, bins: readonly ColumnBin[]) => void;
}

const height = 200;
let lastId = 0;

/** Bins of a confidence, from 0 to 1. */
export function createStackedColumns(): StackedColumns {
  const frame = createChartFrame(height);
  const hatch = `hatch-${++lastId}`;
  const entry = (name: string, text: string) =>
    make('li', {}, make('span', { class: `swatch-${name}`, 'aria-hidden': 'true' }), text);
  fill(
    frame.key,
    make('ul', { class: 'chart-swatches' }, entry('right', 'right'), entry('wrong', 'wrong')),
  );
  return {
    element: frame.element,
    show: (title, says, bins) => {
      frame.show(
        {
          title,
          says,
          columns: ['Confidence', 'Right', 'Wrong'],
          rows: bins.map(bin => [rangeWords(bin), formatCount(bin.right), formatCount(bin.wrong)]),
        },
        width => elementsOf(bins, width, hatch),
      );
    },
  };
}

export function rangeWords({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${formatShare(from)} to ${formatShare(to)}`;
}

function elementsOf(bins: readonly ColumnBin[], width: number, hatch: string): SVGElement[] {
  const plot = plotOf(width, height);
  const most = bins.reduce((max, { right, wrong }) => Math.max(max, right + wrong), 0);
  const ticks = countTicks(most);
  const up: Axis = { from: 0, to: ticks.at(-1)!, ticks, format: formatCount, title: 'decisions' };
  const across: Axis = {
    from: 0,
    to: 1,
    ticks: shareTicks(),
    format: formatShare,
    title: 'confidence',
  };
  const columns = bins.flatMap(bin => {
    const x = xOf(plot, across, bin.from) + 1;
    const wide = Math.max(1, xOf(plot, across, bin.to) - x - 1);
    const middle = yOf(plot, up, bin.right);
    const top = yOf(plot, up, bin.right + bin.wrong);
    const words = `${rangeWords(bin)}: ${formatCount(bin.right)} right, ${formatCount(bin.wrong)} wrong`;
    const box = (name: string, from: number, to: number, fillWith: string | null) =>
      svgElement(
        'rect',
        {
          class: name,
          x,
          width: wide,
          y: from,
          height: Math.max(0, to - from),
          ...(fillWith === null ? {} : { fill: fillWith }),
        },
        svgElement('title', {}, words),
      );
    return [
      box('column-right', middle, plot.bottom, null),
      box('column-wrong', top, middle, `url(#${hatch})`),
    ];
  });
  return [patternElement(hatch), ...axisElements(plot, across, up), ...columns];
}

function patternElement(id: string): SVGElement {
  const size = { width: 5, height: 5, patternUnits: 'userSpaceOnUse' };
  return svgElement(
    'pattern',
    { id, ...size, patternTransform: 'rotate(45)' },
    svgElement('line', { class: 'column-hatch', x1: 1, x2: 1, y1: 0, y2: 5 }),
  );
}
