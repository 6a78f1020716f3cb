/** How good the map of a row is: each measure with its number, what it means, and whether random scores do better. */
import type {
  ComparisonRow,
  LineMeasures,
  MeasureColumn,
  MeasuredValue,
  MeasureName,
} from '../../src/protocol';
import { againstRandomWords, columnWords, failsRandom } from '../../src/protocol/measureWords';
import { make } from '../dom';
import { formatRaw } from '../numbers';

interface Figure {
  readonly column: MeasureColumn;
  readonly value: number | null;
  /** Why there is no number; null where it was not asked for. */
  readonly undefinedSays: string | null;
}

const readers: readonly (readonly [
  MeasureColumn,
  MeasureName,
  (measures: LineMeasures) => number | null,
])[] = [
  ['comprehensiveness', 'comprehensiveness', ({ comprehensiveness }) => comprehensiveness],
  ['sufficiency', 'sufficiency', ({ sufficiency }) => sufficiency],
  ['tau-loo', 'tau-loo', ({ tauLoo }) => tauLoo],
  ['infidelity', 'infidelity', ({ infidelity }) => infidelity],
  ['sensitivity-max', 'sensitivity-max', ({ sensitivityMax }) => sensitivityMax],
  ['seed-variance', 'seed-variance', ({ seedVariance }) => seedVariance],
  ['token-f1', 'plausibility', ({ plausibility }) => plausibility?.tokenF1 ?? null],
  ['auprc', 'plausibility', ({ plausibility }) => plausibility?.auprc ?? null],
];

/** What was measured of a row, in the order in which it is shown. */
export function figuresOf(measures: LineMeasures): Figure[] {
  return readers
    .map(([column, name, read]) => ({
      column,
      value: read(measures),
      undefinedSays: measures.undefinedSays[name] ?? null,
    }))
    .filter(({ value, undefinedSays }) => value !== null || undefinedSays !== null);
}

/** The measures that any row has: those that are to come have their room already. */
export function columnsOf(rows: readonly ComparisonRow[]): MeasureColumn[] {
  const there = new Set(
    rows.flatMap(({ measures }) => (measures ? figuresOf(measures) : [])).map(one => one.column),
  );
  const usual: readonly MeasureColumn[] = ['comprehensiveness', 'sufficiency', 'tau-loo'];
  const all = there.size > 0 ? [...there] : usual;
  return readers.map(([column]) => column).filter(column => all.includes(column));
}

/** Measures of the row of random scores. */
export function randomOf(rows: readonly ComparisonRow[]): LineMeasures | null {
  return rows.find(({ family, measures }) => family === 'control' && measures)?.measures ?? null;
}

/** How `value` stands to that of random scores on the same text. */
export function standing(
  column: MeasureColumn,
  value: number | null,
  random: LineMeasures | null,
): MeasuredValue['againstRandom'] {
  const other = random && figuresOf(random).find(one => one.column === column)?.value;
  if (value === null || other === null || other === undefined) return null;
  if (!Number.isFinite(value) || !Number.isFinite(other)) return null;
  if (value === other) return 'no better';
  return value > other === (columnWords[column].better === 'higher') ? 'better' : 'worse';
}

/** One item a measure; a dash where there is none yet. */
export function figureItems(
  row: ComparisonRow,
  columns: readonly MeasureColumn[],
  random: LineMeasures | null,
): HTMLElement[] {
  const figures = row.measures ? figuresOf(row.measures) : [];
  return columns.map(column => {
    const { title, about, better } = columnWords[column];
    const figure = figures.find(one => one.column === column);
    const against =
      row.family === 'control' ? null : standing(column, figure?.value ?? null, random);
    const isUndefined = figure !== undefined && !isNumber(figure.value);
    const item = make(
      'li',
      { class: 'figure-item', 'data-measure': column, title: `${about} ${direction(better)}` },
      make('span', { class: 'figure-title' }, title),
      make('span', { class: 'figure-number number' }, numberOf(figure?.value ?? null)),
      make(
        'span',
        { class: 'figure-verdict' },
        isUndefined ? 'undefined' : againstRandomWords(against),
      ),
      isUndefined && figure.undefinedSays !== null
        ? make('span', { class: 'figure-why muted' }, figure.undefinedSays)
        : null,
    );
    item.classList.toggle('worse-than-random', failsRandom(against));
    return item;
  });
}

export function direction(better: 'higher' | 'lower'): string {
  return better === 'higher' ? 'Higher is better.' : 'Lower is better.';
}

function isNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

function numberOf(value: number | null): string {
  return isNumber(value) ? formatRaw(value, value < 0) : '\u2013';
}

/** The verdict of the row as a whole; null where there is nothing to compare. */
export function overall(
  row: ComparisonRow,
  random: LineMeasures | null,
): { readonly says: string; readonly bad: boolean } | null {
  if (!row.measures || !random || row.family === 'control') return null;
  const all = figuresOf(row.measures)
    .map(({ column, value }) => standing(column, value, random))
    .filter(against => against !== null);
  if (all.length === 0) return null;
  const worse = all.filter(failsRandom).length;
  if (worse === 0) return { says: `better than random in all ${all.length} measures`, bad: false };
  return { says: `not better than random in ${worse} of ${all.length} measures`, bad: true };
}
