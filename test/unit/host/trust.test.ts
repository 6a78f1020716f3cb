import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isInside, mayLoadModel } from '../../../src/host/trust';

describe('host: models of untrusted workspaces', () => {
  let root: string;
  let workspace: string;

  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'glassbox-trust-'));
    workspace = path.join(root, 'workspace');
    mkdirSync(path.join(workspace, 'model'), { recursive: true });
    mkdirSync(path.join(workspace, '..model'));
    mkdirSync(path.join(root, 'workspace-of-mine'));
    mkdirSync(path.join(root, 'models'));
    symlinkSync(path.join(workspace, 'model'), path.join(root, 'models', 'link'), 'junction');
  });

  after(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('are not loaded, from any folder of the workspace', async () => {
    const folders = [path.join(root, 'models', 'none'), workspace];
    assert.equal(await mayLoadModel(path.join(workspace, 'model'), false, folders), false);
    assert.equal(await mayLoadModel(workspace, false, folders), false);
    assert.equal(
      await mayLoadModel(path.join(workspace, 'a', '..', 'model'), false, folders),
      false,
    );
    assert.equal(await mayLoadModel(path.join(workspace, '..model'), false, folders), false);
  });

  it('are not loaded through a link from outside', async () => {
    assert.equal(await mayLoadModel(path.join(root, 'models', 'link'), false, [workspace]), false);
  });

  it('are told from models elsewhere, which may be loaded', async () => {
    assert.equal(await mayLoadModel(path.join(root, 'models'), false, [workspace]), true);
    assert.equal(await isInside(path.join(root, 'workspace-of-mine'), workspace), false);
  });

  it('are loaded once the workspace is trusted', async () => {
    assert.equal(await mayLoadModel(path.join(workspace, 'model'), true, [workspace]), true);
  });
});
