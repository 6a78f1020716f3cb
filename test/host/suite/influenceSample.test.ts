import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../../src/host/ids';
import { settingNames } from '../../../src/host/settings';
import type { InfluenceResult, InfluenceState, SuspicionResult } from '../../../src/protocol';
import {
  answerQuickPicks,
  assertSentence,
  closeEverything,
  glassbox,
  needsModel,
  openAt,
  panelTabs,
  read,
  until,
  workspaceUri,
  write,
} from './support';

const trace = (argument?: unknown) =>
  vscode.commands.executeCommand<InfluenceResult | null>(commands.traceInfluence, argument);

describe('Influence in the sample', () => {
  const dev = () => workspaceUri('reviews.dev.jsonl');
  const train = () => workspaceUri('reviews.train.jsonl');
  let bytes: string;

  before(async function () {
    await needsModel(this);
    bytes = await read(train());
    await vscode.commands.executeCommand(commands.deleteInfluenceCache);
  });

  after(async () => {
    assert.equal(await read(train()), bytes, 'the training file is as it was');
    await closeEverything();
  });

  it('traces the line with the cursor, in the panel, and asks once for the training file', async () => {
    const api = await glassbox();
    const editor = await openAt(dev(), 2);
    const picks = answerQuickPicks(/^(\$\(check\) )?reviews\.train\.jsonl$/);
    const seen: InfluenceState[] = [];
    const listening = api.onDidTrace(state => seen.push(state));
    const result = await trace();
    picks.restore();
    listening.dispose();
    assert.ok(result, api.lastFailure()?.message);
    assert.deepEqual([result.method, result.tests, result.train.lines], ['head', 1, 1500]);
    assert.deepEqual([result.train.computed, result.train.cached], [1500, 0]);
    assert.deepEqual([result.helps.length, result.hurts.length], [20, 20]);
    const lines = bytes.split('\n');
    for (const row of [...result.helps, ...result.hurts]) {
      const { text, label } = JSON.parse(lines[row.line - 1]!) as { text: string; label: string };
      assert.deepEqual([row.text, row.label], [text, label]);
    }
    assert.ok(result.helps.every(({ score }) => score > 0));
    assert.ok(result.hurts.every(({ score }) => score < 0));
    const state = api.lastTrace();
    assert.deepEqual([state?.result, state?.running, state?.record?.line], [result, null, 3]);
    assert.ok(seen.slice(0, -1).every(({ running }) => running));
    await until('the panel is there', () => panelTabs().length === 1);
    assert.equal(vscode.window.activeTextEditor, editor, 'the focus stays in the file');
    // The second question reads the features from the disk, and asks nobody.
    const next = await trace({ uri: dev(), line: 5 });
    assert.deepEqual([next?.train.computed, next?.train.cached], [0, 1500]);
  });

  it('offers another training file, the present one first', async () => {
    await openAt(dev(), 0);
    const picks = answerQuickPicks(/reviews\.train\.jsonl$/);
    const chosen = await vscode.commands.executeCommand<vscode.Uri>(commands.selectTrainingFile);
    picks.restore();
    assert.equal(chosen.toString(), train().toString());
    assert.equal(picks.offered[0], '$(check) reviews.train.jsonl');
  });

  it('keeps what was shown when it is cancelled', async () => {
    const api = await glassbox();
    const shown = api.lastTrace()?.result;
    assert.ok(shown);
    const listening = api.onDidTrace(state => {
      if (state.running) api.cancel();
    });
    assert.equal(await trace({ uri: dev(), line: 7 }), null);
    listening.dispose();
    assert.deepEqual([api.lastTrace()?.result, api.lastTrace()?.running], [shown, null]);
    // The engine works on, or starts again.
    assert.ok(await trace({ uri: dev(), line: 7 }));
  });

  it('traces the mean loss of selected lines', async () => {
    const result = await vscode.commands.executeCommand<InfluenceResult | null>(
      commands.traceInfluenceOfSelection,
      { uri: dev(), lines: [0, 1, 2, 3] },
    );
    assert.deepEqual([result?.test, result?.tests], [null, 4]);
    assert.equal((await glassbox()).lastTrace()?.about, '4 selected lines of reviews.dev.jsonl');
  });

  it('finds lines that were labelled wrongly, and puts them into the Problems view', async () => {
    const settings = vscode.workspace.getConfiguration();
    const wanted = (on: boolean | undefined) =>
      settings.update(settingNames.suspiciousInProblems, on, vscode.ConfigurationTarget.Workspace);
    await wanted(true);
    try {
      const result = await vscode.commands.executeCommand<SuspicionResult | null>(
        commands.findSuspiciousLabels,
        train(),
      );
      const api = await glassbox();
      assert.ok(result, api.lastFailure()?.message);
      const wrong = await wrongLines();
      assert.equal(wrong.length, 24);
      const found = result.rows.filter(({ line }) => wrong.includes(line));
      const byChance = (wrong.length * result.rows.length) / result.train.lines;
      assert.ok(found.length > 2 * byChance, `${found.length} of 24 in the first 100 lines`);
      assert.equal(api.lastSuspicions()?.inProblems, true);
      const problems = vscode.languages
        .getDiagnostics(train())
        .filter(({ source }) => source === 'Glassbox');
      const byLine = (a: number, b: number) => a - b;
      assert.deepEqual(
        problems.map(({ range }) => range.start.line + 1).sort(byLine),
        result.rows.map(({ line }) => line).sort(byLine),
      );
    } finally {
      await wanted(undefined);
    }
    await until('they are gone again', () => vscode.languages.getDiagnostics(train()).length === 0);
  });

  it('says in one sentence what cannot be learned from a file', async () => {
    const api = await glassbox();
    const uri = await write('strange.train.jsonl', '{"text": "fine", "label": "purple"}\n');
    assert.equal(
      await vscode.commands.executeCommand(commands.findSuspiciousLabelsInMenu, uri),
      null,
    );
    const { message } = api.lastFailure()!;
    assertSentence(message);
    assert.match(message, /strange\.train\.jsonl/);
    await vscode.workspace.fs.delete(uri);
  });
});

/** The lines that the sample's README names, from 1. */
async function wrongLines(): Promise<number[]> {
  const readme = await read(workspaceUri('README.md'));
  const [, table = ''] = readme.split(/<!-- (?:mislabelled|end) -->/);
  return [...table.matchAll(/^\| (\d+) \|/gm)].map(match => Number(match[1]));
}
