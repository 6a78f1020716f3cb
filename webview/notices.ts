/**
 * What is going on: a thin bar while something is computed, a way to stop it when it takes long, one
 * sentence when it failed. Nothing here moves what is below while a computation runs.
 */
import { createButton } from './controls';
import { fill, make } from './dom';

/** Milliseconds before the old result fades: a quicker answer should not make the panel flicker. */
const fadeAfter = 100;
/** Milliseconds before a running computation may be cancelled: most are done by then. */
const cancelAfter = 300;

export interface Notices {
  readonly element: HTMLElement;
  /** Says something to screen readers only. */
  readonly announce: (sentence: string) => void;
  readonly busy: (says: string) => void;
  readonly idle: () => void;
  /** One sentence about why there is nothing new; null takes it away. */
  readonly failed: (message: string | null) => void;
  /** What failed before is past: the user does something else. What is at work goes on. */
  readonly forget: () => void;
  /** One sentence about why what is shown is out of date; null takes it away. */
  readonly stale: (says: string | null) => void;
}

export interface NoticeEvents {
  readonly onCancel: () => void;
  readonly onShowLog: () => void;
}

export function createNotices(events: NoticeEvents): Notices {
  const bar = make('div', { class: 'progress', 'aria-hidden': 'true' });
  const says = make('span', { class: 'busy-says' });
  const cancel = createButton('Cancel', events.onCancel);
  const box = make('div', { class: 'busy-box' }, says, cancel.element);
  const live = make('div', { class: 'for-ears', role: 'status', 'aria-live': 'polite' });
  const reason = make('p', { role: 'alert' });
  const log = createButton('Show Log', events.onShowLog);
  const failure = make('div', { class: 'notice notice-error' }, reason, log.element);
  const staleness = make('p', { class: 'notice notice-stale', role: 'status' });
  box.hidden = true;
  bar.hidden = true;
  failure.hidden = true;
  staleness.hidden = true;

  let timers: ReturnType<typeof setTimeout>[] = [];
  const idle = () => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    bar.hidden = true;
    box.hidden = true;
    delete document.body.dataset['busy'];
  };
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !box.hidden) events.onCancel();
  });

  return {
    element: make('div', { class: 'notices' }, bar, box, live, failure, staleness),
    announce: sentence => {
      live.textContent = sentence;
    },
    busy: sentence => {
      says.textContent = sentence;
      failure.hidden = true;
      if (timers.length > 0) return;
      const fade = () => {
        bar.hidden = false;
        document.body.dataset['busy'] = '';
      };
      const offerCancel = () => {
        box.hidden = false;
        live.textContent = says.textContent;
      };
      timers = [setTimeout(fade, fadeAfter), setTimeout(offerCancel, cancelAfter)];
    },
    idle,
    failed: message => {
      idle();
      fill(reason, message ?? '');
      failure.hidden = message === null;
    },
    forget: () => {
      failure.hidden = true;
    },
    stale: sentence => {
      staleness.textContent = sentence ?? '';
      staleness.hidden = sentence === null;
    },
  };
}
