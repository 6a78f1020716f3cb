/**
 * A table of numbers with tints behind them: a confusion matrix, or how much methods agree. The numbers say it all; the
 * tint, and in high contrast a stroke, only lets the eye find the large ones. Cells that lead somewhere are buttons, walked by arrows.
 */
import { fill, make } from '../dom';
import { keepFocus } from '../keepFocus';

export interface HeatCell {
  readonly text: string;
  /** -1 to 1: how strong the tint is; a negative number has the hue of "away". Null: undefined. */
  readonly part: number | null;
  /** The cell for ears, and as a hint. */
  readonly spoken: string;
  /** Framed: what is right, or what is chosen. */
  readonly framed?: boolean;
}

export interface HeatData {
  /** Of the table, for ears. */
  readonly label: string;
  /** In the corner: 'gold \ predicted'. */
  readonly corner: string;
  readonly rows: readonly string[];
  /** What stands above a column, and its whole name. */
  readonly columns: readonly { readonly text: string; readonly name: string }[];
  readonly cells: readonly (readonly HeatCell[])[];
  /** The cell whose button is pressed. */
  readonly chosen?: readonly [row: number, column: number] | null;
}

export interface HeatTable {
  readonly element: HTMLElement;
  readonly show: (data: HeatData) => void;
}

/** `onAct`: cells are buttons, and this is what they do. */
export function createHeatTable(onAct: ((row: number, column: number) => void) | null): HeatTable {
  const table = make('table', { class: 'heat-table' });
  const region = make(
    'div',
    { class: 'table-scroll heat-scroll', role: 'region', tabindex: '0' },
    table,
  );
  let shape = '';
  let cells: HTMLTableCellElement[][] = [];
  let now: readonly [number, number] = [0, 0];

  const buttonAt = (row: number, column: number) =>
    cells[row]?.[column]?.querySelector<HTMLButtonElement>('button') ?? null;
  const rove = (row: number, column: number) => {
    const before = buttonAt(...now);
    if (before) before.tabIndex = -1;
    now = [row, column];
    const next = buttonAt(row, column);
    if (next) next.tabIndex = 0;
  };
  const placeOf = (target: EventTarget | null): readonly [number, number] | null => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('td[data-at]') : null;
    const [row, column] = (cell?.dataset['at'] ?? '').split(' ').map(Number);
    return cell === null || row === undefined || column === undefined ? null : [row, column];
  };
  table.addEventListener('focusin', event => {
    const place = placeOf(event.target);
    if (place) rove(...place);
  });
  table.addEventListener('click', event => {
    const place = placeOf(event.target);
    if (place && event.target instanceof Element && event.target.closest('button'))
      onAct?.(...place);
  });
  table.addEventListener('keydown', event => {
    const place = placeOf(event.target);
    if (!place || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const [row, column] = place;
    const next = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, (cells[row]?.length ?? 1) - 1],
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttonAt(next[0]!, next[1]!)?.focus();
  });

  return {
    element: region,
    show: data => {
      region.setAttribute('aria-label', `${data.label}, scrolled`);
      const nextShape = JSON.stringify([data.label, data.corner, data.rows, data.columns]);
      if (nextShape !== shape) {
        shape = nextShape;
        keepFocus(table, () => {
          table.ariaLabel = data.label;
          cells = data.rows.map((name, row) =>
            data.columns.map((column, at) => cellElement(row, at, [name, column.name], onAct)),
          );
          fill(table, headOf(data), bodyOf(data, cells));
        });
      }
      data.cells.forEach((line, row) => {
        line.forEach((cell, column) => {
          const isChosen = data.chosen?.[0] === row && data.chosen[1] === column;
          paint(cells[row]![column]!, cell, isChosen);
        });
      });
      const place = buttonAt(...now) ? now : ([0, 0] as const);
      rove(...place);
    },
  };
}

function headOf({ corner, columns }: HeatData): HTMLElement {
  return make(
    'thead',
    {},
    make(
      'tr',
      {},
      make('td', { class: 'muted heat-corner' }, corner),
      ...columns.map(({ text, name }) =>
        make('th', { scope: 'col', title: name, abbr: name, dir: 'auto' }, text),
      ),
    ),
  );
}

function bodyOf({ rows }: HeatData, cells: readonly HTMLElement[][]): HTMLElement {
  const lines = rows.map((name, row) =>
    make('tr', {}, make('th', { scope: 'row', title: name, dir: 'auto' }, name), ...cells[row]!),
  );
  return make('tbody', {}, ...lines);
}

function cellElement(
  row: number,
  column: number,
  names: readonly [string, string],
  onAct: unknown,
): HTMLTableCellElement {
  const cell = make('td', { class: 'number heat-cell', 'data-at': `${row} ${column}` });
  if (onAct !== null) {
    const key = JSON.stringify(names);
    cell.append(make('button', { type: 'button', 'data-key': key, tabindex: '-1' }));
  }
  return cell;
}

/** Only what is another thing than before is touched: numbers stream in under the pointer and the focus. */
function paint(element: HTMLTableCellElement, cell: HeatCell, isChosen: boolean): void {
  const key = JSON.stringify([cell, isChosen]);
  if (element.dataset['drawn'] === key) return;
  element.dataset['drawn'] = key;
  const { text, part, spoken, framed = false } = cell;
  element.classList.toggle('heat-away', part !== null && part < 0);
  element.classList.toggle('heat-undefined', part === null);
  element.classList.toggle('heat-framed', framed);
  element.style.setProperty('--part', Math.min(1, Math.abs(part ?? 0)).toFixed(3));
  const button = element.querySelector('button');
  const inner = button ?? element;
  inner.textContent = text;
  inner.title = spoken;
  if (!button) return;
  button.ariaLabel = spoken;
  button.ariaPressed = String(isChosen);
}
