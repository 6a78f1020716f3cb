import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Failure } from '../../../src/host/report';
import { commands } from '../../../src/host/ids';
import {
  assertSentence,
  closeEverything,
  explain,
  explained,
  glassbox,
  needsModel,
  workspaceUri,
  write,
} from './support';

/** Runs a command that must fail, and gives back what the user was told. */
async function failure(run: () => Thenable<unknown>): Promise<Failure> {
  const api = await glassbox();
  const told: Failure[] = [];
  const subscription = api.onDidFail(what => told.push(what));
  try {
    assert.equal(await run(), null);
  } finally {
    subscription.dispose();
  }
  assert.equal(told.length, 1, 'told once');
  assertSentence(told[0]!.message);
  return told[0]!;
}

describe('what cannot be explained', () => {
  before(async function () {
    await needsModel(this);
  });

  afterEach(async () => {
    const state = await explained({ uri: workspaceUri('reviews.dev.jsonl'), line: 0 });
    assert.equal(state.record.line, 1, 'the next explain works');
  });

  after(closeEverything);

  const cases: [string, string, string, number, RegExp][] = [
    ['an empty line', 'empty.jsonl', '\n{"text": "fine"}\n', 0, /empty\.jsonl, line 1: .*empty/],
    ['broken JSON', 'broken.jsonl', '{"text": "fine"\n', 0, /broken\.jsonl, line 1/],
    ['no text field', 'fields.jsonl', '{"a": "one", "b": "two"}\n', 0, /glassbox\.textField/],
    ['an empty text', 'notext.jsonl', '{"text": "", "label": 1}\n', 0, /line 1: .*"text" is empty/],
    ['a header', 'header.csv', 'text,label\nfine,1\n', 0, /header\.csv, line 1: .*header/],
    ['an open quote', 'quote.csv', 'text,label\n"fine,1\n', 1, /quote\.csv, line 2/],
    ['a line past the end', 'short.txt', 'one line\n', 7, /short\.txt, line 8: .*only one line/],
    ['a NUL byte', 'nul.txt', 'no\0text\n', 0, /nul\.txt/],
    ['a file of another kind', 'page.md', '# text\n', 0, /page\.md is not a dataset/],
  ];
  for (const [what, name, text, line, says] of cases) {
    it(`${what}: one sentence`, async () => {
      const uri = await write(name, text);
      const { code, message } = await failure(() => explain({ uri, line }));
      assert.equal(code, 'bad-input');
      assert.match(message, says);
    });
  }

  it('a file that is not there: one sentence', async () => {
    const uri = workspaceUri('gone.jsonl');
    const { message } = await failure(() => explain({ uri, line: 0 }));
    assert.match(message, /gone\.jsonl/);
  });

  it('no editor at all: one sentence that says what to do', async () => {
    await closeEverything();
    const { message } = await failure(() => explain());
    assert.match(message, /^Open a \.jsonl, \.csv, \.tsv, \.conll or \.txt file/);
  });

  it('markup in the text is text', async () => {
    const text = '<img src=x onerror=alert(1)> **fine** [film](command:workbench.action.quit)';
    const uri = await write('markup.jsonl', `${JSON.stringify({ text })}\n`);
    assert.equal((await explained({ uri, line: 0 })).record.text, text);
  });

  it('a folder without a model: one sentence that names it, and the old model stays', async () => {
    const before = await explained({ uri: workspaceUri('reviews.dev.jsonl'), line: 0 });
    await vscode.workspace.fs.createDirectory(workspaceUri('no-model'));
    const { code, message } = await failure(() =>
      vscode.commands.executeCommand(commands.useAsModel, workspaceUri('no-model')),
    );
    assert.equal(code, 'bad-model');
    assert.match(message, /no-model has no model\.onnx/);
    const again = await explained({ uri: workspaceUri('reviews.dev.jsonl'), line: 0 });
    assert.equal(again.explanation.modelHash, before.explanation.modelHash);
  });

  it('a model.onnx that is none: one sentence, and the old model stays', async () => {
    await vscode.workspace.fs.createDirectory(workspaceUri('bad-model'));
    await write('bad-model/model.onnx', 'not a model');
    await write('bad-model/config.json', '{}');
    await write('bad-model/tokenizer.json', '{}');
    const { message } = await failure(() =>
      vscode.commands.executeCommand(commands.useAsModel, workspaceUri('bad-model')),
    );
    assert.match(message, /bad-model|model\.onnx|config\.json|tokenizer\.json/);
  });
});
