import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../../src/host/ids';
import {
  closeEverything,
  explained,
  glassbox,
  needsModel,
  openAt,
  until,
  workspaceUri,
  write,
} from './support';

const lines = ['A dull first line.', 'A lovely second line.', 'A third line that is fine.', ''];

describe('the heatmap while the file is edited', () => {
  let editor: vscode.TextEditor;

  before(async function () {
    await needsModel(this);
  });

  beforeEach(async () => {
    const uri = await write('edited.txt', lines.join('\n'));
    editor = await openAt(uri, 1);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await explained({ uri, line: 1 });
  });

  after(closeEverything);

  const tinted = async () =>
    (await glassbox()).heatmap().map(({ range }) => editor.document.getText(range));

  it('moves with its line when lines above it come and go', async () => {
    const api = await glassbox();
    const words = await tinted();
    assert.ok(words.includes('lovely'));
    await editor.edit(edit => {
      edit.insert(new vscode.Position(0, 0), 'new\nlines\n');
    });
    await until('moved', () => api.heatmap()[0]?.range.start.line === 3);
    assert.deepEqual(await tinted(), words);
    assert.equal(api.isStale(), false);
    assert.equal(api.lastState()?.record.line, 4);
    assert.equal(api.lastState()?.memory.line, 3);
    await editor.edit(edit => {
      edit.delete(new vscode.Range(0, 0, 3, 0));
    });
    await until('moved back', () => api.heatmap()[0]?.range.start.line === 0);
    assert.deepEqual(await tinted(), words);
  });

  it('stays for edits below, and for edits above that change no line count', async () => {
    const api = await glassbox();
    const words = await tinted();
    await editor.edit(edit => {
      edit.insert(new vscode.Position(2, 2), 'very ');
      edit.insert(new vscode.Position(0, 2), 'very ');
    });
    assert.deepEqual(await tinted(), words);
    assert.equal(api.isStale(), false);
  });

  it('goes when the line itself is edited, and comes back when that is undone', async () => {
    const api = await glassbox();
    const words = await tinted();
    await editor.edit(edit => {
      edit.insert(new vscode.Position(1, 2), 'not ');
    });
    await until('stale', () => api.isStale());
    assert.deepEqual(api.heatmap(), []);
    await vscode.commands.executeCommand('undo');
    await until('fresh', () => !api.isStale());
    assert.deepEqual(await tinted(), words);
  });

  it('is there again when the file is closed and opened again', async () => {
    const words = await tinted();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    editor = await openAt(workspaceUri('edited.txt'), 0);
    assert.deepEqual(await tinted(), words);
  });

  it('is cleared by Clear Heatmap, and not brought back by an edit elsewhere', async () => {
    const api = await glassbox();
    await vscode.commands.executeCommand(commands.clearHeatmap);
    assert.deepEqual(api.heatmap(), []);
    await editor.edit(edit => {
      edit.insert(new vscode.Position(0, 0), 'new\n');
    });
    await until('moved', () => api.lastState()?.record.line === 3);
    assert.deepEqual(api.heatmap(), []);
    await explained({ uri: editor.document.uri, line: 2 });
    assert.ok((await tinted()).includes('lovely'));
  });
});
