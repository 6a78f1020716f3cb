/**
 * The only file that knows @vscode/webview-ui-toolkit. The toolkit is deprecated: to replace it (by
 * vscode-elements, say), rewrite this file and nothing else.
 */
import type {
  Button,
  Checkbox,
  Dropdown,
  Option as DropdownOption,
  TextField,
} from '@vscode/webview-ui-toolkit';
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { make } from './dom';

declare global {
  interface HTMLElementTagNameMap {
    'vscode-button': Button;
    'vscode-checkbox': Checkbox;
    'vscode-dropdown': Dropdown;
    'vscode-option': DropdownOption;
    'vscode-text-field': TextField;
  }
}

/** Defines the custom elements. Call it once, before anything below. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeTextField(),
  );
}

export interface ButtonControl {
  readonly element: HTMLElement;
  readonly setText: (text: string) => void;
  /** For a button that shows and hides something. */
  readonly setExpanded: (expanded: boolean) => void;
  readonly setEnabled: (enabled: boolean) => void;
}

/** A push button. `kind` is its weight: at most one primary button in sight. */
export function createButton(
  text: string,
  onClick: () => void,
  kind: 'primary' | 'secondary' = 'secondary',
): ButtonControl {
  const element = document.createElement('vscode-button');
  element.setAttribute('appearance', kind);
  element.textContent = text;
  element.addEventListener('click', onClick);
  return {
    element,
    setText: next => {
      if (element.textContent !== next) element.textContent = next;
    },
    setExpanded: expanded => {
      element.ariaExpanded = String(expanded);
    },
    setEnabled: enabled => {
      element.toggleAttribute('disabled', !enabled);
    },
  };
}

export interface Option {
  readonly value: string;
  readonly text: string;
  readonly disabled?: boolean;
}

export interface DropdownControl {
  readonly element: HTMLElement;
  /** Shows `options` with `value` chosen. Nothing is redrawn, and no focus lost, when they are the same. */
  readonly show: (options: readonly Option[], value: string) => void;
}

let lastId = 0;

/** A dropdown under its label. */
export function createDropdown(label: string, onChange: (value: string) => void): DropdownControl {
  const id = `field-${++lastId}`;
  const caption = make('span', { id, class: 'field-label' }, label);
  const control = document.createElement('vscode-dropdown');
  control.setAttribute('aria-labelledby', id);
  caption.addEventListener('click', () => {
    control.focus();
  });
  let shown: readonly Option[] = [];
  let wanted = '';
  const apply = () => {
    if (control.value !== wanted) control.value = wanted;
  };
  control.addEventListener('change', () => {
    if (control.value === wanted) return;
    wanted = control.value;
    onChange(wanted);
  });
  return {
    element: make('div', { class: 'field' }, caption, control),
    show: (options, value) => {
      wanted = value;
      if (JSON.stringify(options) !== JSON.stringify(shown)) {
        shown = options;
        control.replaceChildren(...options.map(option => optionElement(option, value)));
      }
      control.toggleAttribute('disabled', options.length < 2);
      apply();
      // The toolkit reads new options after its slot changed, and may fall back to the first one.
      requestAnimationFrame(apply);
    },
  };
}

function optionElement({ value, text, disabled }: Option, chosen: string): HTMLElement {
  const element = make('vscode-option', { value }, text);
  element.toggleAttribute('selected', value === chosen);
  element.toggleAttribute('disabled', disabled === true);
  return element;
}

export interface NumberControl {
  readonly element: HTMLElement;
  readonly show: (value: number) => void;
}

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

/** A field for a number under its label. A number against `rule` is refused with a sentence. */
export function createNumberField(
  label: string,
  rule: NumberRule,
  onChange: (value: number) => void,
): NumberControl {
  const field = document.createElement('vscode-text-field');
  // The toolkit takes its accessible name from this text, and from nothing else.
  field.textContent = label;
  field.setAttribute('size', '8');
  const complaint = make('span', { class: 'field-complaint', role: 'alert' });
  let shown = Number.NaN;
  const complain = (sentence: string) => {
    complaint.textContent = sentence;
    field.ariaInvalid = String(sentence !== '');
  };
  field.addEventListener('change', () => {
    const value = Number(field.value.trim().replace(',', '.'));
    const fits = field.value.trim() !== '' && value >= rule.min && value <= rule.max;
    if (!fits || (rule.whole && !Number.isInteger(value))) {
      complain(`${rule.whole ? 'A whole number' : 'A number'} from ${rule.min} to ${rule.max}.`);
      return;
    }
    complain('');
    if (value === shown) return;
    shown = value;
    onChange(value);
  });
  return {
    element: make('div', { class: 'field' }, field, complaint),
    show: value => {
      if (value === shown) return;
      shown = value;
      field.value = String(value);
      complain('');
    },
  };
}

export interface TextControl {
  readonly element: HTMLElement;
  readonly show: (value: string) => void;
}

/**
 * A field for a short text under its label; `placeholder` stands in it while it is empty. What `complaintOf` has a sentence
 * about is refused with it.
 */
export function createTextField(
  label: string,
  placeholder: string,
  onChange: (value: string) => void,
  complaintOf: (value: string) => string = () => '',
): TextControl {
  const field = document.createElement('vscode-text-field');
  field.textContent = label;
  field.setAttribute('placeholder', placeholder);
  const complaint = make('span', { class: 'field-complaint', role: 'alert' });
  const complain = (sentence: string) => {
    complaint.textContent = sentence;
    field.ariaInvalid = String(sentence !== '');
  };
  let shown = '';
  field.addEventListener('change', () => {
    const sentence = complaintOf(field.value);
    complain(sentence);
    if (sentence !== '') return;
    shown = field.value;
    onChange(field.value);
  });
  return {
    element: make('div', { class: 'field' }, field, complaint),
    show: value => {
      // What was refused stays, with its sentence, until another value is to be shown.
      if (value === shown && complaint.textContent !== '') return;
      shown = value;
      if (field.value !== value) field.value = value;
      complain('');
    },
  };
}

export interface CheckboxControl {
  readonly element: HTMLElement;
  readonly show: (checked: boolean) => void;
}

/** A box to tick, with its label beside it. */
export function createCheckbox(
  label: string,
  onChange: (checked: boolean) => void,
): CheckboxControl {
  const box = document.createElement('vscode-checkbox');
  box.textContent = label;
  let shown = false;
  box.addEventListener('change', () => {
    if (box.checked === shown) return;
    shown = box.checked;
    onChange(shown);
  });
  return {
    element: box,
    show: checked => {
      shown = checked;
      box.checked = checked;
    },
  };
}
