/** How good explanations are, as a person reads it in a terminal. */
import type { Colors } from 'picocolors/types';
import { inNumber, measured } from '../batch/numbers';
import { printable } from '../batch/printable';
import {
  measureColumns,
  type MeasureColumn,
  type MeasuredMethodSummary,
  type MeasureReport,
} from '../protocol/measures';
import { againstRandomWords, columnWords, failsRandom } from '../protocol/measureWords';
import { textTable, type Cell } from './textTable';

/** Lines without the last line break: a small table a measure, so that none is too wide, and how methods agree. */
export function reportMeasures(report: MeasureReport, colors: Colors): string {
  const { file, modelName, methods, done, total, errors, options, state } = report;
  const columns = measureColumns.filter(column =>
    methods.some(({ values }) => values[column] !== null),
  );
  const stopped = state === 'stopped' ? `  stopped after ${inNumber(done)} of them` : '';
  return [
    `${colors.bold(printable(file))}  ${colors.dim(printable(modelName))}  ${inNumber(total)} records${colors.yellow(stopped)}`,
    colors.dim(
      `tokens are taken away by "${options.removal}"; ${options.samples} perturbed copies, seed ${options.seed}; ${errors} records could not be measured`,
    ),
    ...columns.flatMap(column => ['', ...columnTable(column, methods, colors)]),
    '',
    ...textTable(
      ['', 'lines', 'failed', 'ms per line'],
      methods.map(({ title, lines, failed, millisecondsPerLine }) => [
        title,
        inNumber(lines),
        inNumber(failed),
        millisecondsPerLine.toFixed(0),
      ]),
      colors.bold,
    ),
    ...agreementTable(report, colors),
  ].join('\n');
}

/** The best first. */
function columnTable(
  column: MeasureColumn,
  methods: readonly MeasuredMethodSummary[],
  colors: Colors,
): string[] {
  const { title, better, about } = columnWords[column];
  const turn = better === 'higher' ? -1 : 1;
  const rows = methods
    .flatMap(method => (method.values[column] ? [{ method, value: method.values[column] }] : []))
    .sort((a, b) => turn * (a.value.mean - b.value.mean))
    .map(({ method, value: { mean, error, lines, againstRandom } }): Cell[] => {
      const tint = failsRandom(againstRandom) ? { tint: colors.red } : {};
      return [
        { text: `  ${method.title}`, ...(method.family === 'control' && { tint: colors.dim }) },
        { text: measured(mean), ...tint },
        { text: measured(error) },
        { text: inNumber(lines) },
        { text: againstRandomWords(againstRandom), ...tint },
      ];
    });
  return [
    `${colors.bold(title)}, ${better} is better  ${colors.dim(about)}`,
    ...textTable(['', 'mean', '±', 'lines', ''], rows, colors.dim),
  ];
}

function agreementTable({ methods, agreement }: MeasureReport, colors: Colors): string[] {
  const head = ['Spearman correlation', ...methods.map((_, index) => String(index + 1))];
  const rows = methods.map(({ title }, index) => [
    `${index + 1} ${title}`,
    ...agreement[index]!.map(value => value?.toFixed(2) ?? 'undefined'),
  ]);
  return ['', ...textTable(head, rows, colors.bold)];
}
