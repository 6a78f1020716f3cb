import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../../src/host/ids';
import { makeLinesAttacker } from '../../../src/host/lines/linesAttacker';
import { makeLinesHandlers } from '../../../src/host/lines/linesHandlers';
import { ResultPlaces } from '../../../src/host/lines/resultPlaces';
import { FieldChoice } from '../../../src/host/records/fieldChoice';
import type { Target } from '../../../src/host/records/target';
import type { AttackTable } from '../../../src/protocol';
import { FakeEngine, FakeMemento, fakeSurroundings } from './fakes';
import {
  answerSaveDialogs,
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

const attackSelection = (argument?: unknown) =>
  vscode.commands.executeCommand<AttackTable | null>(commands.attackSelection, argument);

/** Of each row what does not depend on time. */
const facts = ({ rows }: AttackTable) =>
  rows.map(({ line, attacked, outcome, success, after }) => [
    line,
    attacked,
    outcome,
    success,
    after,
  ]);

describe('Attack Selection', () => {
  let dataset: vscode.Uri;
  let bytes: string;
  const results = (name: string) => workspaceUri('results', `${name}.jsonl`);

  before(async function () {
    await needsModel(this);
    const reviews = (await read(workspaceUri('reviews.dev.jsonl'))).split('\n').slice(0, 6);
    bytes = `${reviews.join('\n')}\n`;
    dataset = await write('several.jsonl', bytes);
    await vscode.workspace.fs.createDirectory(workspaceUri('results'));
  });

  after(async () => {
    assert.equal(await read(dataset), bytes, 'the dataset is as it was');
    await vscode.workspace.fs.delete(workspaceUri('results'), { recursive: true });
    await closeEverything();
  });

  it('attacks all selected lines of all selections, and saves a table', async () => {
    const api = await glassbox();
    const editor = await openAt(dataset, 0);
    editor.selections = [new vscode.Selection(0, 3, 1, 2), new vscode.Selection(4, 0, 5, 0)];
    const dialogs = answerSaveDialogs(results('some'));
    const table = await attackSelection({ attack: 'hotflip' });
    dialogs.restore();
    const [asked] = dialogs.asked;
    assert.equal(asked?.defaultUri?.fsPath, workspaceUri('several.attack-hotflip.jsonl').fsPath);
    assert.ok(table, api.lastFailure()?.message);
    assert.deepEqual(
      table.rows.map(({ line }) => line),
      [1, 2, 5],
    );
    assert.deepEqual([table.state, table.summary.done, table.summary.total], ['done', 3, 3]);
    assert.deepEqual(table.saved, { jsonl: 'results/some.jsonl', csv: 'results/some.csv' });
    assert.deepEqual(api.lastTable(), table);
    const saved = (await read(results('some'))).trimEnd().split('\n');
    assert.equal(saved.length, 1 + 3, 'what run it is, then a line each');
    const csv = await read(workspaceUri('results', 'some.csv'));
    assert.ok(table.rows.every(({ attacked }) => csv.includes(attacked.slice(0, 20))));
    await until('the panel is there', () => panelTabs().length === 1);
  });

  it('stops when it is cancelled, and goes on by the same command where it was', async () => {
    const api = await glassbox();
    const wanted = { uri: dataset, lines: [0, 1, 2, 3, 4, 5], attack: 'hotflip' };
    const dialogs = answerSaveDialogs(results('whole'));
    const whole = await attackSelection(wanted);
    assert.ok(whole);
    assert.equal(whole.rows.length, 6);

    // The same lines again are another attack where they are named otherwise.
    const other = { ...wanted, lines: [0, 1, 2, 3, 4, 5, 6], uri: dataset };
    dialogs.restore();
    const second = answerSaveDialogs(results('halted'));
    const listening = api.onDidAttackLines(({ rows }) => {
      if (rows.length === 2) api.cancel();
    });
    const halted = await attackSelection(other);
    listening.dispose();
    assert.deepEqual([halted?.state, halted?.rows.length], ['stopped', 2]);
    const saved = await read(results('halted'));
    assert.equal(saved.trimEnd().split('\n').length, 1 + 2, 'what was done is on the disk');

    const resumed = await attackSelection(other);
    second.restore();
    assert.equal(resumed?.state, 'done');
    assert.deepEqual(facts(resumed), facts(whole));
    assert.ok(
      (await read(results('halted'))).startsWith(saved),
      'what was done was not done again',
    );
    assert.equal(second.asked.length, 1, 'the file is remembered');
  });

  it('shows a finished attack again without asking the model anew', async () => {
    const table = await attackSelection({ uri: dataset, lines: [0, 1, 4], attack: 'hotflip' });
    assert.deepEqual([table?.state, table?.rows.length], ['done', 3]);
  });

  it('refuses files that are something else, and asks again then', async () => {
    const api = await glassbox();
    const foreign = await write('results/foreign.jsonl', '{"text": "mine"}\n');
    const dialogs = answerSaveDialogs(foreign, dataset, results('third'));
    const wanted = { uri: dataset, lines: [3], attack: 'input-reduction' };
    for (const says of [/foreign\.jsonl is there already/, /never written/]) {
      assert.equal(await attackSelection(wanted), null);
      const { message } = api.lastFailure()!;
      assertSentence(message);
      assert.match(message, says);
    }
    assert.equal(await read(foreign), '{"text": "mine"}\n');
    const table = await attackSelection(wanted);
    dialogs.restore();
    assert.equal(table?.state, 'done');
    assert.equal(table.settings.attack, 'input-reduction');
  });

  it('does nothing when the user changes their mind', async () => {
    const dialogs = answerSaveDialogs(null);
    const wanted = { uri: dataset, lines: [2], attack: 'input-reduction' };
    assert.equal(await attackSelection(wanted), null);
    dialogs.restore();
  });

  describe('on a whole file', () => {
    const linesAttackerWith = (mayLoad: boolean, confirmed: boolean) => {
      const engine = new FakeEngine();
      const surroundings = fakeSurroundings(engine, { mayLoad: () => Promise.resolve(mayLoad) });
      const asked: [number, string][] = [];
      const linesAttacker = makeLinesAttacker({
        ...surroundings,
        engine,
        fields: new FieldChoice(new FakeMemento()),
        places: new ResultPlaces(new FakeMemento(), workspaceUri('results')),
        confirm: (_how, records, file) => {
          asked.push([records, file]);
          return Promise.resolve(confirmed);
        },
      });
      return { ...surroundings, engine, linesAttacker, asked };
    };
    const settings = { attack: 'hotflip', options: {}, target: null } as const;

    it('asks first where that is long', async () => {
      const uri = await write('attacked long.jsonl', '{"text": "a"}\n'.repeat(201));
      const document = await vscode.workspace.openTextDocument(uri);
      const { linesAttacker, asked, told } = linesAttackerWith(true, false);
      const lines = { uri, document, lines: null };
      assert.equal(await linesAttacker.start({ lines, wanted: settings }), null);
      assert.deepEqual(asked, [[201, 'attacked long.jsonl']]);
      assert.ok(!told.includes('open'));
    });

    it('is done in the files of the user, and what the panel asks for then is done', async () => {
      const text = '{"text": "a fine film"}\n\n{"text": "so good"}\n';
      const uri = await write('rows.jsonl', text);
      const document = await vscode.workspace.openTextDocument(uri);
      const { linesAttacker, engine, asked } = linesAttackerWith(true, true);
      const dialogs = answerSaveDialogs(results('rows'));
      const lines = { uri, document, lines: null };
      const table = await linesAttacker.start({ lines, wanted: settings });
      dialogs.restore();
      assert.deepEqual(
        [asked, engine.attacks.map(({ label }) => label.kind)],
        [[], ['predicted', 'predicted']],
      );
      assert.deepEqual(
        table?.rows.map(({ line, attacked }) => [line, attacked]),
        [
          [1, 'dull fine film'],
          [3, 'dull good'],
        ],
      );
      let work: Promise<unknown> = Promise.resolve();
      const attacked: unknown[] = [];
      const attacker = {
        attack: (target: Target, how: unknown) => {
          attacked.push([target.uri.toString(), target.line, how]);
          return Promise.resolve(null);
        },
      };
      const handlers = makeLinesHandlers(
        { attacker: () => attacker, linesAttacker: () => linesAttacker },
        wanted => {
          work = wanted();
        },
      );
      handlers.linesReveal({ row: 1 });
      await work;
      const editor = vscode.window.activeTextEditor;
      assert.equal(editor?.document.uri.toString(), uri.toString());
      assert.equal(editor.selection.active.line, 2);
      handlers.linesOpen({ row: 1 });
      await work;
      assert.deepEqual(attacked, [[uri.toString(), 2, settings]]);
      handlers.linesShowFile({ as: 'csv' });
      await work;
      const shown = vscode.window.activeTextEditor?.document;
      assert.equal(shown?.uri.fsPath, workspaceUri('results', 'rows.csv').fsPath);
      assert.match(shown.getText(), /"dull good"/);
      handlers.linesResume(null);
      assert.deepEqual(facts((await work) as AttackTable), facts(table));
      assert.equal(engine.attacks.length, 2, 'nothing is attacked twice');
      for (const ask of [handlers.linesReveal, handlers.linesOpen]) ask({ row: 7 });
      assert.equal(attacked.length, 1, 'a row that is not there is nowhere');
    });

    it('opens no model that an untrusted workspace holds', async () => {
      const { linesAttacker, engine, told } = linesAttackerWith(false, true);
      const lines = { uri: dataset, document: null, lines: null };
      assert.equal(await linesAttacker.start({ lines, wanted: settings }), null);
      assert.deepEqual(engine.loaded, []);
      assert.match(told.find(what => what.startsWith('failed: ')) ?? '', /have not trusted/);
    });
  });
});
