import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultDrivers } from '../../../src/batch/drivers/driversRun';
import { fitDrivers, readDriversSettings } from '../../../src/host/drivers/driversMemory';
import type { MethodDescription } from '../../../src/protocol';

describe('host: settings of drivers', () => {
  it('come back as they were kept', () => {
    const kept = {
      ...{ method: 'lime', parameters: { samples: 10 }, scalar: 'loss' as const, leastLines: 3 },
    };
    assert.deepEqual(readDriversSettings(JSON.parse(JSON.stringify(kept))), kept);
  });

  it('have defaults in place of what makes no sense', () => {
    const read = (stored: object) => readDriversSettings({ ...defaultDrivers, ...stored });
    for (const leastLines of [0, -1, 1.5, '2', null, NaN]) {
      assert.deepEqual(read({ leastLines }), defaultDrivers);
    }
    assert.deepEqual(read({ scalar: 'heat' }), defaultDrivers);
    assert.deepEqual(read({ method: 'lime', parameters: null }), defaultDrivers);
    assert.deepEqual(read({ method: 7, parameters: { samples: 1 } }), defaultDrivers);
    fc.assert(
      fc.property(fc.anything(), stored => {
        const { method, parameters, scalar, leastLines } = readDriversSettings(stored);
        assert.ok(typeof method === 'string' && typeof parameters === 'object');
        assert.ok(['logit', 'probability', 'loss'].includes(scalar) && leastLines >= 1);
      }),
    );
  });

  it('of a method that the model lacks are those of the default one', () => {
    const settings = {
      ...defaultDrivers,
      method: 'lime',
      parameters: { samples: 3 },
      leastLines: 9,
    };
    const lime = { name: 'lime' } as MethodDescription;
    assert.equal(fitDrivers(settings, [lime]), settings);
    assert.deepEqual(fitDrivers(settings, []), { ...defaultDrivers, leastLines: 9 });
  });
});
