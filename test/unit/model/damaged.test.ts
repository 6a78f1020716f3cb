/** A whole model is loaded from a file with one wrong bit: it works, or our error says why it does not. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { SaliencyProgram } from '../../../src/interpret/saliency/gradients/program';
import { loadModel } from '../../../src/model/loadModel';
import { GlassboxError } from '../../../src/protocol/messages';
import { familyDir } from '../../support/families';
import { Folders } from '../../support/models';

describe('a model file with a wrong bit', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  it('is explained, or told in one sentence', async () => {
    const whole = readFileSync(path.join(familyDir('bert'), 'model.onnx'));
    // Near letters: most other bytes are weights, where a bit does no harm.
    const places = [...whole.keys()].filter(at =>
      /^\w+$/.test(whole.toString('latin1', at, at + 3)),
    );
    const dir = folders.empty();
    const around = fc.integer({ min: -8, max: 8 });
    await fc.assert(
      fc.asyncProperty(fc.nat(places.length - 1), around, fc.nat(7), async (index, by, bit) => {
        const damaged = new Uint8Array(whole);
        const at = Math.min(Math.max(0, places[index]! + by), damaged.length - 1);
        damaged[at]! ^= 1 << bit;
        writeFileSync(path.join(dir, 'model.onnx'), damaged);
        try {
          const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
          await SaliencyProgram.of(model).finally(() => model.release());
        } catch (error) {
          assert.ok(error instanceof GlassboxError, error instanceof Error ? error.stack : '');
          assert.doesNotMatch(error.message, /\n/);
        }
      }),
      { numRuns: 25 },
    );
  });
});
