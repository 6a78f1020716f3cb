import type { DriversState } from '../../src/protocol';
import { make } from '../dom';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';

export interface DriversView {
  readonly element: HTMLElement;
  readonly show: (state: DriversState) => void;
}

export interface DriversViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createDriversView(_events: DriversViewEvents): DriversView {
  const element = make('div', { class: 'view drivers-view' });
  return {
    element,
    show: state => {
      element.dataset['state'] = JSON.stringify(state).slice(0, 0);
    },
  };
}
