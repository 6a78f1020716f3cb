/** What tracing influence costs: a query's sweep over the training lines against a forward pass, and against the ways of others. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Example } from '../../src/interpret/influence/curvature/batches';
import { Derivatives } from '../../src/interpret/influence/curvature/derivatives';
import { LossModel } from '../../src/interpret/influence/curvature/lossModel';
import type { Model } from '../../src/model/model';
import { openModel } from '../support/attackStudy';
import { examplesOf, readLines } from '../support/labelledSet';
import { kit } from '../support/models';
import { relativeError } from '../support/numbers';
import { format, type Figure } from './report';
import { timePair } from './timing';

/** Lines of SST-2 that are timed, and all of them. */
const [timed, all] = [2000, 67_349];
/** Lines that are differentiated one by one. */
const single = 200;
const rounds = 3;

export async function influenceFigures(): Promise<Figure[]> {
  const dir = path.join(kit, 'models', 'sst2-bert');
  if (!existsSync(dir)) return [];
  const model = await openModel(dir);
  try {
    const lines = readLines(path.join(kit, 'data', 'sst2', 'train.jsonl')).slice(0, timed);
    const examples = await examplesOf(model, lines);
    return [
      ...(await sweepOverForward(model, examples)),
      await sweepOverSingle(model, examples.slice(0, single)),
    ];
  } finally {
    await model.release();
  }
}

/** Any vector: the time does not depend on it. */
function direction(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => Math.sin(i));
}

/** The scores of one query, the directional derivatives of all lines' losses, against their losses alone. */
async function sweepOverForward(model: Model, examples: readonly Example[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, choice] of [
    ['all parameters', /^/u],
    ['the last block', { lastBlocks: 1 }],
  ] as const) {
    const losses = await LossModel.of(model, choice);
    const v = direction(losses.size);
    const { first, second, ratio } = await timePair(
      () => losses.losses(examples),
      () => losses.sweep(examples, v),
      rounds,
    );
    const seconds = (second * all) / timed / 1000;
    figures.push({
      name: `Scores of one query over forward, by ${name}`,
      value: ratio,
      unit: 'x',
      goal: 3.5,
      details: `sst2-bert, ${timed} lines of SST-2: forward ${format(first)} ms, the sweep of conjugate gradient ${format(second)} ms; ${format(seconds)} s for ${all} lines, extrapolated`,
    });
  }
  return figures;
}

/** As AllenNLP does it: a gradient of each line by itself, and its product with the solution. */
async function sweepOverSingle(model: Model, examples: readonly Example[]): Promise<Figure> {
  const losses = await LossModel.of(model, /^/u);
  const v = direction(losses.size);
  const program = await Derivatives.of(model, losses.parameters, ['gradient']);
  const oneByOne = async (): Promise<number[]> => {
    const scores: number[] = [];
    for (const example of examples) {
      const { gradient } = await program.run(await program.feed([example]), [1], null);
      const numbers = gradient!.data as Float32Array;
      let score = 0;
      for (let i = 0; i < numbers.length; i++) score += numbers[i]! * v[i]!;
      scores.push(score);
    }
    return scores;
  };
  const sweep = async (): Promise<number[]> => [...(await losses.sweep(examples, v)).tangents];
  const { first, second, ratio } = await timePair(oneByOne, sweep, rounds);
  const difference = relativeError(await oneByOne(), await sweep());
  await program.release();
  return {
    name: 'Scores of one query over a backward pass a line',
    value: ratio,
    unit: 'x',
    goal: 0.33,
    details: `sst2-bert, all parameters, the same ${examples.length} lines: ${format(first / examples.length)} ms a line by its own gradient, ${format(second / examples.length)} ms in the sweep (the scores differ by ${difference.toExponential(0)} of the largest)`,
  };
}
