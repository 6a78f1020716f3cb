/** What an attack is started with: the options that it reads, the common ones first. */
import type {
  AttackEdit,
  AttackKind,
  AttackOptions,
  AttackSettings,
  AttackState,
  ResolvedAttackOptions,
} from '../../src/protocol';
import { attackEdits, attackNames } from '../../src/protocol';
import {
  createButton,
  createCheckbox,
  createDropdown,
  createNumberField,
  createTextField,
} from '../controls';
import { fill, make } from '../dom';
import type { FieldName, FieldRule, Situation } from './attackFields';
import { fieldRules, isOffered } from './attackFields';
import { editWords } from './attackWords';

export interface AttackForm {
  readonly element: HTMLElement;
  readonly show: (state: AttackState) => void;
}

interface Field {
  readonly rule: FieldRule;
  readonly element: HTMLElement;
  readonly show: (options: ResolvedAttackOptions) => void;
}

/** Value of the entry that is no target. */
const anything = '';

export function createAttackForm(onAttack: (settings: AttackSettings) => void): AttackForm {
  let settings = unset('hotflip');
  /** As each attack was set last: what fits the one means nothing to the other. */
  const kept = new Map<AttackKind, AttackSettings>();
  let received = '';
  let state: AttackState | null = null;

  const change = (next: Partial<AttackSettings>) => {
    settings = { ...settings, ...next };
    draw();
  };
  const set = <Name extends keyof AttackOptions>(name: Name, value: AttackOptions[Name]) => {
    change({ options: { ...settings.options, [name]: value } });
  };

  const attack = createDropdown('Attack', value => {
    kept.set(settings.attack, settings);
    change(kept.get(value as AttackKind) ?? unset(value as AttackKind));
  });
  const target = createDropdown('Target', value => {
    change({ target: value === anything ? null : value });
  });
  const freeTarget = createTextField('Target', 'anything else', value => {
    change({ target: value.trim() === '' ? null : value.trim() });
  });
  const field = createDropdown('Change', value => {
    set('field', value as 'text' | 'pair' | 'both');
  });
  const ignore = createTextField('Never change (tokens, with blanks between)', 'none', value => {
    set('ignore', wordsIn(value));
  });
  const edits = attackEdits.map(edit => ({
    edit,
    box: createCheckbox(editWords[edit], checked => {
      set('edits', withEdit(edit, checked));
    }),
  }));
  const withEdit = (edit: AttackEdit, checked: boolean): AttackEdit[] => {
    const chosen = settings.options.edits ?? state?.defaults.edits ?? [];
    const next = attackEdits.filter(one => (one === edit ? checked : chosen.includes(one)));
    return next.length > 0 ? next : [...chosen];
  };
  const fields = fieldRules.map(rule =>
    createField(rule, (name, value) => {
      set(name, value as never);
    }),
  );

  const common = make('div', { class: 'fields' });
  const flips = make(
    'div',
    { class: 'checks', role: 'group', 'aria-label': 'What may be done to the text' },
    ...edits.map(({ box }) => box.element),
  );
  const others = make('div', { class: 'fields' });
  const filters = make('div', { class: 'checks', role: 'group', 'aria-label': 'Filters' });
  const preset = make(
    'p',
    { class: 'muted' },
    'The preset decides everything else, as AllenNLP does.',
  );
  const again = createButton(
    'Attack Again',
    () => {
      onAttack(settings);
    },
    'primary',
  );
  const element = make(
    'section',
    { class: 'choices attack-form', 'aria-label': 'Settings of the attack' },
    common,
    flips,
    make('details', { class: 'advanced' }, make('summary', {}, 'More options'), others, filters),
    preset,
    make('div', { class: 'actions' }, again.element),
  );

  let placed = '';
  const draw = () => {
    if (!state) return;
    const { result, record, targets } = state;
    const options: ResolvedAttackOptions = { ...state.defaults, ...settings.options };
    const { task } = result.original.prediction;
    const situation: Situation = { settings, task, isPair: record.pair !== null };
    const isFlip = settings.attack === 'hotflip';
    const isPreset = options.preset === 'allennlp';
    const offered = fields.filter(({ rule }) => isOffered(rule, situation));
    const inCommon = offered.filter(({ rule }) => rule.common).map(one => one.element);
    const isFlag = ({ rule }: Field) => rule.shape.kind === 'flag';
    const hidden = offered.filter(({ rule }) => !rule.common);
    const targetElement = targets.length > 0 ? target.element : freeTarget.element;
    const next = [
      [attack.element, ...(isFlip ? [targetElement] : []), ...inCommon],
      [
        ...(situation.isPair ? [field.element] : []),
        ...hidden.filter(one => !isFlag(one)).map(one => one.element),
        ...(isPreset ? [] : [ignore.element]),
      ],
      hidden.filter(isFlag).map(one => one.element),
    ] as const;
    // Put in anew only when other fields are offered: the focus must stay where it is.
    const key = JSON.stringify([
      offered.map(({ rule }) => rule.name),
      isFlip,
      isPreset,
      situation.isPair,
      targets.length > 0,
    ]);
    if (key !== placed) {
      placed = key;
      const { activeElement } = document;
      fill(common, ...next[0]);
      fill(others, ...next[1]);
      fill(filters, ...next[2]);
      if (activeElement instanceof HTMLElement && element.contains(activeElement))
        activeElement.focus({ preventScroll: true });
    }
    flips.hidden = !isFlip || isPreset;
    filters.hidden = next[2].length === 0;
    preset.hidden = !isPreset;
    attack.show(optionsOf(attackNames), settings.attack);
    const names = settings.target === null ? targets : [...new Set([...targets, settings.target])];
    target.show(
      [
        { value: anything, text: 'Anything else' },
        ...names.map(name => ({ value: name, text: name })),
      ],
      settings.target ?? anything,
    );
    freeTarget.show(settings.target ?? '');
    if (record.pair) {
      const choices = {
        both: 'Both texts',
        text: record.field || 'The first text',
        pair: record.pair.field || 'The second text',
      };
      field.show(optionsOf(choices), options.field);
    }
    ignore.show(options.ignore.join(' '));
    for (const { edit, box } of edits) box.show(options.edits.includes(edit));
    for (const one of fields) one.show(options);
  };

  return {
    element,
    show: next => {
      state = next;
      const { settings: started, record } = next;
      const told = JSON.stringify([started, record.file, record.text, record.pair]);
      // While an attack runs its state comes again and again; what was set since then stays.
      if (told !== received) {
        received = told;
        settings = started;
      }
      draw();
      again.setEnabled(!next.running);
    },
  };
}

function unset(attack: AttackKind): AttackSettings {
  return { attack, options: {}, target: null };
}

function wordsIn(text: string): string[] {
  return text.split(/\s+/u).filter(word => word !== '');
}

function optionsOf(words: Readonly<Record<string, string>>) {
  return Object.entries(words).map(([value, text]) => ({ value, text }));
}

function createField(
  rule: FieldRule,
  onChange: (name: FieldName, value: string | number | boolean) => void,
): Field {
  const { name, title, shape } = rule;
  const change = (value: string | number | boolean) => {
    onChange(name, value);
  };
  switch (shape.kind) {
    case 'number': {
      const control = createNumberField(title, shape.rule, change);
      return {
        rule,
        element: control.element,
        show: options => {
          control.show(Number(options[name]));
        },
      };
    }
    case 'choice': {
      const control = createDropdown(title, change);
      return {
        rule,
        element: control.element,
        show: options => {
          control.show(optionsOf(shape.words), String(options[name]));
        },
      };
    }
    case 'flag': {
      const control = createCheckbox(title, change);
      return {
        rule,
        element: control.element,
        show: options => {
          control.show(options[name] === true);
        },
      };
    }
  }
}
