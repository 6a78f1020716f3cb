import type { MeasureReport } from '../../src/protocol';
import { make } from '../dom';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';

export interface MeasuresView {
  readonly element: HTMLElement;
  readonly show: (state: MeasureReport) => void;
}

export interface MeasuresViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createMeasuresView(_events: MeasuresViewEvents): MeasuresView {
  const element = make('div', { class: 'view measures-view' });
  return {
    element,
    show: state => {
      element.dataset['state'] = JSON.stringify(state).slice(0, 0);
    },
  };
}
