/** Every family against the numbers of PyTorch in float64. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { explainIds } from '../../../src/interpret/saliency/explain';
import { SaliencyProgram } from '../../../src/interpret/saliency/program';
import { loadModel } from '../../../src/model/loadModel';
import type { Row } from '../../../src/model/inputs';
import type { Model } from '../../../src/model/model';
import type { Explanation, MethodParameters, ScalarKind } from '../../../src/protocol/explanation';
import { familyDir, familyNames, type Golden } from '../../support/families';
import { goldenRows, kitPath } from '../../support/models';
import { assertClose, relativeError } from '../../support/numbers';

interface SaliencyGolden extends Golden {
  readonly allennlp_simple_gradient: number[][];
  readonly allennlp_integrated_gradient: number[][];
  readonly ig_gausslegendre50_logit: number[][];
  readonly ig_completeness: { sum: number[]; logit_minus_baseline: number[] };
}

const tolerance = 1e-4;

interface Loaded {
  readonly model: Model;
  readonly golden: SaliencyGolden;
  readonly rows: Row[];
}

async function loadFamilyModel(dir: string): Promise<Loaded> {
  const golden = JSON.parse(readFileSync(path.join(dir, 'golden.json'), 'utf8')) as SaliencyGolden;
  const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
  return { model, golden, rows: goldenRows(golden) };
}

async function run(
  { model, rows }: Loaded,
  method: string,
  scalar: ScalarKind,
  parameters: MethodParameters = {},
): Promise<Explanation[]> {
  return await explainIds(model, rows, {
    method,
    parameters,
    scalar,
    label: { kind: 'predicted' },
  });
}

/** The numbers at real tokens; padding must be exactly zero. */
function real(rows: readonly Row[], numbers: readonly (readonly number[])[]): number[] {
  return numbers.flatMap((list, row) => list.filter((_, i) => rows[row]!.mask[i] === 1));
}

function assertMatches(
  { rows }: Loaded,
  found: readonly (readonly number[])[],
  golden: readonly (readonly number[])[],
  what: string,
): void {
  assertClose(real(rows, found), real(rows, golden), tolerance, what);
  found.forEach((list, row) => {
    list.forEach((value, i) => {
      if (rows[row]!.mask[i] === 0) assert.equal(value, 0);
    });
  });
}

const attributions = (found: Explanation[]): (readonly number[])[] =>
  found.map(explanation => explanation.attributions);

for (const name of familyNames) {
  describe(`saliency of ${name}`, () => {
    let family: Loaded;
    before(async () => (family = await loadFamilyModel(familyDir(name))));
    after(() => family.model.release());

    it('predicts as the reference, from ids and from word vectors', async () => {
      const found = await run(family, 'gradient', 'loss');
      found.forEach(({ prediction, explained }, row) => {
        assertClose([...prediction.logits], family.golden.logits[row]!, 1e-5, 'logits');
        assert.equal(prediction.labels.indexOf(prediction.label), family.golden.target[row]);
        assertClose([explained.value], [family.golden.loss[row]!], 1e-5, 'loss');
      });
      const { disagreement } = await SaliencyProgram.of(family.model);
      assert.ok(disagreement <= 1e-5);
    });

    it('gives dot, l1 and l2 of the gradient of the loss', async () => {
      const { golden } = family;
      const dot = { aggregate: 'dot' } as const;
      const gradientDot = await run(family, 'gradient', 'loss', dot);
      assertMatches(family, attributions(gradientDot), golden.dot, 'dot');
      const product = await run(family, 'input-x-gradient', 'loss');
      assertMatches(family, attributions(product), golden.dot, 'input x gradient');
      const l1 = await run(family, 'input-x-gradient', 'loss', { aggregate: 'l1' });
      assertMatches(family, attributions(l1), golden.l1, 'l1');
      const l2 = await run(family, 'gradient', 'loss', { aggregate: 'l2' });
      assertMatches(family, attributions(l2), golden.l2, 'l2');
    });

    it('gives the L1 norm and the sum of the raw gradient', async () => {
      const { golden } = family;
      const norm = golden.grad_loss.map(row =>
        row.map(vector => vector.reduce((sum, value) => sum + Math.abs(value), 0)),
      );
      const l1 = await run(family, 'gradient', 'loss', { aggregate: 'l1' });
      assertMatches(family, attributions(l1), norm, 'l1 of the gradient');
      const sums = await run(family, 'gradient', 'loss', { aggregate: 'sum' });
      const truth = golden.grad_loss.map(row => row.map(v => v.reduce((a, b) => a + b, 0)));
      const largest = Math.max(...real(family.rows, norm));
      real(family.rows, attributions(sums)).forEach((value, i) => {
        assert.ok(Math.abs(value - real(family.rows, truth)[i]!) < 1e-5 * largest);
      });
    });

    it('notices that the raw sum is rounding where a LayerNorm follows', async () => {
      // ELECTRA and ALBERT normalise first too; all families here do.
      for (const { health } of await run(family, 'gradient', 'loss', { aggregate: 'sum' })) {
        const check = health.find(entry => entry.check === 'layernorm-sum')!;
        assert.equal(check.ok, false);
        assert.ok(check.value! < 1e-5);
      }
      for (const { health } of await run(family, 'gradient', 'loss', { aggregate: 'dot' })) {
        assert.equal(health.find(entry => entry.check === 'layernorm-dot')!.ok, true);
      }
    });

    it("gives AllenNLP's simple and integrated gradients", async () => {
      const { golden, rows } = family;
      const simple = await run(family, 'allennlp-simple-gradient', 'logit');
      const integrated = await run(family, 'allennlp-integrated-gradient', 'logit');
      const scores = (found: Explanation[]): (readonly number[])[] => found.map(e => e.scores);
      assertMatches(family, scores(simple), golden.allennlp_simple_gradient, 'simple');
      assertMatches(family, scores(integrated), golden.allennlp_integrated_gradient, 'integrated');
      for (const { scores, explained, signed } of [...simple, ...integrated]) {
        assert.ok(scores.every(score => score >= 0));
        assert.ok(Math.abs(scores.reduce((a, b) => a + b, 0) - 1) < 1e-6);
        assert.deepEqual([explained.scalar, signed], ['loss', false]);
      }
      assert.equal(rows.length, 4);
    });

    it('gives integrated gradients, and says where they are not complete', async () => {
      const { golden } = family;
      const found = await run(family, 'integrated-gradients', 'logit');
      assertMatches(family, attributions(found), golden.ig_gausslegendre50_logit, 'integrated');
      found.forEach(({ health }, row) => {
        const check = health.find(entry => entry.check === 'completeness')!;
        const rise = golden.ig_completeness.logit_minus_baseline[row]!;
        const error = Math.abs(golden.ig_completeness.sum[row]! - rise) / Math.abs(rise);
        assert.ok(Math.abs(check.value! - error) < 1e-3, `${check.value} is not ${error}`);
        assert.equal(check.ok, error < 0.02);
      });
    });

    it('gives the same numbers however the points are cut into runs', async () => {
      const program = await SaliencyProgram.of(family.model);
      const whole: Record<string, number[]> = {};
      for (const size of [1000, 1, 3, 17]) {
        program.pace.pointsOf = () => size;
        for (const method of ['integrated-gradients', 'smoothgrad']) {
          const found = attributions(
            await run(family, method, 'logit', { steps: 9, samples: 9 }),
          ).flat();
          whole[method] ??= found;
          assertClose(found, whole[method], 1e-5, `${method} in runs of ${size}`);
        }
      }
    });

    it('gives a padded row of a batch what it gives the row alone', async () => {
      const together = attributions(await run(family, 'integrated-gradients', 'logit'));
      for (const [index, row] of family.rows.entries()) {
        const cut = (list: readonly number[]): number[] => list.filter((_, i) => row.mask[i] === 1);
        const alone: Row = {
          ids: cut(row.ids),
          mask: cut(row.mask),
          typeIds: cut(row.typeIds),
        };
        const [found] = await run({ ...family, rows: [alone] }, 'integrated-gradients', 'logit');
        assertClose([...found!.attributions], cut(together[index]!), tolerance, `row ${index}`);
      }
    });
  });
}

describe('saliency of architectures whose zero baseline is singular', () => {
  for (const name of ['llama', 'qwen2-sdpa', 'deberta-v2']) {
    it(`says that integrated gradients of ${name} are not complete`, async function () {
      const family = await loadFamilyModel(kitPath(this, 'families', name));
      const { sum, logit_minus_baseline } = family.golden.ig_completeness;
      const found = await run(family, 'integrated-gradients', 'logit');
      found.forEach(({ health, attributions }, row) => {
        const check = health.find(entry => entry.check === 'completeness')!;
        const off = Math.abs(sum[row]! - logit_minus_baseline[row]!);
        assert.ok(off > 0.02, 'the reference is off too');
        assert.equal(check.ok, false, `row ${row}: ${check.says}`);
        assert.match(check.says, /\[PAD\]/);
        assert.ok(relativeError([attributions.reduce((a, b) => a + b, 0)], [sum[row]!]) < 1e-2);
      });
      await family.model.release();
    });
  }
});
