import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from '../../../src/interpret/influence/makeFolder';

describe('a folder with all that lead to it', () => {
  let root: string;

  before(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'glassbox-folder-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('is made, by several at once, and is fine where it is there', async () => {
    const dir = path.join(root, 'a', 'b', 'c');
    await Promise.all([makeFolder(dir), makeFolder(dir), makeFolder(path.join(dir, 'd'))]);
    await makeFolder(dir);
    assert.ok((await stat(path.join(dir, 'd'))).isDirectory());
  });

  it('is refused where a file stands in the way', async () => {
    const file = path.join(root, 'file');
    await writeFile(file, '');
    await assert.rejects(makeFolder(file), { code: 'EEXIST' });
    await assert.rejects(makeFolder(path.join(file, 'inside')), { code: 'EEXIST' });
  });

  it('is refused where the system makes none', async function () {
    if (!existsSync('/proc/self')) this.skip();
    await assert.rejects(makeFolder('/proc/glassbox/cache'));
  });
});
