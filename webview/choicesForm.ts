/** Method, label, combination and scalar: what the user may choose, and nothing that cannot be had. */
import type {
  Aggregation,
  AnswerPart,
  Explanation,
  MethodDescription,
  PanelChoices,
  PanelState,
  ScalarKind,
  TaskKind,
  WordScores,
} from '../src/protocol';
import { withMethod } from './choiceRules';
import type { Option } from './controls';
import { createDropdown } from './controls';
import { fill, make } from './dom';
import { methodGroups } from './methodGroups';
import { createGroupedDropdown } from './nativeControls';
import { createParameterFields } from './parameterFields';
import { choiceOfKey, questionGroups } from './questions';
import {
  aggregationWords,
  answerPartWords,
  scalarWords,
  taskWords,
  wordScoresWords,
} from './words';

export interface ChoicesForm {
  readonly element: HTMLElement;
  readonly show: (state: PanelState) => void;
}

/** Value of the entry that overrides nothing. */
const asTheModelSays = 'auto';

function optionsOf(words: Readonly<Record<string, string>>): Option[] {
  return Object.entries(words).map(([value, text]) => ({ value, text }));
}

function taskOptions({ choices, explanation }: PanelState): Option[] {
  const found = choices.task === null ? ` (${taskWords[explanation.prediction.task]})` : '';
  return [{ value: asTheModelSays, text: `Automatic${found}` }, ...optionsOf(taskWords)];
}

/** Whether scores of words differ from those of tokens, or are what the task is about. */
function hasWords({ tokens, prediction }: Explanation): boolean {
  if (prediction.task === 'token-classification') return true;
  const seen = new Set<string>();
  return tokens.some(({ word, field }) => {
    if (word === null) return false;
    const key = `${field} ${word}`;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

export function createChoicesForm(onChoose: (choices: PanelChoices) => void): ChoicesForm {
  let choices: PanelChoices | null = null;
  let methods: readonly MethodDescription[] = [];
  let current: PanelState | null = null;

  const choose = (change: Partial<PanelChoices>) => {
    if (!choices) return;
    choices = { ...choices, ...change };
    onChoose(choices);
  };
  const method = createGroupedDropdown('Method', name => {
    const description = methods.find(one => one.name === name);
    if (choices && description) choose(withMethod(choices, description));
  });
  const label = createGroupedDropdown('Explain', value => {
    const chosen = current && choiceOfKey(current, value);
    if (chosen) choose({ label: chosen });
  });
  const answerPart = createDropdown('Answer', value => {
    choose({ answerPart: value as AnswerPart });
  });
  const wordScores = createDropdown('Words', value => {
    choose({ wordScores: value as WordScores });
  });
  const combine = createDropdown('Combine', value => {
    choose({ aggregate: value as Aggregation });
  });
  const scalar = createDropdown('Scalar', value => {
    choose({ scalar: value as ScalarKind });
  });
  const task = createDropdown('Task', value => {
    // Choices of another task mean nothing to this one.
    const chosen = value === asTheModelSays ? null : (value as TaskKind);
    choose({ task: chosen, label: { kind: 'predicted' } });
  });
  const about = make('p', { class: 'muted about' });
  const details = make('div', { class: 'fields' });
  const parameters = createParameterFields(details, (name, value) => {
    if (choices) choose({ parameters: { ...choices.parameters, [name]: value } });
  });
  const summary = make('summary', {});
  const element = make(
    'section',
    { class: 'choices', 'aria-label': 'Choices' },
    make(
      'div',
      { class: 'fields' },
      method.element,
      label.element,
      answerPart.element,
      wordScores.element,
      combine.element,
      scalar.element,
    ),
    make('details', { class: 'parameters' }, summary, details, about),
    make(
      'details',
      { class: 'advanced' },
      make('summary', {}, 'Advanced'),
      make('div', { class: 'fields' }, task.element),
    ),
  );

  return {
    element,
    show: state => {
      current = state;
      choices = state.choices;
      methods = state.methods;
      const description = methods.find(({ name }) => name === state.choices.method);
      method.show(methodGroups(methods), state.choices.method);
      const { groups, value } = questionGroups(state);
      label.show(groups, value);
      answerPart.element.hidden = state.explanation.prediction.task !== 'question-answering';
      answerPart.show(optionsOf(answerPartWords), state.choices.answerPart);
      wordScores.element.hidden = !hasWords(state.explanation);
      wordScores.show(
        optionsOf(wordScoresWords),
        state.choices.wordScores ?? state.explanation.wordScores,
      );
      task.show(taskOptions(state), state.choices.task ?? asTheModelSays);
      combine.element.hidden = description?.aggregations.length === 0;
      combine.show(
        (description?.aggregations ?? [state.choices.aggregate]).map(value => ({
          value,
          text: aggregationWords[value],
        })),
        state.choices.aggregate,
      );
      const dictated = description?.scalar;
      const isNumber = state.explanation.prediction.link === 'identity';
      const scalars = optionsOf(scalarWords).filter(
        option => !(isNumber && option.value === 'probability'),
      );
      scalar.show(
        dictated ? scalars.filter(({ value }) => value === dictated) : scalars,
        dictated ?? state.choices.scalar,
      );
      if (!description) return;
      const any = parameters.show(description, state.choices.parameters);
      summary.textContent = any ? 'Parameters' : 'About this method';
      fill(about, description.about, ' ', make('span', { class: 'source' }, description.source));
    },
  };
}
