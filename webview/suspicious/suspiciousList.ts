/** The ranked lines, in pages: a whole training file may be ranked. */
import type { SuspiciousRow } from '../../src/protocol';
import { make } from '../dom';
import { formatCount, formatProbability, formatRaw } from '../numbers';
import { createPager } from '../pager';
import { spokenLabels } from '../training/labelWords';
import { createRowList } from '../training/rowList';
import { trainingRow } from '../training/trainingRow';

/** Rows of a page. */
const pageRows = 100;

export interface SuspiciousListEvents {
  /** Index into the rows of the result. */
  readonly onReveal: (row: number) => void;
  readonly onExplain: (row: number) => void;
}

export interface SuspiciousList {
  readonly element: HTMLElement;
  readonly show: (rows: readonly SuspiciousRow[], onlyDisagreeing: boolean) => void;
  /** Other rows than before: from the first page on. */
  readonly toFirst: () => void;
}

export function createSuspiciousList(events: SuspiciousListEvents): SuspiciousList {
  let rows: readonly SuspiciousRow[] = [];
  let onlyDisagreeing = false;
  /** Indices of the rows on the page. */
  let shown: readonly number[] = [];
  const expanded = new Set<number>();
  const list = createRowList('Suspicious labels', (action, place) => {
    const at = shown[place];
    if (at === undefined) return;
    if (action === 'reveal') events.onReveal(at);
    if (action === 'explain') events.onExplain(at);
  });
  const empty = make('p', { class: 'column-empty' });
  const pager = createPager(pageRows, () => {
    draw();
    list.element.scrollIntoView({ block: 'start' });
  });
  const element = make(
    'section',
    { class: 'suspicious-list', 'aria-label': 'Ranked lines' },
    list.element,
    empty,
    pager.element,
  );

  const draw = () => {
    const all = rows.flatMap(({ agrees }, at) => (onlyDisagreeing && agrees !== false ? [] : [at]));
    const [start, end] = pager.show(all.length);
    shown = all.slice(start, end);
    const most = rows.reduce((max, { score }) => Math.max(max, Math.abs(score)), 0);
    empty.textContent = onlyDisagreeing
      ? `On all ${formatCount(rows.length)} lines of the list label and prediction agree.`
      : 'No line could be ranked.';
    empty.hidden = all.length > 0;
    list.element.hidden = all.length === 0;
    list.show(
      shown.map(at => {
        const row = rows[at]!;
        return {
          key: JSON.stringify([row, rows.length, most]),
          make: () => rowElement(row, rows.length, most),
        };
      }),
    );
  };
  const rowElement = (row: SuspiciousRow, count: number, most: number): HTMLElement => {
    const { rank, line, score, probability, reason } = row;
    const share = probability === null ? '' : ` with probability ${formatProbability(probability)}`;
    return trainingRow(row, {
      rank,
      side: 'size',
      most,
      name: `rank ${formatCount(rank)} of ${formatCount(count)}, score ${formatRaw(score, score < 0)}, line ${formatCount(line)}, ${spokenLabels(row)}${share}`,
      reason,
      actions: [{ action: 'explain', text: 'Explain', spoken: 'Explain' }],
      expanded: expanded.has(line),
      onExpand: open => {
        if (open) expanded.add(line);
        else expanded.delete(line);
      },
    }).element;
  };
  return {
    element,
    show: (next, only) => {
      if (only !== onlyDisagreeing) pager.toFirst();
      rows = next;
      onlyDisagreeing = only;
      draw();
    },
    toFirst: () => {
      expanded.clear();
      pager.toFirst();
    },
  };
}
