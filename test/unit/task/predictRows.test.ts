import assert from 'node:assert/strict';
import path from 'node:path';
import type { KnownOutputs } from '../../../src/interpret/task/predictRows';
import { readTexts } from '../../../src/interpret/task/readText';
import type { Model } from '../../../src/model/model';
import { openModel } from '../../support/attackStudy';

describe('windows that were read before', function () {
  this.timeout(60_000);
  let model: Model;
  let asked = 0;

  before(async () => {
    model = await openModel(path.resolve('media', 'sample', 'model'));
    const predict = model.predict.bind(model);
    model.predict = async rows => {
      asked += rows.length;
      return await predict(rows);
    };
  });
  after(() => model.release());

  const sentence = 'The soup was warm and the waiter was kind , but the bill was too high .';
  const long = Array.from({ length: 60 }, () => sentence).join(' ');
  const edits = ['kind', 'rude', 'slow', 'great'].map(word => ({
    text: long.replace('kind', word),
  }));

  it('are not asked again, and say the same', async () => {
    const alone = await readTexts(model, edits, {}, {});
    const windows = alone.reads[0]!.hand.windows.length;
    assert.ok(windows > 3, 'the text is long');
    assert.equal(asked, edits.length * windows);

    asked = 0;
    const known: KnownOutputs = new Map();
    const { reads } = await readTexts(model, edits, {}, {}, known);
    const distinct = new Set(
      reads.flatMap(read => read!.hand.windows.map(({ row }) => row.ids.join())),
    );
    assert.equal(asked, distinct.size);
    assert.ok(distinct.size < (edits.length * windows) / 2);
    reads.forEach((read, index) => {
      read!.hand.outputs.forEach((output, window) => {
        const expected = alone.reads[index]!.hand.outputs[window]!.values[0]!;
        output.values[0]!.forEach((logit, at) => {
          assert.ok(Math.abs(logit - expected[at]!) < 1e-4);
        });
      });
    });

    asked = 0;
    const again = await readTexts(model, edits.slice(1), {}, {}, known);
    assert.equal(asked, 0);
    assert.equal(again.runs, 0);
    assert.deepEqual(again.reads[0]!.hand.outputs, reads[1]!.hand.outputs);
  });

  it('are remembered of long texts only', async () => {
    const known: KnownOutputs = new Map();
    await readTexts(model, [{ text: sentence }, { text: 'Fine .' }], {}, {}, known);
    assert.equal(known.size, 0);
  });
});
