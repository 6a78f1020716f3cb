import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadModel } from '../../../src/model/loadModel';

describe('npm run train-sample', () => {
  it('learns in 30 steps with gradients that finite differences confirm, and writes a model that loads', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'glassbox-train-'));
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--import',
        'tsx',
        path.join('scripts', 'trainSample', 'main.ts'),
        '--steps',
        '30',
        '--out',
        folder,
      ]);
      const [, first, last] = /loss ([\d.]+) to ([\d.]+) in 30 steps/u.exec(stdout) ?? [];
      assert.ok(Number(last) < 0.7 * Number(first), stdout);
      const [, count, error] =
        /gradients of (\d+) parameters.* error ([\d.e-]+)/u.exec(stdout) ?? [];
      assert.ok(Number(count) >= 30 && Number(error) <= 0.01, stdout);
      const model = await loadModel(folder, 'cpu');
      assert.deepEqual(model.about.head.labels, ['negative', 'positive']);
      await model.release();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
