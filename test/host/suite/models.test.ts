import assert from 'node:assert/strict';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { commands } from '../../../src/host/ids';
import { ModelChoice, resolveModelSetting } from '../../../src/host/models/modelChoice';
import {
  modelFolderOf,
  modelFoldersInWorkspace,
  modelTitle,
} from '../../../src/host/models/modelFolders';
import { modelFolder } from '../../../src/host/models/modelPicker';
import { settingNames } from '../../../src/host/settings';
import { FakeMemento } from './fakes';
import { anyModel, closeEverything, explained, needsModel, workspaceUri, write } from './support';

async function setModel(value: string | undefined): Promise<void> {
  const { Workspace } = vscode.ConfigurationTarget;
  await vscode.workspace.getConfiguration().update(settingNames.model, value, Workspace);
}

describe('the choice of the model', () => {
  const before = vscode.workspace.getConfiguration().inspect(settingNames.model);

  after(async () => {
    await setModel(before?.workspaceValue as string | undefined);
    await closeEverything();
  });

  it('takes a setting that is absolute, in the home folder, or relative to the workspace', () => {
    const base = path.resolve('/work', 'space');
    const elsewhere = path.resolve('/models', 'x');
    assert.equal(resolveModelSetting('model', base), path.join(base, 'model'));
    assert.equal(resolveModelSetting('../x', base), path.resolve(base, '..', 'x'));
    assert.equal(resolveModelSetting(elsewhere, base), elsewhere);
    assert.equal(resolveModelSetting('~/m/x', base), path.join(os.homedir(), 'm', 'x'));
    assert.equal(resolveModelSetting('', base), null);
    assert.equal(resolveModelSetting('model', null), null);
  });

  it('remembers a pick for the workspace until the setting is changed', async () => {
    await setModel('one');
    const memento = new FakeMemento();
    const choice = new ModelChoice(memento, new FakeMemento());
    let changes = 0;
    choice.onDidChange(() => changes++);
    assert.equal(choice.current(), workspaceUri('one').fsPath);
    const picked = path.resolve('/models', 'picked');
    await choice.pick(picked);
    assert.equal(choice.current(), picked);
    assert.equal(new ModelChoice(memento, new FakeMemento()).current(), picked, 'after a restart');
    await setModel('two');
    assert.equal(choice.current(), workspaceUri('two').fsPath);
    assert.ok(changes >= 2);
    choice.dispose();
  });

  it('lists the five models picked last, the newest first, each once', async () => {
    const choice = new ModelChoice(new FakeMemento(), new FakeMemento());
    for (const name of ['a', 'b', 'a', 'c', 'd', 'e', 'f']) await choice.pick(`/${name}`);
    assert.deepEqual(choice.recent(), ['/f', '/e', '/d', '/c', '/a']);
    choice.dispose();
  });

  it('finds model folders in the workspace, in both layouts', async () => {
    await vscode.workspace.fs.createDirectory(workspaceUri('found', 'plain'));
    await vscode.workspace.fs.createDirectory(workspaceUri('found', 'optimum', 'onnx'));
    await write('found/plain/model.onnx', '');
    await write('found/optimum/onnx/model.onnx', '');
    const folders = await modelFoldersInWorkspace();
    assert.ok(folders.includes(workspaceUri('found', 'plain').fsPath));
    assert.ok(folders.includes(workspaceUri('found', 'optimum').fsPath));
    assert.ok(!folders.includes(workspaceUri('found', 'optimum', 'onnx').fsPath));
    await vscode.workspace.fs.delete(workspaceUri('found'), { recursive: true });
  });

  it('takes the folder, its folder onnx, or the file for the same model', async () => {
    await vscode.workspace.fs.createDirectory(workspaceUri('same', 'onnx'));
    await write('same/onnx/model.onnx', '');
    const folder = workspaceUri('same').fsPath;
    for (const names of [['same'], ['same', 'onnx'], ['same', 'onnx', 'model.onnx']]) {
      assert.equal(await modelFolder(workspaceUri(...names)), folder);
    }
    await write('same/onnx/model_quantized.onnx', '');
    const quantised = workspaceUri('same', 'onnx', 'model_quantized.onnx');
    assert.equal(await modelFolder(quantised), quantised.fsPath);
    assert.equal(modelFolderOf(path.join('/x', 'model.onnx')), path.normalize('/x'));
    await vscode.workspace.fs.delete(workspaceUri('same'), { recursive: true });
  });

  it('has a name that tells it from others', () => {
    assert.equal(modelTitle(path.join('/a', 'sst2-bert')), 'sst2-bert');
    assert.equal(modelTitle(path.join('/a', 'sample', 'model')), 'sample/model');
  });

  it('is used by the next explain', async function () {
    await needsModel(this);
    const state = await explained({ uri: workspaceUri('reviews.dev.jsonl'), line: 0 });
    assert.equal(state.explanation.modelName, path.basename(anyModel()?.fsPath ?? ''));
    assert.equal(
      await vscode.commands.executeCommand(commands.useAsModel, anyModel()),
      anyModel()?.fsPath,
    );
  });
});
