/** The score of every training line, as a table in CSV: 'line,score', in the order of the file. */
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { GlassboxError } from '../protocol/messages';
import { elsewhere, refuseSame, sizeOf, writing } from './outputFile';

const columns = ['line', 'score'];
const header = `${columns.join(',')}\n`;

/**
 * Before anything is computed. Throws GlassboxError 'bad-input' where the file is one of `datasets`, or there already and no such
 * table.
 */
export async function checkScoresFile(file: string, datasets: readonly string[]): Promise<void> {
  for (const dataset of datasets) await refuseSame(file, dataset);
  if ((await sizeOf(file)) === null || (await beginning(file)) === header) return;
  throw new GlassboxError(
    'bad-input',
    `${path.basename(file)} is there already and is no table of scores; ${elsewhere}.`,
  );
}

/**
 * Writes the table anew. Lines that were no candidates have an empty score.
 * @param scores lines from 1, and a score for each.
 */
export async function writeScores(
  file: string,
  { lines, scores }: { readonly lines: readonly number[]; readonly scores: readonly number[] },
): Promise<void> {
  function* rows(): Generator<readonly [number, number | null]> {
    for (const [index, line] of lines.entries()) {
      const score = scores[index]!;
      yield [line, Number.isNaN(score) ? null : score];
    }
  }
  await writing(file, () =>
    pipeline(Readable.from(rows()), stringify({ header: true, columns }), createWriteStream(file)),
  );
}

async function beginning(file: string): Promise<string> {
  return await writing(file, async () => {
    let text = '';
    const start = createReadStream(file, { end: header.length - 1, encoding: 'utf8' });
    for await (const part of start) text += String(part);
    return text;
  });
}
