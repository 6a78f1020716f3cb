/** Products with single texts' gradients by linear layers, against derivatives in a direction and gradients text by text. */
import assert from 'node:assert/strict';
import type { Choice } from '../../../src/autodiff/parameters';
import { LossModel } from '../../../src/interpret/influence/curvature/lossModel';
import { GhostProducts } from '../../../src/interpret/influence/ekfac/ghostProducts';
import type { Model } from '../../../src/model/model';
import { GlassboxError } from '../../../src/protocol/messages';
import { Bench, gradientsOf, randomExamples, tagsBelow } from '../../support/deepInfluence';
import { matricesOf, vectorOf } from '../../support/layerVectors';
import { assertClose, normals, seededRandom } from '../../support/numbers';
import { dot } from '../../support/secondOrder';

/** The models are float32; relative to the largest entry. */
const tolerance = 1e-4;

const bench = new Bench();

after(async () => bench.release());

function randomVector(size: number, seed: number): Float64Array {
  return Float64Array.from(normals(seededRandom(seed), size));
}

function examplesFor({ about: { head } }: Model, count: number) {
  const target = head.decides === 'token' ? tagsBelow(head.classes!) : undefined;
  return randomExamples(count, 5, target);
}

async function open(model: Model, choice: Choice) {
  const losses = await LossModel.of(model, choice);
  return { losses, ghosts: await GhostProducts.of(losses) };
}

describe('ghost products', () => {
  // Of each: how many layers, how their rows lie, and which of the chosen parameters are left out.
  const cases: [string, Choice, number, string, RegExp][] = [
    ['bert', /./u, 14, 'positions,texts', /LayerNorm|embeddings/u],
    ['bert-dynamo', { lastBlocks: 1 }, 8, 'positions,texts', /LayerNorm/u],
    ['gpt2', { lastBlocks: 1 }, 5, 'flattened,positions', /ln_/u],
    ['bert-ner', { lastBlocks: 1 }, 7, 'positions', /LayerNorm/u],
    ['bilstm', /./u, 1, 'texts', /embedding|rnn/u],
  ];
  for (const [name, choice, count, rows, left] of cases) {
    it(`of ${name} are derivatives in many directions, and norms of gradients`, async () => {
      const model = await bench.family(name);
      const { losses, ghosts } = await open(model, choice);
      const { layers } = ghosts;
      assert.equal(layers.length, count);
      assert.equal([...new Set(layers.map(layer => layer.rows))].join(), rows);
      assert.ok(ghosts.left.length > 0);
      for (const parameter of ghosts.left) assert.match(parameter.name, left);

      const examples = examplesFor(model, 5);
      const { layout } = losses;
      const queries = [1, 2, 3].map(seed =>
        matricesOf(layers, layout, randomVector(losses.size, seed)),
      );
      const found = await ghosts.dots(examples, queries);
      const sweeps = name === 'bert' || name === 'bert-ner' ? 2 : 0;
      for (const [q, query] of queries.slice(0, sweeps).entries()) {
        const swept = await losses.sweep(examples, vectorOf(layers, layout, query));
        assertClose([...found.dots[q]!], [...swept.tangents], tolerance, `query ${q}`);
        assertClose([...found.losses], [...swept.losses], tolerance, 'losses');
      }
      const gradients = await gradientsOf(losses, examples);
      const own = gradients.map(gradient =>
        matricesOf(layers, layout, Float64Array.from(gradient)),
      );
      const flat = own.map(matrices => matrices.flatMap(matrix => [...matrix]));
      const norms = flat.map(gradient => Math.sqrt(dot(gradient, gradient)));
      assertClose([...(await ghosts.norms(examples)).numbers], norms, tolerance, 'norms');
      const products = flat.map(gradient =>
        dot(
          gradient,
          queries[2]!.flatMap(m => [...m]),
        ),
      );
      assertClose([...found.dots[2]!], products, tolerance, 'by gradients');
      const weights = [1, 0, -2, 0.5, 3];
      const expected = flat[0]!.map((_, i) =>
        dot(
          weights,
          flat.map(gradient => gradient[i]!),
        ),
      );
      const sum = await ghosts.gradient(examples, weights);
      assertClose(
        sum.flatMap(matrix => [...matrix]),
        expected,
        tolerance,
        'weighted gradient',
      );
    });
  }

  it('are the same whatever the batches, the order and the company of queries', async () => {
    const model = await bench.family('bert-ner');
    const { losses, ghosts } = await open(model, { lastBlocks: 1 });
    const examples = examplesFor(model, 9);
    const queries = [1, 2].map(seed =>
      matricesOf(ghosts.layers, losses.layout, randomVector(losses.size, seed)),
    );
    const expected = await ghosts.dots(examples, queries);
    const { numbers: norms } = await ghosts.norms(examples);
    const turned = examples.toReversed();
    const back = (values: Float64Array): number[] => [...values].reverse();
    for (const tokens of [1, 20]) {
      const { dots } = await ghosts.dots(turned, queries, { tokens });
      const alone = await ghosts.dots(turned, [queries[1]!], { tokens });
      assertClose(back(dots[0]!), [...expected.dots[0]!], 2e-5, 'first query');
      assertClose(back(dots[1]!), [...expected.dots[1]!], 2e-5, 'second query');
      assertClose(back(alone.dots[0]!), [...expected.dots[1]!], 2e-5, 'alone');
      const { numbers } = await ghosts.norms(turned, { tokens });
      assertClose(back(numbers), [...norms], 2e-5, 'norms');
    }
  });

  it('leave a weight out that is used by several layers, and refuse where nothing is left', async () => {
    const albert = await bench.family('albert');
    const { ghosts } = await open(albert, /./u);
    const names = ghosts.layers.map(({ name }) => name);
    assert.deepEqual(
      names.filter(name => /albert_layer|ffn|attention/u.test(name)),
      [],
    );
    assert.ok(names.some(name => name.includes('classifier')));
    assert.ok(ghosts.left.some(({ name }) => name.includes('query')));

    const norms = await LossModel.of(await bench.family('bert'), /LayerNorm/u);
    await assert.rejects(
      GhostProducts.of(norms),
      (error: unknown) =>
        error instanceof GlassboxError &&
        error.code === 'unsupported' &&
        /no[nt].*linear layer.*"cg"/iu.test(error.message),
    );
  });

  it('have weights without their biases, and biases not without their weights', async () => {
    const model = await bench.family('bert');
    const weights = await open(model, /(pooler|classifier).*weight$/u);
    assert.ok(
      weights.ghosts.layers.every(({ bias, columns, inputs }) => !bias && columns === inputs),
    );
    assert.equal(weights.ghosts.layers.length, 2);
    const half = await open(model, /classifier|pooler.*bias$/u);
    assert.equal(half.ghosts.layers.length, 1);
    assert.deepEqual(
      half.ghosts.left.map(({ name }) => name.replace(/^m\./u, '')),
      ['bert.pooler.dense.bias'],
    );
  });

  it('are cancelled between two batches', async () => {
    const model = await bench.family('bert');
    const { ghosts } = await open(model, /pooler|classifier/u);
    const controller = new AbortController();
    const done: number[] = [];
    const progress = (step: { done: number }): void => {
      done.push(step.done);
      if (step.done === 2) controller.abort();
    };
    const { signal } = controller;
    const work = ghosts.norms(examplesFor(model, 6), { tokens: 1, signal, progress });
    await assert.rejects(work, (error: unknown) => (error as GlassboxError).code === 'cancelled');
    assert.deepEqual(done, [1, 2]);
  });
});
