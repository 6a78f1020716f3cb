import assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { pageUri } from '../../../src/host/check/checkPages';
import { ModelChecker } from '../../../src/host/check/modelChecker';
import type { Engine } from '../../../src/host/explain/engine';
import { checkScheme, commands } from '../../../src/host/ids';
import { modelTitle } from '../../../src/host/models/modelFolders';
import type { ModelCheck } from '../../../src/protocol';
import { checkPage } from '../../../src/interpret/check/page';
import { GlassboxError } from '../../../src/protocol';
import { FakeEngine, fakeSurroundings } from './fakes';
import {
  anyModel,
  assertSentence,
  closeEverything,
  explained,
  glassbox,
  needsModel,
  openAt,
  until,
  workspaceUri,
  write,
} from './support';

const check = (argument?: unknown) =>
  vscode.commands.executeCommand<ModelCheck | null>(commands.checkModel, argument);

const pages = () =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === checkScheme,
    );

function shownPage(): vscode.TextDocument {
  const editor = vscode.window.activeTextEditor;
  assert.equal(editor?.document.uri.scheme, checkScheme, 'the page is open and has the focus');
  return editor.document;
}

/** VS Code puts new text into a page that it knows a moment later. */
async function filledPage(found: ModelCheck | null): Promise<vscode.TextDocument> {
  const page = shownPage();
  const whole = checkPage(found!).join('\n');
  const text = () => page.getText().replaceAll('\r\n', '\n').trimEnd();
  await until('the text of this check', () => text() === whole);
  return page;
}

describe('Check Model', () => {
  before(glassbox);
  beforeEach(closeEverything);
  after(closeEverything);

  describe('on a model that is well', () => {
    before(async function () {
      await needsModel(this);
    });

    it('opens a page beside the file that says so, and lists the operators', async () => {
      await openAt(workspaceUri('reviews.dev.jsonl'), 0);
      const found = await check(anyModel());
      assert.deepEqual([found?.ok, found?.reasons], [true, []]);
      const document = await filledPage(found);
      const text = document.getText();
      assert.match(text, /^Check of .*\r?\n\r?\nAll is well: /);
      assert.match(text, /Operators of the file/);
      for (const { op, count } of found!.operators) {
        assert.match(text, new RegExp(`^ {2}${op} +${count} `, 'm'), op);
      }
      assert.equal(document.languageId, 'plaintext');
      assert.equal(vscode.window.activeTextEditor?.viewColumn, vscode.ViewColumn.Two);
      const title = modelTitle(anyModel()!.fsPath).replace(path.sep, ' ');
      assert.equal(pages()[0]?.label, `Check of ${title}`);
    });

    it('takes the selected model when none is named, and keeps to one page', async () => {
      const first = await check();
      assert.equal(first?.dir, anyModel()?.fsPath);
      const page = shownPage();
      await openAt(workspaceUri('reviews.dev.jsonl'), 0);
      const column = pages()[0]?.group.viewColumn;
      const second = await check();
      assert.equal(await filledPage(second), page);
      assert.equal(vscode.window.activeTextEditor?.viewColumn, column);
      assert.equal(pages().length, 1);
    });

    it('cannot be edited, and leaves explaining as it was', async () => {
      const page = await filledPage(await check());
      const before = page.getText();
      await vscode.commands.executeCommand('type', { text: 'x' });
      assert.equal(page.getText(), before);
      const state = await explained({ uri: workspaceUri('reviews.dev.jsonl'), line: 0 });
      assert.equal(state.record.line, 1);
    });
  });

  describe('on a folder that is no model', () => {
    const broken: [string, Record<string, string>, RegExp][] = [
      ['empty', { 'notes.txt': 'nothing' }, /holds no model\.onnx/],
      [
        'garbage.md',
        { 'model.onnx': 'not a model', 'config.json': '{}', 'tokenizer.json': '{}' },
        /model\.onnx .*not an ONNX model, or it is incomplete/,
      ],
    ];
    for (const [name, files, says] of broken) {
      it(`says what is wrong: ${name}`, async () => {
        const folder = workspaceUri('check', name);
        await vscode.workspace.fs.createDirectory(folder);
        for (const [file, text] of Object.entries(files)) {
          await write(`check/${name}/${file}`, text);
        }
        const found = await check(folder);
        assert.equal(found?.ok, false);
        for (const reason of found.reasons) assertSentence(reason);
        const document = await filledPage(found);
        assert.match(document.getText(), /\b1 thing is wrong\.\r?\n {2}! /);
        assert.match(document.getText(), says);
        // Whatever the folder is called: what stands in the page is data.
        assert.equal(document.languageId, 'plaintext');
        await vscode.workspace.fs.delete(workspaceUri('check'), { recursive: true });
      });
    }
  });

  describe('asks the engine', () => {
    const answer = { ok: true } as ModelCheck;

    function checkerOf(call: (name: string, params: unknown, signal?: AbortSignal) => unknown) {
      const shown: string[] = [];
      const engine = {
        call: (name: string, params: unknown, options?: { signal?: AbortSignal }) =>
          Promise.resolve(call(name, params, options?.signal)),
        restart: () => Promise.resolve(),
      } as Engine;
      const pages = {
        show: (dir: string) => {
          shown.push(dir);
          return Promise.resolve();
        },
      };
      const checkTrust = () => Promise.resolve();
      return { checker: new ModelChecker({ engine, pages, checkTrust }), shown };
    }

    it('with the task that was chosen, if one was', async () => {
      const asked: unknown[] = [];
      const { checker, shown } = checkerOf((name, params) => {
        asked.push([name, params]);
        return answer;
      });
      assert.equal(await checker.check('/a', null), answer);
      await checker.check('/b', 'fill-mask');
      assert.deepEqual(asked, [
        ['checkModel', { modelDir: '/a' }],
        ['checkModel', { modelDir: '/b', task: 'fill-mask' }],
      ]);
      assert.deepEqual(shown, ['/a', '/b']);
    });

    it('once at a time: a newer check cancels the older, which shows no page', async () => {
      let first = true;
      const { checker, shown } = checkerOf((_name, _params, signal) => {
        if (!first) return answer;
        first = false;
        return new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reject(new GlassboxError('cancelled', 'Cancelled.'));
          });
        });
      });
      const older = checker.check('/older', null);
      const cancelled = assert.rejects(older, { code: 'cancelled' });
      await new Promise(resolve => setImmediate(resolve));
      await checker.check('/newer', null);
      await cancelled;
      assert.deepEqual(shown, ['/newer']);
    });

    it('never where the workspace is not trusted: the model stays closed', async () => {
      const engine = new FakeEngine();
      const { use } = fakeSurroundings(engine, { mayLoad: () => Promise.resolve(false) });
      const opened: string[] = [];
      const checker = new ModelChecker({
        engine,
        pages: { show: dir => Promise.resolve(void opened.push(dir)) },
        checkTrust: dir => use.checkTrust(dir),
      });
      await assert.rejects(checker.check('/model', null), (error: Error) => {
        assertSentence(error.message);
        assert.match(error.message, /\/model .*have not trusted/);
        return true;
      });
      assert.deepEqual([engine.requests, opened], [[], []]);
    });
  });

  it('knows nothing of a page that it did not make', async () => {
    const uri = pageUri('/nowhere');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /run Glassbox: Check Model again/);
  });
});
