/** A training file's lines that are probably labelled wrong, the most suspicious first. */
import type { SuspicionResult, SuspicionSettings, SuspicionState } from '../../src/protocol';
import { suspicionDefaults, suspicionNames } from '../../src/protocol';
import { countOf } from '../attack/attackWords';
import { createButton, createCheckbox } from '../controls';
import { fill, make } from '../dom';
import { createHealth } from '../health';
import { formatCount, formatRaw } from '../numbers';
import { baseName } from '../resultFile';
import { createOptionsForm } from '../training/optionsForm';
import { createRunLine } from '../training/runLine';
import { areNumbers } from '../training/labelWords';
import { createProblems, createTrainingFileLine } from '../training/trainingFile';
import { featureWords, formatDuration } from '../training/trainingWords';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';
import { suspicionAbout, suspicionRules } from './suspicionFields';
import { createSuspiciousList } from './suspiciousList';

export interface SuspiciousView {
  readonly element: HTMLElement;
  /** Returns whether it is another ranking than the one before. */
  readonly show: (state: SuspicionState) => boolean;
}

export interface SuspiciousViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createSuspiciousView({ tell, ui, setUi }: SuspiciousViewEvents): SuspiciousView {
  let state: SuspicionState | null = null;
  let ranked = '';
  const cancel = () => {
    tell('cancel', null);
  };
  const name = make('span', { class: 'file' });
  const title = make('p', { class: 'ranked-says' });
  const madeBy = make('p', { class: 'muted made-by' });
  const file = createTrainingFileLine(() => {
    tell('suspiciousTrain', null);
  });
  const run = createRunLine('Progress of the ranking', cancel);
  const says = make('p', { class: 'says' });
  const scoreSays = make('p', { class: 'says muted' });
  const facts = make('ul', { class: 'facts' });
  const health = createHealth();
  const problems = createProblems();
  const form = createOptionsForm({
    label: 'Settings of the ranking',
    names: suspicionNames,
    about: suspicionAbout,
    rules: suspicionRules,
    shared: ['k', 'seed'],
    again: 'Rank Again',
    onAgain: settings => {
      tell('suspiciousAgain', settings as SuspicionSettings);
    },
  });
  const settings = make(
    'details',
    { class: 'train-settings' },
    make('summary', {}, 'Method and parameters'),
    form.element,
  );
  const filter = createCheckbox('Only lines whose label and prediction disagree', checked => {
    setUi({ suspiciousDisagreeing: checked });
    drawList();
  });
  const inProblems = createCheckbox('Show in Problems', on => {
    tell('suspiciousProblems', { on });
  });
  const copy = createButton('Copy JSON', () => {
    tell('suspiciousCopy', null);
  });
  const save = createButton('Save JSONL', () => {
    tell('suspiciousSave', null);
  });
  const list = createSuspiciousList({
    onReveal: row => {
      tell('suspiciousReveal', { row });
    },
    onExplain: row => {
      tell('suspiciousExplain', { row });
    },
  });
  const answer = make(
    'div',
    { class: 'train-answer' },
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
      make('div', { class: 'checks' }, filter.element, inProblems.element),
      make('div', { class: 'actions' }, copy.element, save.element),
    ),
    list.element,
    problems.element,
    health.passed,
  );
  const element = make(
    'div',
    { class: 'view suspicious-view' },
    make(
      'header',
      { class: 'head' },
      make('div', { class: 'head-source' }, make('h2', {}, name), madeBy),
      title,
    ),
    make('div', { class: 'train-source' }, file.element, run.element),
    settings,
    answer,
  );
  element.addEventListener('keydown', event => {
    if (event.key === 'Escape' && state?.running && !event.defaultPrevented) cancel();
  });

  const drawList = () => {
    const only = ui().suspiciousDisagreeing;
    filter.show(only);
    filter.element.hidden = areNumbers(state?.result?.rows ?? []);
    list.show(state?.result?.rows ?? [], only && !filter.element.hidden);
  };
  const draw = (now: SuspicionState) => {
    const { result, running } = now;
    file.show(now.train);
    run.show(running, doneWords(result));
    answer.hidden = result === null;
    title.hidden = result === null;
    name.textContent = baseName(now.train);
    element.classList.toggle('working', running !== null);
    const { method, options } = now.settings;
    const situation = { enabled: running === null, tagged: false };
    form.show({ method, options: { ...options } }, suspicionDefaults, situation);
    inProblems.show(now.inProblems);
    if (!result) return;
    fill(
      madeBy,
      make('span', { class: 'model-name' }, result.modelName),
      ` \u00b7 ${result.device}`,
    );
    title.textContent = disagreeWords(result);
    says.textContent = result.says;
    scoreSays.textContent = result.scoreSays;
    fill(facts, ...factsOf(result).map(fact => make('li', { class: 'fact' }, fact)));
    facts.hidden = facts.childElementCount === 0;
    health.show(result.notes);
    problems.show(result.train.problems);
  };
  return {
    element,
    show: next => {
      const isNew = state === null || keyOf(state) !== keyOf(next);
      const hasEnded = next.running === null && (isNew || state?.running !== null);
      if (hasEnded && next.result === null) settings.open = true;
      state = next;
      const now = resultKey(next.result);
      if (now !== ranked) list.toFirst();
      ranked = now;
      draw(next);
      drawList();
      return isNew;
    },
  };
}

function keyOf({ train, settings }: SuspicionState): string {
  return JSON.stringify([train, settings]);
}

/** Tells one ranking from another without looking at every row. */
function resultKey(result: SuspicionResult | null): string {
  if (result === null) return '';
  const { method, options, train, modelHash, milliseconds } = result;
  return JSON.stringify([method, options, train.path, modelHash, milliseconds]);
}

function doneWords(result: SuspicionResult | null): string {
  if (result === null) return 'Not ranked: it was stopped, or has failed.';
  const { train, milliseconds } = result;
  return `${countOf(train.lines, 'training line')} ranked in ${formatDuration(milliseconds)}`;
}

function disagreeWords({ disagreeing, train, rows }: SuspicionResult): string {
  const all = countOf(train.lines, 'label');
  if (areNumbers(rows)) return `${all} ranked`;
  return `${formatCount(disagreeing)} of ${all} ${disagreeing === 1 ? 'is' : 'are'} not what the model predicts`;
}

function factsOf({ damping, train, rows }: SuspicionResult): string[] {
  return [
    `${countOf(rows.length, 'line')} listed`,
    damping === null ? null : `damping ${formatRaw(damping, false)}`,
    featureWords(train),
  ].filter(fact => fact !== null);
}

/** The answer in a sentence, for ears. */
export function spokenRanking({ result }: SuspicionState): string {
  if (result === null) return '';
  return `${disagreeWords(result)}. ${countOf(result.rows.length, 'line')} listed, the most suspicious first.`;
}
