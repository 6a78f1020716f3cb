/** The training lines behind a line: those that help its prediction and those that hurt it. */
import type { InfluenceMap, InfluenceState } from '../../src/protocol';
import { make } from '../dom';

export interface InfluenceView {
  readonly element: HTMLElement;
  /** Returns whether it is another trace than the one before. */
  readonly show: (state: InfluenceState) => boolean;
  /** The record starts on this line (from 1) now. */
  readonly move: (line: number) => void;
  readonly showMap: (map: InfluenceMap) => void;
}

export function createInfluenceView(): InfluenceView {
  return {
    element: make('div', { class: 'view influence-view' }),
    show: () => true,
    move: () => undefined,
    showMap: () => undefined,
  };
}
