/** Cells that tables of dataset lines have in common. Text of the dataset stays text, in its own direction. */
import { make } from '../dom';
import { formatCount } from '../numbers';

/** A button that leads to a line of the dataset. */
export function lineButton(line: number): HTMLButtonElement {
  const words = formatCount(line);
  return actionButton('reveal', words, `Go to line ${words}`);
}

/** `spoken`: what it does, said in full. */
export function actionButton(action: string, text: string, spoken: string): HTMLButtonElement {
  return make(
    'button',
    { type: 'button', class: 'link', 'data-action': action, 'aria-label': spoken },
    text,
  );
}

export function textCell(text: string): HTMLTableCellElement {
  return make(
    'td',
    { class: 'lines-text' },
    make('div', { class: 'clamp', dir: 'auto', title: text.length > 200 ? text : '' }, text),
  );
}

export function labelCell(...children: readonly (Node | string | null)[]): HTMLTableCellElement {
  return make('td', { class: 'label-cell', dir: 'auto' }, ...children);
}

export function numberCell(...children: readonly (Node | string | null)[]): HTMLTableCellElement {
  return make('td', { class: 'number' }, ...children);
}
