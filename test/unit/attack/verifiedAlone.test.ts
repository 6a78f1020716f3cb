/** What an attack says of its final text is what the model says of that text alone. */
import assert from 'node:assert/strict';
import { attack } from '../../../src/interpret/attack/attack';
import { readText } from '../../../src/interpret/task/readText';
import { readers } from '../../../src/interpret/task/readers';
import { openModel, request } from '../../support/attackStudy';
import { kitPath } from '../../support/models';

describe('the final text of an attack', function () {
  this.timeout(60_000);

  it('has the numbers of that text alone, where activations are quantised as they come', async function () {
    const model = await openModel(kitPath(this, 'variants', 'sst2-bert-int8'));
    try {
      let noted = 0;
      for (const text of [
        "don't can't won't it's 'bad'",
        'a bad film, a bad film, a bad film.',
        'Not at all good , not at all bad .',
      ]) {
        for (const edits of [['insert'], ['replace', 'characters']] as const) {
          const { final, notes, success, original } = await attack(
            model,
            request({ text }, { edits }),
          );
          const read = await readText(model, { text: final.text }, {}, {});
          const alone = readers[model.about.head.task](read.hand).ask(
            { kind: 'predicted' },
            'both',
          ).prediction;
          assert.deepEqual(final.prediction.logits, alone.logits);
          assert.equal(final.label, alone.label);
          assert.equal(success, final.label !== original.label);
          if (notes.some(({ check, ok }) => check === 'batch' && !ok)) noted++;
        }
      }
      assert.ok(noted > 0, 'and it is said that the numbers depend on the batch');
    } finally {
      await model.release();
    }
  });
});
