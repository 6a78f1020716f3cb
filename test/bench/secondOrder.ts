/** What derivatives by all parameters cost in forward passes, on a random model of BERT-base's layers. */
import {
  crossEntropy,
  labelsInput,
  lossProgram,
  programInputs,
  type Result,
} from '../../src/autodiff/compose';
import { parametersOf } from '../../src/autodiff/parameters';
import { prepare } from '../../src/autodiff/passes';
import { writeModel } from '../../src/onnx/writeModel';
import { learnerOf } from '../../src/runtime/learn';
import { learnFacts } from '../../src/runtime/probe';
import { Session, type Feeds } from '../../src/runtime/session';
import { bertBase, buildBertLike } from '../support/bertLike';
import { format, type Figure } from './report';
import { milliseconds } from './timing';

/**
 * Two of the twelve layers, and as much less of a vocabulary: rounds are short, so that a machine that is busy
 * with other things disturbs all products alike. Every layer is computed at every position, as exported.
 */
const size = { ...bertBase, layers: 2, vocab: 5000 };
const [batch, length] = [16, 32];
const rounds = 10;
/** What is compared is arithmetic; on several threads it would be how well each graph's small ops spread, too. */
const oneThread = { threads: 1 };

const goals: readonly { result: Result; name: string; goal: number; floor: number }[] = [
  { result: 'gradient', name: 'Gradient by all parameters', goal: 3.3, floor: 3 },
  { result: 'tangents', name: 'Tangents of row losses (JVP)', goal: 3.5, floor: 3 },
  { result: 'gaussNewton', name: 'Gauss-Newton product', goal: 6, floor: 5 },
  { result: 'hessian', name: 'Hessian product', goal: 9, floor: 8 },
];

/** Each product over a forward pass; all measured in turn, the fastest run of each counts. */
export async function secondOrderFigures(): Promise<Figure[]> {
  const graph = prepare(buildBertLike(size));
  const probes = [randomFeeds(2, 5), randomFeeds(3, 7)];
  const facts = await learnFacts(graph, probes);
  const parameters = parametersOf(graph, 'logits');
  const learn = learnerOf(probes);
  const request = { graph, facts, learn, logits: 'logits', loss: crossEntropy, parameters };
  const sessions = [await Session.create(writeModel(graph), oneThread)];
  let count = 0;
  for (const { result } of goals) {
    const program = await lossProgram({ ...request, results: [result] });
    sessions.push(await Session.create(writeModel(program.graph), oneThread));
    count = program.layout.length;
  }
  const feeds = { ...randomFeeds(batch, length), ...programFeeds(count) };
  const best = sessions.map(() => Infinity);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, session] of sessions.entries()) {
      const fed = Object.fromEntries(session.inputs.map(name => [name, feeds[name]!]));
      const took = await milliseconds(() => session.run(fed));
      // The first round fills caches and arenas.
      if (round > 0) best[i] = Math.min(best[i]!, took);
    }
  }
  for (const session of sessions) await session.release();
  const [forward, ...derivatives] = best as [number, ...number[]];
  return goals.map(({ name, goal, floor }, i) => ({
    name: `${name} over forward, batch ${batch} x ${length}`,
    value: derivatives[i]! / forward,
    unit: 'x',
    goal,
    details: `forward ${format(forward)} ms, this ${format(derivatives[i]!)} ms, by ${format(count / 1e6)} million parameters, one thread; ${floor}.0 is the arithmetic floor`,
  }));
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
