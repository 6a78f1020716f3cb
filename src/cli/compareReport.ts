/** Maps side by side as a person reads them in a terminal. */
import type { Colors } from 'picocolors/types';
import { measured, short } from '../batch/numbers';
import { printable } from '../batch/printable';
import type { ComparisonRow, ComparisonState } from '../protocol/comparison';
import type { Explanation } from '../protocol/explanation';
import type { LineMeasures } from '../protocol/measures';
import { columnWords } from '../protocol/measureWords';
import { texts } from './report';
import { textTable } from './textTable';
import { verdict } from './verdict';

/** Lines without the last line break. */
export function reportComparison(state: ComparisonState, colors: Colors): string {
  const { record, rows, kind, about } = state;
  const first = rows.find(({ explanation }) => explanation !== null)?.explanation;
  const says = first && kind !== 'models' ? verdict(first, record.gold, colors) : '';
  const scale = kind === 'labels' ? largestAttribution(rows) : null;
  return [
    `${colors.dim(printable(`${record.file}:${record.line}`))}  ${says}`,
    colors.dim(printable(about)),
    '',
    ...table(state, colors),
    ...rows.flatMap(row => ['', ...map(row, state, colors, scale)]),
    ...agreementTable(state, colors),
    ...doubts(rows, colors),
  ].join('\n');
}

function table({ kind, rows, record }: ComparisonState, colors: Colors): string[] {
  const done = rows.flatMap(row => (row.explanation ? [{ ...row, of: row.explanation }] : []));
  switch (kind) {
    case 'methods': {
      const columns = lineColumns.filter(({ of }) =>
        rows.some(row => row.measures && of(row.measures) !== null),
      );
      const head = ['method', ...columns.map(({ title }) => title), 'ms'];
      return textTable(
        head,
        done.map(({ title, measures, of, family }) => [
          { text: title, ...(family === 'control' && { tint: colors.dim }) },
          ...columns.map(column => numberOf(measures && column.of(measures))),
          of.milliseconds.toFixed(0),
        ]),
        colors.bold,
      );
    }
    case 'labels':
      return textTable(
        ['true', 'predicted', 'explained', 'probability', 'total attribution'],
        done.map(({ of }) => [
          of.gold ?? record.gold ?? 'none',
          predicted(of),
          of.explained.label,
          chance(of),
          short(total(of)),
        ]),
        colors.bold,
      );
    case 'models':
      return textTable(
        ['model', 'predicted', 'true', 'explained'],
        done.map(({ title, of }) => [
          title,
          predicted(of),
          of.gold ?? record.gold ?? 'none',
          of.explained.says,
        ]),
        colors.bold,
      );
  }
}

/** What a line can say of a method; over several lines there is more. */
const lineColumns: readonly {
  readonly title: string;
  readonly of: (measures: LineMeasures) => number | null;
}[] = [
  { title: columnWords.comprehensiveness.title, of: ({ comprehensiveness }) => comprehensiveness },
  { title: columnWords.sufficiency.title, of: ({ sufficiency }) => sufficiency },
  { title: columnWords['tau-loo'].title, of: ({ tauLoo }) => tauLoo },
  { title: columnWords.infidelity.title, of: ({ infidelity }) => infidelity },
  { title: columnWords['sensitivity-max'].title, of: ({ sensitivityMax }) => sensitivityMax },
  { title: columnWords['seed-variance'].title, of: ({ seedVariance }) => seedVariance },
  { title: columnWords['token-f1'].title, of: ({ plausibility }) => plausibility?.tokenF1 ?? null },
  { title: columnWords.auprc.title, of: ({ plausibility }) => plausibility?.auprc ?? null },
];

function numberOf(value: number | null): string {
  return value === null ? 'undefined' : measured(value);
}

/** One scale for all labels, since their numbers are of one kind; each method has its own. */
function map(
  { title, explanation, says }: ComparisonRow,
  { record }: ComparisonState,
  colors: Colors,
  scale: number | null,
): string[] {
  const name = colors.bold(printable(title));
  if (!explanation) return [`${name}  ${colors.yellow(printable(says))}`];
  const size = explanation.attributions.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const ofOwn = explanation.words.length > 0 || scale === null || size === 0;
  // Scores are attributions divided by their largest.
  const view = ofOwn ? {} : { largest: scale / size };
  return [name, ...texts(record, explanation, colors, view)];
}

function largestAttribution(rows: readonly ComparisonRow[]): number {
  const all = rows.flatMap(({ explanation }) => explanation?.attributions ?? []);
  return all.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
}

function agreementTable({ rows, agreement }: ComparisonState, colors: Colors): string[] {
  if (rows.length < 2) return [];
  const names = rows.map(({ title }, index) => `${index + 1} ${title}`);
  const cells = agreement.map((row, index) => [
    names[index]!,
    ...row.map(value => value?.toFixed(2) ?? 'undefined'),
  ]);
  const head = ['Spearman correlation', ...rows.map((_, index) => String(index + 1))];
  return ['', ...textTable(head, cells, colors.bold)];
}

/** Each doubt once: most are the same for all rows. */
function doubts(rows: readonly ComparisonRow[], colors: Colors): string[] {
  const found = new Map<string, string[]>();
  for (const { title, explanation } of rows) {
    for (const { ok, says } of explanation?.health ?? []) {
      if (!ok) found.set(says, [...(found.get(says) ?? []), title]);
    }
  }
  const lines = [...found].map(([says, titles]) => {
    const who = titles.length === rows.length ? '' : `${titles.join(', ')}: `;
    return colors.yellow(`!!  ${printable(who + says)}`);
  });
  return lines.length > 0 ? ['', ...lines] : [];
}

/** 'positive 0.98' */
function predicted({ prediction }: Explanation): string {
  const { label, probabilities, decided } = prediction;
  const share = decided.length === 1 ? probabilities[decided[0]!] : undefined;
  return share === undefined ? label : `${label} ${share.toFixed(2)}`;
}

function chance({ prediction, explained }: Explanation): string {
  return prediction.probabilities[prediction.labels.indexOf(explained.label)]?.toFixed(3) ?? 'none';
}

function total({ attributions }: Explanation): number {
  return attributions.reduce((sum, each) => sum + each, 0);
}
