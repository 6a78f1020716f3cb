/**
 * A list of training lines to walk through: arrows, Home and End go from row to row, to the same button of each; only the
 * buttons of one row are stops of the tab key. Rows that stay the same are not drawn anew.
 */
import { make } from '../dom';
import { keepFocus } from '../keepFocus';
import { placeChildren } from '../placeChildren';

export interface ListedRow {
  /** All that the row is drawn from. */
  readonly key: string;
  readonly make: () => HTMLElement;
}

export interface RowList {
  readonly element: HTMLElement;
  readonly show: (rows: readonly ListedRow[]) => void;
  /** Puts the focus on a row. */
  readonly focus: (row: number) => void;
}

/** `onAct` hears of the button's `data-action` and of the row; a click elsewhere in a row is 'reveal'. */
export function createRowList(
  label: string,
  onAct: (action: string, row: number) => void,
): RowList {
  const element = make('ol', { class: 'train-list', 'aria-label': label });
  let drawn = new Map<string, HTMLElement>();
  let rows: readonly HTMLElement[] = [];

  const rowOf = (target: EventTarget | null): number =>
    rows.findIndex(row => target instanceof Node && row.contains(target));
  const rove = (now: number) => {
    rows.forEach((row, at) => {
      row.toggleAttribute('data-now', at === now);
      for (const button of buttonsOf(row)) button.tabIndex = at === now ? 0 : -1;
    });
  };
  element.addEventListener('focusin', event => {
    if (actionOf(event.target) !== null) rove(rowOf(event.target));
  });
  element.addEventListener('keydown', event => {
    // Arrows in a map walk from token to token.
    const action = actionOf(event.target);
    if (event.defaultPrevented || action === null) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const inSight = rows.filter(row => row.checkVisibility());
    const at = inSight.indexOf(rows[rowOf(event.target)]!);
    const last = inSight.length - 1;
    const next = {
      ArrowDown: Math.min(last, at + 1),
      ArrowUp: Math.max(0, at - 1),
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const buttons = buttonsOf(inSight[next]!);
    const same = buttons.find(button => actionOf(button) === action && !button.hidden);
    (same ?? buttons[0])?.focus();
  });
  element.addEventListener('click', event => {
    const at = rowOf(event.target);
    if (at < 0 || !(event.target instanceof Element)) return;
    const action = actionOf(event.target);
    if (action !== null) onAct(action, at);
    // Whoever marked some text wants to copy it, and whoever points at a token its number.
    else if (!event.target.closest('.marked-map') && document.getSelection()?.isCollapsed !== false)
      onAct('reveal', at);
  });

  return {
    element,
    focus: at => {
      const [first] = rows[at] ? buttonsOf(rows[at]) : [];
      first?.focus();
    },
    show: next => {
      const before = drawn;
      drawn = new Map(next.map(({ key, make: draw }) => [key, before.get(key) ?? draw()]));
      rows = [...drawn.values()];
      keepFocus(element, () => {
        placeChildren(element, rows);
      });
      const now = rows.findIndex(row => row.hasAttribute('data-now'));
      rove(Math.max(0, now));
    },
  };
}

function buttonsOf(row: HTMLElement): HTMLButtonElement[] {
  return [...row.querySelectorAll<HTMLButtonElement>('button[data-action]')];
}

function actionOf(target: EventTarget | null): string | null {
  const button = target instanceof Element ? target.closest<HTMLElement>('[data-action]') : null;
  return button?.dataset['action'] ?? null;
}
