/** Every family against the numbers of PyTorch in float64. */
import assert from 'node:assert/strict';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { SaliencyProgram } from '../../../src/interpret/saliency/gradients/program';
import { loadModel } from '../../../src/model/loadModel';
import type { Row } from '../../../src/model/inputs';
import type { Model } from '../../../src/model/model';
import { numbersOf } from '../../../src/onnx/tensorData';
import type { Explanation, MethodParameters, ScalarKind } from '../../../src/protocol/explanation';
import { familyDir, familyNames, readGolden, type Golden } from '../../support/families';
import { goldenRows } from '../../support/models';
import { assertClose } from '../../support/numbers';

const tolerance = 1e-4;
/** Rounding of a sum in float32, relative to the sum of its terms' magnitudes. */
const rounding = 1e-5;

type Name = (typeof familyNames)[number];

/**
 * Word vectors that go into a LayerNorm as they are: their length does not matter, so gradient times vector is
 * next to nothing, and the path from the zero vector has all its slope at its start.
 */
const normalisedAtOnce: readonly Name[] = ['deberta-v2', 'modernbert'];
/** Word vectors that go into an RMS norm, which notices a shift, and is as steep at the zero vector. */
const rootMeanSquare: readonly Name[] = ['llama', 'qwen2-sdpa'];
/** No norm at all. */
const unnormalised: readonly Name[] = ['cnn', 'lstm', 'bilstm', 'gru'];
const singularAtZero = [...normalisedAtOnce, ...rootMeanSquare];

interface Loaded {
  readonly model: Model;
  readonly golden: Golden;
  readonly rows: Row[];
  /** The embedding table, row by row. */
  readonly vectors: number[];
}

async function loadFamilyModel(dir: string): Promise<Loaded> {
  const golden = readGolden(dir);
  const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
  const table = (await model.graph()).constants.get(model.about.embedding.table)!;
  return { model, golden, rows: goldenRows(golden), vectors: numbersOf(table) };
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

/** As above, but sums of positive and negative terms: they are as exact as the terms, whose magnitudes are `l1`. */
function assertSumsMatch(
  { rows, golden }: Loaded,
  found: readonly (readonly number[])[],
  sums: readonly (readonly number[])[],
  what: string,
): void {
  const allowed = rounding * Math.max(...real(rows, golden.l1));
  const expected = real(rows, sums);
  real(rows, found).forEach((value, i) => {
    const off = Math.abs(value - expected[i]!);
    assert.ok(off <= allowed, `${what}: off by ${off}, allowed ${allowed}`);
  });
}

/** Over a row's tokens, the largest |g e| / (|g| |e|) of the reference. */
function largestCosine({ model, rows, golden, vectors }: Loaded, row: number): number {
  const { width } = model.about.embedding;
  const cosines = rows[row]!.ids.map((id, i) => {
    const vector = vectors.slice(id * width, (id + 1) * width);
    return Math.abs(golden.dot[row]![i]!) / (golden.l2[row]![i]! * Math.hypot(...vector));
  });
  return Math.max(...cosines.filter((_, i) => rows[row]!.mask[i] === 1));
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
      assertSumsMatch(family, attributions(gradientDot), golden.dot, 'dot');
      const product = await run(family, 'input-x-gradient', 'loss');
      assertSumsMatch(family, attributions(product), golden.dot, 'input x gradient');
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

    it('notices that the raw sum, or the dot product, is rounding where a norm follows', async () => {
      for (const { health } of await run(family, 'gradient', 'loss', { aggregate: 'sum' })) {
        const check = health.find(entry => entry.check === 'layernorm-sum')!;
        assert.equal(check.ok, [...rootMeanSquare, ...unnormalised].includes(name));
        assert.equal(check.value! >= 1e-5, check.ok);
      }
      const dots = await run(family, 'gradient', 'loss', { aggregate: 'dot' });
      dots.forEach(({ health }, row) => {
        const check = health.find(entry => entry.check === 'layernorm-dot')!;
        const cosine = largestCosine(family, row);
        // ModernBERT's epsilon leaves a hundred-thousandth of the product, DeBERTa's less than rounding.
        assert.equal(cosine < 1e-4, normalisedAtOnce.includes(name));
        assert.equal(check.ok, cosine >= 1e-5);
        assert.ok(
          Math.abs(check.value! - cosine) < 1e-6 + 0.01 * cosine,
          `${check.value} is not ${cosine}`,
        );
      });
    });

    it("gives AllenNLP's simple and integrated gradients", async () => {
      const { golden, rows } = family;
      const simple = await run(family, 'allennlp-simple-gradient', 'logit');
      const integrated = await run(family, 'allennlp-integrated-gradient', 'logit');
      const scores = (found: Explanation[]): (readonly number[])[] => found.map(e => e.scores);
      // Next to nothing divided by its sum is not comparable; the test above compares it undivided.
      if (!normalisedAtOnce.includes(name))
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
        const magnitude = golden.ig_gausslegendre50_logit[row]!.reduce(
          (a, b) => a + Math.abs(b),
          0,
        );
        const scale = Math.max(Math.abs(rise), magnitude / 10);
        const error = Math.abs(golden.ig_completeness.sum[row]! - rise) / scale;
        assertClose([check.value! + 1], [error + 1], 1e-3, 'completeness error');
        assert.equal(check.ok, error < 0.02);
        if (!singularAtZero.includes(name)) return;
        assert.equal(check.ok, false);
        assert.match(check.says, /\[PAD\]/);
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
          // Near the singular start of the path rounding is magnified.
          const allowed = normalisedAtOnce.includes(name) ? 1e-3 : 1e-5;
          assertClose(found, whole[method], allowed, `${method} in runs of ${size}`);
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
