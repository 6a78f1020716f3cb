/** The training file: which one, what was read of it, and the lines of it that could not be used. */
import type { TrainingProblem } from '../../src/protocol';
import { countOf } from '../attack/attackWords';
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { placesOf } from './trainingWords';

export interface TrainingFileLine {
  readonly element: HTMLElement;
  readonly show: (train: string) => void;
}

/** The name of the file, and a button to take another one. */
export function createTrainingFileLine(onChoose: () => void): TrainingFileLine {
  const name = make('bdi', { class: 'train-name' });
  const choose = createButton('Choose Another\u2026', onChoose);
  return {
    element: make(
      'div',
      { class: 'train-file' },
      make('span', { class: 'muted' }, 'Training file'),
      name,
      choose.element,
    ),
    show: train => {
      name.textContent = train;
    },
  };
}

export interface Problems {
  readonly element: HTMLElement;
  readonly show: (problems: readonly TrainingProblem[]) => void;
}

/** Folded away: lines that could not be used, by reason, with their numbers. */
export function createProblems(): Problems {
  const summary = make('summary', {});
  const list = make('ul', {});
  const element = make('details', { class: 'train-problems' }, summary, list);
  let shown = '';
  return {
    element,
    show: problems => {
      const next = JSON.stringify(problems);
      if (next === shown) return;
      shown = next;
      const count = problems.reduce((sum, one) => sum + one.count, 0);
      summary.textContent = `${countOf(count, 'line')} of the training file could not be used`;
      fill(list, ...problems.map(problemElement));
      element.hidden = count === 0;
    },
  };
}

function problemElement({ says, count, lines }: TrainingProblem): HTMLElement {
  return make(
    'li',
    {},
    make('div', { dir: 'auto' }, says),
    make('div', { class: 'muted number' }, `${countOf(count, 'line')}: ${placesOf(lines, count)}`),
  );
}
