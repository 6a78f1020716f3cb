/** Products with single texts' gradients by linear layers, against derivatives in a direction, gradients, and sums written out. */
import assert from 'node:assert/strict';
import { vectorOf, matricesOf } from '../../../src/interpret/influence/ekfac/layerMatrices';
import { GhostProducts } from '../../../src/interpret/influence/ekfac/ghostProducts';
import type { Example } from '../../../src/interpret/influence/curvature/batches';
import { LossModel } from '../../../src/interpret/influence/curvature/lossModel';
import type { Choice } from '../../../src/autodiff/parameters';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import { GlassboxError } from '../../../src/protocol/messages';
import { familyDir } from '../../support/families';
import { rowOf } from '../../support/models';
import { assertClose, normals, seededRandom } from '../../support/numbers';
import { dot } from '../../support/secondOrder';

/** The models are float32; relative to the largest entry. */
const tolerance = 1e-4;

const models = new Map<string, Promise<Model>>();

function family(name: string): Promise<Model> {
  const kept = models.get(name);
  if (kept) return kept;
  const loading = loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
  models.set(name, loading);
  return loading;
}

after(async () => {
  for (const model of models.values()) await (await model).release();
});

/** Of different lengths; of a tagger every third token counts. */
function examplesFor({ about: { head } }: Model, count: number): Example[] {
  const random = seededRandom(5);
  const below = (n: number): number => Math.floor(random() * n);
  return Array.from({ length: count }, () => {
    const row = rowOf(...Array.from({ length: 2 + below(6) }, () => 4 + below(110)));
    const label = (): number => below(head.classes!);
    const target = row.ids.map((_, at) => (at % 3 === 0 ? label() : -100));
    return { row, target: head.decides === 'token' ? target : label() };
  });
}

function randomVector(size: number, seed: number): Float64Array {
  return Float64Array.from(normals(seededRandom(seed), size));
}

async function open(name: string, choice: Choice) {
  const model = await family(name);
  const losses = await LossModel.of(model, choice);
  return { model, losses, ghosts: await GhostProducts.of(losses) };
}

describe('ghost products', () => {
  const cases: [string, Choice, number, RegExp][] = [
    ['bert', /./u, 14, /LayerNorm|embeddings/u],
    ['bert', { lastBlocks: 1 }, 8, /LayerNorm/u],
    ['bert-dynamo', { lastBlocks: 1 }, 8, /LayerNorm/u],
    ['gpt2', { lastBlocks: 1 }, 5, /ln_/u],
    ['bert-ner', { lastBlocks: 0 }, 1, /./u],
    ['cnn', /./u, 1, /./u],
    ['bilstm', /./u, 1, /./u],
  ];
  for (const [name, choice, count, left] of cases) {
    const what = choice instanceof RegExp ? 'all' : `${choice.lastBlocks} last blocks`;
    it(`of ${name} (${what}) are the derivatives in those directions`, async () => {
      const { model, losses, ghosts } = await open(name, choice);
      assert.equal(ghosts.layers.length, count);
      assert.ok(ghosts.left.every(parameter => left.test(parameter.name)));
      const examples = examplesFor(model, 5);
      const { layout } = losses;
      const vectors = [1, 2].map(seed => randomVector(losses.size, seed));
      const queries = vectors.map(vector => matricesOf(ghosts.layers, layout, vector));
      const { losses: found, dots } = await ghosts.dots(examples, queries);
      for (const [q, query] of queries.entries()) {
        const narrowed = vectorOf(ghosts.layers, layout, query);
        const swept = await losses.sweep(examples, narrowed);
        assertClose([...dots[q]!], [...swept.tangents], tolerance, `query ${q}`);
        assertClose([...found], [...swept.losses], tolerance, 'losses');
      }
    });
  }
});
