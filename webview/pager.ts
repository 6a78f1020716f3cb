/** Two buttons and a sentence: long tables are shown in pages, so that thousands of rows cost no more than one page. */
import { createButton } from './controls';
import { make } from './dom';
import { formatCount } from './numbers';

export interface Pager {
  readonly element: HTMLElement;
  /** Of `count` rows those from the first number to before the second are to be shown. */
  readonly show: (count: number) => readonly [number, number];
  /** The next rows are others: they begin at their beginning. */
  readonly toFirst: () => void;
  /** From 0. */
  readonly page: () => number;
}

/** `onTurn`: another page is wanted; it is there after the next `show`. */
export function createPager(pageRows: number, onTurn: () => void): Pager {
  let page = 0;
  const where = make('span', { class: 'muted', role: 'status' });
  const turnBy = (pages: number) => {
    page += pages;
    onTurn();
  };
  const back = createButton('Previous Page', () => {
    turnBy(-1);
  });
  const on = createButton('Next Page', () => {
    turnBy(1);
  });
  const element = make('div', { class: 'actions pager' }, back.element, on.element, where);
  return {
    element,
    show: count => {
      const pages = Math.max(1, Math.ceil(count / pageRows));
      page = Math.max(0, Math.min(page, pages - 1));
      const start = page * pageRows;
      const end = Math.min(count, start + pageRows);
      back.setEnabled(page > 0);
      on.setEnabled(page < pages - 1);
      element.hidden = pages < 2;
      where.textContent = `Rows ${formatCount(start + 1)} to ${formatCount(end)} of ${formatCount(count)}`;
      return [start, end];
    },
    toFirst: () => {
      page = 0;
    },
    page: () => page,
  };
}
