/** Two models on the same lines: what changed from one to the other. */
import type { ModelChangesState } from '../../src/protocol';
import { make } from '../dom';
import type { Figure } from '../figures';
import { showFigures } from '../figures';
import { formatCount, formatRate, formatShare } from '../numbers';
import { oncePerFrame } from '../oncePerFrame';
import { cancelByEscape, createRunHead } from '../runs/runHead';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';
import { createModelChangeTable } from './modelChangeTable';

export interface ModelsView {
  readonly element: HTMLElement;
  /** Returns whether it is about something else than before. */
  readonly show: (state: ModelChangesState) => boolean;
}

export interface ModelsViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createModelsView({ tell, ui, setUi }: ModelsViewEvents): ModelsView {
  let current: ModelChangesState | null = null;
  const cancel = () => {
    tell('cancel', null);
  };
  const head = createRunHead({
    progress: 'Progress of the comparison',
    doneWith: 'compared',
    onCancel: cancel,
    onResume: () => {
      tell('modelsResume', null);
    },
  });
  const figures = make('dl', { class: 'figures' });
  const says = make('p', { class: 'muted' });
  const table = createModelChangeTable({
    ui,
    setUi,
    onReveal: line => {
      tell('modelsReveal', { line });
    },
    onOpen: line => {
      tell('modelsOpen', { line });
    },
  });
  const element = make(
    'div',
    { class: 'view run-view models-view' },
    head.element,
    figures,
    make(
      'section',
      { class: 'run-section', 'aria-label': 'Changes' },
      make('h3', {}, 'Lines'),
      says,
      table.element,
    ),
  );
  cancelByEscape(element, () => current?.state === 'running', cancel);
  const draw = () => {
    if (!current) return;
    const { before, after, rows, done, state } = current;
    head.show({ ...current, modelName: `before: ${before.name} \u00b7 after: ${after.name}` });
    showFigures(figures, figuresOf(current));
    says.textContent =
      rows.length < done
        ? `The ${formatCount(rows.length)} lines with the largest changes are listed.`
        : '';
    says.hidden = says.textContent === '';
    table.element.hidden = rows.length === 0;
    table.show(rows, state === 'running');
  };
  const drawSoon = oncePerFrame(draw);
  return {
    element,
    show: next => {
      const isNew = current === null || keyOf(current) !== keyOf(next);
      if (isNew || next.done < (current?.done ?? 0)) table.restart();
      current = next;
      drawSoon();
      return isNew;
    },
  };
}

function figuresOf(state: ModelChangesState): Figure[] {
  const { flipped, done, accuracyBefore, accuracyAfter, before, after } = state;
  const reason = done === 0 ? 'no line is done yet' : 'no line has a gold label to be judged by';
  const accuracy = (name: string, value: number | null, model: string): Figure => ({
    name,
    value: value === null || !Number.isFinite(value) ? null : formatRate(value),
    note: value === null || !Number.isFinite(value) ? reason : model,
  });
  return [
    {
      name: 'Flipped decisions',
      value: formatCount(flipped),
      note: done > 0 ? `${formatShare(flipped / done)} of ${formatCount(done)} lines` : reason,
    },
    accuracy('Accuracy before', accuracyBefore, before.name),
    accuracy('Accuracy after', accuracyAfter, after.name),
  ];
}

function keyOf({ file, about, before, after }: ModelChangesState): string {
  return JSON.stringify([file, about, before.dir, after.dir]);
}

/** The answer in a sentence, for ears. */
export function spokenChanges({ about, done, flipped }: ModelChangesState): string {
  return `${about}: ${formatCount(done)} lines compared, ${formatCount(flipped)} decisions flipped.`;
}
