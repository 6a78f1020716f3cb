/** An explanation as a person reads it in a terminal. */
import path from 'node:path';
import type { Colors } from 'picocolors/types';
import { printable } from '../batch/printable';
import type { Explanation } from '../protocol/explanation';
import type { ExplainedRecord } from './explainCommand';
import { heatLine, specialTokens, strongest, type HeatView, type Shown } from './heatLine';
import { mapTitle, shareLines, spreadLine, toMap } from './furtherMaps';
import { topTable } from './topTable';
import { asked, decision, entityLines, verdict } from './verdict';

/** Lines without the last line break. `count`: only so many words are marked, and listed with their weights. */
export function reportRecord(explained: ExplainedRecord, colors: Colors, count?: number): string {
  const { record } = explained;
  const top = count === undefined ? null : strongest(explained, count);
  const place = `${path.basename(record.file)}:${record.line}`;
  return [
    `${colors.dim(place)}  ${verdict(explained, record.gold, colors)}`,
    '',
    ...texts(record, explained, colors, { only: top }),
    '',
    ...(top === null
      ? decision(explained, record.text, colors)
      : [...entityLines(explained, record.text, colors), ...topTable(explained, top, colors)]
    ).map(line => `  ${line}`),
    ...details(explained, record.text, colors),
    ...explained.maps.flatMap(map => [
      '',
      `  ${mapTitle(map, colors)}`,
      ...texts(record, toMap(explained, map), colors),
    ]),
  ].join('\n');
}

/** The text, or both texts of a pair, each under the name of its field. */
export function texts(
  { text, field, pair }: Pick<ExplainedRecord['record'], 'text' | 'field' | 'pair'>,
  shown: Shown,
  colors: Colors,
  view: HeatView = {},
): string[] {
  const first = heatLine(text, shown, colors, view);
  if (!pair) return [`  ${first}`];
  const second = heatLine(pair.text, shown, colors, { ...view, field: 1 });
  const named = (name: string, line: string) => `  ${colors.dim(`${printable(name)}:`)} ${line}`;
  return [named(field, first), named(pair.field, second)];
}

/** Rows of token ids: each token with its score. */
export function reportRows(explanations: readonly Explanation[], colors: Colors): string {
  const rows = explanations.map((explained, index) => {
    const tokens = explained.tokens.map(
      (token, i) => `${printable(token.text)} ${explained.scores[i]!.toFixed(2)}`,
    );
    return [
      `${colors.dim(`row ${index}`)}  ${verdict(explained, goldOfRow(explained), colors)}`,
      `  ${tokens.join('  ')}`,
      ...decision(explained, null, colors).map(line => `  ${line}`),
      ...details(explained, null, colors),
    ].join('\n');
  });
  return rows.join('\n\n');
}

/** A row's gold label as far as its explanation tells; the health line says what an unknown one is. */
function goldOfRow({ gold, health }: Explanation): string | null {
  return gold ?? (health.some(({ check }) => check === 'gold-label') ? 'see below' : null);
}

function details(explained: Explanation, text: string | null, colors: Colors): string[] {
  const { signed, modelName, device, milliseconds, health, wordScores } = explained;
  // In rows every token is told with its score already.
  const special = text === null ? '' : specialTokens(explained);
  const marks = signed ? '[+] towards it, [-] away from it' : '[*] magnitude, without direction';
  const words = wordScores === 'pieces' ? '' : `; of words: the ${wordScores} of their pieces`;
  return [
    `  ${asked(explained)}`,
    ...[...spreadLine(explained), ...shareLines(explained)].map(line => `  ${line}`),
    `  ${colors.dim(marks + words)}`,
    ...(special === '' ? [] : [`  ${colors.dim(`special tokens: ${special}`)}`]),
    `  ${colors.dim(`${printable(modelName)}, ${device}, ${milliseconds.toFixed(0)} ms`)}`,
    ...health.map(({ ok, says }) =>
      ok
        ? `  ${colors.dim(`ok  ${printable(says)}`)}`
        : `  ${colors.yellow(`!!  ${printable(says)}`)}`,
    ),
  ];
}
