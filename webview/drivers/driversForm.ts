/** How driving tokens are counted: by which method, and from how many lines on. Nothing is computed before the button is pressed. */
import type { DriversSettings, DriversState, MethodDescription } from '../../src/protocol';
import { createButton, createNumberField } from '../controls';
import { make } from '../dom';
import { methodGroups } from '../methodGroups';
import { createGroupedDropdown } from '../nativeControls';
import { createParameterFields } from '../parameterFields';

export interface DriversForm {
  readonly element: HTMLElement;
  readonly show: (state: DriversState, methods: readonly MethodDescription[]) => void;
}

export function createDriversForm(onAgain: (settings: DriversSettings) => void): DriversForm {
  let methods: readonly MethodDescription[] = [];
  let wanted: DriversSettings | null = null;
  /** What the run on screen was started with. */
  let shown = '';
  const change = (part: Partial<DriversSettings>) => {
    if (!wanted) return;
    wanted = { ...wanted, ...part };
    draw();
  };
  const method = createGroupedDropdown('Method', name => {
    const found = methods.find(one => one.name === name);
    if (found && wanted)
      change({ method: name, parameters: {}, scalar: found.scalar ?? wanted.scalar });
  });
  const least = createNumberField('Least lines', { min: 1, max: 1e6, whole: true }, leastLines => {
    change({ leastLines });
  });
  const about = make('p', { class: 'about muted' });
  const fields = make('div', { class: 'fields' });
  const parameters = createParameterFields(fields, (name, value) => {
    if (wanted) change({ parameters: { ...wanted.parameters, [name]: value } });
  });
  const again = createButton(
    'Count Again',
    () => {
      if (wanted) onAgain(wanted);
    },
    'primary',
  );
  const draw = () => {
    if (!wanted) return;
    const { method: name, parameters: chosen, leastLines } = wanted;
    const found = methods.find(one => one.name === name);
    const own = found ? [] : [{ title: '', options: [{ value: name, text: name }] }];
    method.show([...own, ...methodGroups(methods)], name);
    least.show(leastLines);
    about.textContent = found?.about ?? '';
    fields.hidden = !found || !parameters.show(found, chosen);
  };
  return {
    element: make(
      'section',
      { class: 'options-form choices', 'aria-label': 'Settings of the count' },
      make('div', { class: 'fields' }, method.element, least.element),
      fields,
      about,
      make('div', { class: 'actions' }, again.element),
    ),
    show: ({ settings, state }, offered) => {
      methods = offered;
      const now = JSON.stringify(settings);
      if (now !== shown) wanted = settings;
      shown = now;
      again.setEnabled(state !== 'running');
      draw();
    },
  };
}
