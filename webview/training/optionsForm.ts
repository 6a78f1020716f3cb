/** Method and options of a run over a training file: those that the method reads, the common ones first. */
import { createButton, createDropdown } from '../controls';
import { fill, make } from '../dom';
import type { OptionField } from './optionFields';
import { createOptionField } from './optionFields';
import type { OptionRule, OptionValues } from './optionRules';

export interface Settings<Method extends string> {
  readonly method: Method;
  readonly options: OptionValues;
}

export interface OptionsFormParts<Method extends string> {
  /** Of the section, for ears: 'Settings of the trace'. */
  readonly label: string;
  readonly names: Readonly<Record<Method, string>>;
  /** One line about each. */
  readonly about: Readonly<Record<Method, string>>;
  /** In the order in which they are offered. */
  readonly rules: readonly OptionRule<Method>[];
  /** Options that mean the same to every method: they stay when another one is chosen. */
  readonly shared: readonly string[];
  /** Words of the button. */
  readonly again: string;
  readonly onAgain: (settings: Settings<Method>) => void;
}

export interface Situation {
  /** Another run may be started. */
  readonly enabled: boolean;
  /** The texts have a tag for each word. */
  readonly tagged: boolean;
}

export interface OptionsForm<Method extends string> {
  readonly element: HTMLElement;
  /** `settings`: what the last run was started with. */
  readonly show: (settings: Settings<Method>, defaults: OptionValues, now: Situation) => void;
}

export function createOptionsForm<Method extends string>(
  parts: OptionsFormParts<Method>,
): OptionsForm<Method> {
  const { names, about, rules, shared } = parts;
  let settings: Settings<Method> | null = null;
  let defaults: OptionValues = {};
  let tagged = false;
  let received = '';
  /** As each method was set last: what fits the one means nothing to the other. */
  const kept = new Map<Method, OptionValues>();

  const set = (name: string, value: unknown) => {
    if (!settings) return;
    settings = { ...settings, options: { ...settings.options, [name]: value } };
    draw();
  };
  const choose = (method: Method) => {
    if (!settings) return;
    kept.set(settings.method, settings.options);
    const same = Object.entries(settings.options).filter(([name]) => shared.includes(name));
    settings = { method, options: { ...kept.get(method), ...Object.fromEntries(same) } };
    draw();
  };
  const method = createDropdown('Method', value => {
    choose(value as Method);
  });
  const fields = new Map<OptionRule<Method>, OptionField>(
    rules.map(rule => [
      rule,
      createOptionField(rule.title, rule.shape, value => {
        set(rule.name, value);
      }),
    ]),
  );
  const says = make('p', { class: 'muted about' });
  const common = make('div', { class: 'fields' });
  const others = make('div', { class: 'fields' });
  const more = make('details', { class: 'advanced' }, make('summary', {}, 'More options'), others);
  const again = createButton(
    parts.again,
    () => {
      if (settings) parts.onAgain(settings);
    },
    'primary',
  );
  const element = make(
    'section',
    { class: 'choices options-form', 'aria-label': parts.label },
    common,
    says,
    more,
    make('div', { class: 'actions' }, again.element),
  );

  let placed = '';
  const draw = () => {
    if (!settings) return;
    const { method: chosen } = settings;
    const options: OptionValues = { ...defaults, ...settings.options };
    const offered = rules.filter(
      ({ methods, fits, onlyTagged = false }) =>
        methods.includes(chosen) && (fits?.(options) ?? true) && (tagged || !onlyTagged),
    );
    const elementsOf = (wanted: boolean) =>
      offered.filter(rule => rule.common === wanted).map(rule => fields.get(rule)!.element);
    // Put in anew only when other fields are offered: the focus must stay where it is.
    const key = JSON.stringify(offered.map(rule => rules.indexOf(rule)));
    if (key !== placed) {
      placed = key;
      const { activeElement } = document;
      fill(common, method.element, ...elementsOf(true));
      fill(others, ...elementsOf(false));
      more.hidden = others.childElementCount === 0;
      if (activeElement instanceof HTMLElement && element.contains(activeElement))
        activeElement.focus({ preventScroll: true });
    }
    const choices = Object.entries<string>(names).map(([value, text]) => ({ value, text }));
    method.show(choices, chosen);
    says.textContent = about[chosen];
    for (const rule of offered) fields.get(rule)!.show(options[rule.name]);
  };
  return {
    element,
    show: (next, all, now) => {
      const told = JSON.stringify(next);
      // While a run goes on its state comes again and again; what was set since then stays.
      if (told !== received) {
        received = told;
        settings = next;
      }
      defaults = all;
      tagged = now.tagged;
      draw();
      again.setEnabled(now.enabled);
    },
  };
}
