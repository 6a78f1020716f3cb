import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { commands } from '../../../src/host/ids';
import {
  closeEverything,
  explained,
  glassbox,
  needsModel,
  openAt,
  panelTabs,
  read,
  until,
  workspaceUri,
  write,
} from './support';

/** The characters that are tinted, by the document; and what the tokens say. */
async function tintedTexts(document: vscode.TextDocument): Promise<string[]> {
  const api = await glassbox();
  return api.heatmap().map(({ range }) => document.getText(range));
}

describe('Explain Line', () => {
  before(async function () {
    await needsModel(this);
  });

  after(closeEverything);

  it('explains the line with the cursor, opens the panel beside it, and leaves the focus', async () => {
    const api = await glassbox();
    const uri = workspaceUri('reviews.dev.jsonl');
    const editor = await openAt(uri, 0);
    const before = await read(uri);
    const state = await explained();

    assert.equal(state.record.file, 'reviews.dev.jsonl');
    assert.equal(state.record.line, 1);
    const data = JSON.parse(before.split('\n')[0]!) as { text: string; label: string };
    assert.equal(state.record.text, data.text);
    assert.equal(state.record.gold, data.label);
    assert.deepEqual(api.lastState(), state);

    await until(
      'the panel is beside the file',
      () => panelTabs()[0]?.group.viewColumn === vscode.ViewColumn.Two,
    );
    assert.equal(panelTabs().length, 1);
    assert.equal(vscode.window.activeTextEditor, editor);
    assert.equal(await read(uri), before);
  });

  it('tints every token of the text, exactly its characters', async () => {
    const editor = await openAt(workspaceUri('reviews.dev.jsonl'), 0);
    const { record, explanation } = await explained();
    const tokens = explanation.tokens.filter(token => !token.special);
    assert.ok(tokens.length > 3);
    const expected = tokens.map(({ start, end }) => record.text.slice(start, end).trim());
    assert.deepEqual(await tintedTexts(editor.document), expected);
    const api = await glassbox();
    assert.ok(api.heatmap().some(({ strength }) => strength === 5));
  });

  for (const [name, line] of [
    ['reviews.dev.csv', 1],
    ['reviews.dev.tsv', 3],
    ['notes.txt', 0],
  ] as const) {
    it(`explains ${name}, reusing the panel`, async () => {
      const editor = await openAt(workspaceUri(name), line);
      const state = await explained();
      assert.equal(state.record.file, name);
      assert.equal(state.record.line, line + 1);
      assert.equal(panelTabs().length, 1);
      const texts = await tintedTexts(editor.document);
      assert.ok(texts.length > 3 && texts.every(text => state.record.text.includes(text)));
      for (const { range } of (await glassbox()).heatmap()) assert.equal(range.start.line, line);
    });
  }

  it('takes any line of a CSV record that spans lines', async () => {
    const csv =
      'text,label\n"A dull start,\nand ""then""\na lovely end.",positive\nFine.,positive\n';
    const uri = await write('several lines.csv', csv);
    const editor = await openAt(uri, 2);
    for (const line of [1, 2, 3]) {
      const state = await explained({ uri, line });
      assert.equal(state.record.line, 2);
      assert.equal(state.record.text, 'A dull start,\nand "then"\na lovely end.');
      const lines = new Set((await glassbox()).heatmap().map(({ range }) => range.start.line));
      assert.deepEqual([...lines], [1, 2, 3]);
    }
    const texts = await tintedTexts(editor.document);
    for (const word of ['dull', 'then', 'lovely']) assert.ok(texts.includes(word), word);
  });

  it('puts the tints behind escapes, emoji and combining marks where they belong', async () => {
    const text = 'A "good" 😀 cafe\u0301 – 好 film\nreally';
    const uri = await write('escapes.jsonl', `${JSON.stringify({ text, label: 'positive' })}\n`);
    const editor = await openAt(uri, 0);
    const state = await explained();
    assert.equal(state.record.text, text);
    const texts = await tintedTexts(editor.document);
    for (const word of ['film', 'really', '😀']) {
      assert.ok(texts.includes(word), `${word} in ${texts.join('|')}`);
    }
  });

  it('reads the document as it is in the editor, saved or not', async () => {
    const uri = await write('dirty.txt', 'One fine line.\n');
    const editor = await openAt(uri, 0);
    await editor.edit(edit => {
      edit.replace(new vscode.Range(0, 0, 0, 14), 'Another bad line.');
    });
    const state = await explained();
    assert.equal(state.record.text, 'Another bad line.');
    assert.equal(await read(uri), 'One fine line.\n');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('takes a line from the menu of the line numbers (from 1) and from callers (from 0)', async () => {
    const uri = workspaceUri('reviews.dev.jsonl');
    await openAt(uri, 0);
    assert.equal((await explained({ uri, lineNumber: 5 })).record.line, 5);
    assert.equal((await explained({ uri, line: 5 })).record.line, 6);
  });

  it('works from the panel: the editor beside it is meant', async () => {
    await openAt(workspaceUri('reviews.dev.jsonl'), 3);
    await explained();
    await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
    await until('the panel is active', () => vscode.window.activeTextEditor === undefined);
    assert.equal((await explained()).record.line, 4);
  });

  it('gives the answer of the newest when several are asked at once', async () => {
    const uri = workspaceUri('reviews.dev.jsonl');
    const answers = await Promise.all(
      [10, 11, 12, 13].map(line =>
        vscode.commands.executeCommand(commands.explainLine, { uri, line }),
      ),
    );
    assert.deepEqual(answers.slice(0, 3), [null, null, null]);
    assert.equal((await glassbox()).lastState()?.record.line, 14);
  });

  it('explains again after the engine was restarted', async () => {
    await vscode.commands.executeCommand(commands.restartEngine);
    const state = await explained({ uri: workspaceUri('reviews.dev.jsonl'), line: 0 });
    assert.equal(state.record.line, 1);
  });

  it('loads no native module into the extension host', () => {
    const report = process.report.getReport() as unknown as { sharedObjects: string[] };
    const maps = '/proc/self/maps';
    const loaded = [
      ...report.sharedObjects,
      ...(existsSync(maps) ? readFileSync(maps, 'utf8').split('\n') : []),
    ];
    assert.ok(loaded.length > 3);
    assert.deepEqual(
      loaded.filter(name => /onnxruntime|tokenizers/.test(name)),
      [],
    );
  });
});
