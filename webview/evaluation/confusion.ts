/** The confusion matrix, and below it the lines of the cell that was chosen. */
import type { EvaluationCell, EvaluationSummary } from '../../src/protocol';
import { countOf } from '../attack/attackWords';
import { createHeatTable } from '../charts/heatTable';
import { createButton } from '../controls';
import { make } from '../dom';
import { formatCount } from '../numbers';
import type { UiState } from '../uiState';
import { quote } from '../words';
import type { Confusion } from './confusionData';
import { confusionData, shownLabels } from './confusionData';
import { createLineTable } from './lineTable';

export interface ConfusionSection {
  readonly element: HTMLElement;
  readonly show: (summary: EvaluationSummary) => void;
  readonly showCell: (cell: EvaluationCell) => void;
  /** What was awaited does not come. */
  readonly fail: () => void;
  readonly restart: () => void;
}

export interface ConfusionEvents {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
  readonly onCell: (gold: string, predicted: string) => void;
  readonly onReveal: (line: number) => void;
  readonly onExplain: (line: number) => void;
}

interface Chosen {
  readonly gold: string;
  readonly predicted: string;
}

export function createConfusion(events: ConfusionEvents): ConfusionSection {
  let confusion: Confusion | null = null;
  let shown: readonly number[] = [];
  let chosen: Chosen | null = null;
  let cell: EvaluationCell | null = null;
  let failed = false;
  const choose = (next: Chosen | null) => {
    const before = chosen;
    chosen = next;
    failed = false;
    if (cell && (next === null || !isOf(cell, next))) cell = null;
    if (JSON.stringify(before) !== JSON.stringify(next)) lines.restart();
    draw();
    if (next) events.onCell(next.gold, next.predicted);
  };
  const matrix = createHeatTable((row, column) => {
    const [gold, predicted] = [row, column].map(at => confusion?.labels[shown[at] ?? -1]);
    if (gold !== undefined && predicted !== undefined) choose({ gold, predicted });
  });
  const caption = make('p', { class: 'muted says' });
  const title = make('h4', { dir: 'auto' });
  const says = make('p', { class: 'muted', role: 'status' });
  const again = createButton('', () => {
    choose(chosen);
  });
  const close = createButton('Close', () => {
    choose(null);
    matrix.element.querySelector<HTMLElement>('button[tabindex="0"]')?.focus();
  });
  const lines = createLineTable({
    ...events,
    label: 'Lines of the cell',
    name: 'cell',
    size: 'confidence',
  });
  const below = make(
    'section',
    { class: 'cell-lines', 'aria-label': 'Lines of the cell' },
    make('div', { class: 'cell-head' }, title, close.element),
    says,
    make('div', { class: 'actions' }, again.element),
    lines.element,
  );
  const element = make(
    'section',
    { class: 'run-section', 'aria-label': 'Confusion matrix' },
    make('h3', {}, 'Confusion matrix'),
    caption,
    matrix.element,
    below,
  );

  const draw = () => {
    element.hidden = confusion === null;
    if (!confusion) return;
    matrix.show(confusionData(confusion, shown, chosen));
    const few = shown.length < confusion.labels.length;
    caption.textContent = `${few ? `The ${formatCount(shown.length)} of ${formatCount(confusion.labels.length)} labels with the most mistakes. ` : ''}Rows are gold labels, columns what is predicted; tints are shares of a row, frames are right. Press a cell for its lines.`;
    below.hidden = chosen === null;
    if (!chosen) return;
    title.textContent = `Gold ${quote(chosen.gold)}, predicted ${quote(chosen.predicted)}`;
    const { labels, counts } = confusion;
    const count = counts[labels.indexOf(chosen.gold)]?.[labels.indexOf(chosen.predicted)] ?? 0;
    says.textContent = failed ? 'The lines could not be listed.' : cellWords(cell);
    lines.element.hidden = cell === null || cell.rows.length === 0;
    again.setText(failed ? 'Try Again' : `Show All ${formatCount(count)}`);
    again.element.hidden = !failed && (cell === null || cell.total === count);
    if (cell) lines.show(cell.rows, false);
  };
  /** Which labels are shown of many may change while they come in, but not under somebody's eyes. */
  const isRead = () =>
    element.matches(':hover') ||
    element.contains(document.activeElement) ||
    element.getBoundingClientRect().top < 0;

  return {
    element,
    show: summary => {
      const before = confusion?.labels;
      confusion = summary.confusion;
      const isSame = JSON.stringify(before) === JSON.stringify(confusion?.labels);
      if (confusion && !(isSame && isRead())) shown = shownLabels(confusion);
      draw();
    },
    showCell: next => {
      if (!chosen || !isOf(next, chosen)) return;
      cell = next;
      failed = false;
      draw();
    },
    fail: () => {
      if (!chosen || cell) return;
      failed = true;
      draw();
    },
    restart: () => {
      chosen = null;
      cell = null;
      failed = false;
      lines.restart();
    },
  };
}

function isOf(cell: Chosen, chosen: Chosen): boolean {
  return cell.gold === chosen.gold && cell.predicted === chosen.predicted;
}

function cellWords(cell: EvaluationCell | null): string {
  if (cell === null) return 'Looking for its lines\u2026';
  const { rows, total } = cell;
  if (total > rows.length)
    return `The first ${formatCount(rows.length)} of ${countOf(total, 'line')}`;
  return countOf(total, 'line');
}
