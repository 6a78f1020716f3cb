/** Shapley values of a real network by brute force, and what drawn ones are worth. */
import assert from 'node:assert/strict';
import { explain } from '../../../../src/interpret/saliency/explain';
import { readText } from '../../../../src/interpret/task/readText';
import { loadModel } from '../../../../src/model/loadModel';
import type { Model } from '../../../../src/model/model';
import type { Explanation, MethodParameters } from '../../../../src/protocol/explanation';
import { ask, Folders } from '../../../support/models';
import { assertClose } from '../../../support/numbers';
import { askedAlone, checkOf, filled, shapleyOf } from '../../../support/perturbed';
import { standardDeviation } from '../../../support/statistics';

const text = 'the charming film is not bad , very good !';
const count = 10;

describe('perturbations of a network', function () {
  this.timeout(60_000);
  let folders: Folders;
  let model: Model;
  before(async () => {
    folders = new Folders();
    model = await loadModel(folders.textModel(), 'cpu');
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  const run = (
    method: string,
    parameters: MethodParameters,
    input: string = text,
  ): Promise<Explanation> => explain(model, ask(input, method, { parameters }));

  /** One number a word: those of its pieces together. */
  const ofWords = ({ tokens }: Explanation, values: readonly number[]): number[] => {
    const sums = new Array<number>(count).fill(0);
    tokens.forEach(({ word, special }, at) => {
      if (!special) sums[word!]! += values[at]!;
    });
    return sums;
  };

  describe('Shapley values of 10 words', () => {
    let exact: number[];
    before(async () => {
      const read = await readText(model, { text }, {}, {});
      const { row } = read.hand.windows[0]!;
      const label = (await run('occlusion', {})).explained.label;
      const rows = Array.from({ length: 2 ** count }, (_, set) => {
        const gone = [...row.ids.keys()].filter(at => {
          const { special, word } = read.hand.tokens[at]!;
          return !special && !(set & (1 << word!));
        });
        return filled(row, gone, model.about.maskId!);
      });
      const logits = await askedAlone(model, rows);
      exact = shapleyOf(logits.map(z => z[model.about.head.labels.indexOf(label)]!));
      assert.equal(exact.length, count);
    });

    it('are those of Kernel SHAP where all subsets are asked', async () => {
      const found = await run('kernel-shap', { samples: 1024 });
      assertClose(ofWords(found, found.attributions), exact, 2e-5, 'all subsets');
      assert.equal(found.spread, null);
    });

    for (const [method, samples] of [
      ['kernel-shap', 300],
      ['shapley-sampling', 20],
    ] as const) {
      it(`are near those of ${method}, as near as it says`, async () => {
        const seeds = Array.from({ length: 40 }, (_, seed) => seed);
        const found: { values: number[]; spread: number[] }[] = [];
        for (const seed of seeds) {
          const one = await run(method, { samples, seed });
          found.push({
            values: ofWords(one, one.attributions),
            spread: ofWords(one, one.spread!),
          });
          const sum = one.attributions.reduce((a, b) => a + b, 0);
          const all = exact.reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(sum - all) < 1e-5, 'adds up to the rise, whatever was drawn');
          assert.ok(checkOf(one, 'completeness')!.ok);
        }
        // In units of the spread the errors have a mean square of about 1.
        const squares = found.flatMap(({ values, spread }) =>
          values.map((value, i) => ((value - exact[i]!) / spread[i]!) ** 2),
        );
        const ratio = Math.sqrt(squares.reduce((a, b) => a + b) / squares.length);
        assert.ok(ratio > 0.75 && ratio < 1.35, `errors are ${ratio.toFixed(2)} spreads`);
      });
    }
  });

  it('the spread of LIME is that over seeds', async () => {
    const found: Explanation[] = [];
    for (let seed = 0; seed < 60; seed++) found.push(await run('lime', { samples: 200, seed }));
    const ratios = Array.from({ length: count }, (_, word) => {
      const over = standardDeviation(found.map(one => ofWords(one, one.attributions)[word]!));
      const said = found.map(one => ofWords(one, one.spread!)[word]! ** 2);
      return Math.sqrt(said.reduce((a, b) => a + b) / said.length) / over;
    });
    for (const ratio of ratios) {
      assert.ok(ratio > 0.7 && ratio < 1.4, `spreads over standard deviations: ${ratios.join()}`);
    }
  });
});
