/** Rows of a table by keyboard: only the buttons of one row are stops of the tab key; arrows, Home and End go from row to row. */

export interface Roving {
  /** Rows came or went. */
  readonly refresh: () => void;
}

/** `onAct` hears of the button's `data-action` and of the row; a click beside the buttons is 'reveal'. */
export function createRoving(
  body: HTMLTableSectionElement,
  onAct: (action: string, row: HTMLTableRowElement) => void,
): Roving {
  const rove = (to: HTMLElement | null) => {
    for (const row of body.rows) {
      const isNow = row === to;
      row.toggleAttribute('data-now', isNow);
      for (const button of row.querySelectorAll('button')) button.tabIndex = isNow ? 0 : -1;
    }
  };
  body.addEventListener('focusin', event => {
    rove(rowOf(event.target));
  });
  body.addEventListener('keydown', event => {
    const row = rowOf(event.target);
    if (!row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const next = {
      ArrowDown: row.nextElementSibling,
      ArrowUp: row.previousElementSibling,
      Home: body.firstElementChild,
      End: body.lastElementChild,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const action = event.target instanceof HTMLElement ? event.target.dataset['action'] : undefined;
    const buttons = [...(next?.querySelectorAll<HTMLElement>('[data-action]') ?? [])].filter(
      button => !button.hidden,
    );
    (buttons.find(button => button.dataset['action'] === action) ?? buttons[0])?.focus();
  });
  body.addEventListener('click', event => {
    const row = rowOf(event.target);
    if (!row) return;
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const action = button?.dataset['action'];
    // Whoever marked some text wants to copy it, not to go elsewhere.
    if (action !== undefined) onAct(action, row);
    else if (!button && document.getSelection()?.isCollapsed !== false) onAct('reveal', row);
  });
  return {
    refresh: () => {
      rove(body.querySelector<HTMLElement>('tr[data-now]') ?? body.rows[0] ?? null);
    },
  };
}

function rowOf(target: EventTarget | null): HTMLTableRowElement | null {
  return target instanceof Element ? target.closest('tr') : null;
}
