import type { ComparisonState } from '../../src/protocol';
import { make } from '../dom';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';

export interface CompareView {
  readonly element: HTMLElement;
  readonly show: (state: ComparisonState) => void;
}

export interface CompareViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createCompareView(_events: CompareViewEvents): CompareView {
  const element = make('div', { class: 'view compare-view' });
  return {
    element,
    show: state => {
      element.dataset['state'] = JSON.stringify(state).slice(0, 0);
    },
  };
}
