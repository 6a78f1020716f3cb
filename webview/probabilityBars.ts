/**
 * What the model chose from, one bar a choice; a bar is a button that asks about its choice. Few choices
 * keep the model's order; of many, the likeliest are shown first.
 */
import type { LabelChoice, PanelState, TaskKind } from '../src/protocol';
import { createButton } from './controls';
import { fill, make } from './dom';
import { keepFocus } from './keepFocus';
import { formatCount, formatProbability, formatValue } from './numbers';
import { choiceKey, questionsOfRows } from './questions';
import { targetOf, targetText } from './target';
import { quote } from './words';

/** As many choices as are shown without being asked. */
const few = 6;

export interface ProbabilityBars {
  readonly element: HTMLElement;
  readonly show: (state: PanelState) => void;
}

interface TaskWords {
  /** What the bars are called, as a plural. */
  readonly choices: string;
  /** What the list is to a screen reader. */
  readonly list: string;
  /** What must be known to read the numbers. */
  readonly says?: string;
}

const taskWords: Readonly<Record<TaskKind, TaskWords>> = {
  'text-classification': { choices: 'classes', list: 'Probability of each class' },
  'binary-classification': {
    choices: 'classes',
    list: 'Probability of each class',
    says: 'From one logit: decided from probability 0.5.',
  },
  'multi-label-classification': {
    choices: 'labels',
    list: 'Probability of each label',
    says: 'Each label by itself, decided from probability 0.5: the numbers do not add up to 1.',
  },
  regression: { choices: 'numbers', list: 'Predicted numbers' },
  'token-classification': { choices: 'tags', list: 'Probability of each tag' },
  'fill-mask': {
    choices: 'tokens',
    list: 'Likeliest tokens at the mask',
    says: 'The likeliest tokens at the mask.',
  },
  'question-answering': {
    choices: 'answers',
    list: 'Likeliest answers',
    says: 'The likeliest answers in the context.',
  },
};

export function createProbabilityBars(onChoose: (label: LabelChoice) => void): ProbabilityBars {
  const says = make('p', { class: 'muted' });
  const list = make('ul', { class: 'bars' });
  let showsAll = false;
  let current: PanelState | null = null;
  const more = createButton('', () => {
    showsAll = !showsAll;
    if (current) show(current);
  });
  const element = make(
    'section',
    { 'aria-label': 'Prediction', class: 'probabilities' },
    says,
    list,
    more.element,
  );

  const show = (state: PanelState) => {
    current = state;
    const { labels, task } = state.explanation.prediction;
    const words = taskWords[task];
    list.setAttribute('aria-label', words.list);
    says.textContent = captionOf(state) ?? '';
    says.hidden = says.textContent === '';
    const rows = labels.length <= few || showsAll ? [...labels.keys()] : foremost(state);
    const questions = questionsOfRows(state);
    keepFocus(element, () => {
      fill(list, ...rows.map(row => barOf(state, row, questions[row]?.choice ?? null, onChoose)));
    });
    more.element.hidden = labels.length <= few;
    more.setText(
      showsAll
        ? `Show fewer ${words.choices}`
        : `Show all ${formatCount(labels.length)} ${words.choices}`,
    );
    more.setExpanded(showsAll);
  };
  return { element, show };
}

function captionOf({ record, explanation }: PanelState): string | null {
  const { task } = explanation.prediction;
  const target = targetOf(record, explanation);
  if (task === 'token-classification' && target) {
    return `Tags at ${quote(targetText(record, target))}:`;
  }
  return taskWords[task].says ?? null;
}

/** The likeliest choices, and what is decided, right or explained wherever it stands. */
function foremost({ explanation }: PanelState): number[] {
  const { labels, probabilities, logits, decided, right } = explanation.prediction;
  const sizes = probabilities.length > 0 ? probabilities : logits;
  const sorted = [...labels.keys()].sort((a, b) => sizes[b]! - sizes[a]!);
  const { label, against } = explanation.explained;
  return sorted.filter(
    (row, rank) =>
      rank < few ||
      decided.includes(row) ||
      right.includes(row) ||
      [label, against].includes(labels[row]!),
  );
}

function barOf(
  { explanation }: PanelState,
  row: number,
  choice: LabelChoice | null,
  onChoose: (label: LabelChoice) => void,
): HTMLElement {
  const { labels, logits, probabilities, decided, right } = explanation.prediction;
  const label = labels[row]!;
  const isDecided = decided.includes(row);
  const isExplained =
    choice !== null && choiceKey(choice) === choiceKey(explanation.explained.choice);
  const isNumber = probabilities.length === 0;
  const notes = [
    isDecided && !isNumber ? 'predicted' : null,
    right.includes(row) ? 'gold' : null,
    isExplained ? 'explained' : null,
  ].filter(note => note !== null);
  const parts = [
    make('span', { class: 'bar-label' }, label),
    isNumber ? make('span', {}) : trackOf(probabilities[row] ?? Number.NaN),
    make(
      'span',
      { class: 'bar-number number' },
      isNumber
        ? formatValue(logits[row] ?? Number.NaN)
        : formatProbability(probabilities[row] ?? Number.NaN),
    ),
    make('span', { class: 'bar-notes muted' }, notes.join(', ')),
  ];
  const item = make('li', { class: isDecided ? 'bar bar-predicted' : 'bar' });
  if (choice === null) {
    item.append(make('div', { class: 'bar-row' }, ...parts));
    return item;
  }
  const attributes = {
    type: 'button',
    class: 'bar-row',
    title: `Explain ${quote(label)}`,
    'data-key': String(row),
    'aria-pressed': String(isExplained),
  };
  const button = make('button', attributes, ...parts);
  button.addEventListener('click', () => {
    onChoose(choice);
  });
  item.append(button);
  return item;
}

function trackOf(probability: number): HTMLElement {
  const length = make('span', { class: 'bar-length' });
  length.style.setProperty('--part', String(Number.isFinite(probability) ? probability : 0));
  return make('span', { class: 'bar-track', 'aria-hidden': 'true' }, length);
}
