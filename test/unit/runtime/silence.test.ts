import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { familyDir } from '../../support/families';

/**
 * ONNX Runtime's own telemetry, as soon as it is on, leaves a log in the temporary folder and an
 * identifier in the home folder. It keeps still in continuous integration, so CI is taken away here.
 */
describe('ONNX Runtime', () => {
  it('tells nobody anything: its telemetry leaves no trace', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'glassbox-silence-'));
    try {
      const kept = Object.entries(process.env).filter(
        ([name]) => !/^(?:CI|GITHUB_.*|ORT_.*|XDG_.*|TF_BUILD)$/u.test(name),
      );
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          '--import',
          'tsx',
          path.resolve('test', 'support', 'openModel.ts'),
          path.join(familyDir('bert'), 'model.onnx'),
        ],
        { env: { ...Object.fromEntries(kept), HOME: home, TMPDIR: home } },
      );
      assert.equal(stdout.trim(), 'opened');
      const left = (await readdir(home)).filter(name => !name.startsWith('tsx-'));
      assert.deepEqual(left, []);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
