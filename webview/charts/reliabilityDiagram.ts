/**
 * How sure the model is against how often it is right (reliability diagram, Niculescu-Mizil and Caruana 2005): on the
 * diagonal confidence is what it promises; below it the model is too sure.
 */
import type { ConfidenceBin } from '../../src/protocol';
import { fill, make } from '../dom';
import { formatCount, formatProbability, formatScore, formatShare } from '../numbers';
import type { Axis } from './axes';
import { axisElements, plotOf, shareTicks, xOf, yOf } from './axes';
import { createChartFrame } from './chartFrame';
import { markerElement } from './seriesLook';
import { rangeWords } from './stackedColumns';
import { svgElement } from './svg';

export interface ReliabilityDiagram {
  readonly element: HTMLElement;
  readonly show: (says: string, bins: readonly ConfidenceBin[]) => void;
}

const height = 240;

export function createReliabilityDiagram(): ReliabilityDiagram {
  const frame = createChartFrame(height);
  const entry = (name: string, text: string) =>
    make('li', {}, make('span', { class: `swatch-${name}`, 'aria-hidden': 'true' }), text);
  fill(
    frame.key,
    make(
      'ul',
      { class: 'chart-swatches' },
      entry('right', 'share that is right'),
      entry('point', 'at the mean confidence'),
      entry('diagonal', 'as sure as right'),
    ),
  );
  return {
    element: frame.element,
    show: (says, bins) => {
      frame.show(
        {
          title: 'Reliability',
          says,
          columns: [
            'Confidence',
            'Decisions',
            'Mean confidence',
            'Right',
            'Right minus confidence',
          ],
          rows: bins.map(rowOf),
        },
        width => elementsOf(bins, width),
      );
    },
  };
}

const linesOf = ({ right, wrong }: ConfidenceBin) => right + wrong;

function rowOf(bin: ConfidenceBin): string[] {
  const lines = linesOf(bin);
  if (lines === 0 || bin.confidence === null)
    return [rangeWords(bin), formatCount(lines), ...Array<string>(3).fill('undefined: none in it')];
  const share = bin.right / lines;
  return [
    rangeWords(bin),
    formatCount(lines),
    formatProbability(bin.confidence),
    formatProbability(share),
    formatScore(share - bin.confidence, true),
  ];
}

function elementsOf(bins: readonly ConfidenceBin[], width: number): SVGElement[] {
  const plot = plotOf(width, height);
  const axis: Axis = { from: 0, to: 1, ticks: shareTicks(), format: formatShare, title: '' };
  const across = { ...axis, title: 'confidence' };
  const up = { ...axis, title: 'right' };
  const corner = (value: number) => `${xOf(plot, across, value)} ${yOf(plot, up, value)}`;
  const filled = bins.filter(bin => linesOf(bin) > 0 && bin.confidence !== null);
  const columns = filled.flatMap(bin => {
    const share = bin.right / linesOf(bin);
    const x = xOf(plot, across, bin.from) + 1;
    const y = yOf(plot, up, share);
    const words = `${rangeWords(bin)}: ${formatShare(share)} of ${formatCount(linesOf(bin))} right, mean confidence ${formatProbability(bin.confidence!)}`;
    const marker = markerElement('diamond', xOf(plot, across, bin.confidence!), y, 4.5);
    marker.classList.add('reliability-point');
    marker.append(svgElement('title', {}, words));
    const box = { x, width: Math.max(1, xOf(plot, across, bin.to) - x - 1) };
    return [
      svgElement(
        'rect',
        { class: 'column-right', ...box, y, height: plot.bottom - y },
        svgElement('title', {}, words),
      ),
      marker,
    ];
  });
  // Points last: a neighbour's column must not hide them.
  const order = (one: SVGElement) => Number(one.classList.contains('reliability-point'));
  return [
    ...axisElements(plot, across, up),
    ...columns.filter(one => order(one) === 0),
    svgElement('path', { class: 'reliability-diagonal', d: `M${corner(0)}L${corner(1)}` }),
    ...columns.filter(one => order(one) === 1),
  ];
}
