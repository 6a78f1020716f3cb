/** What attacks cost, and how good they are: a flip step, a reduction, batches against one run a candidate, and 100 lines a model. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { attack } from '../../src/interpret/attack/attack';
import { firstDraft } from '../../src/interpret/attack/draft';
import { FlipProgram } from '../../src/interpret/attack/flip/flipProgram';
import type { FlipFrame, FlipQuestion } from '../../src/interpret/attack/flip/flipQuestion';
import { goalFor } from '../../src/interpret/attack/goals';
import { Tester, type Trial } from '../../src/interpret/attack/tester';
import { atText } from '../../src/interpret/saliency/gradients/plan';
import { SaliencyProgram } from '../../src/interpret/saliency/gradients/program';
import { runPoints } from '../../src/interpret/saliency/gradients/runPoints';
import { readText } from '../../src/interpret/task/readText';
import { cell, type Decision } from '../../src/interpret/task/decision';
import type { Row } from '../../src/model/inputs';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import { emptyGraph, GraphBuilder } from '../../src/onnx/builder';
import { writeModel } from '../../src/onnx/writeModel';
import { Session } from '../../src/runtime/session';
import { bertBase, buildBertLike } from '../support/bertLike';
import {
  chanceWith,
  firstTexts,
  hotflipWith,
  openModel,
  ratesOf,
  request,
  studyAttacks,
} from '../support/attackStudy';
import { kit } from '../support/models';
import { format, type Figure } from './report';
import { median, milliseconds, timePair } from './timing';

const sample = path.resolve('media', 'sample', 'model');

/** About 30 tokens. */
const line =
  'The story is slow and the jokes are stale, but the two leads are so warm, funny and alive that you forgive the film almost everything in the end.';

export async function attackFigures(): Promise<Figure[]> {
  const model = await openModel(sample);
  try {
    return [
      await flipStepOfText(model),
      await reduction(model),
      await batchedOverNaive(model),
      ...(await flipStepOfKit()),
      await flipStepOfBertBase(),
    ];
  } finally {
    await model.release();
  }
}

async function flipStepOfKit(): Promise<Figure[]> {
  const dir = path.join(kit, 'models', 'sst2-bert');
  if (!existsSync(dir)) return [];
  const model = await openModel(dir);
  try {
    return [await flipStepOfText(model), await batchedOverNaive(model)];
  } finally {
    await model.release();
  }
}

/** A model of BERT-base's size with random weights, as a user's own. */
async function flipStepOfBertBase(): Promise<Figure> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'glassbox-bench-'));
  try {
    await writeFile(path.join(folder, 'model.onnx'), writeModel(buildBertLike(bertBase)));
    const model = await loadModel(folder, 'cpu', { tokenizer: 'optional' });
    const ids = Array.from({ length: 32 }, (_, i) => 1000 + 37 * i);
    const row = { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
    const decisions = [{ position: 0, cells: [cell(0), cell(1, -1)] }];
    const figure = await flipStep(model, row, decisions, 'BERT-base', 5);
    await model.release();
    return figure;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function flipStepOfText(model: Model): Promise<Figure> {
  const { head, name } = model.about;
  const read = await readText(model, { text: line }, {}, {});
  const { row } = read.hand.windows[0]!;
  const question = { label: { kind: 'predicted' }, target: null, by: 1 } as const;
  const goal = goalFor[head.task]({ read, ...question });
  const [part] = goal.parts(read, firstDraft({ text: line }, null));
  return await flipStep(model, row, part!.decisions, name, 15);
}

/** One step for 8 texts, all positions open to the whole vocabulary, less the product with the vocabulary. */
async function flipStep(
  model: Model,
  row: Row,
  decisions: readonly Decision[],
  name: string,
  rounds: number,
): Promise<Figure> {
  const rows = Array.from({ length: 8 }, () => row);
  const question: FlipQuestion = { row, decisions, filterOf: row.ids.map(() => 0) };
  const { vocabulary, width } = model.about.embedding;
  const filters = [new Uint8Array(vocabulary).fill(1)];
  const frame: FlipFrame = { filters, best: 16, minCosine: null };
  const program = await FlipProgram.of(model);
  const questions = rows.map(() => question);
  const { ratio, first, second } = await timePair(
    () => model.predict(rows),
    () => program.run(questions, frame),
    rounds,
  );
  const product = await vocabularyProduct(rows.length * row.ids.length, width, vocabulary);
  return {
    name: `HotFlip step less the vocabulary product, over forward, ${name}`,
    value: ratio * ((second - product) / second),
    unit: 'x',
    goal: 2.5,
    details: `8 texts of ${row.ids.length} tokens: forward ${format(first)} ms, step ${format(second)} ms, product with ${vocabulary} words and their TopK ${format(product)} ms`,
  };
}

/** Milliseconds of [rows, width] times [width, vocabulary] and the best 16 of each row, as the step makes them. */
async function vocabularyProduct(rows: number, width: number, vocabulary: number): Promise<number> {
  const graph = emptyGraph('product');
  const b = new GraphBuilder(graph);
  const vectors = b.input('vectors', 'float32', ['N', width]);
  const numbers = Array.from({ length: vocabulary * width }, (_, i) => Math.sin(i));
  const table = b.constant('float32', [vocabulary, width], numbers, 'table');
  const products = b.op('Gemm', [vectors, table], { transB: 1 });
  const [values, ids] = b.ops('TopK', [products, b.ints([16])], 2, { axis: 1 });
  b.output(values!, 'values');
  b.output(ids!, 'ids');
  const session = await Session.of(graph, { device: 'cpu' });
  const data = Float32Array.from({ length: rows * width }, (_, i) => Math.cos(i));
  const feeds = { vectors: { dtype: 'float32' as const, dims: [rows, width], data } };
  const times: number[] = [];
  for (let i = 0; i < 16; i++) {
    times.push(await milliseconds(() => session.run(feeds, ['values', 'ids'])));
  }
  await session.release();
  return median(times.slice(1));
}

async function reduction(model: Model): Promise<Figure> {
  const ask = { ...request({ text: line }, {}), attack: 'input-reduction' as const };
  const { words, runs, queries, says } = await attack(model, ask);
  const times: number[] = [];
  for (let i = 0; i < 9; i++) times.push(await milliseconds(() => attack(model, ask)));
  return {
    name: 'Input reduction of a 30-token line, sample model',
    value: median(times),
    unit: ' ms',
    goal: 500,
    details: `${words} words, ${queries} texts in ${runs} runs: ${says}`,
  };
}

/**
 * A step over 64 candidates: all are verified in one run, and the gradient is taken of the one that is kept; against one run of the
 * prediction and one of the gradient for each candidate, as AllenNLP's attackers do.
 */
async function batchedOverNaive(model: Model): Promise<Figure> {
  const question = { label: { kind: 'predicted' }, target: null, by: 1 } as const;
  const read = await readText(model, { text: line }, {}, {});
  const goal = goalFor[model.about.head.task]({ read, ...question });
  const program = await SaliencyProgram.of(model);
  const gradient = async ({ read, draft }: Trial): Promise<void> => {
    const [part] = goal.parts(read, draft);
    const { row } = read.hand.windows[0]!;
    await runPoints(program, {
      rows: [row],
      decisions: [part!.decisions],
      scalar: 'logit',
      baseline: { ids: [row.ids.map(() => 0)], scale: 0 },
      points: [atText],
    });
  };
  const words = line.split(' ');
  const drafts = Array.from({ length: 64 }, (_, i) => {
    const changed = words.map((word, at) => (at === i % words.length ? words[i % 7]! : word));
    return firstDraft({ text: changed.join(' ') }, null);
  });
  const tester = new Tester(model, goal, {});
  const { first, second, ratio } = await timePair(
    async () => {
      const trials = await tester.ask(drafts);
      await gradient(trials[0]!);
    },
    async () => {
      for (const draft of drafts) {
        const [trial] = await tester.ask([draft]);
        await gradient(trial!);
      }
    },
    9,
  );
  return {
    name: `64 candidates in one run over one by one, ${model.about.name}`,
    value: 1 / ratio,
    unit: 'x',
    goal: 1 / 5,
    details: `in one run, and one gradient ${format(first)} ms; a prediction and a gradient for each ${format(second)} ms: ${format(ratio)} times as long`,
  };
}

const studied = [
  ['sst2-bert', 'sst2/dev.jsonl'],
  ['tweet-cnn', 'tweet-sentiment/dev.csv'],
  ['tweet-lstm', 'tweet-sentiment/dev.csv'],
  ['nli-bert', 'nli/dev.jsonl'],
] as const;

/** A table of success rates; only where the models and data for it are. */
export async function printAttackStudy(lines = 100): Promise<void> {
  if (!existsSync(kit)) return;
  console.log(
    `\nHotFlip on ${lines} lines, at most 5 changes, 64 candidates a step; wrong predictions are skipped`,
  );
  console.log(
    'model       attack    success        by one change   words changed   queries   runs   ms a line   verified',
  );
  for (const [name, data] of studied) {
    const model = await openModel(path.join(kit, 'models', name));
    const texts = await firstTexts(path.join(kit, 'data', data), lines);
    const studies = await studyAttacks(model, texts, {
      chance: chanceWith({}),
      greedy: hotflipWith({}),
      beam: hotflipWith({ search: 'beam' }),
      minimal: hotflipWith({ search: 'minimal' }),
    });
    for (const study of studies) {
      const { rate, rateOfOne, succeeded, tried, meanWords, meanQueries, meanRuns, milliseconds } =
        ratesOf(study);
      const verified = study.results.every(({ verifiedFromText }) => verifiedFromText);
      console.log(
        `${name.padEnd(12)}${study.name.padEnd(10)}${`${(100 * rate).toFixed(0)} % (${succeeded}/${tried})`.padEnd(15)}${`${(100 * rateOfOne).toFixed(0)} %`.padEnd(16)}${meanWords.toFixed(2).padEnd(16)}${meanQueries.toFixed(0).padEnd(10)}${meanRuns.toFixed(1).padEnd(7)}${milliseconds.toFixed(0).padEnd(12)}${verified ? 'all' : 'NOT ALL'}`,
      );
    }
    await model.release();
  }
}
