/** Method, label, combination and scalar: what the user may choose, and nothing that cannot be had. */
import type {
  Aggregation,
  MethodDescription,
  PanelChoices,
  PanelState,
  ScalarKind,
} from '../src/protocol';
import { labelFrom, labelOptions, labelValue, withMethod } from './choiceRules';
import { createDropdown } from './controls';
import { fill, make } from './dom';
import { createParameterFields } from './parameterFields';
import { aggregationWords, scalarWords } from './words';

export interface ChoicesForm {
  readonly element: HTMLElement;
  readonly show: (state: PanelState) => void;
}

export function createChoicesForm(onChoose: (choices: PanelChoices) => void): ChoicesForm {
  let choices: PanelChoices | null = null;
  let methods: readonly MethodDescription[] = [];

  const choose = (change: Partial<PanelChoices>) => {
    if (!choices) return;
    choices = { ...choices, ...change };
    onChoose(choices);
  };
  const method = createDropdown('Method', name => {
    const description = methods.find(one => one.name === name);
    if (choices && description) choose(withMethod(choices, description));
  });
  const label = createDropdown('Explain', value => {
    choose({ label: labelFrom(value) });
  });
  const combine = createDropdown('Combine', value => {
    choose({ aggregate: value as Aggregation });
  });
  const scalar = createDropdown('Scalar', value => {
    choose({ scalar: value as ScalarKind });
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
      combine.element,
      scalar.element,
    ),
    make('details', { class: 'parameters' }, summary, details, about),
  );

  return {
    element,
    show: state => {
      choices = state.choices;
      methods = state.methods;
      const description = methods.find(({ name }) => name === state.choices.method);
      method.show(
        methods.map(({ name, title }) => ({ value: name, text: title })),
        state.choices.method,
      );
      label.show(labelOptions(state.explanation), labelValue(state.choices.label));
      combine.show(
        (description?.aggregations ?? [state.choices.aggregate]).map(value => ({
          value,
          text: aggregationWords[value],
        })),
        state.choices.aggregate,
      );
      const dictated = description?.scalar;
      const scalars = Object.entries(scalarWords).map(([value, text]) => ({ value, text }));
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
