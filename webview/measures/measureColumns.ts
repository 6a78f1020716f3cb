/** The numbers of a method over a file, one method a row: what is shown of each, and which is the best. */
import type { MeasureColumn, MeasuredMethodSummary, MeasureReport } from '../../src/protocol';
import { measureColumns } from '../../src/protocol';
import { columnWords, failsRandom } from '../../src/protocol/measureWords';

/** Not an explanation, but what every explanation has to beat. */
export function isControl({ family, choice }: MeasuredMethodSummary): boolean {
  return family === 'control' || choice.weights === 'shuffled';
}

/** Measures that some method has a number of. */
export function measuredColumns({ methods }: MeasureReport): MeasureColumn[] {
  return measureColumns.filter(column => methods.some(({ values }) => values[column] !== null));
}

/** The best mean of the column among the methods that are no controls and beat the random explainer; null where there is none. */
export function bestOf(
  methods: readonly MeasuredMethodSummary[],
  column: MeasureColumn,
): number | null {
  const values = methods.flatMap(method => {
    const value = method.values[column];
    const counts = value && Number.isFinite(value.mean) && !failsRandom(value.againstRandom);
    return counts && !isControl(method) ? [value.mean] : [];
  });
  if (values.length < 2) return null;
  return columnWords[column].better === 'higher' ? Math.max(...values) : Math.min(...values);
}

/** Tells a method of a report from the others, whatever it is called. */
export function methodKey({ choice }: MeasuredMethodSummary): string {
  return JSON.stringify([choice.method, choice.parameters, choice.weights]);
}
