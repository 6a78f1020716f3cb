/** Leave one out, for real: what the head's influence predicts against training the head again without a line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { extremesOf } from '../../src/interpret/influence/head/extremes';
import { HeadInfluence } from '../../src/interpret/influence/head/headInfluence';
import { leaveOneOut, type LeaveOneOut } from '../../src/interpret/influence/head/leaveOneOut';
import { seededRandom } from '../support/numbers';
import { loadSampleHead, type SampleHead } from '../support/sampleHead';
import { scatterSvg, scatterText, type Scatter } from '../support/scatter';
import { pearson } from '../support/statistics';
import type { Figure } from './report';

/** Lines left out: this many of the most influential, and as many drawn from the others. */
const half = 30;
/** Wrongly predicted dev lines that are asked about. */
const asked = 5;
const picture = path.resolve('media', 'docs', 'leave-one-out.svg');

/** What was left out for one dev line. */
export interface LeftOut {
  /** Line in reviews.dev.jsonl, from 1. */
  readonly line: number;
  /** The most influential ones first. */
  readonly study: readonly LeaveOneOut[];
  readonly pearson: number;
  /** Of the drawn ones alone. */
  readonly drawnPearson: number;
}

/**
 * The head of the sample model, trained to its optimum, for the dev lines that it gets most wrong: the head is trained again
 * without each of 60 lines.
 */
export async function leaveOneOutStudy(): Promise<LeftOut[]> {
  const sample = await loadSampleHead();
  const influence = await HeadInfluence.of(sample.train.source, sample.head);
  const losses = sample.dev.labels.map((_, row) => influence.lossOf(sample.dev.query(row)));
  const found: LeftOut[] = [];
  for (const { row } of extremesOf(losses, asked).top) {
    found.push(await leftOut(sample, row, influence.damping));
  }
  return found;
}

async function leftOut(sample: SampleHead, row: number, damping: number): Promise<LeftOut> {
  const random = seededRandom(row);
  const study = await leaveOneOut(sample.train.source, sample.head, sample.dev.query(row), {
    damping,
    choose: scores => {
      const chosen = new Set(extremesOf(scores.map(Math.abs), half).top.map(({ row }) => row));
      while (chosen.size < 2 * half) chosen.add(Math.floor(random() * scores.length));
      return [...chosen];
    },
  });
  const correlation = (lines: readonly LeaveOneOut[]): number =>
    pearson(
      lines.map(({ predicted }) => predicted),
      lines.map(({ actual }) => actual),
    );
  return {
    ...{ line: row + 1, study },
    ...{ pearson: correlation(study), drawnPearson: correlation(study.slice(half)) },
  };
}

/** The worst of them as a plot: for the terminal, and written as a picture. */
export function leaveOneOutPlot(found: readonly LeftOut[]): string {
  const plotted = found.reduce((worst, one) => (one.pearson < worst.pearson ? one : worst));
  const scatter: Scatter = {
    title: `Leaving out one of 1,500 lines: loss of dev line ${plotted.line}, r = ${plotted.pearson.toFixed(3)}`,
    xLabel: 'predicted change of the loss (nats)',
    yLabel: 'change of the loss after retraining (nats)',
    unit: 0.001,
    groups: ['influential', 'drawn at random'],
    points: plotted.study.map(({ predicted, actual }, i) => ({
      ...{ x: predicted, y: actual, group: i < half ? 0 : 1 },
    })),
  };
  mkdirSync(path.dirname(picture), { recursive: true });
  writeFileSync(picture, scatterSvg(scatter));
  return scatterText(scatter);
}

/** A goal is a most: what is left to 1. */
export function leaveOneOutFigure(found: readonly LeftOut[]): Figure {
  const worst = Math.min(...found.map(({ pearson: all }) => all));
  return {
    name: 'Leave one out: 1 - Pearson, the worst of five dev lines',
    value: 1 - worst,
    unit: '',
    goal: 0.05,
    details: `Pearson ${found.map(({ pearson: all }) => all.toFixed(3)).join(', ')}; ${2 * half} lines left out each, the head of the sample model trained again without each`,
  };
}

/** As Markdown. */
export function leaveOneOutTable(found: readonly LeftOut[]): string[] {
  return [
    `| dev line | Pearson, ${2 * half} lines | of the ${half} drawn at random |`,
    '|---:|---:|---:|',
    ...found.map(({ line, pearson: all, drawnPearson }) => {
      return `| ${line} | ${all.toFixed(4)} | ${drawnPearson.toFixed(4)} |`;
    }),
  ];
}
