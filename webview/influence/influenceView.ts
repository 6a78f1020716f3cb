/** The training lines behind a line: the line with its loss, how it was asked, and the lines that help and that hurt. */
import type {
  InfluenceMap,
  InfluenceResult,
  InfluenceSettings,
  InfluenceState,
} from '../../src/protocol';
import { influenceNames } from '../../src/protocol';
import { countOf } from '../attack/attackWords';
import { createButton, createCheckbox } from '../controls';
import { fill, make } from '../dom';
import { createHealth } from '../health';
import { createOptionsForm } from '../training/optionsForm';
import { createRunLine } from '../training/runLine';
import { areNumbers } from '../training/labelWords';
import { createProblems, createTrainingFileLine } from '../training/trainingFile';
import { formatDuration } from '../training/trainingWords';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';
import { createInfluenceColumns } from './influenceColumns';
import { influenceAbout, influenceRules } from './influenceFields';
import { createInfluenceHead, isOfRecord } from './influenceHead';
import { factsOf } from './influenceWords';

export interface InfluenceView {
  readonly element: HTMLElement;
  /** Returns whether it is another trace than the one before. */
  readonly show: (state: InfluenceState) => boolean;
  /** The record starts on this line (from 1) now. */
  readonly move: (line: number) => void;
  readonly showMap: (map: InfluenceMap) => void;
  /** Something failed; a map that is awaited is awaited no longer. */
  readonly fail: () => void;
}

export interface InfluenceViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createInfluenceView({ tell, ui, setUi }: InfluenceViewEvents): InfluenceView {
  let state: InfluenceState | null = null;
  const cancel = () => {
    tell('cancel', null);
  };
  const head = createInfluenceHead();
  const file = createTrainingFileLine(() => {
    tell('influenceTrain', null);
  });
  const run = createRunLine('Progress of the trace', cancel);
  const says = make('p', { class: 'says' });
  const scoreSays = make('p', { class: 'says muted' });
  const facts = make('ul', { class: 'facts' });
  const before = make('p', { class: 'notice notice-stale' });
  const health = createHealth();
  const problems = createProblems();
  const form = createOptionsForm({
    label: 'Settings of the trace',
    names: influenceNames,
    about: influenceAbout,
    rules: influenceRules,
    shared: ['k', 'seed', 'unit'],
    again: 'Trace Again',
    onAgain: settings => {
      tell('influenceAgain', settings as InfluenceSettings);
    },
  });
  const settings = make(
    'details',
    { class: 'train-settings' },
    make('summary', {}, 'Method and parameters'),
    form.element,
  );
  const filter = createCheckbox('Only lines whose label and prediction disagree', checked => {
    setUi({ influenceDisagreeing: checked });
    drawColumns();
  });
  const copy = createButton('Copy JSON', () => {
    tell('influenceCopy', null);
  });
  const save = createButton('Save JSONL', () => {
    tell('influenceSave', null);
  });
  const columns = createInfluenceColumns({
    onReveal: place => {
      tell('influenceReveal', place);
    },
    onExplain: place => {
      tell('influenceExplain', place);
    },
    onSaliency: place => {
      tell('influenceSaliency', place);
    },
  });
  const answer = make(
    'div',
    { class: 'train-answer' },
    before,
    make(
      'div',
      { class: 'train-made' },
      facts,
      make(
        'details',
        { class: 'train-how' },
        make('summary', {}, 'How it was computed, and what a score is'),
        says,
        scoreSays,
      ),
    ),
    health.warnings,
    make(
      'div',
      { class: 'train-tools' },
      filter.element,
      make('div', { class: 'actions' }, copy.element, save.element),
    ),
    columns.element,
    problems.element,
    health.passed,
  );
  const element = make(
    'div',
    { class: 'view influence-view' },
    head.element,
    make('div', { class: 'train-source' }, file.element, run.element),
    settings,
    answer,
  );
  element.addEventListener('keydown', event => {
    if (event.key === 'Escape' && state?.running && !event.defaultPrevented) cancel();
  });

  const drawColumns = () => {
    const only = ui().influenceDisagreeing;
    const result = state?.result ?? null;
    filter.show(only);
    filter.element.hidden = result !== null && areNumbers([...result.helps, ...result.hurts]);
    columns.show(result, only && !filter.element.hidden);
  };
  const draw = (now: InfluenceState) => {
    const { result, running } = now;
    head.show(now);
    file.show(now.train);
    run.show(running, doneWords(result));
    answer.hidden = result === null;
    element.classList.toggle('working', running !== null);
    const { method, options } = now.settings;
    form.show({ method, options: { ...options } }, { ...now.defaults }, situationOf(now));
    if (!result) return;
    says.textContent = result.says;
    scoreSays.textContent = result.scoreSays;
    fill(facts, ...factsOf(result).map(fact => make('li', { class: 'fact' }, fact)));
    facts.hidden = facts.childElementCount === 0;
    before.textContent = 'What is below is the answer before, about something else.';
    before.hidden = isOfRecord(now);
    health.show(result.notes);
    problems.show(result.train.problems);
  };
  return {
    element,
    show: next => {
      const isNew = state === null || keyOf(state) !== keyOf(next);
      const hasEnded = next.running === null && (isNew || state?.running !== null);
      // Without an answer what can be done is to ask in another way.
      if (hasEnded && next.result === null) settings.open = true;
      state = next;
      draw(next);
      drawColumns();
      return isNew;
    },
    move: line => {
      if (!state?.record) return;
      state = { ...state, record: { ...state.record, line } };
      head.show(state);
    },
    showMap: columns.showMap,
    fail: columns.fail,
  };
}

/** What is asked, but for how far it has come, and for edits above the line. */
function keyOf({ record, about, train, settings }: InfluenceState): string {
  return JSON.stringify([record?.file, record?.text, record?.pair, about, train, settings]);
}

function situationOf({ record, result, running }: InfluenceState) {
  const words = record?.words ?? result?.test?.words ?? null;
  return { enabled: running === null, tagged: words !== null };
}

function doneWords(result: InfluenceResult | null): string {
  if (result === null) return 'Not traced: it was stopped, or has failed.';
  const { train, milliseconds } = result;
  return `${countOf(train.lines, 'training line')} traced in ${formatDuration(milliseconds)}`;
}

/** The answer in a sentence, for ears. */
export function spokenTrace({ result, about, record }: InfluenceState): string {
  if (result === null) return '';
  const what = record ? `${record.file}, line ${record.line}` : about;
  const { helps, hurts } = result;
  return `${what}: ${countOf(helps.length, 'line')} that ${helps.length === 1 ? 'helps' : 'help'}, ${hurts.length} that ${hurts.length === 1 ? 'hurts' : 'hurt'}.`;
}
