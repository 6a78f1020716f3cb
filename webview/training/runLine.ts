/** How far a run over a training file has come, with a way to stop it; afterwards what it took. Both in the same room. */
import type { Progress } from '../../src/protocol';
import { createButton } from '../controls';
import { make } from '../dom';
import { formatShare } from '../numbers';

export interface RunLine {
  readonly element: HTMLElement;
  /** `says` is told where nothing runs. */
  readonly show: (running: Progress | null, says: string) => void;
}

export function createRunLine(label: string, onCancel: () => void): RunLine {
  const length = make('span', { class: 'run-length' });
  const bar = make('div', { class: 'run-bar', role: 'progressbar', 'aria-label': label }, length);
  const words = make('span', { class: 'run-says' });
  const cancel = createButton('Cancel', onCancel);
  const element = make('div', { class: 'run-line' }, bar, words, cancel.element);
  return {
    element,
    show: (running, says) => {
      const part = running && running.total > 0 ? running.done / running.total : null;
      const share = part === null ? '' : ` \u00b7 ${formatShare(Math.min(1, part))}`;
      words.textContent = running ? `${running.says}${share}` : says;
      words.title = words.textContent;
      element.classList.toggle('run-now', running !== null);
      bar.classList.toggle('run-unknown', part === null);
      bar.hidden = running === null;
      length.style.setProperty('--part', String(Math.min(1, part ?? 0)));
      if (part === null) bar.removeAttribute('aria-valuenow');
      else bar.setAttribute('aria-valuenow', String(Math.round(100 * Math.min(1, part))));
      if (running) bar.setAttribute('aria-valuetext', words.textContent);
      cancel.element.hidden = running === null;
    },
  };
}
