/** A row of the table of attacked lines. */
import type { AttackTableRow } from '../../src/protocol';
import { outcomeSigns, outcomeWords } from '../attack/attackWords';
import { markedNodes } from '../changes/markElements';
import { marksOf } from '../changes/marks';
import { wordChanges } from '../changes/wordDiff';
import { make } from '../dom';
import { formatCount } from '../numbers';

/** Characters before the first change: so many are shown of more than these. */
const mostBefore = 40;
const shownBefore = 20;

/** Its buttons say what they do in `data-action`. */
export function rowElement(row: AttackTableRow): HTMLTableRowElement {
  const line = formatCount(row.line);
  const reveal = make(
    'button',
    { type: 'button', class: 'link', 'data-action': 'reveal', 'aria-label': `Go to line ${line}` },
    line,
  );
  const open = make(
    'button',
    {
      type: 'button',
      class: 'link',
      'data-action': 'open',
      'aria-label': `Open the attack of line ${line}`,
    },
    'Open',
  );
  open.hidden = row.outcome === 'error';
  const sign = make(
    'span',
    { class: `outcome-sign outcome-${row.outcome}`, 'aria-hidden': 'true' },
    outcomeSigns[row.outcome],
  );
  const change =
    row.before === row.after || row.after === '' ? row.before : `${row.before} \u2192 ${row.after}`;
  return make(
    'tr',
    { title: row.says },
    make('td', { class: 'number' }, reveal),
    make('td', { class: 'lines-text' }, make('div', { class: 'clamp' }, row.original)),
    make('td', { class: 'lines-text' }, make('div', { class: 'clamp' }, ...attackedNodes(row))),
    make(
      'td',
      { class: 'lines-outcome' },
      make('div', {}, sign, ' ', outcomeWords[row.outcome]),
      make('div', { class: 'muted' }, row.outcome === 'error' ? row.says : change),
    ),
    make(
      'td',
      { class: 'number' },
      `${formatCount(row.wordsChanged)} of ${formatCount(row.words)}`,
    ),
    make('td', { class: 'number' }, formatCount(row.queries)),
    make('td', {}, open),
  );
}

function attackedNodes({ original, attacked }: AttackTableRow): Node[] {
  if (original === attacked) {
    return [
      make('span', { class: 'muted' }, 'unchanged'),
      make('span', { class: 'lines-same' }, ` ${original}`),
    ];
  }
  const changes = wordChanges(original, attacked, 0) ?? [];
  const marks = marksOf(0, changes, changes);
  const from = beginningOf(attacked, marks[0]?.start ?? 0);
  const shifted = marks.map(mark => ({ ...mark, start: mark.start - from, end: mark.end - from }));
  const nodes = markedNodes(attacked.slice(from), shifted);
  return from === 0 ? nodes : [document.createTextNode('\u2026 '), ...nodes];
}

/** Where the text of a row begins: what was changed must stand in the few lines that are shown. */
function beginningOf(text: string, firstChange: number): number {
  if (firstChange <= mostBefore) return 0;
  const blank = text.lastIndexOf(' ', firstChange - shownBefore);
  return blank < 0 ? 0 : blank + 1;
}
