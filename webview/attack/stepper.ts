/** The steps of an attack in a row; one is chosen. The row is one stop of the keyboard, arrows choose. */
import type { AttackResult } from '../../src/protocol';
import { decidedShare } from './decidedShare';
import { fill, make } from '../dom';
import { formatProbability } from '../numbers';

/** Index into the steps; -1: the original. */
export type StepIndex = number;

export interface Stepper {
  readonly element: HTMLElement;
  readonly show: (result: AttackResult, chosen: StepIndex) => void;
  /** Puts the focus on the chosen step. */
  readonly focus: () => void;
}

export function createStepper(onChoose: (step: StepIndex) => void): Stepper {
  const element = make('div', {
    role: 'listbox',
    class: 'steps',
    'aria-label': 'Steps of the attack',
    'aria-orientation': 'horizontal',
  });
  let options: HTMLElement[] = [];
  let keys: string[] = [];
  let selected = -1;
  element.addEventListener('click', event => {
    const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
    const at = options.findIndex(one => one === option);
    if (at >= 0) onChoose(at - 1);
  });
  return {
    element,
    show: (result, chosen) => {
      const texts = [result.original, ...result.steps];
      const next = texts.map((text, at) => {
        const share = decidedShare(text.prediction);
        const words = [
          at === 0 ? 'original' : `step ${at}`,
          text.label,
          share === null ? '' : formatProbability(share),
        ];
        return JSON.stringify([words, at > 0 && text.margin > 0]);
      });
      // Steps that are there already stay the same elements: a new one must not take the focus away.
      const same = next.findIndex((key, at) => keys[at] !== key);
      const kept = same < 0 ? next.length : same;
      if (kept < options.length || kept < next.length) {
        options = [...options.slice(0, kept), ...next.slice(kept).map(optionOf)];
        for (const old of [...element.children].slice(kept)) old.remove();
        element.append(...options.slice(kept));
        keys = next;
      }
      selected = chosen + 1;
      options.forEach((option, at) => {
        option.ariaSelected = String(at === selected);
        option.tabIndex = at === selected ? 0 : -1;
      });
      const now = options[selected];
      if (now) element.scrollLeft = middleOf(now, element);
    },
    focus: () => {
      options[selected]?.focus({ preventScroll: true });
    },
  };
}

/** How far the row must be scrolled for `option` to stand in its middle. */
function middleOf(option: HTMLElement, row: HTMLElement): number {
  return option.offsetLeft - row.offsetLeft - (row.clientWidth - option.offsetWidth) / 2;
}

function optionOf(key: string): HTMLElement {
  const [[place, label, share], reached] = JSON.parse(key) as [[string, string, string], boolean];
  const option = make('div', { role: 'option', class: reached ? 'step step-reached' : 'step' });
  fill(
    option,
    make('span', { class: 'step-place muted' }, place),
    ' ',
    make('span', { class: 'step-label' }, label),
    ' ',
    make('span', { class: 'number' }, share),
  );
  return option;
}
