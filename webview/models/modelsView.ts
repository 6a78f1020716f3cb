import type { ModelChangesState } from '../../src/protocol';
import { make } from '../dom';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';

export interface ModelsView {
  readonly element: HTMLElement;
  readonly show: (state: ModelChangesState) => void;
}

export interface ModelsViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createModelsView(_events: ModelsViewEvents): ModelsView {
  const element = make('div', { class: 'view models-view' });
  return {
    element,
    show: state => {
      element.dataset['state'] = JSON.stringify(state).slice(0, 0);
    },
  };
}
