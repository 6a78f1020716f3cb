/** One bar a class. Few classes keep the model's order; of many, the likeliest are shown first. */
import type { Explanation } from '../src/protocol';
import { createButton } from './controls';
import { fill, make } from './dom';
import { formatCount, formatProbability } from './numbers';

/** As many classes as are shown without being asked. */
const few = 6;

export interface ProbabilityBars {
  readonly element: HTMLElement;
  readonly show: (explanation: Explanation) => void;
}

export function createProbabilityBars(): ProbabilityBars {
  const list = make('ul', { class: 'bars', 'aria-label': 'Probability of each class' });
  let showsAll = false;
  let current: Explanation | null = null;
  const more = createButton('', () => {
    showsAll = !showsAll;
    if (current) show(current);
  });
  const element = make('section', { 'aria-label': 'Prediction', class: 'probabilities' }, list);
  element.append(more.element);

  const show = (explanation: Explanation) => {
    current = explanation;
    const { labels } = explanation.prediction;
    const rows = labels.length <= few || showsAll ? labels.map((_, i) => i) : foremost(explanation);
    fill(list, ...rows.map(row => barOf(explanation, row)));
    more.element.hidden = labels.length <= few;
    more.setText(
      showsAll ? 'Show fewer classes' : `Show all ${formatCount(labels.length)} classes`,
    );
    more.setExpanded(showsAll);
  };
  return { element, show };
}

/** The likeliest classes, and the gold and the explained one wherever they stand. */
function foremost({ prediction, gold, explained }: Explanation): number[] {
  const { labels, probabilities } = prediction;
  const sorted = labels.map((_, i) => i).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const named = [gold, explained.label, explained.against];
  return sorted.filter((row, rank) => rank < few || named.includes(labels[row]!));
}

function barOf({ prediction, gold }: Explanation, row: number): HTMLElement {
  const label = prediction.labels[row]!;
  const probability = prediction.probabilities[row] ?? Number.NaN;
  const length = make('span', { class: 'bar-length' });
  length.style.setProperty('--part', String(Number.isFinite(probability) ? probability : 0));
  const notes = [
    label === prediction.label ? 'predicted' : null,
    label === gold ? 'gold' : null,
  ].filter(note => note !== null);
  return make(
    'li',
    { class: label === prediction.label ? 'bar bar-predicted' : 'bar' },
    make('span', { class: 'bar-label' }, label),
    make('span', { class: 'bar-track', 'aria-hidden': 'true' }, length),
    make('span', { class: 'bar-number number' }, formatProbability(probability)),
    make('span', { class: 'bar-notes muted' }, notes.join(', ')),
  );
}
