/** Which words drive a file: by label the strongest, towards it and away from it, with how often they come with it in the data. */
import type { DriverRow, DriversState, MethodDescription } from '../../src/protocol';
import { createDropdown } from '../controls';
import { fill, make } from '../dom';
import { formatCount } from '../numbers';
import { oncePerFrame } from '../oncePerFrame';
import { cancelByEscape, createRunHead } from '../runs/runHead';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';
import { quote } from '../words';
import { createDriversForm } from './driversForm';
import { createDriverTable } from './driverTable';
import { isShortcut, shortcutRule } from './shortcut';

export interface DriversView {
  readonly element: HTMLElement;
  /** Returns whether it is about something else than before. */
  readonly show: (state: DriversState) => boolean;
  /** What can be chosen where the state does not say. */
  readonly offer: (methods: readonly MethodDescription[]) => void;
}

export interface DriversViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createDriversView({ tell, ui, setUi }: DriversViewEvents): DriversView {
  let current: DriversState | null = null;
  let methods: readonly MethodDescription[] = [];
  let label = '';
  const cancel = () => {
    tell('cancel', null);
  };
  const onReveal = (line: number) => {
    tell('driversReveal', { line });
  };
  const head = createRunHead({
    progress: 'Progress of the count',
    doneWith: 'explained',
    onCancel: cancel,
    onResume: null,
  });
  const form = createDriversForm(settings => {
    tell('driversAgain', settings);
  });
  const madeBy = make('summary', {});
  const settings = make('details', { class: 'train-settings' }, madeBy, form.element);
  const choose = createDropdown('Label', value => {
    label = value;
    for (const { table } of sides) table.restart();
    draw();
  });
  const sides = (['towards', 'away'] as const).map(side => {
    const table = createDriverTable({ side, ui, setUi, onReveal });
    const title = make('h3', { dir: 'auto' });
    const none = make('p', { class: 'muted' });
    const element = make('section', { class: 'run-section' }, title, none, table.element);
    return { side, table, title, none, element };
  });
  const marked = make('p', { class: 'says' });
  const element = make(
    'div',
    { class: 'view run-view drivers-view' },
    head.element,
    settings,
    make('div', { class: 'driver-choice' }, choose.element),
    marked,
    ...sides.map(side => side.element),
  );
  cancelByEscape(element, () => current?.state === 'running', cancel);

  const draw = () => {
    if (!current) return;
    const { rows, labels, state } = current;
    const streaming = state === 'running';
    head.show(current);
    const all = current.methods ?? methods;
    const title = all.find(one => one.name === current?.settings.method)?.title;
    madeBy.textContent = `${title ?? current.settings.method}, words in at least ${formatCount(current.settings.leastLines)} lines`;
    form.show(current, all);
    if (!labels.includes(label)) label = labels[0] ?? '';
    choose.show(
      labels.map(value => ({ value, text: value })),
      label,
    );
    const own = rows.filter(row => row.label === label);
    const strongest = own.reduce((most, { mean }) => Math.max(most, Math.abs(mean)), 0);
    for (const { side, ...parts } of sides) {
      const listed = own.filter(({ mean }) => mean < 0 === (side === 'away'));
      const name = `${side === 'towards' ? 'Towards' : 'Away from'} ${quote(label)}`;
      parts.title.textContent = name;
      parts.element.ariaLabel = name;
      parts.element.hidden = label === '';
      parts.table.element.hidden = listed.length === 0;
      parts.none.hidden = listed.length > 0;
      parts.none.textContent = streaming ? 'None so far.' : 'None.';
      parts.table.show(listed, strongest, streaming);
    }
    showMarked(marked, own, strongest);
  };
  const drawSoon = oncePerFrame(draw);
  return {
    element,
    show: next => {
      const isNew = current === null || keyOf(current) !== keyOf(next);
      if (isNew || next.done < (current?.done ?? 0)) for (const { table } of sides) table.restart();
      current = next;
      drawSoon();
      return isNew;
    },
    offer: offered => {
      methods = offered;
      drawSoon();
    },
  };
}

/** How many words are marked, and by which rule. */
function showMarked(element: HTMLElement, rows: readonly DriverRow[], strongest: number): void {
  const count = rows.filter(row => isShortcut(row, strongest)).length;
  element.hidden = rows.length === 0;
  if (rows.every(({ z }) => z === null)) {
    element.textContent =
      'Without gold labels nobody can say how often a word comes with its label, so none is marked as a shortcut.';
    return;
  }
  const mark = make('span', { class: 'shortcut-mark' }, 'shortcut?');
  const words = `${formatCount(count)} of ${formatCount(rows.length)} words are marked`;
  fill(element, words, ' ', mark, make('span', { class: 'muted' }, `: ${shortcutRule}`));
}

function keyOf({ file, about, modelName, settings }: DriversState): string {
  return JSON.stringify([file, about, modelName, settings]);
}

/** The answer in a sentence, for ears. */
export function spokenDrivers({ about, done, rows }: DriversState): string {
  return `${about}: ${formatCount(done)} lines explained, ${formatCount(rows.length)} words listed.`;
}
