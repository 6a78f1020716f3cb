/**
 * The linear datamodelling score where retraining is exact and free of chance: the last layer alone, trained to its optimum on random
 * halves. It shows what the exact method can do, and that scores and their sum over a subset are what they are said to be.
 */
import { halfMask } from '../../scripts/trainSample/retrainings';
import { HeadInfluence } from '../../src/interpret/influence/head/headInfluence';
import type { LinearHead } from '../../src/interpret/influence/head/linearHead';
import { trainHead } from '../../src/interpret/influence/head/trainHead';
import { linearDatamodellingScore } from '../support/datamodelling';
import { loadSampleHead, type SampleHead } from '../support/sampleHead';
import type { Estimate } from '../support/statistics';

const halves = 60;
/** So large that the curvature does not count: what is left is a gradient dot product, but for a factor. */
const flat = 1e9;

export interface HeadRow {
  readonly name: string;
  readonly score: Estimate;
}

export async function headDatamodellingStudy(): Promise<HeadRow[]> {
  const sample = await loadSampleHead();
  const { source } = sample.train;
  const { damping } = await HeadInfluence.of(source, sample.head);
  const { head } = await trainHead(source, sample.head, { damping });
  const subsets = Array.from({ length: halves }, (_, mask) => halfMask(mask, source.rows));
  const losses: number[][] = [];
  for (const chosen of subsets) {
    // Twice the weight for half of the lines: the mean over them.
    const weight = (row: number): number => (chosen[row] ? 2 : 0);
    const retrained = await trainHead(source, head, { damping, weight });
    losses.push(await devLosses(sample, retrained.head));
  }
  const rows: HeadRow[] = [];
  for (const { name, at, added } of [
    { name: 'Exact head, at the optimum', at: head, added: damping },
    { name: 'Exact head, of the model as it is', at: sample.head, added: damping },
    { name: 'Gradient dot of the head, at the optimum', at: head, added: flat },
  ]) {
    const influence = await HeadInfluence.of(source, at, { damping: added });
    const found = await influence.scores(sample.dev.labels.map((_, row) => sample.dev.query(row)));
    const scores = new Map(found.map((of, row) => [row, of]));
    rows.push({ name, score: linearDatamodellingScore(scores, { subsets, losses }) });
  }
  return rows;
}

async function devLosses({ train, dev }: SampleHead, head: LinearHead): Promise<number[]> {
  const { source } = train;
  const influence = await HeadInfluence.of(source, head);
  return dev.labels.map((_, row) => influence.lossOf(dev.query(row)));
}

/** As Markdown. */
export function headDatamodellingTable(rows: readonly HeadRow[]): string[] {
  return [
    `The last layer alone, trained to its optimum on ${halves} random halves; all 200 dev lines.`,
    '',
    '| scores | LDS | 95 % |',
    '|---|---:|---|',
    ...rows.map(({ name, score: { value, low, high } }) => {
      return `| ${name} | ${value.toFixed(3)} | ${low.toFixed(3)} to ${high.toFixed(3)} |`;
    }),
  ];
}
