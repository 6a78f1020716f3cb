/** The linear datamodelling score of every method, on the sample's model and the committed retrainings of it. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
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
import type { Estimate } from '../support/statistics';
import { median } from './timing';

const sample = path.resolve('media', 'sample');
const retrainingsFile = path.resolve('test', 'fixtures', 'retrainings', 'sample.jsonl');
/** Scores that were computed already. A method that has changed is computed again once its file is deleted. */
const kept = path.resolve('.cache', 'influence-study');

/** Fewer halves than these give no correlation worth printing. */
const fewest = 10;

interface Case {
  readonly name: string;
  readonly method: InfluenceMethodName;
  readonly options?: InfluenceOptions;
  /** Of the dev lines every so manieth is asked about; 1 where a question is quick. */
  readonly every: number;
}

const allParameters = { params: '.' };
/** Of the default's 1,024 lines and residual of 0.001 fewer and a coarser one, so that the study ends within an hour. */
const coarse = { curvatureLines: 256, tolerance: 0.03 };

const cases: readonly Case[] = [
  { name: 'Nearest labelled examples', method: 'neighbours', every: 1 },
  { name: 'Gradient dot, last block', method: 'gradient-dot', every: 2 },
  {
    name: 'Gradient dot, all parameters',
    method: 'gradient-dot',
    options: allParameters,
    every: 5,
  },
  { name: 'Gradient cosine, last block', method: 'gradient-cosine', every: 5 },
  {
    name: "LiSSA, last block, AllenNLP's defaults",
    method: 'lissa',
    every: 5,
  },
  {
    // By the Hessian, LiSSA's own matrix, the series diverges here, as it says.
    name: 'LiSSA on Gauss-Newton, last block, automatic scale',
    method: 'lissa',
    options: { curvature: 'gauss-newton', scale: 'auto', recursion_depth: 500 },
    every: 5,
  },
  { name: 'Exact head', method: 'head', every: 1 },
  { name: 'Conjugate gradient, last block', method: 'cg', options: coarse, every: 5 },
  {
    name: 'Conjugate gradient, all parameters',
    method: 'cg',
    options: { ...allParameters, ...coarse },
    every: 5,
  },
  { name: 'EK-FAC, last block', method: 'ekfac', every: 1 },
  { name: 'EK-FAC, all linear layers', method: 'ekfac', options: allParameters, every: 2 },
];

export interface Row {
  readonly name: string;
  readonly score: Estimate;
  /** Method and parameters as the method says them, of the first dev line. */
  readonly says: string;
  readonly lines: number;
  readonly secondsPerLine: number;
}

/** What is committed of the retrainings. */
function readRetrainings(): { runs: Run[]; retrainings: Retrainings } {
  const runs = readRuns(retrainingsFile);
  const masks = [...new Set(runs.map(({ mask }) => mask))].sort((a, b) => a - b);
  const of = masks.map(mask => runs.filter(run => run.mask === mask));
  const count = readLines(path.join(sample, 'reviews.train.jsonl')).length;
  const subsets = of.map(([run]) => fromHex(run!.lines, count));
  const losses = of.map(same => {
    const weight = same.reduce((sum, run) => sum + run.runs, 0);
    return same[0]!.losses.map(
      (_, line) => same.reduce((sum, run) => sum + run.runs * run.losses[line]!, 0) / weight,
    );
  });
  return { runs, retrainings: { subsets, losses } };
}

/** How far the two means of a half's retrainings agree, the noise under which all scores are measured; null where too few have two. */
function agreement(runs: readonly Run[]): { between: Estimate; masks: number } | null {
  const first = new Map(runs.filter(run => run.repeat === 0).map(run => [run.mask, run]));
  const pairs = runs.flatMap(run =>
    run.repeat === 1 && first.has(run.mask) ? [[first.get(run.mask)!, run] as const] : [],
  );
  if (pairs.length < fewest) return null;
  const columns = (which: 0 | 1): number[][] =>
    pairs[0]![0].losses.map((_, line) => pairs.map(pair => pair[which].losses[line]!));
  return { between: meanCorrelation(columns(0), columns(1)), masks: pairs.length };
}

/**
 * Computes the scores that are not there yet and keeps them in .cache, so that a study that was stopped goes on. `only`: the cases whose
 * names contain it.
 */
export async function computeScores(only = ''): Promise<void> {
  const model = await openModel(path.join(sample, 'model'));
  mkdirSync(kept, { recursive: true });
  const file = { path: path.join(sample, 'reviews.train.jsonl') };
  const train = await openTrainingSet(model, file, { cacheDir: kept });
  const context: MethodContext = { model, train, openModel, cacheDir: kept };
  try {
    const dev = await examplesOf(model, readLines(path.join(sample, 'reviews.dev.jsonl')));
    for (const one of cases.filter(({ name }) => name.includes(only))) {
      const done = new Set(readScores(one).map(({ line }) => line));
      for (const [line, example] of dev.entries()) {
        if (line % one.every !== 0 || done.has(line)) continue;
        const started = performance.now();
        const options = resolveInfluenceOptions(one.options ?? {});
        const found = await influenceMethodTable[one.method]([example], options, context);
        const seconds = (performance.now() - started) / 1000;
        const entry: KeptScores = { line, says: found.says, seconds, scores: [...found.scores] };
        appendFileSync(fileOf(one), `${JSON.stringify(entry)}\n`);
        console.log(`${one.name}: dev line ${line + 1}, ${seconds.toFixed(1)} s`);
      }
    }
  } finally {
    await train.release();
    await model.release();
  }
}

/** Of the methods whose scores are there. */
export function datamodellingRows(): Row[] {
  const { retrainings } = readRetrainings();
  return cases.flatMap(one => {
    const entries = readScores(one);
    if (entries.length === 0) return [];
    const scores = new Map(entries.map(entry => [entry.line, entry.scores]));
    return [
      {
        name: one.name,
        score: linearDatamodellingScore(scores, retrainings),
        says: entries[0]!.says,
        lines: entries.length,
        secondsPerLine: median(entries.map(({ seconds }) => seconds)),
      },
    ];
  });
}

/** A method's scores of all training lines for one dev line, by its number from 0. */
interface KeptScores {
  readonly line: number;
  readonly says: string;
  readonly seconds: number;
  readonly scores: readonly number[];
}

function fileOf({ name }: Case): string {
  return path.join(kept, `${name}.jsonl`);
}

function readScores(one: Case): KeptScores[] {
  if (!existsSync(fileOf(one))) return [];
  const lines = readFileSync(fileOf(one), 'utf8').trimEnd().split('\n');
  return lines.map(line => JSON.parse(line) as KeptScores);
}

/** As Markdown. */
export function datamodellingTable(rows: readonly Row[]): string[] {
  const { runs, retrainings } = readRetrainings();
  const trained = runs.reduce((sum, run) => sum + run.runs, 0);
  const table = rows.map(
    ({ name, score, lines, secondsPerLine }) =>
      `| ${name} | ${score.value.toFixed(3)} | ${limits(score)} | ${lines} | ${secondsPerLine.toFixed(1)} |`,
  );
  return [
    `${retrainings.subsets.length} random halves of 1,500 lines, ${trained} retrainings. ${noiseOf(runs)}`,
    '',
    '| method | LDS | 95 % | dev lines | seconds a line |',
    '|---|---:|---|---:|---:|',
    ...table,
    '',
    ...rows.map(({ name, says }) => `- ${name}: ${says}`),
  ];
}

function noiseOf(runs: readonly Run[]): string {
  const noise = agreement(runs);
  if (noise === null)
    return 'Too few halves were trained on twice to tell the noise of retraining.';
  const { between, masks } = noise;
  const each = median(runs.map(run => run.runs));
  const best = ceiling(Math.max(0, between.value), 2);
  return `Of a half, the losses after ${each} of its retrainings correlate with those after ${each} others by ${between.value.toFixed(2)} (${limits(between)}; ${masks} halves): a perfect prediction would reach about ${best.toFixed(2)} where a half has ${2 * each}.`;
}

function limits({ low, high }: Estimate): string {
  return `${low.toFixed(2)} to ${high.toFixed(2)}`;
}
