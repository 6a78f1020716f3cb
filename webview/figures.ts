/** The few numbers that a run came to, in large. */
import { fill, make } from './dom';

export interface Figure {
  readonly name: string;
  /** Null: undefined, and the note says why. */
  readonly value: string | null;
  readonly note: string;
}

/** Fills the list `element`, of class 'figures'. */
export function showFigures(element: HTMLDListElement, figures: readonly Figure[]): void {
  fill(element, ...figures.map(figureElement));
}

function figureElement({ name, value, note }: Figure): HTMLElement {
  return make(
    'div',
    { class: 'figure' },
    make('dt', { class: 'muted' }, name),
    make(
      'dd',
      { class: value === null ? 'number figure-undefined' : 'number' },
      value ?? 'undefined',
    ),
    make('dd', { class: 'muted figure-note' }, note),
  );
}
