/** A table of rows that keep coming, in an order that the reader chooses and that is remembered. */
import type { RememberedSort } from './rememberedSort';
import type { RowTableParts } from './rowTable';
import { createRowTable } from './rowTable';

export interface StreamedTable<Row> {
  readonly element: HTMLElement;
  /** `streaming`: more is to come. */
  readonly show: (rows: readonly Row[], streaming: boolean) => void;
  /** The next rows are others: from their first page on, and nothing is held. */
  readonly restart: () => void;
}

export function createStreamedTable<Row, Key extends string>(
  sort: RememberedSort<Key>,
  parts: Omit<RowTableParts<Row, Key>, 'onSort'>,
): StreamedTable<Row> {
  let rows: readonly Row[] = [];
  let isStreaming = false;
  const table = createRowTable<Row, Key>({
    ...parts,
    onSort: next => {
      sort.set(next);
      table.show(rows, next, isStreaming);
    },
  });
  return {
    element: table.element,
    show: (next, streaming) => {
      rows = next;
      isStreaming = streaming;
      table.show(rows, sort.get(), streaming);
    },
    restart: table.restart,
  };
}
