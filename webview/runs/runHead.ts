/** The head of a run over a dataset: what it is about, of which model, how far it has come, and how to stop it or go on. */
import { createButton } from '../controls';
import { make } from '../dom';
import { formatCount } from '../numbers';
import { createRunLine } from '../training/runLine';

export interface RunHead {
  readonly element: HTMLElement;
  readonly show: (run: Run) => void;
}

export interface Run {
  readonly about: string;
  readonly modelName: string;
  readonly total: number;
  readonly done: number;
  readonly state: 'running' | 'done' | 'stopped';
}

export interface RunHeadParts {
  /** For ears: 'Progress of the evaluation'. */
  readonly progress: string;
  /** 'evaluated': what is done with lines. */
  readonly doneWith: string;
  readonly onCancel: () => void;
  /** Null: a run that was stopped cannot go on. */
  readonly onResume: (() => void) | null;
}

export function createRunHead({ progress, doneWith, onCancel, onResume }: RunHeadParts): RunHead {
  const about = make('bdi', { class: 'file' });
  const model = make('p', { class: 'muted made-by' });
  const line = createRunLine(progress, onCancel);
  const resume = createButton('Resume', onResume ?? (() => undefined), 'primary');
  line.element.append(resume.element);
  return {
    element: make(
      'header',
      { class: 'head run-head' },
      make('div', { class: 'head-source' }, make('h2', {}, about), model),
      line.element,
    ),
    show: ({ about: says, modelName, total, done, state }) => {
      about.textContent = says;
      model.textContent = modelName;
      const lines = `${formatCount(done)} of ${formatCount(total)} ${total === 1 ? 'line' : 'lines'} ${doneWith}`;
      line.show(
        state === 'running' ? { done, total, says: lines } : null,
        state === 'stopped' ? `Stopped: ${lines}` : lines,
      );
      resume.element.hidden = state !== 'stopped' || onResume === null;
    },
  };
}

/** Escape stops what runs, wherever in `view` it is pressed. */
export function cancelByEscape(
  view: HTMLElement,
  isRunning: () => boolean,
  onCancel: () => void,
): void {
  view.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !event.defaultPrevented && isRunning()) onCancel();
  });
}
