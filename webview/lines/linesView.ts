/** An attack on several lines: what it came to, and every line. */
import type { AttackTable } from '../../src/protocol';
import { createButton } from '../controls';
import { make } from '../dom';
import { oncePerFrame } from '../oncePerFrame';
import { showFileButton } from '../resultFile';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';
import { createLinesSummary } from './linesSummary';
import { createLinesTable } from './linesTable';

export interface LinesView {
  readonly element: HTMLElement;
  readonly show: (table: AttackTable) => void;
}

export interface LinesViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createLinesView({ tell, ui, setUi }: LinesViewEvents): LinesView {
  let current: AttackTable | null = null;
  const summary = createLinesSummary();
  const cancel = createButton('Cancel', () => {
    tell('cancel', null);
  });
  const resume = createButton(
    'Resume',
    () => {
      tell('linesResume', null);
    },
    'primary',
  );
  const jsonl = createButton('', () => {
    tell('linesShowFile', { as: 'jsonl' });
  });
  const csv = createButton('', () => {
    tell('linesShowFile', { as: 'csv' });
  });
  const table = createLinesTable({
    onSort: sort => {
      setUi({ linesSort: sort });
      draw();
    },
    onReveal: row => {
      tell('linesReveal', { row });
    },
    onOpen: row => {
      tell('linesOpen', { row });
    },
  });
  const draw = () => {
    if (!current) return;
    const { state, saved } = current;
    summary.show(current);
    cancel.element.hidden = state !== 'running';
    resume.element.hidden = state !== 'stopped';
    showFileButton(jsonl, saved.jsonl);
    showFileButton(csv, saved.csv);
    table.show(current, ui().linesSort);
  };
  const drawSoon = oncePerFrame(draw);
  return {
    element: make(
      'div',
      { class: 'view lines-view' },
      summary.element,
      make('div', { class: 'actions' }, cancel.element, resume.element, jsonl.element, csv.element),
      table.element,
    ),
    show: next => {
      current = next;
      drawSoon();
    },
  };
}
