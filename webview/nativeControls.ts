/** Controls that the toolkit lacks: the browser's own, in the toolkit's look. */
import type { Option } from './controls';
import { make } from './dom';

let lastId = 0;

/** Options under a heading. */
export interface OptionGroup {
  /** '' for options without a heading. */
  readonly title: string;
  readonly options: readonly Option[];
}

export interface GroupedDropdownControl {
  readonly element: HTMLElement;
  /** Shows `groups` with `value` chosen; nothing is redrawn, and no focus lost, when they are the same. */
  readonly show: (groups: readonly OptionGroup[], value: string) => void;
}

/** A dropdown with headings under its label. The toolkit has no headings. */
export function createGroupedDropdown(
  label: string,
  onChange: (value: string) => void,
): GroupedDropdownControl {
  const id = `grouped-${++lastId}`;
  const control = make('select', { id, class: 'grouped' });
  let shown = '';
  control.addEventListener('change', () => {
    onChange(control.value);
  });
  return {
    element: make(
      'div',
      { class: 'field' },
      make('label', { for: id, class: 'field-label' }, label),
      control,
    ),
    show: (groups, value) => {
      const next = JSON.stringify(groups);
      if (next !== shown) {
        shown = next;
        control.replaceChildren(...groups.flatMap(groupElements));
      }
      control.value = value;
      control.disabled = groups.reduce((sum, { options }) => sum + options.length, 0) < 2;
    },
  };
}

function groupElements({ title, options }: OptionGroup): HTMLElement[] {
  const elements = options.map(({ value, text, disabled }) => {
    const option = make('option', { value }, text);
    option.disabled = disabled === true;
    return option;
  });
  return title === '' ? elements : [make('optgroup', { label: title }, ...elements)];
}

export interface TextAreaControl {
  readonly element: HTMLElement;
  readonly value: () => string;
  readonly setValue: (text: string) => void;
  readonly setLabel: (label: string) => void;
}

/**
 * A field for a text of several lines under its label. `onInput` hears of every change; while an input method composes
 * a character, only of what it ends with.
 */
export function createTextArea(onInput: () => void): TextAreaControl {
  const id = `area-${++lastId}`;
  const caption = make('label', { for: id, class: 'field-label' });
  const area = make('textarea', { id, class: 'text-area', rows: '3', dir: 'auto' });
  area.spellcheck = false;
  area.addEventListener('input', event => {
    if (!(event instanceof InputEvent && event.isComposing)) onInput();
  });
  area.addEventListener('compositionend', onInput);
  return {
    element: make('div', { class: 'field' }, caption, area),
    value: () => area.value,
    setValue: text => {
      if (area.value !== text) area.value = text;
    },
    setLabel: label => {
      caption.textContent = label;
    },
  };
}
