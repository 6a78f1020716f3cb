/** A trace as a person reads it in a terminal. */
import path from 'node:path';
import type { Colors } from 'picocolors/types';
import type { TestPlace } from '../batch/influenceJson';
import { inNumber, short } from '../batch/numbers';
import { printable } from '../batch/printable';
import { influenceNames, type InfluenceResult, type InfluenceRow } from '../protocol/influence';
import { bar, linesOf, opinion, remarks, textLines } from './trainingReport';

/** Lines without the last line break. Directions are told in words as well as by colour. */
export function reportInfluence(result: InfluenceResult, place: TestPlace, colors: Colors): string {
  const words = wordsOf(result);
  const { helps, hurts } = result;
  const largest = Math.max(...[...helps, ...hurts].map(({ score }) => Math.abs(score)), 0);
  const list = (rows: readonly InfluenceRow[], kind: 'helps' | 'hurts') =>
    rows.length === 0
      ? [`  ${colors.dim('none')}`]
      : rows.flatMap(row => rowLines(row, largest, words[kind], colors, kind));
  return [
    ...asked(result, place, colors),
    '',
    colors.bold(words.helpsTitle),
    ...list(helps, 'helps'),
    '',
    colors.bold(words.hurtsTitle),
    ...list(hurts, 'hurts'),
    '',
    ...remarks(result, colors),
  ].join('\n');
}

/** In a few words, for progress: 'loss 0.31; line 17 helps most, line 230 hurts most'. */
export function reportTraced(result: InfluenceResult): string {
  const { helps, hurts, testLoss } = result;
  const [helping, hurting] =
    result.method === 'neighbours'
      ? ['is nearest with the same label', 'with another']
      : ['helps most', 'hurts most'];
  const ends = [
    ...helps.slice(0, 1).map(row => `${linesOf(row)} ${helping}`),
    ...hurts.slice(0, 1).map(row => `${linesOf(row)} ${hurting}`),
  ];
  return [`loss ${short(testLoss)}`, ends.join(', ')].filter(part => part !== '').join('; ');
}

/** What was asked about, in two or three lines. */
function asked(result: InfluenceResult, place: TestPlace, colors: Colors): string[] {
  const { method, test, tests, testLoss } = result;
  const file = path.basename(place.file);
  const where = place.line === null ? file : `${file}:${place.line}`;
  const title = `${colors.dim(printable(where))}  ${colors.bold(influenceNames[method])}`;
  if (!test) return [title, `  ${inNumber(tests)} texts, mean loss ${short(testLoss)}`];
  const from = test.labelFrom === 'gold' ? '' : '   (no gold label: of what is predicted)';
  return [
    `${title}  of ${printable(test.says)}`,
    ...textLines(test).map(line => `  ${line}`),
    `  ${opinion(test, colors)}${from}`,
  ];
}

function rowLines(
  row: InfluenceRow,
  largest: number,
  word: string,
  colors: Colors,
  kind: 'helps' | 'hurts',
): string[] {
  const tint = kind === 'helps' ? colors.cyan : colors.red;
  const score = `${word} ${short(Math.abs(row.score))}`;
  return [
    `  ${tint(bar(row.score, largest))}  ${tint(score)}  ${colors.dim(linesOf(row))}  ${opinion(row, colors)}`,
    ...textLines(row).map(line => `      ${line}`),
  ];
}

/** Never a bare sign. Neighbours neither help nor hurt: their score is positive where the label is the same. */
function wordsOf({ method, train }: InfluenceResult) {
  const file = printable(train.file);
  if (method === 'neighbours') {
    return {
      helps: 'near',
      hurts: 'near',
      helpsTitle: `same label: the nearest lines of ${file} with it`,
      hurtsTitle: `another label: the nearest lines of ${file} with one`,
    };
  }
  return {
    helps: 'helps',
    hurts: 'hurts',
    helpsTitle: `helps: more weight on these lines of ${file} lowers the loss`,
    hurtsTitle: `hurts: more weight on these lines of ${file} raises the loss`,
  };
}
