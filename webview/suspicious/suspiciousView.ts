/** A training file's lines that are probably labelled wrong, the most suspicious first. */
import type { SuspicionState } from '../../src/protocol';
import { make } from '../dom';

export interface SuspiciousView {
  readonly element: HTMLElement;
  /** Returns whether it is another ranking than the one before. */
  readonly show: (state: SuspicionState) => boolean;
}

export function createSuspiciousView(): SuspiciousView {
  return { element: make('div', { class: 'view suspicious-view' }), show: () => true };
}
