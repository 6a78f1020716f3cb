/** A linear bag of words, where all perturbation methods have closed forms. */
import assert from 'node:assert/strict';
import { explain } from '../../../../src/interpret/saliency/explain';
import type { Model } from '../../../../src/model/model';
import type { Explanation, MethodParameters } from '../../../../src/protocol/explanation';
import { bagModel, sumOfNumbers } from '../../../support/bags';
import { ask, Folders } from '../../../support/models';
import { assertClose } from '../../../support/numbers';
import { checkOf } from '../../../support/perturbed';

const numbers: Readonly<Record<string, number>> = {
  good: 3,
  bad: -2,
  the: 0.5,
  charm: 1,
  '##ing': 2,
  film: 0.25,
};
const text = 'Good the charming film the bad the';
const tokens = ['good', 'the', 'charm', '##ing', 'film', 'the', 'bad', 'the'];
const truth = tokens.map(token => numbers[token]!);
/** Of each token by the features, where a feature shares its number among its tokens. */
const byFeature = {
  token: truth,
  word: [3, 0.5, 1.5, 1.5, 0.25, 0.5, -2, 0.5],
  type: [3, 0.5, 1.5, 1.5, 0.25, 0.5, -2, 0.5],
} as const;
const framed = (values: readonly number[]): number[] => [0, ...values, 0];

describe('perturbations of a linear bag of words', () => {
  let folders: Folders;
  let model: Model;
  before(async () => {
    folders = new Folders();
    const words = Object.entries(numbers).map(([word, number]) => [word, [number]] as const);
    model = await bagModel(folders, Object.fromEntries(words), sumOfNumbers);
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  const run = async (method: string, parameters: MethodParameters): Promise<Explanation> => {
    const label = { kind: 'label', label: 'yes' } as const;
    const found = await explain(model, ask(text, method, { parameters, label }));
    assert.deepEqual(
      found.tokens.map(token => token.text),
      ['[CLS]', ...tokens, '[SEP]'],
    );
    return found;
  };

  for (const feature of ['token', 'word', 'type'] as const) {
    for (const removal of ['mask', 'pad', 'delete'] as const) {
      const expected = framed(byFeature[feature]);

      it(`${feature}, ${removal}: every method finds the numbers of the words`, async () => {
        const settings = { feature, removal };
        const occlusion = await run('occlusion', settings);
        assertClose([...occlusion.attributions], expected, 1e-6, 'occlusion');
        assert.equal(occlusion.spread, null);

        const lime = await run('lime', { ...settings, samples: 300, ridge: 1e-9 });
        assertClose([...lime.attributions], expected, 1e-5, 'LIME without ridge');
        assert.ok(Math.max(...lime.spread!) < 1e-5, 'a line that fits everywhere has no spread');
        assert.ok(Math.abs(checkOf(lime, 'surrogate')!.value! - 1) < 1e-9);

        // 2^5 to 2^8 coalitions.
        const exact = await run('kernel-shap', { ...settings, samples: 256 });
        assertClose([...exact.attributions], expected, 1e-5, 'Kernel SHAP, all');
        assert.equal(exact.spread, null, 'nothing was drawn');
        const drawn = await run('kernel-shap', {
          ...settings,
          samples: feature === 'type' ? 30 : 60,
        });
        assertClose([...drawn.attributions], expected, 1e-5, 'Kernel SHAP, drawn');
        assert.ok(Math.max(...drawn.spread!) < 1e-5);

        const sampled = await run('shapley-sampling', { ...settings, samples: 4 });
        assertClose([...sampled.attributions], expected, 1e-5, 'Shapley sampling');
        assert.ok(Math.max(...sampled.spread!) < 1e-5);
        for (const found of [exact, drawn, sampled]) {
          const sum = found.attributions.reduce((a, b) => a + b, 0);
          // Nothing is left of the sum where everything was taken away.
          assert.ok(Math.abs(sum - found.explained.value) < 1e-5);
          assert.ok(checkOf(found, 'completeness')!.ok);
        }
      });
    }
  }

  it('a span takes neighbours together, and a word has the mean of the spans with it', async () => {
    const words = [3, 0.5, 3, 0.25, 0.5, -2, 0.5];
    const size = 3;
    const spans = words.slice(size - 1).map((_, first) => ({
      first,
      sum: words.slice(first, first + size).reduce((a, b) => a + b),
    }));
    const expected = words.map((_, i) => {
      const covering = spans.filter(({ first }) => first <= i && i < first + size);
      return covering.reduce((sum, span) => sum + span.sum, 0) / covering.length;
    });
    const [first, second, charming, ...others] = expected as [number, number, number];
    const { attributions } = await run('occlusion', { span: size });
    const shared = [first, second, charming / 2, charming / 2, ...others];
    assertClose([...attributions], framed(shared), 1e-6, 'span 3');

    const whole = await run('occlusion', { span: 50, feature: 'token' });
    const sum = truth.reduce((a, b) => a + b);
    assertClose([...whole.attributions], framed(truth.map(() => sum)), 1e-6, 'the whole text');
    await assert.rejects(run('occlusion', { span: 2, feature: 'type' }), {
      code: 'bad-input',
      message: /span of 1/,
    });
  });

  it('the spans of two texts do not reach from one into the other', async () => {
    const request = {
      ...ask('good the', 'occlusion', {
        parameters: { span: 2 },
        label: { kind: 'label', label: 'yes' },
      }),
      pair: 'bad film',
    };
    const { attributions } = await explain(model, request);
    assertClose([...attributions], [0, 3.5, 3.5, 0, -1.75, -1.75, 0], 1e-6, 'two fields');
  });

  it('capitals make another type where the model reads them', async () => {
    const words = { Good: [3], good: [1], bad: [-2] };
    const cased = await bagModel(folders, words, sumOfNumbers, { lowercase: false });
    const shares = async (model: Model): Promise<number[]> => {
      const label = { kind: 'label', label: 'yes' } as const;
      const parameters = { feature: 'type' } as const;
      const request = ask('Good good bad', 'occlusion', { parameters, label });
      return [...(await explain(model, request)).attributions];
    };
    assertClose(await shares(cased), [0, 3, 1, -2, 0], 1e-6, 'two types');
    await cased.release();
    // Spelt alike: both go together, and share 3 + 3.
    assertClose(await shares(model), [0, 3, 3, -2, 0], 1e-6, 'one type');
  });

  it('the map of a difference is the difference of the maps', async () => {
    for (const method of ['occlusion', 'lime', 'kernel-shap', 'shapley-sampling']) {
      const request = ask('good the film', method, {
        label: { kind: 'contrast' },
        gold: 'no',
        parameters: { ridge: 1e-9 },
      });
      const found = await explain(model, request);
      assert.equal(found.explained.against, 'no');
      // The logit of "no" is 0 for every text.
      assertClose([...found.attributions], [0, 3, 0.5, 0.25, 0], 1e-5, method);
    }
  });

  it('a single word is worth the whole rise, and a text without any has no numbers', async () => {
    for (const method of ['occlusion', 'kernel-shap', 'shapley-sampling']) {
      const label = { kind: 'label', label: 'yes' } as const;
      const one = await explain(model, ask('charming', method, { label }));
      assertClose([...one.attributions], [0, 1.5, 1.5, 0], 1e-6, method);
      const none = await explain(model, ask('', method, { label }));
      assert.deepEqual(none.attributions, [0, 0]);
      assert.ok(checkOf(none, 'empty-text'));
    }
  });
});
