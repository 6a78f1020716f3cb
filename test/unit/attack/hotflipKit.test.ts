/** HotFlip on the kit's models: every step is what the model says of the text alone, and a budget goes further than by chance. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { loadModel } from '../../../src/model/loadModel';
import { firstTexts } from '../../support/attackStudy';
import { flip, type Flipped } from '../../support/flip';
import { kitPath } from '../../support/models';
import { randomAttack } from '../../support/randomAttack';

const studies = [
  { name: 'sst2-bert', data: ['sst2', 'dev.jsonl'], lines: 12 },
  { name: 'tweet-lstm', data: ['tweet-sentiment', 'dev.csv'], lines: 12 },
] as const;

describe('hotflip on real models', () => {
  for (const { name, data, lines } of studies) {
    it(`flips lines of ${path.join(...data)} with ${name}`, async function () {
      const model = await loadModel(kitPath(this, 'models', name), 'cpu');
      try {
        const texts = await firstTexts(kitPath(this, 'data', ...data), lines);
        const most = { candidates: 8, maxFlips: 5 } as const;
        const costs = { greedy: 0, beam: 0, minimal: 0, random: 0 };
        const costOf = ({ last, found }: Flipped): number =>
          last.reached ? found.path.length : most.maxFlips + 1;
        for (const { text } of texts) {
          for (const search of ['greedy', 'beam', 'minimal'] as const) {
            const flipped = await flip(model, text, { ...most, search, ignore: ['film'] });
            costs[search] += costOf(flipped);
            for (const { trial } of flipped.found.path) {
              const [alone] = await flipped.tester.ask([trial.draft]);
              assert.equal(alone!.reached, trial.reached, trial.draft.input.text);
              assert.ok(Math.abs(alone!.margin - trial.margin) < 1e-3);
              for (const { from, to } of trial.draft.changes) {
                assert.notEqual(from, 'film');
                // A word for a word, of small letters where small letters were.
                assert.match(to, /^[\p{L}\p{N}]+$/u);
              }
            }
          }
          const drawn = await flip(
            model,
            text,
            { ...most, ignore: ['film'] },
            { method: randomAttack },
          );
          costs.random += costOf(drawn);
        }
        console.log(`      changes in all: ${JSON.stringify(costs)} in ${texts.length} lines`);
        assert.ok(costs.beam <= costs.greedy && costs.minimal <= costs.beam);
        assert.ok(costs.greedy < 0.75 * costs.random);
      } finally {
        await model.release();
      }
    });
  }
});
