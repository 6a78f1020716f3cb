/** Every family as ONNX Runtime's optimiser saves it: logits and gradients of the lowered graph against PyTorch's. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { convert } from '../../../src/autodiff/lower';
import { cleanup, prepare } from '../../../src/autodiff/passes';
import { vjp } from '../../../src/autodiff/vjp';
import { GraphBuilder } from '../../../src/onnx/builder';
import { learnFacts } from '../../../src/runtime/probe';
import { familyDir, familyNames, loadFamily, probeFeeds } from '../../support/families';
import { assertClose, flat, numbers } from '../../support/numbers';
import { optimised } from '../../support/optimised';
import { float32, runGraph } from '../../support/runGraph';

/** Families that the optimiser finds nothing to fuse in. */
const plain = new Set(['lstm', 'bilstm', 'gru']);

describe('families as ONNX Runtime optimises them', () => {
  for (const name of familyNames) {
    it(`${name}: logits and gradients`, async () => {
      const { golden, feeds } = loadFamily(name);
      const original = await optimised(path.join(familyDir(name), 'model.onnx'));
      const { graph: converted, conversions } = convert(original);
      const kinds = conversions.map(({ kind }) => kind);
      assert.equal(kinds.includes('fused'), !plain.has(name), kinds.join());
      const graph = prepare(converted);
      assert.deepEqual(graph.domains, {});

      const { output } = findEmbeddingLookup(graph);
      const facts = await learnFacts(graph, probeFeeds(graph));
      const logits = graph.outputs[0]!.name;
      const width = golden.logits[0]!.length;
      const b = new GraphBuilder(graph);
      const seed = b.input('seed', 'float32', ['batch', 'labels']);
      const gradient = vjp({ graph, seeds: new Map([[logits, seed]]), wrt: [output], facts }).get(
        output,
      )!;
      const clean = cleanup({ ...graph, outputs: [{ name: logits }, { name: gradient }] });
      const oneHot = golden.target.flatMap(label =>
        Array.from({ length: width }, (_, i) => Number(i === label)),
      );
      const results = await runGraph(clean, {
        ...feeds,
        seed: float32([golden.target.length, width], oneHot),
      });
      assertClose(numbers(results[logits]), flat(golden.logits), 1e-4, 'logits');
      const real = (values: readonly number[]): number[] => {
        const mask = feeds['attention_mask']
          ? flat(golden.attention_mask)
          : flat(golden.input_ids).map(() => 1);
        const dim = values.length / mask.length;
        return values.filter((_, i) => mask[Math.floor(i / dim)] === 1);
      };
      const expected = real(flat(golden.grad_logit));
      assertClose(real(numbers(results[gradient])), expected, 1e-4, 'gradient');
    });
  }
});
