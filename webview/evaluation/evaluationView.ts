import type { EvaluationState } from '../../src/protocol';
import { make } from '../dom';
import type { UiState } from '../uiState';
import type { ViewEvents } from '../viewEvents';

export interface EvaluationView {
  readonly element: HTMLElement;
  readonly show: (state: EvaluationState) => void;
}

export interface EvaluationViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createEvaluationView(_events: EvaluationViewEvents): EvaluationView {
  const element = make('div', { class: 'view evaluation-view' });
  return {
    element,
    show: state => {
      element.dataset['state'] = JSON.stringify(state).slice(0, 0);
    },
  };
}
