/** The lines that the model gets wrong, the most confident first; of numbers those that are off the most. */
import type { EvaluationState } from '../../src/protocol';
import { make } from '../dom';
import { formatCount } from '../numbers';
import { countOf } from '../attack/attackWords';
import type { LineTableParts } from './lineTable';
import { createLineTable } from './lineTable';

export interface WrongLines {
  readonly element: HTMLElement;
  readonly show: (state: EvaluationState) => void;
  readonly restart: () => void;
}

export function createWrongLines(
  events: Omit<LineTableParts, 'label' | 'name' | 'size'>,
): WrongLines {
  const wrong = createLineTable({
    ...events,
    label: 'Wrong lines',
    name: 'wrong',
    size: 'confidence',
  });
  const far = createLineTable({
    ...events,
    label: 'Largest errors',
    name: 'errors',
    size: 'error',
  });
  const title = make('h3', {});
  const says = make('p', { class: 'muted' });
  const element = make(
    'section',
    { class: 'run-section' },
    title,
    says,
    wrong.element,
    far.element,
  );
  return {
    element,
    show: state => {
      const isNumber = state.summary.task === 'regression';
      title.textContent = isNumber ? 'Largest errors' : 'Wrong lines';
      element.ariaLabel = title.textContent;
      says.textContent = wordsOf(state, isNumber);
      const rows = state.wrong;
      wrong.element.hidden = isNumber || rows.length === 0;
      far.element.hidden = !isNumber || rows.length === 0;
      (isNumber ? far : wrong).show(rows, state.state === 'running');
    },
    restart: () => {
      wrong.restart();
      far.restart();
    },
  };
}

function wordsOf({ wrong, summary, state }: EvaluationState, isNumber: boolean): string {
  const { judged, right } = summary;
  const running = state === 'running';
  if (judged === 0)
    return running ? 'No line is judged yet.' : 'No line has a gold label to be judged by.';
  if (isNumber) return `The ${countOf(wrong.length, 'line')} that are off the most.`;
  const count = judged - right;
  if (count === 0) return running ? 'None so far.' : 'None.';
  if (wrong.length < count)
    return `${formatCount(count)} lines; the ${formatCount(wrong.length)} of which the model is most confident are listed.`;
  return `${countOf(count, 'line')}.`;
}
