/** Methods by measures. What does not beat the random explainer is marked, by its colour and in words. */
import {
  measureColumns,
  type MeasureColumn,
  type MeasuredMethodSummary,
  type MeasuredValue,
} from '../../protocol/measures';
import { againstRandomWords, columnWords, failsRandom } from '../../protocol/measureWords';
import { measured } from '../numbers';
import { Data, Table, Value } from './parts';

/** Columns that some method has a number in. */
export function measuredColumns(methods: readonly MeasuredMethodSummary[]): MeasureColumn[] {
  return measureColumns.filter(column => methods.some(({ values }) => values[column] !== null));
}

export function MeasureTable({ methods }: { readonly methods: readonly MeasuredMethodSummary[] }) {
  const columns = measuredColumns(methods);
  const head = [
    'method',
    ...columns.map(column => {
      const { title, better } = columnWords[column];
      return (
        <>
          {title}
          <small>{better} is better</small>
        </>
      );
    }),
    'lines',
    'ms per line',
  ];
  return (
    <>
      <Table
        head={head}
        caption="Mean and standard error over the lines; compared with the random explainer on the same lines."
      >
        {methods.map(method => (
          <Row method={method} columns={columns} />
        ))}
      </Table>
      <p class="faint">
        none: not measured, or not defined for the method or for any of the lines.
      </p>
    </>
  );
}

function Row({
  method: { choice, title, family, values, lines, failed, millisecondsPerLine },
  columns,
}: {
  readonly method: MeasuredMethodSummary;
  readonly columns: readonly MeasureColumn[];
}) {
  const isControl = family === 'control' || choice.weights === 'shuffled';
  return (
    <tr class={isControl ? 'control' : undefined}>
      <th scope="row">
        <Data text={title} />
        {isControl && <small>control: has to be beaten</small>}
      </th>
      {columns.map(column => (
        <Cell value={values[column]} />
      ))}
      <td class="number">
        {lines}
        {failed > 0 && <small>{failed} failed</small>}
      </td>
      <td class="number">
        <Value of={millisecondsPerLine} shown={millisecondsPerLine.toFixed(0)} />
      </td>
    </tr>
  );
}

function Cell({ value }: { readonly value: MeasuredValue | null }) {
  if (value === null) return <td class="number">none</td>;
  const { mean, error, againstRandom } = value;
  return (
    <td class={failsRandom(againstRandom) ? 'number fails' : 'number'}>
      <Value of={mean} shown={measured(mean)} /> ± <Value of={error} shown={measured(error)} />
      {againstRandom !== null && <small>{againstRandomWords(againstRandom)}</small>}
    </td>
  );
}
