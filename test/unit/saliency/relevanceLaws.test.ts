/** Laws of relevance propagation, whatever the model. */
import assert from 'node:assert/strict';
import { rules as derivative } from '../../../src/autodiff/rules';
import { explain } from '../../../src/interpret/saliency/explain';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { jobOf } from '../../../src/interpret/saliency/job';
import {
  buildRelevanceGraph,
  relevanceOutputs,
} from '../../../src/interpret/saliency/relevance/relevanceGraph';
import { variants } from '../../../src/interpret/saliency/relevance/variants';
import { RowProgram } from '../../../src/interpret/saliency/rows/rowProgram';
import { runRows } from '../../../src/interpret/saliency/rows/runRows';
import { readText } from '../../../src/interpret/task/readText';
import { loadModel } from '../../../src/model/loadModel';
import type { Row } from '../../../src/model/inputs';
import type { Model } from '../../../src/model/model';
import type { Explanation } from '../../../src/protocol/explanation';
import { familyDir, readGolden } from '../../support/families';
import { ask, Folders, goldenRows, withKitModel } from '../../support/models';
import { assertClose } from '../../support/numbers';
import { methods, predicted, relevance, share, sum } from '../../support/relevance';

describe('relevance propagation', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  async function withFamily(name: string, work: (model: Model, rows: Row[]) => Promise<void>) {
    const model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
    try {
      await work(model, goldenRows(readGolden(familyDir(name))));
    } finally {
      await model.release();
    }
  }

  for (const name of ['bert', 'electra', 'gpt2', 'llama', 'cnn', 'bilstm', 'gru']) {
    it(`with the rules of the derivative is gradient x input (${name})`, async () => {
      await withFamily(name, async (model, rows) => {
        const plain = await RowProgram.of(model, 'plain', () =>
          buildRelevanceGraph(model, variants.lrp, () => derivative),
        );
        const product = await relevance(model, rows, 'input-x-gradient');
        const l1 = await relevance(model, rows, 'input-x-gradient', { aggregate: 'l1' });
        for (const [i, row] of rows.entries()) {
          const read = readOf(model, row, (await model.predict([row]))[0]!);
          const job = jobOf(model, read, predicted);
          const [found] = await runRows(plain, [job], 'logit', {}, {});
          // A sum of positive and negative terms is as exact as its terms.
          const scale = Math.max(...l1[i]!.attributions);
          found!.tokens[relevanceOutputs.word]!.forEach((value, at) => {
            assert.ok(Math.abs(value - product[i]!.attributions[at]!) <= 1e-5 * scale);
          });
        }
      });
    });
  }

  it('by a vanishing epsilon is CP-LRP; a large one absorbs, and the health says so', async () => {
    await withFamily('bert', async (model, rows) => {
      const exact = await relevance(model, rows, 'lrp-cp');
      const small = await relevance(model, rows, 'lrp-epsilon', { epsilon: 1e-9 });
      small.forEach((found, i) => {
        assertClose([...found.attributions], [...exact[i]!.attributions], 1e-4, `row ${i}`);
      });
      const [large] = await relevance(model, rows, 'lrp-epsilon', { epsilon: 3 });
      const check = large!.health.find(entry => entry.check === 'conservation')!;
      assert.equal(check.ok, false);
      assert.match(check.says, /epsilon absorbs more than half/);
      await assert.rejects(relevance(model, rows, 'lrp-epsilon', { epsilon: 0 }), {
        code: 'bad-input',
        message: /epsilon must be a number above 0/,
      });
    });
  });

  for (const name of ['bert', 'modernbert', 'gpt2', 'bilstm']) {
    it(`is the same alone, in a batch, and however it is cut into runs (${name})`, async () => {
      await withFamily(name, async (model, rows) => {
        for (const method of methods) {
          const together = await relevance(model, rows, method);
          for (const [i, row] of rows.entries()) {
            const cut = (list: readonly number[]): number[] =>
              list.filter((_, at) => row.mask[at] === 1);
            const alone = { ids: cut(row.ids), mask: cut(row.mask), typeIds: cut(row.typeIds) };
            const [single] = await relevance(model, [alone], method);
            const largest = Math.max(...single!.attributions.map(Math.abs));
            cut(together[i]!.attributions).forEach((value, at) => {
              assert.ok(Math.abs(value - single!.attributions[at]!) <= 1e-4 * largest);
            });
            const [bias, expected] = [share(single!, 'bias'), share(together[i]!, 'bias')];
            assert.ok(Math.abs(bias - expected) <= 1e-4 * Math.max(largest, Math.abs(bias)));
          }
          const program = await RowProgram.of(model, `relevance ${method}`, () => {
            throw new Error('It was built before.');
          });
          program.pace.pointsOf = () => 3;
          const cut = await relevance(model, rows, method);
          cut.forEach((found, i) => {
            assertClose([...found.attributions], [...together[i]!.attributions], 1e-5, 'runs of 3');
          });
        }
      });
    });
  }

  it('of predicted against another label is the difference of their maps', async () => {
    await withFamily('bert', async (model, rows) => {
      for (const method of ['lrp', 'lrp-cp']) {
        const of = async (label: string): Promise<readonly number[]> =>
          (await relevance(model, [rows[0]!], method, {}, { kind: 'label', label }))[0]!
            .attributions;
        const [contrast] = await explainIds(model, [rows[0]!], {
          method,
          parameters: {},
          scalar: 'logit',
          label: { kind: 'contrast' },
          gold: [{ kind: 'label', label: 'LABEL_2' }],
        });
        const { label, against } = contrast!.explained;
        const [first, second] = [await of(label), await of(against!)];
        const expected = first.map((value, i) => value - second[i]!);
        assertClose([...contrast!.attributions], expected, 1e-5, method);
      }
    });
  });

  it('is of the logit, whatever is asked for', async () => {
    await withFamily('bert', async (model, rows) => {
      const [found] = await explainIds(model, [rows[0]!], {
        method: 'lrp-cp',
        parameters: {},
        scalar: 'loss',
        label: predicted,
      });
      assert.equal(found!.explained.scalar, 'logit');
      assertClose(
        [sum(found!.shares.map(({ value }) => value))],
        [found!.explained.value],
        1e-4,
        'sum',
      );
    });
  });

  it('of a long text adds up over its windows', async () => {
    const model = await loadModel(folders.textModel(), 'cpu');
    const text = Array.from({ length: 90 }, (_, i) => ['the', 'movie', 'was', 'good'][i % 4]).join(
      ' ',
    );
    try {
      for (const method of ['lrp', 'lrp-cp']) {
        const found = await explain(model, ask(text, method));
        assert.ok(found.windows !== null && found.windows.count > 1);
        const read = await readText(model, { text }, {}, {});
        const { asked } = jobOf(model, read, predicted);
        const expected = new Array<number>(read.hand.tokens.length).fill(0);
        for (const { window, weight } of asked.parts) {
          const { row, tokens } = read.hand.windows[window]!;
          const [alone] = await relevance(
            model,
            [row],
            method,
            {},
            { kind: 'label', label: asked.label },
          );
          tokens.forEach((token, at) => (expected[token]! += weight * alone!.attributions[at]!));
        }
        assertClose([...found.attributions], expected, 1e-4, method);
        assert.equal(found.maps.length, 3);
        const check = found.health.find(entry => entry.check === 'conservation')!;
        assert.ok(check.ok, check.says);
        if (method === 'lrp') assert.match(check.says, /AttnLRP does not conserve/);
        else
          assertClose(
            [sum(found.shares.map(({ value }) => value))],
            [found.explained.value],
            1e-4,
            'sum',
          );
      }
    } finally {
      await model.release();
    }
  });

  it('by the epsilon rule is the same in a file that ONNX Runtime has optimised', async function () {
    const question = ask('the movie was not good , but the actors were fine .', 'lrp-epsilon');
    const found: Explanation[] = [];
    for (const folder of ['models/sst2-bert', 'variants/sst2-bert-ort-optimized']) {
      await withKitModel(this, folder, async model => {
        found.push(await explain(model, question));
      });
    }
    const [exported, optimised] = found as [Explanation, Explanation];
    const largest = Math.max(...exported.attributions.map(Math.abs));
    optimised.attributions.forEach((value, i) => {
      const off = Math.abs(value - exported.attributions[i]!);
      assert.ok(off <= 1e-4 * largest, `token ${i}: off by ${off}`);
    });
  });

  for (const [folder, text] of [
    ['sst2-bert', 'the movie was not good , but the actors were wonderful .'],
    ['sst2-roberta', 'a dull , boring mess of a film'],
    ['nli-bert', 'two men play football in the rain'],
    ['ner-bert', 'Eric Wallace works in Berlin for Google .'],
    ['mlm-bert', 'i love this [MASK] so much'],
    ['tweet-cnn', 'this is the worst day of my life'],
    ['tweet-lstm', 'best concert ever , thank you'],
  ] as const) {
    it(`by CP-LRP adds up to the logit of ${folder} to 1e-4`, async function () {
      await withKitModel(this, `models/${folder}`, async model => {
        const pair = folder === 'nli-bert' ? { pair: 'people are outside' } : {};
        const found = await explain(model, { ...ask(text, 'lrp-cp'), ...pair });
        const total = sum(found.shares.map(({ value }) => value));
        assertClose([total], [found.explained.value], 1e-4, 'sum');
        const check = found.health.find(entry => entry.check === 'conservation')!;
        assert.ok(check.ok && check.value! < 1e-5, check.says);
        assert.match(check.says, /nothing is lost/);
      });
    });
  }
});

function readOf(model: Model, row: Row, output: Awaited<ReturnType<Model['predict']>>[number]) {
  const { head, tokenizer, maskId } = model.about;
  return {
    hand: {
      head,
      tokenizer,
      text: null,
      pair: null,
      words: null,
      ids: row.ids,
      tokens: [],
      windows: [{ row, tokens: [...row.ids.keys()] }],
      outputs: [output],
      gold: null,
      focusWord: null,
      position: null,
      maskId,
    },
    windows: null,
    cutAt: [0, 0] as const,
  };
}
