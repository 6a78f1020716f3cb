/** What the explained number consists of: a bar for each part, from zero to its side, and their sum. */
import type { Explanation, Share } from '../src/protocol';
import { fill, make } from './dom';
import { formatRaw, formatValue } from './numbers';
import { quote } from './words';

export interface ShareBars {
  readonly element: HTMLElement;
  /** Hidden where the method does not take the number apart. */
  readonly show: (explanation: Explanation) => void;
}

export function createShareBars(): ShareBars {
  const title = make('h3', {});
  const list = make('ul', { class: 'shares', 'aria-label': 'Parts of the explained number' });
  const sum = make('p', { class: 'muted' });
  const element = make(
    'section',
    { class: 'share-bars', 'aria-label': 'What the number consists of' },
    title,
    list,
    sum,
  );
  return {
    element,
    show: explanation => {
      const { shares, explained } = explanation;
      element.hidden = shares.length === 0;
      if (element.hidden) return;
      title.textContent = `What the ${explained.says} consists of`;
      const values = shares.map(({ value }) => (Number.isFinite(value) ? value : 0));
      const from = Math.min(0, ...values);
      const width = Math.max(0, ...values) - from;
      const rowOf = (share: Share) => barOf(share, explanation, from, width);
      fill(list, ...shares.map(rowOf));
      const total = shares.reduce((all, { value }) => all + value, 0);
      sum.textContent = `Sum of the parts ${formatRaw(total, true)}; the number is ${formatValue(explained.value)}.`;
    },
  };
}

/** `from`: the smallest value, at the left end; `width`: from there to the largest. */
function barOf(
  { title, value, name }: Share,
  { explained }: Explanation,
  from: number,
  width: number,
): HTMLElement {
  const length = make('span', { class: `bar-length share-${sideOf(value)}` });
  const part = width > 0 && Number.isFinite(value) ? 1 / width : 0;
  length.style.setProperty('--from', String((Math.min(0, value) - from) * part));
  length.style.setProperty('--part', String(Math.abs(value) * part));
  const zero = make('span', { class: 'share-zero' });
  zero.style.setProperty('--from', String(width > 0 ? -from / width : 0));
  return make(
    'li',
    { class: 'share', 'data-share': name },
    make('span', { class: 'bar-label' }, title),
    make('span', { class: 'bar-track', 'aria-hidden': 'true' }, length, zero),
    make('span', { class: 'bar-number number' }, formatRaw(value, true)),
    make('span', { class: 'bar-notes muted' }, wordsOf(value, explained)),
  );
}

function sideOf(value: number): 'helps' | 'hurts' | 'none' {
  if (value > 0) return 'helps';
  return value < 0 ? 'hurts' : 'none';
}

function wordsOf(value: number, { label, against, scalar }: Explanation['explained']): string {
  if (!Number.isFinite(value)) return 'no meaning';
  if (value === 0) return 'nothing';
  if (scalar === 'loss') return value > 0 ? 'raises the loss' : 'lowers the loss';
  return `${value > 0 ? 'towards' : 'away from'} ${against === null ? quote(label) : `${quote(label)} over ${quote(against)}`}`;
}
