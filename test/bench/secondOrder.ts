/** What derivatives by all parameters cost in forward passes, on a random model with BERT-base's layers. */
import {
  crossEntropy,
  labelsInput,
  lossProgram,
  programInputs,
  type Result,
} from '../../src/autodiff/compose';
import { parametersOf } from '../../src/autodiff/parameters';
import { prepare } from '../../src/autodiff/passes';
import type { Graph } from '../../src/onnx/graph';
import { learnerOf } from '../../src/runtime/learn';
import { learnFacts } from '../../src/runtime/probe';
import { Session, type Feeds } from '../../src/runtime/session';
import { bertBase, buildBertLike } from '../support/bertLike';
import { format, type Figure } from './report';

/** Two of the twelve layers, and less of a vocabulary: the bench ends soon. */
const size = { ...bertBase, layers: 2, vocab: 5000 };
const [batch, length] = [16, 64];
const rounds = 5;
/** What is compared is arithmetic; on several threads it would be how well each graph's small ops spread, too. */
const oneThread = { threads: 1 };

const goals: readonly { result: Result; name: string; goal: number; floor: number }[] = [
  { result: 'gradient', name: 'Gradient by all parameters', goal: 3.3, floor: 3 },
  { result: 'tangents', name: 'Tangents of row losses (JVP)', goal: 3.5, floor: 3 },
  { result: 'gaussNewton', name: 'Gauss-Newton product', goal: 6, floor: 5 },
  { result: 'hessian', name: 'Hessian product', goal: 9, floor: 8 },
];

/**
 * Each product over a forward pass of the model as exported, in processor time, in turn; the fastest run of each
 * counts. Gradients and products end with the copy of a whole vector to JavaScript, some tenths of a forward pass.
 */
export async function secondOrderFigures(): Promise<Figure[]> {
  const graph = prepare(buildBertLike(size));
  const probes = [randomFeeds(2, 5), randomFeeds(3, 7)];
  const facts = await learnFacts(graph, probes);
  const parameters = parametersOf(graph, 'logits');
  const learn = learnerOf(probes);
  const request = { graph, facts, learn, logits: 'logits', loss: crossEntropy, parameters };
  const model = await work(graph, randomFeeds(batch, length));
  const figures: Figure[] = [];
  for (const { result, name, goal, floor } of goals) {
    const program = await lossProgram({ ...request, results: [result] });
    const count = program.layout.length;
    const fed = { ...randomFeeds(batch, length), ...programFeeds(count) };
    const product = await work(program.graph, fed);
    let [forward, took] = [Infinity, Infinity];
    for (let round = 0; round < rounds; round++) {
      forward = Math.min(forward, await processorTime(model));
      took = Math.min(took, await processorTime(product));
    }
    await product.release();
    figures.push({
      name: `${name} over forward, batch ${batch} x ${length}`,
      value: took / forward,
      unit: 'x',
      goal,
      details: `forward ${format(forward)} ms, this ${format(took)} ms of one thread, by ${format(count / 1e6)} million parameters; ${floor}.0 is the arithmetic floor`,
    });
  }
  await model.release();
  return figures;
}

/** Something to be timed: runs of one graph on one input. */
interface Work {
  readonly run: () => Promise<unknown>;
  readonly release: () => Promise<void>;
}

/** Has run once, which fills caches and arenas. */
async function work(graph: Graph, feeds: Feeds): Promise<Work> {
  const session = await Session.of(graph, oneThread);
  const fed = Object.fromEntries(session.inputs.map(name => [name, feeds[name]!]));
  await session.run(fed);
  return { run: () => session.run(fed), release: () => session.release() };
}

/** Milliseconds that the processor works for one run. */
async function processorTime({ run }: Work): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function programFeeds(count: number): Feeds {
  const rows = { dtype: 'float32' as const, dims: [batch] };
  const labels = BigInt64Array.from({ length: batch }, (_, i) => BigInt(i % size.labels));
  const vector = Float32Array.from({ length: count }, (_, i) => Math.sin(i));
  return {
    [labelsInput]: { dtype: 'int64', dims: [batch], data: labels },
    [programInputs.weights]: { ...rows, data: new Float32Array(batch).fill(1 / batch) },
    [programInputs.vector]: { dtype: 'float32', dims: [count], data: vector },
  };
}

function randomFeeds(rows: number, columns: number): Feeds {
  const dims = [rows, columns];
  const filled = (value: (i: number) => number) => ({
    dtype: 'int64' as const,
    dims,
    data: BigInt64Array.from({ length: rows * columns }, (_, i) => BigInt(value(i))),
  });
  return {
    input_ids: filled(i => (i * 7919) % size.vocab),
    attention_mask: filled(() => 1),
    token_type_ids: filled(() => 0),
  };
}
