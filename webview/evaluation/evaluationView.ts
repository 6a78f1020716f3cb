/** A dataset with what the model says of it: scores, the confusion matrix, calibration, wrong lines and problems. */
import type { EvaluationCell, EvaluationState } from '../../src/protocol';
import { createReliabilityDiagram } from '../charts/reliabilityDiagram';
import { createStackedColumns } from '../charts/stackedColumns';
import { createButton, createCheckbox } from '../controls';
import { make } from '../dom';
import { showFigures } from '../figures';
import { formatCount, formatProbability, formatRate, formatShare } from '../numbers';
import { oncePerFrame } from '../oncePerFrame';
import { showFileButton } from '../resultFile';
import { cancelByEscape, createRunHead } from '../runs/runHead';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';
import { createConfusion } from './confusion';
import { evaluationFigures } from './evaluationFigures';
import { createLabelTable } from './labelTable';
import { createProblemLists } from './problemLists';
import { createWrongLines } from './wrongLines';

export interface EvaluationView {
  readonly element: HTMLElement;
  /** Returns whether it is about another file or model than the one before. */
  readonly show: (state: EvaluationState) => boolean;
  readonly showCell: (cell: EvaluationCell) => void;
  /** Something failed; what is awaited does not come. */
  readonly fail: () => void;
}

export interface EvaluationViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createEvaluationView({ tell, ui, setUi }: EvaluationViewEvents): EvaluationView {
  let current: EvaluationState | null = null;
  const cancel = () => {
    tell('cancel', null);
  };
  const onReveal = (line: number) => {
    tell('evaluationReveal', { line });
  };
  const onExplain = (line: number) => {
    tell('evaluationExplain', { line });
  };
  const head = createRunHead({
    progress: 'Progress of the evaluation',
    doneWith: 'evaluated',
    onCancel: cancel,
    onResume: () => {
      tell('evaluationResume', null);
    },
  });
  const figures = make('dl', { class: 'figures' });
  const file = createButton('', () => {
    tell('evaluationShowFile', null);
  });
  const inProblems = createCheckbox('Show wrong lines in Problems', on => {
    tell('evaluationProblems', { on });
  });
  const labels = createLabelTable({ ui, setUi });
  const confusion = createConfusion({
    ui,
    setUi,
    onReveal,
    onExplain,
    onCell: (gold, predicted) => {
      tell('evaluationShowCell', { gold, predicted });
    },
  });
  const reliability = createReliabilityDiagram();
  const histogram = createStackedColumns();
  const calibration = make(
    'section',
    { class: 'run-section', 'aria-label': 'Confidence' },
    make('h3', {}, 'Confidence'),
    make('div', { class: 'chart-pair' }, reliability.element, histogram.element),
  );
  const events = { ui, setUi, onReveal, onExplain };
  const wrong = createWrongLines(events);
  const problems = createProblemLists(onReveal);
  const element = make(
    'div',
    { class: 'view run-view evaluation-view' },
    head.element,
    figures,
    make(
      'div',
      { class: 'train-tools' },
      make('div', { class: 'checks' }, inProblems.element),
      make('div', { class: 'actions' }, file.element),
    ),
    confusion.element,
    labels.element,
    calibration,
    wrong.element,
    problems.element,
  );
  cancelByEscape(element, () => current?.state === 'running', cancel);

  const draw = () => {
    if (!current) return;
    const { summary, state, saved } = current;
    const streaming = state === 'running';
    head.show({ ...current, ...summary, state });
    showFigures(figures, evaluationFigures(summary));
    showFileButton(file, saved);
    inProblems.show(current.inProblems);
    inProblems.element.hidden = summary.task === 'regression';
    labels.show(summary.labels, summary.task, streaming);
    confusion.show(summary);
    calibration.hidden = summary.calibration === null;
    if (summary.calibration) {
      const { bins, error } = summary.calibration;
      reliability.show(calibrationWords(error), bins);
      const filled = bins.reduce((sum, { right, wrong: off }) => sum + right + off, 0);
      const sure = bins.filter(({ from }) => from >= 0.9 - 1e-9);
      const high = sure.reduce((sum, bin) => sum + bin.right + bin.wrong, 0);
      const says =
        filled === 0
          ? 'Nothing is judged yet.'
          : `${formatShare(high / filled)} of the decisions with a confidence of 90 % or more.`;
      histogram.show('Confidence of right and wrong decisions', says, bins);
    }
    wrong.show(current);
    problems.show(current);
  };
  const drawSoon = oncePerFrame(draw);
  return {
    element,
    show: next => {
      const isNew = current === null || keyOf(current) !== keyOf(next);
      // As far as it has come, and the next: the same run, unless it begins again.
      if (isNew || next.summary.done < (current?.summary.done ?? 0)) {
        labels.restart();
        confusion.restart();
        wrong.restart();
        problems.restart();
      }
      current = next;
      drawSoon();
      return isNew;
    },
    showCell: confusion.showCell,
    fail: confusion.fail,
  };
}

function keyOf({ file, about, modelName }: EvaluationState): string {
  return JSON.stringify([file, about, modelName]);
}

function calibrationWords(error: number): string {
  const value = Number.isFinite(error) ? formatProbability(error) : 'undefined: nothing is judged';
  return `Expected calibration error ${value}: the mean distance of confidence and share right, each bin by its lines.`;
}

/** The answer in a sentence, for ears. */
export function spokenEvaluation({ about, summary }: EvaluationState): string {
  const { accuracy, done } = summary;
  const score = accuracy === null ? '' : `, accuracy ${formatRate(accuracy)}`;
  return `${about}: ${formatCount(done)} lines evaluated${score}.`;
}
