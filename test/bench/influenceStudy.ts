/**
 * `npm run influence-study`: how good influence is. Writes the tables of docs/influence.md, each between its marks.
 * `-- --only lds` makes one of them again (lds, head-lds, leave-one-out, mislabelled); `-- --kept` makes that of the
 * datamodelling score of the scores that are there already. What takes long is kept in .cache and goes on where it was stopped.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { computeScores, datamodellingRows, datamodellingTable } from './datamodelling';
import { writeBetween } from './docsTables';
import { headDatamodellingStudy, headDatamodellingTable } from './headDatamodelling';
import { leaveOneOutPlot, leaveOneOutStudy, leaveOneOutTable } from './leaveOneOut';
import { flippedRecovery, recoveryTable, sampleRecovery } from './mislabelled';

const docs = path.resolve('docs', 'influence.md');
const seeds = [1, 2, 3, 4, 5];

/** Lines of Markdown by the name of their marks. */
const studies: Readonly<Record<string, (kept: boolean) => Promise<string[]>>> = {
  'leave-one-out': async () => {
    const found = await leaveOneOutStudy();
    console.log(leaveOneOutPlot(found));
    return leaveOneOutTable(found);
  },
  mislabelled: async () => {
    const flipped = await flippedRecovery(seeds);
    const tables = [await sampleRecovery(), ...(flipped ? [flipped] : [])].map(recoveryTable);
    return tables.flatMap((table, i) => (i === 0 ? table : ['', ...table]));
  },
  'head-lds': async () => headDatamodellingTable(await headDatamodellingStudy()),
  lds: async kept => {
    if (!kept) await computeScores();
    return datamodellingTable(datamodellingRows());
  },
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, kept: { type: 'boolean' } },
  });
  for (const [name, study] of Object.entries(studies)) {
    if (values.only !== undefined && values.only !== name) continue;
    const table = await study(values.kept ?? false);
    console.log(table.join('\n'));
    await writeBetween(docs, name, table);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
