/** Gradients of trained recurrent and convolutional models on real tweets, against differences of the files themselves. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { cleanup, prepare } from '../../../src/autodiff/passes';
import { vjp } from '../../../src/autodiff/vjp';
import { GraphBuilder } from '../../../src/onnx/builder';
import type { Graph } from '../../../src/onnx/graph';
import { readModel } from '../../../src/onnx/readModel';
import { writeModel } from '../../../src/onnx/writeModel';
import { learnFacts } from '../../../src/runtime/probe';
import { Session, type Feeds } from '../../../src/runtime/session';
import { Tokenizer } from '../../../src/runtime/tokenizer';
import { integers } from '../../support/families';
import { kitPath } from '../../support/models';
import { normals, numbers, seededRandom } from '../../support/numbers';
import { float32 } from '../../support/runGraph';

const rows = 6;
const directions = 4;
/**
 * The longest step of the differences; each is half of the one before. An LSTM is smooth, so that long steps are
 * the most accurate in float32. ReLU and maxima are linear between kinks, so that short steps are.
 */
const models = [
  { name: 'tweet-lstm', longest: 0.2, smooth: true },
  { name: 'tweet-cnn', longest: 0.004, smooth: false },
];
const stepCount = 5;

/** Gradients of one logit a row by the word vectors, as [rows][length x width] numbers. */
async function gradientOf(source: Graph, feeds: Feeds, picks: Feeds[string]): Promise<Feeds> {
  const graph = prepare(source);
  const b = new GraphBuilder(graph);
  const seed = b.input('picks', 'float32', ['rows', 'labels']);
  const { output } = findEmbeddingLookup(graph);
  const probes = [
    [2, 5],
    [3, 8],
  ].map(([count, length]) => {
    const ones = integers(Array.from({ length: count! }, () => Array<number>(length!).fill(1)));
    return {
      input_ids: ones,
      attention_mask: ones,
      picks: float32([count!, 3], Array<number>(3 * count!).fill(0)),
    };
  });
  const facts = await learnFacts(graph, probes);
  const seeds = new Map([[graph.outputs[0]!.name, seed]]);
  const adjoint = vjp({ graph, seeds, wrt: [output], facts }).get(output)!;
  const outputs = [{ name: adjoint }, { name: output }];
  const session = await Session.create(writeModel(cleanup({ ...graph, outputs })));
  const results = await session.run({ ...feeds, picks });
  await session.release();
  return { gradient: results[adjoint]!, words: results[output]! };
}

/** The model as it is in the file, but for the lookup: a function of the word vectors. */
function afterLookup(source: Graph): Graph {
  const { node, output } = findEmbeddingLookup(source);
  const words = { name: output, dtype: 'float32', dims: ['rows', 'length', 'width'] } as const;
  return {
    ...source,
    inputs: [words, ...source.inputs.filter(input => input.name !== 'input_ids')],
    nodes: source.nodes.filter(each => each !== node),
  };
}

for (const { name, longest, smooth } of models) {
  const steps = Array.from({ length: stepCount }, (_, i) => longest / 2 ** i);
  describe(`gradients of ${name}`, () => {
    it('agree with differences along random directions of the word vectors of real tweets', async function () {
      const dir = kitPath(this, 'models', name);
      const data = readFileSync(kitPath(this, 'data', 'tweet-sentiment', 'dev.csv'), 'utf8');
      const tweets = parse<{ text: string }>(data, { columns: true, to: rows });
      const tokenizer = await Tokenizer.load(path.join(dir, 'tokenizer.json'));
      const ids: (readonly number[])[] = [];
      for (const { text } of tweets) ids.push((await tokenizer.encode({ text })).ids);
      const length = Math.max(...ids.map(row => row.length));
      const fill = (value: (row: readonly number[], i: number) => number) =>
        integers(ids.map(row => Array.from({ length }, (_, i) => value(row, i))));
      const attention_mask = fill((row, i) => Number(i < row.length));
      const feeds = { input_ids: fill((row, i) => row[i] ?? 0), attention_mask };

      const file = path.join(dir, 'model.onnx');
      const source = readModel(readFileSync(file), file);
      const model = await Session.create(writeModel(afterLookup(source)), { optimise: 'off' });
      const [wordsName] = model.inputs as [string];
      const logits = model.outputs[0]!;
      const plain = await Session.create(file);
      const given = numbers((await plain.run(feeds))[logits]);
      await plain.release();
      const best = ids.map((_, row) => {
        const own = given.slice(3 * row, 3 * row + 3);
        return own.indexOf(Math.max(...own));
      });
      const picks = float32(
        [rows, 3],
        best.flatMap(label => [0, 1, 2].map(i => Number(i === label))),
      );
      const found = await gradientOf(source, feeds, picks);
      const [gradient, words] = [numbers(found['gradient']), numbers(found['words'])];
      const width = words.length / rows;

      const pickedLogits = async (
        direction: readonly number[],
        step: number,
      ): Promise<number[]> => {
        const moved = words.map((value, i) => value + step * direction[i]!);
        const values = float32(found['words']!.dims, moved);
        const results = await model.run({ [wordsName]: values, attention_mask });
        return best.map((label, row) => Number(results[logits]!.data[3 * row + label]));
      };
      const errors: number[] = [];
      for (let seed = 0; seed < directions; seed++) {
        const direction = normals(seededRandom(seed), words.length);
        const there = await pickedLogits(direction, 0);
        const ahead: number[][] = [];
        const behind: number[][] = [];
        for (const step of steps) {
          ahead.push(await pickedLogits(direction, step));
          behind.push(await pickedLogits(direction, -step));
        }
        for (let row = 0; row < rows; row++) {
          const slopes = steps.map((step, k) => ({
            ahead: (ahead[k]![row]! - there[row]!) / step,
            behind: (there[row]! - behind[k]![row]!) / step,
          }));
          const own = gradient.slice(row * width, (row + 1) * width);
          const expected = own.reduce((sum, g, i) => sum + g * direction[row * width + i]!, 0);
          // The derivative along a direction of independent unit normals is of the size of the gradient's norm.
          const size = Math.sqrt(own.reduce((sum, g) => sum + g * g, 0));
          assert.ok(size > 1e-3, 'the logit depends on the words');
          const estimates = smooth ? [mostStable(slopes)] : slopes.flatMap(sides);
          const error = Math.min(...estimates.map(each => Math.abs(expected - each))) / size;
          errors.push(error);
          assert.ok(error <= 2e-3, `row ${row}: off by ${error.toExponential(1)}`);
        }
      }
      await model.release();
      errors.sort((a, b) => a - b);
      const [middle, largest] = [errors[errors.length >> 1]!, errors.at(-1)!].map(error =>
        error.toExponential(1),
      );
      console.log(
        `      errors relative to the gradient's norm: median ${middle}, largest ${largest}`,
      );
      assert.ok(errors[errors.length >> 1]! < 5e-4, `median error ${middle}`);
    });
  });
}

/** Differences ahead of the point and behind it. */
interface Slopes {
  readonly ahead: number;
  readonly behind: number;
}

const central = ({ ahead, behind }: Slopes): number => (ahead + behind) / 2;

/**
 * Of the estimates from ever shorter steps the one that differs least from its neighbour: rounding has not set in.
 * Richardson: halving the step leaves a quarter of the error of a central difference.
 */
function mostStable(slopes: readonly Slopes[]): number {
  const estimates = slopes
    .slice(1)
    .map((finer, i) => (4 * central(finer) - central(slopes[i]!)) / 3);
  const changes = estimates.slice(1).map((estimate, i) => Math.abs(estimate - estimates[i]!));
  return estimates[1 + changes.indexOf(Math.min(...changes))]!;
}

/**
 * Where a kink is near, the derivative is that of the side without it; at the kink (the same word twice in a
 * maximum) it is the mean of both. Elsewhere the three agree.
 */
function sides(slopes: Slopes): number[] {
  return [slopes.ahead, slopes.behind, central(slopes)];
}
