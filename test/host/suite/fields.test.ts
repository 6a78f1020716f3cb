import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { FieldChoice } from '../../../src/host/records/fieldChoice';
import { RecordReader } from '../../../src/host/records/readRecord';
import { readArgument } from '../../../src/host/records/target';
import { settingNames } from '../../../src/host/settings';
import { FakeMemento } from './fakes';
import { closeEverything, workspaceUri, write } from './support';

const signal = new AbortController().signal;

describe('the choice of the fields', () => {
  const choice = new FieldChoice(new FakeMemento());
  const reader = new RecordReader(choice);

  const target = async (name: string, text: string) => {
    const uri = await write(name, text);
    return { uri, document: await vscode.workspace.openTextDocument(uri), line: 0 };
  };

  after(closeEverything);

  it('is remembered for every file with the same fields', async () => {
    const line = '{"a": "first", "b": "second", "c": "third"}\n';
    const one = await target('fields.one.jsonl', line);
    await assert.rejects(reader.read(one, signal), /textField/);
    const names = (await reader.fieldsAt(one)).map(({ name }) => name);
    assert.deepEqual(names, ['a', 'b', 'c']);
    await choice.set(names, { textField: 'b', labelField: 'c' });
    assert.equal((await reader.read(one, signal)).info.text, 'second');
    const two = await target('fields.two.jsonl', '{"c": "3", "a": "1", "b": "2"}\n');
    const { info } = await reader.read(two, signal);
    assert.deepEqual([info.field, info.text, info.gold], ['b', '2', '3']);
    const other = await target('fields.other.jsonl', '{"a": "first", "text": "usual"}\n');
    assert.equal((await reader.read(other, signal)).info.text, 'usual');
  });

  it('can say that there is no label', async () => {
    const file = await target('fields.label.jsonl', '{"text": "fine", "label": "x"}\n');
    assert.equal((await reader.read(file, signal)).info.gold, 'x');
    await choice.set(['text', 'label'], { textField: 'text', labelField: null });
    assert.equal((await reader.read(file, signal)).info.gold, null);
  });

  it('else follows the settings', async () => {
    const file = await target('fields.set.jsonl', '{"one": "1st", "two": "2nd", "three": "3rd"}\n');
    const settings = vscode.workspace.getConfiguration();
    const { Workspace } = vscode.ConfigurationTarget;
    await settings.update(settingNames.textField, 'two', Workspace);
    await settings.update(settingNames.labelField, 'three', Workspace);
    try {
      const { info } = await reader.read(file, signal);
      assert.deepEqual([info.field, info.text, info.gold], ['two', '2nd', '3rd']);
      const plain = await target('fields.txt', 'a plain line\n');
      assert.equal((await reader.read(plain, signal)).info.text, 'a plain line');
    } finally {
      await settings.update(settingNames.textField, undefined, Workspace);
      await settings.update(settingNames.labelField, undefined, Workspace);
    }
  });

  it('takes the second text of a pair from choice, setting or usual names', async () => {
    const line = '{"first": "1st", "second": "2nd", "third": "3rd"}\n';
    const odd = await target('fields.pair.jsonl', line);
    const pairOf = async (at: Parameters<typeof reader.read>[0]) =>
      (await reader.read(at, signal)).info.pair;
    const names = ['first', 'second', 'third'];
    await choice.set(names, { textField: 'first', pairField: 'third', labelField: null });
    assert.deepEqual(await pairOf(odd), { field: 'third', text: '3rd' });
    await choice.set(names, { textField: 'first', pairField: null, labelField: null });
    assert.equal(await pairOf(odd), null);

    const usual = await target('fields.usual.jsonl', '{"premise": "p", "hypothesis": "h"}\n');
    assert.deepEqual(await pairOf(usual), { field: 'hypothesis', text: 'h' });
    // As an earlier version has stored it.
    await choice.set(['premise', 'hypothesis'], { textField: 'premise', labelField: null });
    assert.deepEqual(await pairOf(usual), { field: 'hypothesis', text: 'h' });

    const settings = vscode.workspace.getConfiguration();
    const { Workspace } = vscode.ConfigurationTarget;
    const set = await target('fields.both.jsonl', '{"text": "t", "title": "u", "body": "v"}\n');
    await settings.update(settingNames.pairField, 'title', Workspace);
    try {
      assert.deepEqual(await pairOf(set), { field: 'title', text: 'u' });
    } finally {
      await settings.update(settingNames.pairField, undefined, Workspace);
    }
    assert.equal(await pairOf(set), null);
  });

  it('reads a file that VS Code does not share from disk', async () => {
    const uri = await write('huge.jsonl', '{"text": "one"}\n{"text": "two"}\n');
    const { info, raw } = await reader.read({ uri, document: null, line: 1 }, signal);
    assert.deepEqual([info.text, info.line, raw], ['two', 2, '{"text": "two"}']);
  });
});

describe('the argument of a command', () => {
  it('is a file, a file with a line from 0, or one from 1', () => {
    const uri = workspaceUri('a.jsonl');
    assert.deepEqual(readArgument(uri), { uri, line: null });
    assert.deepEqual(readArgument({ uri, line: 4 }), { uri, line: 4 });
    assert.deepEqual(readArgument({ uri, lineNumber: 4 }), { uri, line: 3 });
    assert.deepEqual(readArgument(undefined), { uri: null, line: null });
    assert.deepEqual(readArgument('other'), { uri: null, line: null });
    assert.equal(readArgument({ uri: uri.toString(), line: 0 }).uri?.fsPath, uri.fsPath);
  });
});
