/** The training file: which one, what was read of it, and the lines of it that could not be used. */
import type { TrainingProblem, TrainingSummary } from '../../src/protocol';
import { countOf } from '../attack/attackWords';
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { formatCount } from '../numbers';

/** As many places of lines as are told of one problem. */
const toldPlaces = 100;

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

/** '3, 7 to 12 and 40 more': three neighbours and more together, and no more places than can be read. */
export function placesOf(lines: readonly number[], count: number): string {
  const runs: { first: number; last: number }[] = [];
  let told = 0;
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.last === line - 1) run.last = line;
    else if (runs.length === toldPlaces) break;
    else runs.push({ first: line, last: line });
    told++;
  }
  const places = runs.map(({ first, last }) => {
    const between = last - first === 1 ? ', ' : ' to ';
    return first === last
      ? formatCount(first)
      : `${formatCount(first)}${between}${formatCount(last)}`;
  });
  const more = count - told;
  return more > 0 ? `${places.join(', ')} and ${formatCount(more)} more` : places.join(', ');
}

/** 'features: 1,990 from the cache, 10 computed'; null where none were needed. */
export function featureWords({ cached, computed }: TrainingSummary): string | null {
  if (cached === null || computed === null) return null;
  return `features: ${formatCount(cached)} from the cache, ${formatCount(computed)} computed`;
}

/** '840 ms', '1.2 s', '2 min 5 s'. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
