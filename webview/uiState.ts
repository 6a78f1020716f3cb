/** What the panel remembers of itself while it is hidden and after VS Code was closed. */
import type { PanelMemory, PanelTab } from '../src/protocol';
import { panelTabs } from '../src/protocol';
import type { LinesSort } from './lines/linesSort';
import { linesSortKeys } from './lines/linesSort';
import type { RowSort } from './tables/rowSort';
import type { TableSort } from './tableSort';
import { sortKeys } from './tableSort';
import type { TopChoice } from './topWords';
import { topChoices } from './topWords';

export interface UiState {
  readonly tab: PanelTab;
  /** Of the table of tokens. */
  readonly tableOpen: boolean;
  readonly sort: TableSort;
  /** Which words of the map are tinted. */
  readonly top: TopChoice;
  readonly linesSort: LinesSort;
  /** Of the tables of runs over a dataset, by their name; what is not there is as the table likes it. */
  readonly sorts: Readonly<Record<string, RowSort>>;
  /** Only training lines whose label and prediction disagree. */
  readonly influenceDisagreeing: boolean;
  readonly suspiciousDisagreeing: boolean;
}

/** The saved state: the panel's own, and what the host needs to ask for the explanation again. */
export type SavedState = UiState & Partial<PanelMemory>;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The parts of `saved` that are the panel's own; anything unknown (an older version's) is default. */
export function readUiState(saved: unknown): UiState {
  const state = isObject(saved) ? saved : {};
  return {
    tab: oneOf(panelTabs, state['tab']) ?? 'saliency',
    tableOpen: state['tableOpen'] === true,
    sort: readSort(sortKeys, state['sort']) ?? { key: 'place', descending: false },
    top: oneOf(topChoices, state['top']) ?? 'all',
    linesSort: readSort(linesSortKeys, state['linesSort']) ?? { key: 'line', descending: false },
    sorts: readSorts(state['sorts']),
    influenceDisagreeing: state['influenceDisagreeing'] === true,
    suspiciousDisagreeing: state['suspiciousDisagreeing'] === true,
  };
}

function oneOf<Name>(names: readonly Name[], value: unknown): Name | null {
  return names.find(name => name === value) ?? null;
}

function readSort<Key>(
  keys: readonly Key[],
  saved: unknown,
): { readonly key: Key; readonly descending: boolean } | null {
  const sort = isObject(saved) ? saved : {};
  const key = oneOf(keys, sort['key']);
  return key === null ? null : { key, descending: sort['descending'] === true };
}

function readSorts(saved: unknown): Readonly<Record<string, RowSort>> {
  const sorts = Object.entries(isObject(saved) ? saved : {}).flatMap(([name, sort]) => {
    if (!isObject(sort) || typeof sort['key'] !== 'string') return [];
    return [[name, { key: sort['key'], descending: sort['descending'] === true }]] as const;
  });
  return Object.fromEntries(sorts);
}
