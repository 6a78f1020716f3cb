/** What the model chose from, before a change of the text and after it: two bars a choice, and the difference in words. */
import type { Prediction } from '../src/protocol';
import { createButton } from './controls';
import { fill, make } from './dom';
import { formatCount, formatProbability, formatValue } from './numbers';

/** As many choices as are shown without being asked. */
const few = 5;

export interface CompareBars {
  readonly element: HTMLElement;
  /** `after` is called `now`: 'step 2', 'edited'. */
  readonly show: (before: Prediction, after: Prediction, now: string) => void;
}

interface Row {
  readonly label: string;
  /** Probability, or the number where there are none; null where the choice is not among the likeliest. */
  readonly before: number | null;
  readonly after: number | null;
  readonly notes: readonly string[];
  readonly isDecided: boolean;
}

export function createCompareBars(): CompareBars {
  const list = make('ul', { class: 'compare' });
  const key = make('p', { class: 'compare-key muted' });
  let showsAll = false;
  let current: Parameters<CompareBars['show']> | null = null;
  const more = createButton('', () => {
    showsAll = !showsAll;
    if (current) show(...current);
  });
  const show: CompareBars['show'] = (before, after, now) => {
    current = [before, after, now];
    const all = rowsOf(before, after);
    const rows = all.length <= few + 1 || showsAll ? all : foremost(all);
    const isNumber = after.probabilities.length === 0;
    list.setAttribute(
      'aria-label',
      isNumber ? 'Numbers before and after' : 'Probabilities before and after',
    );
    fill(list, ...rows.map(row => rowElement(row, isNumber)));
    fill(
      key,
      swatch('compare-before'),
      make('span', {}, 'original'),
      swatch('compare-after'),
      make('span', {}, now),
    );
    key.hidden = isNumber;
    more.element.hidden = all.length <= few + 1;
    more.setText(showsAll ? 'Show fewer' : `Show all ${formatCount(all.length)}`);
    more.setExpanded(showsAll);
  };
  return {
    element: make(
      'section',
      { class: 'compare-bars', 'aria-label': 'Prediction before and after' },
      key,
      list,
      more.element,
    ),
    show,
  };
}

function swatch(className: string): HTMLElement {
  return make('span', { class: `compare-swatch ${className}`, 'aria-hidden': 'true' });
}

function rowsOf(before: Prediction, after: Prediction): Row[] {
  const labels = [...new Set([...before.labels, ...after.labels])];
  return labels.map(label => {
    const [was, is] = [before.labels.indexOf(label), after.labels.indexOf(label)];
    const wasDecided = before.decided.includes(was);
    const isDecided = after.decided.includes(is);
    const isRight = before.right.includes(was) || after.right.includes(is);
    return {
      label,
      before: valueOf(before, was),
      after: valueOf(after, is),
      isDecided,
      notes: [
        wasDecided && isDecided ? 'predicted' : '',
        wasDecided && !isDecided ? 'no longer predicted' : '',
        isDecided && !wasDecided ? 'now predicted' : '',
        isRight ? 'gold' : '',
      ].filter(note => note !== ''),
    };
  });
}

function valueOf({ probabilities, logits }: Prediction, at: number): number | null {
  return (probabilities.length > 0 ? probabilities : logits)[at] ?? null;
}

/** The choices that matter: decided or gold, and those that moved most; in the model's order. */
function foremost(rows: readonly Row[]): Row[] {
  const moved = (row: Row) => Math.abs((row.after ?? 0) - (row.before ?? 0));
  const most = [...rows].sort((a, b) => moved(b) - moved(a)).slice(0, few);
  return rows.filter(row => row.notes.length > 0 || most.includes(row));
}

function rowElement(row: Row, isNumber: boolean): HTMLElement {
  const format = isNumber ? formatValue : formatProbability;
  const say = (value: number | null) => (value === null ? 'not listed' : format(value));
  const change = changeWords(row.before, row.after, isNumber);
  return make(
    'li',
    { class: row.isDecided ? 'compare-row compare-decided' : 'compare-row' },
    make('span', { class: 'compare-label' }, row.label),
    isNumber
      ? make('span', {})
      : make(
          'span',
          { class: 'compare-tracks', 'aria-hidden': 'true' },
          barOf('compare-before', row.before),
          barOf('compare-after', row.after),
        ),
    make(
      'span',
      { class: 'compare-numbers number', title: exactly(row) },
      say(row.before),
      make('span', { 'aria-hidden': 'true' }, ' \u2192 '),
      make('span', { class: 'for-ears' }, ' to '),
      make('strong', {}, say(row.after)),
    ),
    make('span', { class: 'compare-change' }, change),
    make('span', { class: 'compare-notes muted' }, row.notes.join(', ')),
  );
}

/** More digits than are shown: rounded numbers differ by a little more or less than they say. */
function exactly({ before, after }: Row): string {
  const digits = (value: number | null) => (value === null ? 'not listed' : formatValue(value));
  return `${digits(before)} \u2192 ${digits(after)}`;
}

function barOf(className: string, value: number | null): HTMLElement {
  const bar = make('span', { class: `compare-bar ${className}` });
  const part = value !== null && Number.isFinite(value) ? value : 0;
  bar.style.setProperty('--part', String(part));
  return make('span', { class: 'compare-track' }, bar);
}

/** 'up 0.52', 'down 0.52', 'unchanged'; '' where one of them is not known. */
function changeWords(before: number | null, after: number | null, isNumber: boolean): string {
  if (before === null || after === null) return '';
  const change = after - before;
  if (!Number.isFinite(change)) return '';
  // Of the numbers as they are shown: who subtracts them shall come to the same.
  const shown = (value: number): number => Math.round(100 * value) / 100;
  const size = isNumber
    ? formatValue(Math.abs(change))
    : Math.abs(shown(after) - shown(before)).toFixed(2);
  if (Number(size) === 0) return change === 0 ? 'unchanged' : 'nearly unchanged';
  return `${change > 0 ? 'up' : 'down'} ${size}`;
}
