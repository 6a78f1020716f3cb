/** An attack: how it ended, its steps to walk through, what the model says at each, and what to attack with next. */
import type {
  AttackMap,
  AttackResult,
  AttackState,
  AttackedText,
  FieldIndex,
} from '../../src/protocol';
import { createMarkedMap } from '../changes/markedMap';
import type { MarkedField } from '../changes/markedMap';
import type { Mark } from '../changes/marks';
import { marksOf, spokenMark } from '../changes/marks';
import { createCompareBars } from '../compareBars';
import { createButton } from '../controls';
import { make } from '../dom';
import { createHealth } from '../health';
import { formatProbability } from '../numbers';
import type { ViewEvents } from '../viewEvents';
import { createAttackForm } from './attackForm';
import { createAttackHead } from './attackHead';
import { decidedShare } from './decidedShare';
import type { StepIndex } from './stepper';
import { createStepper } from './stepper';
import { createTraceChart } from './traceChart';

/** Milliseconds on a step before its map is asked for: whoever walks on needs none. */
const askAfter = 200;

const waitsForEnd = 'The map of this text comes when the attack has ended.';
const isOnItsWay = 'The map of this text is on its way.';
const isMissing = 'There is no map of this text.';

export interface AttackView {
  readonly element: HTMLElement;
  /** Returns whether it is another attack than the one before. */
  readonly show: (state: AttackState) => boolean;
  /** The record starts on this line (from 1) now. */
  readonly move: (line: number) => void;
  readonly showMap: (map: AttackMap) => void;
  /** Something failed; when it was the map that is awaited, it is awaited no longer. */
  readonly fail: () => void;
}

export function createAttackView({ tell, announce }: ViewEvents): AttackView {
  let state: AttackState | null = null;
  /** Null: the last step, whichever it is; so a running attack is followed. */
  let picked: StepIndex | null = null;
  /** Maps by text: a step that is walked over again has its map at once. */
  let maps = new Map<string, AttackMap['state']>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = '';

  const head = createAttackHead(() => {
    tell('cancel', null);
  });
  const stepper = createStepper(step => {
    choose(step);
    stepper.focus();
  });
  const chart = createTraceChart(step => {
    choose(step);
  });
  const map = createMarkedMap('Text of the step');
  const bars = createCompareBars();
  const health = createHealth();
  const form = createAttackForm(settings => {
    tell('attackAgain', settings);
  });
  const back = createButton('Previous Step', () => {
    choose(now() - 1);
  });
  const on = createButton('Next Step', () => {
    choose(now() + 1);
  });
  const append = createButton('Append to Dataset File', () => {
    tell('attackAppend', { step: now() });
  });
  const copyJson = createButton('Copy JSON', () => {
    tell('attackCopy', { as: 'json' });
  });
  const copyText = createButton('Copy Text', () => {
    tell('attackCopy', { as: 'text' });
  });
  const trace = make(
    'section',
    { class: 'trace', 'aria-label': 'Trace' },
    make(
      'div',
      { class: 'step-row' },
      stepper.element,
      make('div', { class: 'step-buttons' }, back.element, on.element),
    ),
    map.element,
    make('div', { class: 'step-numbers' }, bars.element, chart.element),
  );

  const now = (): StepIndex => {
    const last = (state?.result.steps.length ?? 0) - 1;
    return Math.max(-1, Math.min(picked ?? last, last));
  };
  const choose = (step: StepIndex) => {
    if (!state) return;
    const last = state.result.steps.length - 1;
    const next = Math.max(-1, Math.min(step, last));
    if (next === now()) return;
    picked = next === last && state.running ? null : next;
    drawStep();
    announce(spokenStep(state, next));
  };
  trace.addEventListener('keydown', event => {
    // Arrows in the map walk from token to token.
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: now() - 1,
      ArrowUp: now() - 1,
      ArrowRight: now() + 1,
      ArrowDown: now() + 1,
      Home: -1,
      End: Infinity,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    choose(target);
    if (stepper.element.contains(document.activeElement)) stepper.focus();
  });

  const drawStep = () => {
    if (!state) return;
    const { result } = state;
    const step = now();
    const text = result.steps[step] ?? result.original;
    const known = maps.get(keyOf(text)) ?? null;
    stepper.show(result, step);
    chart.show(result, step);
    back.setEnabled(step > -1);
    on.setEnabled(step < result.steps.length - 1);
    bars.show(
      result.original.prediction,
      text.prediction,
      step < 0 ? 'the same' : `step ${step + 1}`,
    );
    map.show(fieldsOf(state, step), known, state.running ? waitsForEnd : isOnItsWay);
    ask(step, keyOf(text), known !== null);
  };
  const ask = (step: StepIndex, key: string, isKnown: boolean) => {
    clearTimeout(timer);
    // A running attack has the model for itself.
    if (isKnown || state?.running !== false || key === asked) return;
    timer = setTimeout(() => {
      asked = key;
      tell('attackStep', { step });
    }, askAfter);
  };

  return {
    element: make(
      'div',
      { class: 'view attack-view' },
      head.element,
      health.warnings,
      trace,
      make('div', { class: 'actions' }, append.element, copyJson.element, copyText.element),
      form.element,
      health.passed,
    ),
    show: next => {
      const isNew = state === null || !continues(state, next);
      state = next;
      if (isNew) {
        picked = null;
        maps = new Map();
        asked = '';
      }
      trace.classList.toggle('reduction', next.result.attack === 'input-reduction');
      head.show(next);
      health.show(next.result.notes);
      drawStep();
      form.show(next);
      return isNew;
    },
    move: line => {
      if (!state) return;
      state = { ...state, record: { ...state.record, line } };
      head.show(state);
    },
    showMap: ({ state: shown }) => {
      const { text, pair } = shown.record;
      // Maps by another method do not stand beside these.
      if ([...maps.values()].some(old => methodOf(old) !== methodOf(shown))) maps = new Map();
      maps.set(JSON.stringify([text, pair?.text ?? null]), shown);
      asked = '';
      drawStep();
    },
    fail: () => {
      if (!state || asked === '') return;
      asked = '';
      map.show(fieldsOf(state, now()), null, isMissing);
    },
  };
}

/** Whether `next` is the attack `before` further on, or the same again. */
function continues(before: AttackState, next: AttackState): boolean {
  const key = ({ record, settings }: AttackState) =>
    JSON.stringify([record.file, record.text, record.pair, settings]);
  if (key(before) !== key(next)) return false;
  return before.running || JSON.stringify(before.result) === JSON.stringify(next.result);
}

/** How a map was made, but for the decision, which is another at each step. */
function methodOf({ choices }: AttackMap['state']): string {
  return JSON.stringify({ ...choices, label: null });
}

function keyOf({ text, pair }: AttackedText): string {
  return JSON.stringify([text, pair]);
}

function fieldsOf({ record, result }: AttackState, step: StepIndex): MarkedField[] {
  const { text, pair } = result.steps[step] ?? result.original;
  const first = { name: record.field, text, marks: marksAt(result, step, 0) };
  if (pair === null) return [first];
  return [first, { name: record.pair?.field ?? '', text: pair, marks: marksAt(result, step, 1) }];
}

function marksAt({ steps }: AttackResult, at: StepIndex, field: FieldIndex): Mark[] {
  const step = steps[at];
  return step ? marksOf(field, step.changes, step.changed) : [];
}

function spokenStep(state: AttackState, step: StepIndex): string {
  const { result } = state;
  const text = result.steps[step] ?? result.original;
  const share = decidedShare(text.prediction);
  const decision = share === null ? text.label : `${text.label} ${formatProbability(share)}`;
  if (step < 0) return `Original: ${decision}.`;
  const fresh = [...marksAt(result, step, 0), ...marksAt(result, step, 1)].filter(
    mark => mark.isNew,
  );
  return `Step ${step + 1} of ${result.steps.length}: ${decision}. ${fresh.map(spokenMark).join(', ')}.`;
}
