/** Which tokens drive a file, as a person reads it in a terminal. */
import type { Colors } from 'picocolors/types';
import { inNumber, measured, percent } from '../batch/numbers';
import { printable } from '../batch/printable';
import type { DriverRow, DriversState } from '../protocol/evaluation';
import { textTable } from './textTable';

/** Words of each label that a terminal shows; JSON has all. */
const most = 15;

/** Lines without the last line break. */
export function reportDrivers(state: DriversState, colors: Colors): string {
  const { about, modelName, settings, labels, rows, done, total } = state;
  const after = done < total ? `  ${inNumber(done)} of ${inNumber(total)} records` : '';
  const head = [
    'word',
    'attribution',
    '±',
    'times',
    'lines',
    'of its lines',
    'of all',
    'z',
    'such as lines',
  ];
  const found = labels.map(label => ({ label, own: rows.filter(row => row.label === label) }));
  return [
    `${colors.bold(printable(about))}  ${colors.dim(printable(modelName))}${colors.yellow(after)}`,
    colors.dim(
      `mean attribution (${settings.method}, ${settings.scalar}) of words in at least ${settings.leastLines} lines; "of its lines": share with the gold label, z: how far that is from chance`,
    ),
    ...found.flatMap(({ label, own }) => [
      '',
      colors.bold(printable(label)),
      ...(own.length === 0
        ? [colors.dim('no word is in so many lines')]
        : textTable(
            head,
            own.slice(0, most).map(row => cells(row)),
            colors.dim,
          )),
      ...(own.length > most
        ? [colors.dim(`and ${inNumber(own.length - most)} more (--json)`)]
        : []),
    ]),
  ].join('\n');
}

function cells(row: DriverRow): string[] {
  const { word, mean, error, occurrences, lines, labelShare, labelShareOfAll, z, examples } = row;
  const share = (value: number | null) => (value === null ? 'none' : percent(value));
  return [
    word,
    measured(mean),
    measured(error),
    ...[occurrences, lines].map(inNumber),
    ...[labelShare, labelShareOfAll].map(share),
    z?.toFixed(1) ?? 'none',
    examples.slice(0, 3).join(', '),
  ];
}
