import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { settingNames } from '../../../src/host/settings';
import { GlassboxError } from '../../../src/protocol';
import { FakeEngine } from './fakes';
import {
  answerQuickPicks,
  answerSaveDialogs,
  closeEverything,
  read,
  until,
  workspaceUri,
  write,
} from './support';
import { tracersWith } from './tracers';

const trainText = [
  '{"text": "a fine film", "label": "positive"}',
  '{"text": "a dull film", "label": "negative"}',
  '{"text": "so good", "label": "positive"}',
  '{"label": "negative", "text": "too long"}',
  '',
].join('\n');

describe('Find Suspicious Labels', () => {
  let train: vscode.Uri;
  let engine: FakeEngine;
  let parts: ReturnType<typeof tracersWith>;

  const problems = (uri = train) =>
    vscode.languages
      .getDiagnostics(uri)
      .filter(({ source }) => source === 'Glassbox')
      .sort((a, b) => a.range.start.line - b.range.start.line);

  before(async () => {
    train = await write('suspected/ranked.train.jsonl', trainText);
  });

  beforeEach(() => {
    engine = new FakeEngine();
    parts = tracersWith(engine);
  });

  afterEach(() => {
    parts.dispose();
    assert.deepEqual(problems(), [], 'they go with the extension');
  });

  after(async () => {
    assert.equal(await read(train), trainText, 'the training file is as it was');
    await closeEverything();
    await vscode.workspace.fs.delete(workspaceUri('suspected'), { recursive: true });
  });

  it('ranks the file that was pointed at, without asking', async () => {
    const result = await parts.suspicions.find(train);
    assert.deepEqual(
      result?.rows.map(({ rank, line }) => [rank, line]),
      [
        [1, 2],
        [2, 4],
        [3, 1],
        [4, 3],
      ],
    );
    assert.equal(engine.rankings[0]?.train.path, train.fsPath);
    const state = parts.works.suspicious.at(-1);
    assert.deepEqual(
      [state?.train, state?.running, state?.inProblems],
      ['suspected/ranked.train.jsonl', null, false],
    );
    assert.deepEqual(problems(), [], 'nobody wanted them there');
    assert.equal(await parts.training.known('/model'), null);
  });

  it('asks which file where none was pointed at', async () => {
    const picks = answerQuickPicks(/^ranked\.train/);
    assert.ok(await parts.suspicions.ask(train));
    picks.restore();
    assert.equal((await parts.training.known('/model'))?.toString(), train.toString());
  });

  it('puts the lines into the Problems view when that is wanted, each at its label', async () => {
    await parts.suspicions.find(train);
    parts.handlers.suspiciousProblems({ on: true });
    assert.equal(await parts.done(), null);
    assert.equal(parts.works.suspicious.at(-1)?.inProblems, true);
    const document = await vscode.workspace.openTextDocument(train);
    const { Warning, Information } = vscode.DiagnosticSeverity;
    assert.deepEqual(
      problems().map(({ range, severity }) => [
        range.start.line,
        document.getText(range),
        severity,
      ]),
      [
        [0, 'positive', Information],
        [1, 'negative', Warning],
        [2, 'positive', Information],
        [3, 'negative', Warning],
      ],
    );
    assert.equal(
      problems()[1]?.message,
      'Suspicious label, number 1 of the list: labelled negative, the model says positive.',
    );
    parts.handlers.suspiciousProblems({ on: false });
    assert.equal(await parts.done(), null);
    assert.deepEqual([problems(), parts.works.suspicious.at(-1)?.inProblems], [[], false]);
  });

  it('lets them follow edits, go while their line is another one, and come back', async () => {
    const uri = await write('suspected/edited.train.jsonl', trainText);
    await parts.suspicions.find(uri);
    await parts.problems.turn(true);
    const editor = await vscode.window.showTextDocument(uri);
    const linesWithProblems = () => problems(uri).map(({ range }) => range.start.line);
    await editor.edit(edit => {
      edit.insert(new vscode.Position(0, 0), '{"text": "new", "label": "positive"}\n');
    });
    assert.deepEqual(linesWithProblems(), [1, 2, 3, 4]);
    await editor.edit(edit => {
      edit.insert(new vscode.Position(2, 10), 'very ');
    });
    assert.deepEqual(linesWithProblems(), [1, 3, 4]);
    await vscode.commands.executeCommand('undo');
    assert.deepEqual(linesWithProblems(), [1, 2, 3, 4]);
    parts.handlers.suspiciousReveal({ row: 0 });
    assert.equal(await parts.done(), null);
    assert.equal(vscode.window.activeTextEditor?.selection.start.line, 2);
  });

  it('follows the setting, and a new ranking takes their place', async () => {
    const settings = vscode.workspace.getConfiguration();
    const { suspiciousInProblems: name } = settingNames;
    try {
      await settings.update(name, true, vscode.ConfigurationTarget.Workspace);
      await until('they are wanted', () => parts.problems.isOn);
      await parts.suspicions.find(train);
      assert.equal(problems().length, 4);
      const short = await write('suspected/short.jsonl', trainText.split('\n')[1]!);
      await parts.suspicions.find(short);
      assert.deepEqual([problems().length, vscode.languages.getDiagnostics(short).length], [0, 1]);
    } finally {
      await settings.update(name, undefined, vscode.ConfigurationTarget.Workspace);
    }
    await until('they are wanted no longer', () => !parts.problems.isOn);
  });

  it('ranks again with other settings, and shows what was there before when it is cancelled', async () => {
    const first = await parts.suspicions.find(train);
    const settings = { method: 'loss', options: { k: 3 } } as const;
    engine.beforeAnswer = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new GlassboxError('cancelled', 'Cancelled.'));
        });
        parts.suspicions.cancel();
      });
    parts.handlers.suspiciousAgain(settings);
    assert.equal(await parts.done(), null);
    assert.deepEqual(parts.remembered.suspicion, settings);
    assert.equal(engine.rankings.at(-1)?.method, 'loss');
    const state = parts.works.suspicious.at(-1);
    assert.deepEqual([state?.result, state?.running], [first, null]);
  });

  it('explains a row, copies the list, and saves it as JSONL, as a table or as JSON', async () => {
    await parts.suspicions.find(train);
    parts.handlers.suspiciousExplain({ row: 1 });
    assert.equal(await parts.done(), null);
    assert.deepEqual(
      parts.explained.map(({ uri, line }) => [uri.toString(), line]),
      [[train.toString(), 3]],
    );
    parts.handlers.suspiciousCopy(null);
    assert.equal(await parts.done(), null);
    const copied = JSON.parse(await vscode.env.clipboard.readText()) as Record<string, object> & {
      lines: object[];
    };
    const { train_file, model_name, model_hash, glassbox } = copied;
    const about = { method: 'head', train_file, model_name, model_hash, glassbox };
    assert.equal(copied.lines.length, 4);
    const table = workspaceUri('suspected/list.csv');
    const foreign = await write('suspected/foreign.csv', 'text,label\nmine,1\n');
    const json = workspaceUri('suspected/list.json');
    const lines = workspaceUri('suspected/list.jsonl');
    const dialogs = answerSaveDialogs(table, table, json, lines, lines, foreign, train);
    for (let i = 0; i < 5; i++) {
      parts.handlers.suspiciousSave(null);
      assert.equal(await parts.done(), null);
    }
    for (const says of [/foreign\.csv is there already/, /never written/]) {
      parts.handlers.suspiciousSave(null);
      const error = await parts.done();
      assert.ok(error instanceof GlassboxError);
      assert.match(error.message, says);
    }
    dialogs.restore();
    const saved = (await read(lines)).trimEnd().split('\n');
    assert.deepEqual(
      saved.map(line => JSON.parse(line) as { rank: number; line: number; glassbox: string }),
      copied.lines.map(line => ({ ...line, ...about })),
    );
    const [header, row] = (await read(table)).split('\n');
    assert.match(header!, /^rank,line,text,/);
    assert.match(row!, /^1,2,"a dull film",/);
    assert.deepEqual(JSON.parse(await read(json)), copied);
    assert.equal(await read(foreign), 'text,label\nmine,1\n');
  });

  it('opens no model that an untrusted workspace holds', async () => {
    parts.dispose();
    parts = tracersWith(engine, { mayLoad: () => false });
    assert.equal(await parts.suspicions.find(train), null);
    assert.deepEqual(engine.loaded, []);
    assert.match(parts.told.find(what => what.startsWith('failed: ')) ?? '', /have not trusted/);
  });
});
