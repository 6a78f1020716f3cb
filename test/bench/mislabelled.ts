/** How many wrong labels one finds by reading the first tenth of a ranked training file. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ranks } from '../../src/interpret/correlation';
import { FeatureProgram } from '../../src/interpret/influence/head/featureProgram';
import { HeadInfluence } from '../../src/interpret/influence/head/headInfluence';
import { trainHead } from '../../src/interpret/influence/head/trainHead';
import { suspicionMethodTable } from '../../src/interpret/influence/methods';
import { resolveSuspicionOptions } from '../../src/interpret/influence/options';
import { openTrainingSet } from '../../src/interpret/influence/train/openTrainingSet';
import { suspicionNames } from '../../src/protocol/influence';
import type { SuspicionMethodName } from '../../src/protocol/influence';
import { openModel } from '../support/attackStudy';
import { oneHot, sourceOf } from '../support/featuresInMemory';
import { examplesOf, featuresOf, readLines, type LabelledLine } from '../support/labelledSet';
import { kit } from '../support/models';
import { seededRandom } from '../support/numbers';
import { plantedRows } from '../support/sampleHead';
import { mean, standardDeviation } from '../support/statistics';
import { writeWithHead } from '../support/withHead';

const sample = path.resolve('media', 'sample');
/** Lines of SST-2 a seed, and the share of their labels that is flipped. */
const [drawn, flippedShare] = [5000, 0.1];
/** Of the list that is read. */
const readShare = 0.1;

/** A way to rank a file: a method with its own damping, or with one that is large beside most eigenvalues. */
interface Ranking {
  readonly method: SuspicionMethodName;
  readonly damping: number | null;
}

const rankings: readonly Ranking[] = [
  { method: 'head', damping: null },
  { method: 'head', damping: 1 },
  { method: 'ekfac', damping: null },
  { method: 'ekfac', damping: 1 },
  { method: 'loss', damping: null },
];

function nameOf({ method, damping }: Ranking): string {
  return suspicionNames[method] + (damping === null ? '' : `, damping ${damping}`);
}

/** For each ranking, for each seed, which of the wrong labels are in the first tenth of the list. */
type Found = readonly (readonly (readonly boolean[])[])[];

export interface Recovery {
  readonly name: string;
  readonly wrong: number;
  readonly lines: number;
  readonly found: Found;
}

/** The sample's planted labels, as its model is. */
export async function sampleRecovery(): Promise<Recovery> {
  const file = path.join(sample, 'reviews.train.jsonl');
  const wrong = plantedRows();
  const found = await foundBy(path.join(sample, 'model'), file, wrong);
  return {
    name: 'The sample: labels that are wrong on purpose',
    wrong: wrong.length,
    lines: readLines(file).length,
    found: found.map(hits => [hits]),
  };
}

/**
 * For each seed 5,000 lines of SST-2, of which a tenth gets the other label, and the last layer of sst2-bert trained to its optimum on
 * them. Null where the kit is not there.
 */
export async function flippedRecovery(seeds: readonly number[]): Promise<Recovery | null> {
  const dir = path.join(kit, 'models', 'sst2-bert');
  if (!existsSync(dir)) return null;
  const all = readLines(path.join(kit, 'data', 'sst2', 'train.jsonl'));
  const found = rankings.map((): boolean[][] => []);
  for (const seed of seeds) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'glassbox-flipped-'));
    try {
      const { lines, wrong } = flip(all, seed);
      const file = path.join(folder, 'train.jsonl');
      writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''));
      await retrained(dir, lines, folder);
      (await foundBy(folder, file, wrong)).forEach((hits, i) => found[i]!.push(hits));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const name = 'SST-2: 10 % of the labels flipped, last layer trained on them';
  return { name, wrong: flippedShare * drawn, lines: drawn, found };
}

/** Lines drawn by the seed, in random order, and which of them have the other label now. */
function flip(
  all: readonly LabelledLine[],
  seed: number,
): { lines: LabelledLine[]; wrong: number[] } {
  const random = seededRandom(seed);
  const order = Array.from(all, (_, i) => i);
  for (let i = 0; i < drawn; i++) {
    const j = i + Math.floor(random() * (order.length - i));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const other = (label: string): string => (label === 'positive' ? 'negative' : 'positive');
  const lines = order.slice(0, drawn).map((at, i) => {
    const { text, label } = all[at]!;
    return { text, label: i < flippedShare * drawn ? other(label) : label };
  });
  // The order in the file says nothing.
  const places = Array.from(lines, (_, i) => i).sort((a, b) =>
    lines[a]!.text.localeCompare(lines[b]!.text),
  );
  return {
    lines: places.map(at => lines[at]!),
    wrong: places.flatMap((at, place) => (at < flippedShare * drawn ? [place] : [])),
  };
}

/** Writes to `folder` the model with a last layer that is at its optimum on these lines. */
async function retrained(
  dir: string,
  lines: readonly LabelledLine[],
  folder: string,
): Promise<void> {
  const model = await openModel(dir);
  try {
    const examples = await examplesOf(model, lines);
    const targets = oneHot(
      examples.map(({ target }) => target as number),
      model.about.head.classes!,
    );
    const source = sourceOf(await featuresOf(model, examples), targets, lines.length);
    const { head } = (await FeatureProgram.of(model)).place;
    const { damping } = await HeadInfluence.of(source, head);
    const trained = await trainHead(source, head, { damping });
    await writeWithHead(model, dir, trained.head, folder);
  } finally {
    await model.release();
  }
}

/** Of each ranking of a file, by the model in `dir`. */
async function foundBy(dir: string, file: string, wrong: readonly number[]): Promise<boolean[][]> {
  const cacheDir = mkdtempSync(path.join(os.tmpdir(), 'glassbox-cache-'));
  const model = await openModel(dir);
  try {
    const train = await openTrainingSet(model, { path: file }, { cacheDir });
    const context = { model, train, openModel, cacheDir };
    const found: boolean[][] = [];
    for (const { method, damping } of rankings) {
      const options = resolveSuspicionOptions({ damping });
      const { scores } = await suspicionMethodTable[method](options, context);
      found.push(foundIn(scores, wrong));
    }
    await train.release();
    return found;
  } finally {
    await model.release();
    rmSync(cacheDir, { recursive: true });
  }
}

function foundIn(scores: Float64Array, wrong: readonly number[]): boolean[] {
  const place = ranks(scores.map(score => -score));
  return wrong.map(row => place[row]! <= readShare * scores.length);
}

/** As Markdown. Random order has no measurement but an expectation, with the deviation of a draw without replacement. */
export function recoveryTable({ name, wrong, lines, found }: Recovery): string[] {
  const chance = Math.sqrt((readShare * (1 - readShare) * (lines - wrong)) / (lines - 1) / wrong);
  const rows = rankings.map((ranking, i) => {
    const shares = found[i]!.map(hits => hits.filter(hit => hit).length / wrong);
    const spread = shares.length > 1 ? ` ± ${percent(standardDeviation(shares))}` : '';
    return `| ${nameOf(ranking)} | ${percent(mean(shares))}${spread} % | ${shares.length} |`;
  });
  const loss = found[rankings.findIndex(({ method }) => method === 'loss')]!.flat();
  const verdicts = rankings.flatMap((ranking, i) =>
    ranking.method === 'loss' ? [] : [`- ${nameOf(ranking)} ${verdict(found[i]!.flat(), loss)}`],
  );
  return [
    `${name} (${wrong} of ${lines.toLocaleString('en')} lines):`,
    '',
    '| ranked by | found in the first 10 % | seeds |',
    '|---|---:|---:|',
    ...rows,
    `| Random | ${percent(readShare)} ± ${percent(chance)} % (expected) | |`,
    '',
    ...verdicts,
  ];
}

/** McNemar's test (1947) on the wrong labels that only one of two lists has. */
function verdict(own: readonly boolean[], loss: readonly boolean[]): string {
  const [gained, lost] = [
    own.filter((hit, i) => hit && !loss[i]).length,
    own.filter((hit, i) => !hit && loss[i]).length,
  ];
  const z = (gained - lost) / Math.sqrt(Math.max(1, gained + lost));
  const says =
    z > 2 ? 'beats the loss' : z < -2 ? 'finds fewer than the loss' : 'is as good as the loss';
  return `${says}: ${gained} that the loss misses, against ${lost} that only the loss finds (z = ${z.toFixed(1)}).`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
