/** How good explanations are over a file: methods by measures, curves, and how much methods agree. */
import type { MeasureReport } from '../../src/protocol';
import { fewLinesWords } from '../../src/protocol/measureWords';
import { countOf } from '../attack/attackWords';
import { createHeatTable } from '../charts/heatTable';
import { createLineChart } from '../charts/lineChart';
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { formatCount, formatShare } from '../numbers';
import { oncePerFrame } from '../oncePerFrame';
import { showFileButton } from '../resultFile';
import { cancelByEscape, createRunHead } from '../runs/runHead';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';
import { removalWords } from '../words';
import { agreementOf, curvesOf } from './measurePictures';
import { createMeasureTable } from './measureTable';

export interface MeasuresView {
  readonly element: HTMLElement;
  /** Returns whether it is about something else than before. */
  readonly show: (report: MeasureReport) => boolean;
}

export interface MeasuresViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

const legend =
  'Mean \u00b1 standard error over the lines (of AUC-TP by bootstrap). Numbers without a word are better than those of the random explainer on the same lines; \u201cbest\u201d is the best of those.';

export function createMeasuresView({ tell, ui, setUi }: MeasuresViewEvents): MeasuresView {
  let current: MeasureReport | null = null;
  const cancel = () => {
    tell('cancel', null);
  };
  const head = createRunHead({
    progress: 'Progress of the measuring',
    doneWith: 'measured',
    onCancel: cancel,
    onResume: () => {
      tell('measuresResume', null);
    },
  });
  const facts = make('ul', { class: 'facts' });
  const files = (['jsonl', 'html'] as const).map(as => ({
    as,
    button: createButton('', () => {
      tell('measuresShowFile', { as });
    }),
  }));
  const table = createMeasureTable({ ui, setUi });
  const none = make('p', { class: 'muted' });
  const few = make('p', { class: 'says' });
  const curves = createLineChart();
  const matrix = createHeatTable(null);
  const agreement = make(
    'section',
    { class: 'run-section', 'aria-label': 'Agreement' },
    make('h3', {}, 'Agreement'),
    make(
      'p',
      { class: 'muted says' },
      'Mean rank correlation (Spearman) of the scores of two methods: 1 the same order, 0 none, \u22121 the opposite.',
    ),
    matrix.element,
  );
  const measures = make(
    'section',
    { class: 'run-section', 'aria-label': 'Measures' },
    make('h3', {}, 'Measures'),
    make('p', { class: 'muted says' }, legend),
    few,
    none,
    table.element,
  );
  const element = make(
    'div',
    { class: 'view run-view measures-view' },
    head.element,
    make(
      'div',
      { class: 'train-tools' },
      facts,
      make('div', { class: 'actions' }, ...files.map(({ button }) => button.element)),
    ),
    measures,
    make('section', { class: 'run-section', 'aria-label': 'Curves' }, curves.element),
    agreement,
  );
  cancelByEscape(element, () => current?.state === 'running', cancel);
  const draw = () => {
    if (!current) return;
    const { file, methods, saved, state } = current;
    head.show({ ...current, about: file });
    fill(facts, ...factsOf(current).map(fact => make('li', { class: 'fact' }, fact)));
    for (const { as, button } of files) showFileButton(button, saved[as]);
    table.element.hidden = methods.length === 0;
    none.hidden = methods.length > 0;
    none.textContent = state === 'running' ? 'No line is measured yet.' : 'No method was measured.';
    table.show(current);
    const fewWords = fewLinesWords(current.done);
    few.textContent = fewWords ?? '';
    few.hidden = fewWords === null;
    const data = curvesOf(current);
    curves.element.hidden = data === null;
    if (data) curves.show(data);
    agreement.hidden = methods.length < 2;
    matrix.show(agreementOf(current));
  };
  const drawSoon = oncePerFrame(draw);
  return {
    element,
    show: next => {
      const isNew = current === null || keyOf(current) !== keyOf(next);
      current = next;
      drawSoon();
      return isNew;
    },
  };
}

function factsOf({ options, errors }: MeasureReport): string[] {
  const { removal, shares, samples, seed } = options;
  return [
    `taken away: ${removalWords[removal]}`,
    `shares ${shares.map(formatShare).join(', ')}`,
    `${countOf(samples, 'sample')}, seed ${String(seed)}`,
    ...(errors > 0 ? [`${countOf(errors, 'line')} could not be measured`] : []),
  ];
}

function keyOf({ file, modelHash, options }: MeasureReport): string {
  return JSON.stringify([file, modelHash, options]);
}

/** The answer in a sentence, for ears. */
export function spokenMeasures({ file, done, methods }: MeasureReport): string {
  return `${file}: ${countOf(methods.length, 'method')} measured on ${formatCount(done)} lines.`;
}
