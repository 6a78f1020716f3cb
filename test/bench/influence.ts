/** What tracing influence costs: a query's sweep over the training lines against a forward pass, and against the ways of others. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Example } from '../../src/interpret/influence/curvature/batches';
import { Derivatives } from '../../src/interpret/influence/curvature/derivatives';
import { LossModel } from '../../src/interpret/influence/curvature/lossModel';
import { GhostProducts } from '../../src/interpret/influence/ekfac/ghostProducts';
import { HeadInfluence } from '../../src/interpret/influence/head/headInfluence';
import type { Model } from '../../src/model/model';
import { openModel } from '../support/attackStudy';
import { oneHot, sourceOf } from '../support/featuresInMemory';
import { examplesOf, readLines } from '../support/labelledSet';
import { matricesOf } from '../support/layerVectors';
import { kit } from '../support/models';
import { relativeError, seededRandom } from '../support/numbers';
import { format, type Figure } from './report';
import { median, milliseconds, timePair } from './timing';

/** Lines of SST-2 that are timed, and all of them. */
const [timed, all] = [2000, 67_349];
/** Lines that are differentiated one by one. */
const single = 200;
/** Lines for several questions at once. */
const ghosted = 200;
const rounds = 3;
/** Parameters of linear layers, which both ways take. */
const linear = /(query|key|value|dense|classifier)\./u;

export async function influenceFigures(): Promise<Figure[]> {
  const dir = path.join(kit, 'models', 'sst2-bert');
  const query = await headQuery();
  if (!existsSync(dir)) return [query];
  const model = await openModel(dir);
  try {
    const lines = readLines(path.join(kit, 'data', 'sst2', 'train.jsonl')).slice(0, timed);
    const examples = await examplesOf(model, lines);
    return [
      query,
      ...(await sweepOverForward(model, examples)),
      await sweepOverSingle(model, examples.slice(0, single)),
      ...(await ghostsOverSweeps(model, examples.slice(0, ghosted))),
    ];
  } finally {
    await model.release();
  }
}

/** Any vector: the time does not depend on it. */
function direction(size: number, factor = 1): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => Math.sin(factor * i));
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
  const { first, second, ratio } = await timePair(oneByOne, sweep, 1);
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

/** The scores of Q questions in one pass of products by layer, against Q sweeps by the same parameters. */
async function ghostsOverSweeps(model: Model, examples: readonly Example[]): Promise<Figure[]> {
  const losses = await LossModel.of(model, linear);
  const ghosts = await GhostProducts.of(losses);
  const figures: Figure[] = [];
  for (const queries of [1, 2, 4, 8]) {
    const vectors = Array.from({ length: queries }, (_, q) => direction(losses.size, q + 1));
    const matrices = vectors.map(v => matricesOf(ghosts.layers, losses.layout, v));
    const sweeps = async (): Promise<Float64Array[]> => {
      const found: Float64Array[] = [];
      for (const v of vectors) found.push((await losses.sweep(examples, v)).tangents);
      return found;
    };
    const products = async (): Promise<readonly Float64Array[]> =>
      (await ghosts.dots(examples, matrices)).dots;
    const { first, second, ratio } = await timePair(sweeps, products, rounds);
    const [expected, found] = [await sweeps(), await products()];
    const difference = relativeError(
      found.flatMap(dots => [...dots]),
      expected.flatMap(dots => [...dots]),
    );
    figures.push({
      name: `Products by layer over sweeps, ${queries} ${queries === 1 ? 'question' : 'questions'} at once`,
      value: ratio,
      unit: 'x',
      goal: queries === 1 ? null : 1,
      details: `sst2-bert, ${ghosts.layers.length} linear layers, ${examples.length} lines: sweeps ${format(first)} ms, products ${format(second)} ms; they differ by ${difference.toExponential(0)} of the largest`,
    });
  }
  return figures;
}

/** A question to the head after the first, at the size of SST-2 and BERT-base; features as the engine keeps them, in memory. */
async function headQuery(): Promise<Figure> {
  const width = 768;
  const random = seededRandom(1);
  const features = Float32Array.from({ length: all * width }, () => random() - 0.5);
  const labels = Array.from({ length: all }, (_, i) => i % 2);
  const source = sourceOf(features, oneHot(labels, 2), all);
  const weights = Float64Array.from({ length: 2 * (width + 1) }, () => (random() - 0.5) / 10);
  const head = { link: 'softmax', classes: 2, width, bias: true, weights } as const;
  let influence: HeadInfluence | undefined;
  const first = await milliseconds(async () => {
    influence = await HeadInfluence.of(source, head);
  });
  const query = { features: features.subarray(0, width), target: [0, 1] };
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    times.push(await milliseconds(() => influence!.scores([query])));
  }
  return {
    name: `A question to the head, ${all} lines x ${width} features`,
    value: median(times),
    unit: ' ms',
    goal: 100,
    details: `after ${format(first)} ms for the curvature and its factor, once`,
  };
}
