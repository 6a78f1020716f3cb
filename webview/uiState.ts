/** What the panel remembers of itself while it is hidden and after VS Code was closed. */
import type { PanelMemory } from '../src/protocol';
import type { SortKey, TableSort } from './tableSort';

export interface UiState {
  readonly tableOpen: boolean;
  readonly sort: TableSort;
}

/** The saved state: the panel's own, and what the host needs to ask for the explanation again. */
export type SavedState = UiState & Partial<PanelMemory>;

const sortKeys: ReadonlySet<unknown> = new Set<SortKey>([
  'place',
  'text',
  'score',
  'effect',
  'share',
  'attribution',
]);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The parts of `saved` that are the panel's own; anything unknown (an older version's) is default. */
export function readUiState(saved: unknown): UiState {
  const state = isObject(saved) ? saved : {};
  const sort = isObject(state['sort']) ? state['sort'] : {};
  return {
    tableOpen: state['tableOpen'] === true,
    sort: sortKeys.has(sort['key'])
      ? { key: sort['key'] as SortKey, descending: sort['descending'] === true }
      : { key: 'place', descending: false },
  };
}
