/** The options of a method as fields of a form: how each is written and read. */
import { createDropdown, createNumberField, createTextField } from '../controls';
import { createTextArea } from '../nativeControls';
import type { OptionShape } from './optionRules';

export interface OptionField {
  readonly element: HTMLElement;
  readonly show: (value: unknown) => void;
}

export function createOptionField(
  title: string,
  shape: OptionShape,
  onChange: (value: unknown) => void,
): OptionField {
  switch (shape.kind) {
    case 'number': {
      const control = createNumberField(title, shape.rule, onChange);
      return {
        element: control.element,
        show: value => {
          control.show(Number(value));
        },
      };
    }
    case 'choice': {
      const options = Object.entries(shape.words).map(([value, text]) => ({ value, text }));
      const control = createDropdown(title, value => {
        onChange(value === '' ? null : value);
      });
      return {
        element: control.element,
        show: value => {
          control.show(options, typeof value === 'string' ? value : '');
        },
      };
    }
    case 'lines': {
      const area = createTextArea(() => {
        onChange(partsOf(area.value(), /\n/u));
      });
      area.setLabel(title);
      let shown = '';
      return {
        element: area.element,
        show: value => {
          const next = JSON.stringify(value);
          // Whoever types an empty line is on the way to the next one.
          if (next === JSON.stringify(partsOf(area.value(), /\n/u)) && shown !== '') return;
          shown = next;
          area.setValue(listOf(value).join('\n'));
        },
      };
    }
    case 'number-or':
    case 'pattern':
    case 'patterns':
    case 'numbers': {
      const { read, write, complaintOf } = writings[shape.kind](shape as never);
      const change = (text: string) => {
        onChange(read(text));
      };
      const control = createTextField(title, shape.hint, change, complaintOf);
      return {
        element: control.element,
        show: value => {
          control.show(write(value));
        },
      };
    }
  }
}

/** How a value is written in a field for a short text, and read from it. */
interface Writing {
  readonly read: (text: string) => unknown;
  readonly write: (value: unknown) => string;
  readonly complaintOf: (text: string) => string;
}

type Shape<Kind extends OptionShape['kind']> = Extract<OptionShape, { kind: Kind }>;

const writings = {
  'number-or': ({ rule, empty, hint }: Shape<'number-or'>): Writing => ({
    read: text => (text.trim() === '' ? empty : numberIn(text)),
    write: value => (typeof value === 'number' ? String(value) : ''),
    complaintOf: text => {
      const number = numberIn(text);
      const fits = number >= rule.min && number <= rule.max;
      if (text.trim() === '' || (fits && (!rule.whole || Number.isInteger(number)))) return '';
      const kind = rule.whole ? 'A whole number' : 'A number';
      return `${kind} from ${rule.min} to ${rule.max}, or empty: ${hint}.`;
    },
  }),
  pattern: (): Writing => ({
    read: text => (text.trim() === '' ? null : text.trim()),
    write: value => (typeof value === 'string' ? value : ''),
    complaintOf: text => patternComplaint([text.trim()]),
  }),
  patterns: (): Writing => ({
    read: text => partsOf(text, /\s/u),
    write: value => listOf(value).join(' '),
    complaintOf: text => patternComplaint(partsOf(text, /\s/u)),
  }),
  numbers: (): Writing => ({
    read: text => partsOf(text, /\s/u).map(numberIn),
    write: value => listOf(value).join(' '),
    complaintOf: text =>
      partsOf(text, /\s/u).every(one => numberIn(one) > 0)
        ? ''
        : 'Numbers above 0, with blanks between.',
  }),
};

function numberIn(text: string): number {
  return Number(text.trim().replace(',', '.'));
}

function partsOf(text: string, between: RegExp): string[] {
  return text
    .split(between)
    .map(one => one.trim())
    .filter(one => one !== '');
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function patternComplaint(patterns: readonly string[]): string {
  for (const pattern of patterns) {
    try {
      new RegExp(pattern, 'u');
    } catch {
      return `\u201c${pattern}\u201d is no regular expression.`;
    }
  }
  return '';
}
