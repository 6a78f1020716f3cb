/** The head of a table that is sorted by its columns. */
import { make } from '../dom';
import type { RowSort } from './rowSort';

export interface HeadColumn<Key extends string = string> {
  readonly key: Key;
  readonly title: string;
  readonly numeric: boolean;
  /** Numbers are sorted downwards at first; not those of lines. */
  readonly upwards?: boolean;
  /** What the column is, where its title is too short to say it. */
  readonly hint?: string;
  /** A second line below the title: 'higher is better'. */
  readonly note?: string;
}

/** The cell of `column`; a click sorts by it, and by it the other way round. */
export function headCell<Key extends string>(
  column: HeadColumn<Key>,
  sort: RowSort<Key> | null,
  onSort: (sort: RowSort<Key>) => void,
): HTMLTableCellElement {
  const { key, title, numeric, upwards = false, hint, note } = column;
  const isKey = key === sort?.key;
  const button = make(
    'button',
    { type: 'button', class: 'sort', 'data-key': `sort ${key}` },
    title,
  );
  button.addEventListener('click', () => {
    onSort({ key, descending: isKey ? !sort.descending : numeric && !upwards });
  });
  const below = note === undefined ? null : make('div', { class: 'muted head-note' }, note);
  const cell = make('th', { scope: 'col', class: numeric ? 'number' : '' }, button, below);
  if (hint !== undefined) cell.title = hint;
  if (isKey) cell.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
  return cell;
}
