/** A matrix with its numbers, each tinted by its size: the number is what counts, the tint helps to find it. */
import { Data, Table, Value } from './parts';

export interface HeatTable {
  readonly caption: string;
  /** What rows and columns are: 'gold \ predicted'. */
  readonly corner: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Null: not defined. */
  readonly cells: readonly (readonly (number | null)[])[];
  readonly write: (value: number) => string;
  /** Part of the strongest tint, in [-1, 1]; below zero in the other colour. */
  readonly share: (value: number, row: number) => number;
}

export function HeatTable({ caption, corner, rows, columns, cells, write, share }: HeatTable) {
  const head = [corner, ...columns.map(name => <Data text={name} />)];
  return (
    <Table caption={caption} head={head}>
      {rows.map((name, row) => (
        <tr>
          <th scope="row">
            <Data text={name} />
          </th>
          {columns.map((_, column) => {
            const value = cells[row]?.[column] ?? null;
            if (value === null) return <td class="number">undefined</td>;
            return (
              <td class="number heat" style={tint(share(value, row))}>
                <Value of={value} shown={write(value)} />
              </td>
            );
          })}
        </tr>
      ))}
    </Table>
  );
}

/** As CSS: the colour, and how much of it. */
function tint(share: number): string {
  const size = Math.min(1, Math.abs(share));
  return `--tint: var(${share < 0 ? '--cold' : '--heat'}); --share: ${size.toFixed(3)}`;
}
