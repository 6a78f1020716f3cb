/** What the attack on several lines came to, in words and as a bar. */
import type { AttackTable } from '../../src/protocol';
import { attackNames } from '../../src/protocol';
import { countOf } from '../attack/attackWords';
import { fill, make } from '../dom';
import type { Figure } from '../figures';
import { showFigures } from '../figures';
import { formatCount, formatShare } from '../numbers';

export interface LinesSummary {
  readonly element: HTMLElement;
  readonly show: (table: AttackTable) => void;
}

export function createLinesSummary(): LinesSummary {
  const source = make('div', { class: 'head-source' });
  const says = make('p', { class: 'lines-says', role: 'status' });
  const bar = make('div', { class: 'parts', 'aria-hidden': 'true' });
  const key = make('ul', { class: 'parts-key' });
  const figures = make('dl', { class: 'figures' });
  return {
    element: make('header', { class: 'head lines-head' }, source, says, bar, key, figures),
    show: ({ file, settings, summary, state }) => {
      const { done, total } = summary;
      fill(
        source,
        make('h2', {}, make('span', { class: 'file' }, file)),
        make('p', { class: 'muted' }, attackNames[settings.attack]),
      );
      says.textContent = progressWords(state, done, total);
      const parts = partsOf({ settings, summary });
      fill(bar, ...parts.map(({ name, count }) => partElement(name, count, total)));
      fill(key, ...parts.filter(({ count }) => count > 0).map(keyElement));
      showFigures(figures, figuresOf({ settings, summary }));
    },
  };
}

function progressWords(state: AttackTable['state'], done: number, total: number): string {
  if (state === 'done') return `${countOf(total, 'line')} attacked`;
  const so = `${formatCount(done)} of ${countOf(total, 'line')}`;
  return state === 'running' ? `running: ${so} done` : `stopped: ${so} done`;
}

type Counted = Pick<AttackTable, 'settings' | 'summary'>;

interface Part {
  readonly name: 'succeeded' | 'failed' | 'skipped' | 'errors' | 'left';
  readonly count: number;
  readonly says: string;
}

function partsOf({ settings, summary }: Counted): Part[] {
  const { succeeded, failed, skipped, errors, total, done } = summary;
  const success = settings.attack === 'hotflip' ? 'flipped' : 'reduced';
  return [
    { name: 'succeeded', count: succeeded, says: success },
    { name: 'failed', count: failed, says: 'failed' },
    { name: 'skipped', count: skipped, says: 'skipped' },
    { name: 'errors', count: errors, says: errors === 1 ? 'error' : 'errors' },
    { name: 'left', count: Math.max(0, total - done), says: 'to do' },
  ];
}

function partElement(name: Part['name'], count: number, total: number): HTMLElement {
  const element = make('span', { class: `part part-${name}` });
  element.style.setProperty('flex-grow', String(total > 0 ? count : 0));
  element.hidden = count === 0;
  return element;
}

function keyElement({ name, count, says }: Part): HTMLElement {
  const swatch = make('span', { class: `part part-${name}`, 'aria-hidden': 'true' });
  return make('li', {}, swatch, `${formatCount(count)} ${says}`);
}

function figuresOf({ settings, summary }: Counted): Figure[] {
  const { succeeded, failed, successRate, meanWordsChanged, meanShareChanged } = summary;
  const { accuracyBefore, accuracyAfter, meanQueries } = summary;
  const mean = (value: number) => String(Number(value.toPrecision(3)));
  const figures: Figure[] = [];
  if (successRate !== null) {
    figures.push({
      name: 'Success rate',
      value: formatShare(successRate),
      note: `${formatCount(succeeded)} of ${formatCount(succeeded + failed)} tried`,
    });
  }
  if (meanWordsChanged !== null) {
    const removed = settings.attack === 'hotflip' ? 'Mean words changed' : 'Mean words removed';
    const note = meanShareChanged === null ? '' : `${formatShare(meanShareChanged)} of the text`;
    figures.push({ name: removed, value: mean(meanWordsChanged), note });
  }
  if (accuracyBefore !== null && accuracyAfter !== null) {
    figures.push({
      name: 'Accuracy',
      value: `${formatShare(accuracyBefore)} \u2192 ${formatShare(accuracyAfter)}`,
      note: 'before and after the attack',
    });
  }
  if (meanQueries !== null) {
    figures.push({ name: 'Mean queries', value: mean(meanQueries), note: 'a line' });
  }
  return figures;
}
