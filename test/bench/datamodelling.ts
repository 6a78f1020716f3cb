/** The linear datamodelling score of every method, on the sample's model and the committed retrainings of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fromHex, readRuns, type Run } from '../../scripts/trainSample/retrainings';
import type { MethodContext } from '../../src/interpret/influence/method';
import { influenceMethodTable } from '../../src/interpret/influence/methods';
import { resolveInfluenceOptions } from '../../src/interpret/influence/options';
import { openTrainingSet } from '../../src/interpret/influence/train/openTrainingSet';
import type { InfluenceMethodName, InfluenceOptions } from '../../src/protocol/influence';
import { openModel } from '../support/attackStudy';
import {
  ceiling,
  linearDatamodellingScore,
  meanCorrelation,
  type Retrainings,
} from '../support/datamodelling';
import { examplesOf, readLines } from '../support/labelledSet';
import { mean, type Estimate } from '../support/statistics';

const sample = path.resolve('media', 'sample');
export const retrainingsFile = path.resolve('test', 'fixtures', 'retrainings', 'sample.jsonl');
/** Scores that were computed already; a method whose code has changed is computed again when its file is deleted. */
const kept = path.resolve('.cache', 'influence-study');

/** Every fifth dev line is asked about. */
const step = 1;

/** Fewer halves than these give no correlation worth printing. */
const fewest = 10;

interface Case {
  readonly name: string;
  readonly method: InfluenceMethodName;
  readonly options?: InfluenceOptions;
}

const allParameters = { params: '.' };
/** By all parameters a step takes a second: fewer lines and a coarser solution, whose ranking is the same. */
const coarse = { curvatureLines: 256, tolerance: 0.03 };

export const cases: readonly Case[] = [
  { name: 'Nearest labelled examples', method: 'neighbours' },
  { name: 'Gradient dot, last block', method: 'gradient-dot' },
  { name: 'Gradient dot, all parameters', method: 'gradient-dot', options: allParameters },
  { name: 'Gradient cosine, last block', method: 'gradient-cosine' },
  {
    name: "LiSSA, last block, AllenNLP's defaults",
    method: 'lissa',
  },
  {
    name: 'LiSSA, last block, automatic scale',
    method: 'lissa',
    options: { scale: 'auto', recursion_depth: 500 },
  },
  { name: 'Exact head', method: 'head' },
  { name: 'Conjugate gradient, last block', method: 'cg' },
  {
    name: 'Conjugate gradient, all parameters',
    method: 'cg',
    options: { ...allParameters, ...coarse },
  },
  { name: 'EK-FAC, last block', method: 'ekfac' },
  { name: 'EK-FAC, all linear layers', method: 'ekfac', options: allParameters },
];

/** A method's scores of all training lines, for some dev lines by their number from 0. */
type Scores = ReadonlyMap<number, readonly number[]>;

export interface Row {
  readonly name: string;
  readonly score: Estimate;
  /** Method and parameters as the method says them, of the first dev line. */
  readonly says: string;
  readonly lines: number;
  readonly secondsPerLine: number;
}

/** What is committed of the retrainings. */
export function readRetrainings(): { runs: Run[]; retrainings: Retrainings; repeats: number } {
  const runs = readRuns(retrainingsFile);
  const masks = [...new Set(runs.map(({ mask }) => mask))].sort((a, b) => a - b);
  const of = masks.map(mask => runs.filter(run => run.mask === mask));
  const count = readLines(path.join(sample, 'reviews.train.jsonl')).length;
  return {
    runs,
    retrainings: {
      subsets: of.map(([run]) => fromHex(run!.lines, count)),
      losses: of.map(same => same[0]!.losses.map((_, i) => mean(same.map(run => run.losses[i]!)))),
    },
    repeats: runs.length / masks.length,
  };
}

/** How far retrainings with other seeds agree, the noise under which all scores are measured; null where too few were repeated. */
export function agreement(runs: readonly Run[]): { between: Estimate; masks: number } | null {
  const first = new Map(runs.filter(run => run.repeat === 0).map(run => [run.mask, run]));
  const pairs = runs.flatMap(run =>
    run.repeat === 1 && first.has(run.mask) ? [[first.get(run.mask)!, run] as const] : [],
  );
  if (pairs.length < fewest) return null;
  const columns = (which: 0 | 1): number[][] =>
    pairs[0]![0].losses.map((_, line) => pairs.map(pair => pair[which].losses[line]!));
  return { between: meanCorrelation(columns(0), columns(1)), masks: pairs.length };
}

/** Scores are kept in .cache, so that a study that was stopped goes on. `only`: the cases whose names contain it. */
export async function datamodellingStudy(only = ''): Promise<Row[]> {
  const { retrainings } = readRetrainings();
  const model = await openModel(path.join(sample, 'model'));
  mkdirSync(kept, { recursive: true });
  const train = await openTrainingSet(
    model,
    { path: path.join(sample, 'reviews.train.jsonl') },
    { cacheDir: kept },
  );
  const context: MethodContext = { model, train, openModel, cacheDir: kept };
  const dev = await examplesOf(model, readLines(path.join(sample, 'reviews.dev.jsonl')));
  const asked = dev.flatMap((example, line) => (line % step === 0 ? [{ example, line }] : []));
  const rows: Row[] = [];
  try {
    for (const one of cases.filter(({ name }) => name.includes(only))) {
      const file = path.join(kept, `${one.name}.jsonl`);
      const done = readScores(file);
      for (const { example, line } of asked) {
        if (done.some(entry => entry.line === line)) continue;
        const started = performance.now();
        const options = resolveInfluenceOptions(one.options ?? {});
        const { scores, says } = await influenceMethodTable[one.method](
          [example],
          options,
          context,
        );
        const seconds = (performance.now() - started) / 1000;
        const entry: KeptScores = { line, says, seconds, scores: [...scores] };
        writeFileSync(file, `${JSON.stringify(entry)}\n`, { flag: 'a' });
        done.push(entry);
      }
      const scores: Scores = new Map(done.map(entry => [entry.line, entry.scores]));
      rows.push({
        name: one.name,
        score: linearDatamodellingScore(scores, retrainings),
        says: done[0]!.says,
        lines: done.length,
        secondsPerLine: mean(done.map(({ seconds }) => seconds)),
      });
    }
  } finally {
    await train.release();
    await model.release();
  }
  return rows;
}

interface KeptScores {
  readonly line: number;
  readonly says: string;
  readonly seconds: number;
  readonly scores: readonly number[];
}

function readScores(file: string): KeptScores[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map(line => JSON.parse(line) as KeptScores);
}

/** As Markdown. */
export function printDatamodelling(rows: readonly Row[]): void {
  const { runs, repeats, retrainings } = readRetrainings();
  console.log(
    `${retrainings.subsets.length} random halves of 1,500 lines, ${runs.length} retrainings.`,
  );
  const noise = agreement(runs);
  if (noise) {
    const { between, masks } = noise;
    const best = ceiling(Math.max(0, between.value), repeats);
    console.log(
      `Two retrainings on one half correlate by ${between.value.toFixed(2)} (${limits(between)}; ${masks} halves), so that at best about ${best.toFixed(2)} can be reached.`,
    );
  }
  console.log('');
  console.log('| method | LDS | 95 % | dev lines | seconds a line |\n|---|---:|---|---:|---:|');
  for (const { name, score, lines, secondsPerLine } of rows) {
    console.log(
      `| ${name} | ${score.value.toFixed(3)} | ${limits(score)} | ${lines} | ${secondsPerLine.toFixed(1)} |`,
    );
  }
  console.log('');
  for (const { name, says } of rows) console.log(`- ${name}: ${says}`);
}

function limits({ low, high }: Estimate): string {
  return `${low.toFixed(2)} to ${high.toFixed(2)}`;
}
