/** A derivative is built from the shapes of two small runs, and must hold for every batch and length. */
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { cleanup, narrow, prepare } from '../../../src/autodiff/passes';
import { vjp } from '../../../src/autodiff/vjp';
import { GraphBuilder } from '../../../src/onnx/builder';
import type { Graph } from '../../../src/onnx/graph';
import { writeModel } from '../../../src/onnx/writeModel';
import { learnFacts } from '../../../src/runtime/probe';
import { Session, type Feeds } from '../../../src/runtime/session';
import { familyNames, integers, loadFamily } from '../../support/families';
import { assertClose, numbers } from '../../support/numbers';

/** The fixtures allow 64 positions and have 120 words. */
const [words, longest] = [120, 60];

function feedsOf(graph: Graph, batch: number, length: number): Feeds {
  const rows = (value: (row: number, i: number) => number) =>
    integers(
      Array.from({ length: batch }, (_, row) => Array.from({ length }, (_, i) => value(row, i))),
    );
  const values: Record<string, () => Feeds[string]> = {
    input_ids: () => rows((row, i) => 2 + ((7 * i + 31 * row) % (words - 2))),
    attention_mask: () => rows(() => 1),
    token_type_ids: () => rows((_row, i) => Number(2 * i > length)),
  };
  return Object.fromEntries(graph.inputs.map(({ name }) => [name, values[name]!()]));
}

/** d (z0 - 2 z1 + z2 / 2) / d word vectors, with shapes learned from these two sizes. */
async function gradient(source: Graph, sizes: readonly [number, number][]): Promise<Session> {
  const prepared = prepare(source);
  const probes = sizes.map(([batch, length]) => feedsOf(prepared, batch, length));
  const { graph, facts } = narrow(prepared, await learnFacts(prepared, probes));
  const b = new GraphBuilder(graph, 'test/');
  const rows = b.op('Shape', ['logits'], { start: 0, end: 1 });
  const weights = b.constant('float32', [1, 3], [1, -2, 0.5]);
  const seed = b.op('Expand', [weights, b.op('Concat', [rows, b.ints([3])], { axis: 0 })]);
  const { output } = findEmbeddingLookup(graph);
  const found = vjp({ graph, seeds: new Map([['logits', seed]]), wrt: [output], facts });
  graph.outputs = [];
  b.output(found.get(output)!, 'gradient');
  return await Session.create(writeModel(cleanup(graph)), { threads: 1 });
}

describe('a gradient whose shapes were learned from short texts', () => {
  for (const name of familyNames) {
    const { graph } = loadFamily(name);
    if (typeof graph.inputs[0]!.dims?.[1] === 'number') continue;
    it(`holds for long ones, for one token and for one row: ${name}`, async () => {
      const short = await gradient(graph, [
        [2, 3],
        [3, 5],
      ]);
      const long = await gradient(graph, [
        [4, longest],
        [5, 41],
      ]);
      for (const [batch, length] of [
        [2, longest],
        [1, 7],
        [3, 1],
        [1, 1],
      ] as const) {
        const feeds = feedsOf(graph, batch, length);
        const [found, expected] = [await short.run(feeds), await long.run(feeds)];
        const sizes = `${batch} x ${length}`;
        assertClose(numbers(found['gradient']), numbers(expected['gradient']), 1e-5, sizes);
      }
      await short.release();
      await long.release();
    });
  }
});
