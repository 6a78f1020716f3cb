/**
 * The attack as a picture: the margin over the steps, with the line at zero where the prediction flips, and below it the
 * queries that were spent. A click chooses the step; the keyboard has the row of steps for that.
 */
import type { AttackResult } from '../../src/protocol';
import { svgElement } from '../charts/svg';
import { make } from '../dom';
import { formatCount, formatScore } from '../numbers';
import { countOf } from './attackWords';
import type { StepIndex } from './stepper';

export interface TraceChart {
  readonly element: HTMLElement;
  readonly show: (result: AttackResult, chosen: StepIndex) => void;
}

const height = { margin: 84, gap: 10, queries: 26, below: 16 };
const rim = { left: 14, right: 42 };
export function createTraceChart(onChoose: (step: StepIndex) => void): TraceChart {
  const svg = svgElement('svg', { role: 'img', class: 'trace-svg' });
  const caption = make('p', { class: 'trace-says' });
  let current: { result: AttackResult; chosen: StepIndex } | null = null;
  let width = 0;

  const redraw = () => {
    if (!current || width === 0) return;
    const { result, chosen } = current;
    svg.setAttribute('aria-label', spokenTrace(result));
    svg.setAttribute('height', String(height.margin + height.gap + height.queries + height.below));
    svg.setAttribute('width', String(width));
    svg.replaceChildren(...elementsOf(result, chosen, width));
  };
  svg.addEventListener('click', event => {
    if (!current) return;
    const count = current.result.steps.length + 1;
    const x = event.clientX - svg.getBoundingClientRect().left;
    let nearest = 0;
    for (let at = 1; at < count; at++) {
      if (Math.abs(xOf(at, count, width) - x) < Math.abs(xOf(nearest, count, width) - x))
        nearest = at;
    }
    onChoose(nearest - 1);
  });
  const box = make('div', { class: 'trace-box' });
  box.append(svg);
  new ResizeObserver(entries => {
    const next = Math.floor(entries[0]?.contentRect.width ?? 0);
    if (next === width) return;
    width = next;
    redraw();
  }).observe(box);
  return {
    element: make(
      'section',
      { class: 'trace-chart', 'aria-label': 'Margin and queries' },
      box,
      caption,
    ),
    show: (result, chosen) => {
      current = { result, chosen };
      caption.textContent = captionOf(result, chosen);
      redraw();
    },
  };
}

function xOf(at: number, count: number, width: number): number {
  const room = width - rim.left - rim.right;
  return rim.left + (count === 1 ? room / 2 : (room * at) / (count - 1));
}

function elementsOf(result: AttackResult, chosen: StepIndex, width: number): SVGElement[] {
  const margins = [result.original.margin, ...result.steps.map(({ margin }) => margin)];
  const queries = [0, ...result.steps.map(step => step.queries)];
  const count = margins.length;
  const x = (at: number) => xOf(at, count, width);
  const top = Math.max(0, ...margins);
  const bottom = Math.min(0, ...margins);
  const span = top - bottom || 1;
  const inset = 9;
  const y = (value: number) => inset + ((top - value) / span) * (height.margin - 2 * inset);
  const right = width - rim.right;
  const floor = height.margin + height.gap + height.queries;
  const most = Math.max(1, ...queries);
  const tall = (value: number) => (value / most) * height.queries;
  const column = Math.max(2, Math.min(14, ((right - rim.left) / count) * 0.6));
  const now = chosen + 1;
  return [
    svgElement('line', { class: 'trace-now', x1: x(now), x2: x(now), y1: 0, y2: floor }),
    svgElement('line', { class: 'trace-zero', x1: 0, x2: right + 8, y1: y(0), y2: y(0) }),
    svgElement('text', { class: 'trace-text', x: right + 12, y: y(0) + 4 }, 'flip'),
    svgElement('path', {
      class: 'trace-line',
      d: margins.map((value, at) => `${at === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join(''),
    }),
    ...margins.map((value, at) => pointOf(x(at), y(value), value > 0, at === now)),
    svgElement('line', { class: 'trace-floor', x1: 0, x2: right + 8, y1: floor, y2: floor }),
    ...queries.map((value, at) =>
      svgElement('rect', {
        class: at === now ? 'trace-column trace-column-now' : 'trace-column',
        x: x(at) - column / 2,
        width: column,
        y: floor - tall(value),
        height: tall(value),
      }),
    ),
    svgElement(
      'text',
      { class: 'trace-text', x: right + 12, y: floor - height.queries + 9 },
      shortCount(most),
    ),
    ...ticks(count, now).map(at =>
      svgElement(
        'text',
        { class: 'trace-text', x: x(at), y: floor + 13, 'text-anchor': 'middle' },
        String(at),
      ),
    ),
  ];
}

/** Below the line a ring, above it a filled square: the shape tells it too. */
function pointOf(x: number, y: number, reached: boolean, isNow: boolean): SVGElement {
  const size = isNow ? 5.5 : 3.5;
  const className = `trace-point${reached ? ' trace-reached' : ''}`;
  return reached
    ? svgElement('rect', {
        class: className,
        x: x - size,
        y: y - size,
        width: 2 * size,
        height: 2 * size,
      })
    : svgElement('circle', { class: className, cx: x, cy: y, r: size });
}

/** The numbers below the chart: all, or a few where there are many. */
function ticks(count: number, now: number): number[] {
  const every = Math.ceil(count / 12);
  return [...Array(count).keys()].filter(
    at => at === now || (at % every === 0 && Math.abs(at - now) >= every / 2),
  );
}

function shortCount(count: number): string {
  return count < 10_000 ? formatCount(count) : `${formatCount(Math.round(count / 1000))}k`;
}

function captionOf({ original, steps }: AttackResult, chosen: StepIndex): string {
  const step = steps[chosen];
  if (!step) return `Original: margin ${formatScore(original.margin, true)}`;
  const estimate =
    step.estimate === null ? '' : ` (estimated rise ${formatScore(step.estimate, true)})`;
  return `Step ${chosen + 1} of ${steps.length}: margin ${formatScore(step.margin, true)}${estimate}, ${countOf(step.queries, 'query', 'queries')} spent`;
}

function spokenTrace({ original, steps }: AttackResult): string {
  const last = steps.at(-1);
  if (!last) return `Margin ${formatScore(original.margin, true)}; no step was taken.`;
  return `Margin from ${formatScore(original.margin, true)} to ${formatScore(last.margin, true)} in ${countOf(steps.length, 'step')}; above zero the prediction is flipped. ${countOf(last.queries, 'query', 'queries')} spent.`;
}
