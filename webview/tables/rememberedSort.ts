/** The order of a table, as it was left. */
import type { UiState } from '../uiState';
import type { RowSort } from './rowSort';

export interface RememberedSort<Key extends string> {
  readonly get: () => RowSort<Key>;
  readonly set: (sort: RowSort<Key>) => void;
}

/** Of the table called `name`, whose columns are `keys`; at first `usual`. */
export function rememberedSort<Key extends string>(
  name: string,
  keys: readonly Key[],
  usual: RowSort<Key>,
  { ui, setUi }: { ui: () => UiState; setUi: (change: Partial<UiState>) => void },
): RememberedSort<Key> {
  return {
    get: () => {
      const saved = ui().sorts[name];
      const key = keys.find(one => one === saved?.key);
      return key === undefined ? usual : { key, descending: saved!.descending };
    },
    set: sort => {
      setUi({ sorts: { ...ui().sorts, [name]: sort } });
    },
  };
}
