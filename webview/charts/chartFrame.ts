/**
 * What every chart has: a title, a picture as wide as there is room, a key, and the same numbers as a table behind a
 * disclosure. To ears the picture is one image with a name and a sentence; the table is for reading on.
 */
import { fill, make } from '../dom';
import { svgElement } from './svg';

/** What a chart says without its picture. */
export interface ChartWords {
  readonly title: string;
  /** One or two sentences: what is to be seen. */
  readonly says: string;
  /** The numbers; the first column names the row. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface ChartFrame {
  readonly element: HTMLElement;
  /** Place for a legend. */
  readonly key: HTMLElement;
  readonly show: (words: ChartWords, draw: (width: number) => readonly SVGElement[]) => void;
}

let lastId = 0;

/** `height` of the picture in pixels. */
export function createChartFrame(height: number): ChartFrame {
  const id = `chart-${++lastId}`;
  const title = svgElement('title', { id: `${id}-title` });
  const description = svgElement('desc', { id: `${id}-says` });
  const svg = svgElement('svg', {
    role: 'img',
    class: 'chart-svg',
    height,
    'aria-labelledby': `${id}-title`,
    'aria-describedby': `${id}-says`,
  });
  const box = make('div', { class: 'chart-box' });
  box.style.setProperty('height', `${height}px`);
  box.append(svg);
  const caption = make('figcaption', { class: 'chart-title' });
  const says = make('p', { class: 'muted chart-says' });
  const key = make('div', { class: 'chart-key' });
  const table = make('table', { class: 'chart-numbers' });
  const region = make('div', { class: 'table-scroll', role: 'region', tabindex: '0' }, table);
  const numbers = make('details', {}, make('summary', {}, 'Numbers'), region);

  let drawing: ((width: number) => readonly SVGElement[]) | null = null;
  let width = 0;
  let tabled = '';
  const redraw = () => {
    if (!drawing || width === 0) return;
    svg.setAttribute('width', String(width));
    svg.replaceChildren(title, description, ...drawing(width));
  };
  new ResizeObserver(entries => {
    const next = Math.floor(entries[0]?.contentRect.width ?? 0);
    if (next === width) return;
    width = next;
    redraw();
  }).observe(box);

  return {
    element: make('figure', { class: 'chart' }, caption, says, box, key, numbers),
    key,
    show: (words, draw) => {
      drawing = draw;
      caption.textContent = words.title;
      says.textContent = words.says;
      title.textContent = words.title;
      description.textContent = words.says;
      region.setAttribute('aria-label', `Numbers of ${words.title}`);
      const next = JSON.stringify([words.columns, words.rows]);
      if (next !== tabled) fill(table, ...tableParts(words));
      tabled = next;
      redraw();
    },
  };
}

function tableParts({ columns, rows }: ChartWords): HTMLElement[] {
  const head = columns.map((name, at) =>
    make('th', { scope: 'col', class: at === 0 ? '' : 'number' }, name),
  );
  const lines = rows.map(([name, ...cells]) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row', dir: 'auto' }, name ?? ''),
      ...cells.map(cell => make('td', { class: 'number' }, cell)),
    ),
  );
  return [make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...lines)];
}
