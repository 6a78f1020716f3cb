/** One control a parameter of the method, made from what the method says that it reads. */
import type { MethodDescription, MethodParameters, ParameterName } from '../src/protocol';
import type { NumberRule } from './controls';
import { createDropdown, createNumberField } from './controls';
import { fill } from './dom';
import {
  baselineWords,
  momentWords,
  noiseScaleWords,
  parameterOrder,
  quadratureWords,
  featureWords,
  removalWords,
} from './words';

/** `aggregate` stands beside the method, not among its details. */
type DetailName = Exclude<ParameterName, 'aggregate'>;

interface Field {
  readonly element: HTMLElement;
  readonly show: (value: string | number) => void;
}

type FieldKind =
  | { readonly title: string; readonly rule: NumberRule }
  | { readonly title: string; readonly words: Readonly<Record<string, string>> };

const wholeFrom = (min: number, max: number): NumberRule => ({ min, max, whole: true });

const kinds: Readonly<Record<DetailName, FieldKind>> = {
  steps: { title: 'Points', rule: wholeFrom(1, 10_000) },
  quadrature: { title: 'Placement', words: quadratureWords },
  baseline: { title: 'Baseline', words: baselineWords },
  samples: { title: 'Samples', rule: wholeFrom(1, 10_000) },
  noise: { title: 'Noise', rule: { min: 0, max: 100, whole: false } },
  noiseScale: { title: 'Noise scale', words: noiseScaleWords },
  moment: { title: 'Moment', words: momentWords },
  seed: { title: 'Seed', rule: wholeFrom(0, 2 ** 32 - 1) },
  feature: { title: 'What is taken away', words: featureWords },
  removal: { title: 'How', words: removalWords },
  kernelWidth: { title: 'Kernel width', rule: { min: 0.01, max: 10_000, whole: false } },
  ridge: { title: 'Ridge penalty', rule: { min: 0, max: 1e6, whole: false } },
  span: { title: 'Neighbours at a time', rule: wholeFrom(1, 100) },
  epsilon: { title: 'Epsilon (\u03b5)', rule: { min: 0, max: 1, whole: false } },
};

export interface ParameterFields {
  /** Fills `element` with the fields of `method` at their values; false when it has none. */
  readonly show: (method: MethodDescription, chosen: MethodParameters) => boolean;
}

export function createParameterFields(
  element: HTMLElement,
  onChange: (name: DetailName, value: string | number) => void,
): ParameterFields {
  const fields = new Map<DetailName, Field>();
  const fieldOf = (name: DetailName): Field => {
    const field =
      fields.get(name) ??
      createField(kinds[name], value => {
        onChange(name, value);
      });
    fields.set(name, field);
    return field;
  };
  let shown = '';
  return {
    show: (method, chosen) => {
      const names = parameterOrder.filter(
        name => name !== 'aggregate' && method.defaults[name] !== undefined,
      ) as DetailName[];
      if (names.join() !== shown) {
        shown = names.join();
        fill(element, ...names.map(name => fieldOf(name).element));
      }
      for (const name of names) fieldOf(name).show((chosen[name] ?? method.defaults[name])!);
      return names.length > 0;
    },
  };
}

function createField(kind: FieldKind, onChange: (value: string | number) => void): Field {
  if ('rule' in kind) {
    const field = createNumberField(kind.title, kind.rule, onChange);
    return {
      element: field.element,
      show: value => {
        field.show(Number(value));
      },
    };
  }
  const options = Object.entries(kind.words).map(([value, text]) => ({ value, text }));
  const field = createDropdown(kind.title, onChange);
  return {
    element: field.element,
    show: value => {
      field.show(options, String(value));
    },
  };
}
