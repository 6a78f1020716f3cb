/** The last linear map of real models: found, run, and its influence against PyTorch's in float64. */
import assert from 'node:assert/strict';
import { headOf } from '../../../src/interpret/influence/head/headOf';
import { FeatureProgram } from '../../../src/interpret/influence/head/featureProgram';
import { HeadInfluence } from '../../../src/interpret/influence/head/headInfluence';
import { columnsOf, logitsOf } from '../../../src/interpret/influence/head/linearHead';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import { GlassboxError } from '../../../src/protocol/messages';
import { familyDir, familyNames, readGolden, type Golden } from '../../support/families';
import { oneHot, sourceOf } from '../../support/featuresInMemory';
import { Folders, goldenRows, loadBare, rowOf, wordModel } from '../../support/models';
import { assertClose } from '../../support/numbers';
import type { SecondOrderGolden } from '../../support/secondOrder';

const withHead = familyNames.filter(
  name => (readGolden(familyDir(name)) as Golden & Pick<SecondOrderGolden, 'head'>).head,
);

async function openFamily(name: string): Promise<Model> {
  return await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
}

describe('the head of a model', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  it('has references in most families', () => {
    assert.ok(withHead.length >= 15, withHead.join());
  });

  for (const name of withHead) {
    it(`gives the influence that PyTorch gives in ${name}`, async () => {
      const golden = readGolden(familyDir(name)) as unknown as SecondOrderGolden;
      const { params, damping, grad_inner, influence_gi_Hinv_gj } = golden.head!;
      const model = await openFamily(name);
      try {
        const program = await FeatureProgram.of(model);
        const { head, parameters } = program.place;
        assert.deepEqual(
          parameters.map(parameter => parameter.name),
          params.map(param => `m.${param}`),
        );
        assert.ok(program.disagreement <= 1e-5, `W h + b off by ${program.disagreement}`);
        const rows = goldenRows(readGolden(familyDir(name)));
        const { features, logits } = await program.run(rows);
        assertClose([...logits], golden.logits.flat(), 1e-5, 'logits');
        const source = sourceOf(features, oneHot(golden.labels, head.classes), rows.length, 3);
        const queries = rows.map((_, row) => ({
          features: features.subarray(row * head.width, (row + 1) * head.width),
          target: oneHot([golden.labels[row]!], head.classes),
        }));
        const influence = await HeadInfluence.of(source, head, { damping });
        const scores = (await influence.scores(queries)).flatMap(list => [...list]);
        assertClose(scores, influence_gi_Hinv_gj.flat(), 2e-5, 'influence');
        assertClose([...influence.losses], golden.row_loss, 1e-5, 'losses');
        const self = await influence.selfInfluence();
        const diagonal = influence_gi_Hinv_gj.map((list, row) => list[row]!);
        assertClose([...self], diagonal, 2e-5, 'self-influence');
        // With a damping that drowns the curvature only the gradients are left.
        const huge = 1e9;
        const flat = await HeadInfluence.of(source, head, { damping: huge });
        const inner = (await flat.scores(queries)).flatMap(list => [...list].map(x => x * huge));
        assertClose(inner, grad_inner.flat(), 2e-5, 'inner products of gradients');
      } finally {
        await model.release();
      }
    });
  }

  for (const name of ['distilbert', 'albert'] as const) {
    it(`is found in ${name}, which has no reference`, async () => {
      const model = await openFamily(name);
      try {
        const program = await FeatureProgram.of(model);
        assert.ok(program.disagreement <= 1e-5, String(program.disagreement));
        assert.equal(program.place.parameters.length, 2);
      } finally {
        await model.release();
      }
    });
  }

  it('is found in a tagger, and gives the features of the tokens that are asked for', async () => {
    const model = await openFamily('bert-ner');
    try {
      const program = await FeatureProgram.of(model);
      const golden = readGolden(familyDir('bert-ner')) as unknown as { logits: number[][][] };
      const rows = goldenRows(readGolden(familyDir('bert-ner')));
      const positions = [[1], [0, 3], [], [2]];
      const { rows: count, features, logits } = await program.run(rows, { positions });
      const expected = positions.flatMap((list, row) =>
        list.flatMap(position => golden.logits[row]![position]!),
      );
      assert.equal(count, 4);
      assertClose([...logits], expected, 2e-5, 'logits');
      const { head } = program.place;
      const own = new Float64Array(head.classes);
      const found = Array.from({ length: count }, (_, row) => {
        logitsOf(head, features, row * head.width, own);
        return [...own];
      });
      assertClose(found.flat(), expected, 2e-5, 'W h + b');
    } finally {
      await model.release();
    }
  });

  for (const name of ['bert', 'gpt2', 'modernbert', 'cnn'] as const) {
    it(`gives the same features of ${name} however rows are cut into runs, padded or not`, async () => {
      const model = await openFamily(name);
      try {
        const program = await FeatureProgram.of(model);
        const rows = goldenRows(readGolden(familyDir(name)));
        const many = Array.from({ length: 40 }, (_, i) => {
          const row = rows[i % rows.length]!;
          const end = 2 + (i % 5);
          return rowOf(...row.ids.slice(0, end));
        });
        const together = await program.run(many);
        const alone = await Promise.all(
          many.map(async row => [...(await program.run([row])).features]),
        );
        assertClose([...together.features], alone.flat(), 1e-5, 'features');
        const controller = new AbortController();
        controller.abort();
        await assert.rejects(
          program.run(many, { signal: controller.signal }),
          (error: unknown) => error instanceof GlassboxError && error.code === 'cancelled',
        );
      } finally {
        await model.release();
      }
    });
  }

  it('adds up what stands beside the product: scales, two biases, a weight that is read turned round', async () => {
    const model = await loadBare(
      folders,
      wordModel(
        [
          [1, 2],
          [0.5, -1],
          [3, 0.25],
        ],
        (b, words) => {
          const mean = b.op('ReduceMean', [words, b.ints([1])], { keepdims: 0 });
          const weight = b.constant('float32', [3, 2], [1, 2, 3, 4, 5, 6], 'weight');
          const bias = b.constant('float32', [3], [0.1, 0.2, 0.3], 'bias');
          const product = b.op('Gemm', [mean, weight, bias], { alpha: 2, beta: 3, transB: 1 });
          return b.op('Add', [b.constant('float32', [1, 3], [1, 1, 2], 'more'), product]);
        },
      ),
    );
    try {
      const { place } = await FeatureProgram.of(model);
      assertClose([...place.head.weights], [2, 4, 1.3, 6, 8, 1.6, 10, 12, 2.9], 1e-6, 'W, b');
    } finally {
      await model.release();
    }
  });

  it('says in one sentence why a model has none', async () => {
    const squared = await loadBare(
      folders,
      wordModel([[1, 2]], (b, words) => {
        const mean = b.op('ReduceMean', [words, b.ints([1])], { keepdims: 0 });
        return b.op('Mul', [mean, mean]);
      }),
    );
    const fails = async (model: Model): Promise<string> => {
      const graph = await model.graph();
      const { facts, head } = model.about;
      try {
        headOf({ graph, facts, decides: head, file: 'some.onnx' });
      } catch (error) {
        assert.ok(error instanceof GlassboxError && error.code === 'unsupported');
        return error.message;
      } finally {
        await model.release();
      }
      return assert.fail('nothing was thrown');
    };
    assert.match(await fails(squared), /^some\.onnx does not make .* \(they are made by "Mul"\)/u);
    assert.match(await fails(await openFamily('bert-qa')), /answers are no labels/u);
    assert.match(await fails(await openFamily('bert-mlm')), /answers are no labels/u);
  });

  it('has one column more than features where it has a bias', () => {
    assert.equal(columnsOf({ width: 4, bias: true }), 5);
    assert.equal(columnsOf({ width: 4, bias: false }), 4);
  });
});
