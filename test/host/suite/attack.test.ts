import assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { EngineClient } from '../../../src/engine/client';
import { commands } from '../../../src/host/ids';
import type { AttackResult, AttackState } from '../../../src/protocol';
import { attackerWith, targetAt } from './attackers';
import { FakeEngine } from './fakes';
import {
  answerQuickPicks,
  answerSaveDialogs,
  assertSentence,
  closeEverything,
  extension,
  glassbox,
  needsModel,
  openAt,
  panelTabs,
  read,
  until,
  workspaceUri,
  write,
} from './support';

const attack = (command: string, argument?: unknown) =>
  vscode.commands.executeCommand<AttackResult | null>(command, argument);

/** Long enough that an attack takes many steps. */
const longLine = Array.from(
  { length: 6 },
  () => 'the film is a lovely and moving story with a fine cast and a warm heart',
).join(' , ');

describe('Attack Line', () => {
  const reviews = () => workspaceUri('reviews.dev.jsonl');
  let bytes: string;

  before(async function () {
    await needsModel(this);
    bytes = await read(reviews());
  });

  after(async () => {
    assert.equal(await read(reviews()), bytes, 'the dataset is as it was');
    await closeEverything();
  });

  it('flips the line with the cursor, in the panel beside it', async () => {
    const api = await glassbox();
    const editor = await openAt(reviews(), 0);
    const seen: AttackState[] = [];
    const listening = api.onDidAttack(state => seen.push(state));
    const result = await attack(commands.attackHotflip);
    listening.dispose();
    assert.ok(result, api.lastFailure()?.message);
    assert.equal(result.attack, 'hotflip');
    assert.equal(result.outcome, 'flipped');
    assert.ok(result.verifiedFromText && !result.cancelled);
    assert.notEqual(result.final.label, result.original.label);
    assert.deepEqual(result.steps.at(-1)?.text, result.final.text);
    const last = api.lastAttack();
    assert.deepEqual([last?.running, last?.result], [false, result]);
    assert.deepEqual(last?.targets, result.original.prediction.labels);
    assert.equal(last.record.line, 1);
    assert.ok(seen.length > 0 && seen.slice(0, -1).every(({ running }) => running));
    await until('the panel is there', () => panelTabs().length === 1);
    assert.equal(vscode.window.activeTextEditor, editor, 'the focus stays in the file');
    await until('the tab is called after the line', () =>
      (panelTabs()[0]?.label ?? '').includes('reviews.dev.jsonl:1'),
    );
  });

  it('reduces a line that was pointed at, with the prediction kept at every step', async () => {
    const result = await attack(commands.attackReduction, { uri: reviews(), lineNumber: 3 });
    assert.equal((await glassbox()).lastAttack()?.record.line, 3);
    assert.ok(result);
    assert.equal(result.outcome, 'reduced');
    for (const step of result.steps) assert.equal(step.label, result.original.label);
  });

  it('follows its line when lines above it come', async () => {
    const uri = await write('moving.txt', 'a fine film\na dull film\n');
    const document = await vscode.workspace.openTextDocument(uri);
    await attack(commands.attackHotflip, { uri, line: 1 });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'one\ntwo\n');
    await vscode.workspace.applyEdit(edit);
    const api = await glassbox();
    assert.equal(api.lastAttack()?.record.line, 4);
    await until('the tab says so', () => (panelTabs()[0]?.label ?? '').includes('moving.txt:4'));
    await document.save();
  });

  it('keeps what it has found when it is cancelled', async () => {
    const api = await glassbox();
    const uri = await write('attacked long.txt', `${longLine}\n`);
    const listening = api.onDidAttack(state => {
      if (state.running) api.cancel();
    });
    const result = await attack(commands.attackReduction, { uri, line: 0 });
    listening.dispose();
    assert.ok(result);
    assert.equal(result.cancelled, true);
    assert.ok(result.steps.length > 0);
    const last = api.lastAttack();
    assert.deepEqual([last?.running, last?.result], [false, result]);
    // The engine works on, or starts again.
    assert.ok(await attack(commands.attackHotflip, { uri: reviews(), line: 0 }));
  });

  it('gives the answer of the newest when two are asked at once', async () => {
    const answers = await Promise.all([
      attack(commands.attackReduction, { uri: reviews(), line: 4 }),
      attack(commands.attackHotflip, { uri: reviews(), line: 5 }),
    ]);
    assert.equal(answers[0], null);
    const last = (await glassbox()).lastAttack();
    assert.deepEqual([last?.record.line, last?.running], [6, false]);
    assert.deepEqual(last?.result, answers[1]);
  });

  it('says why there is nothing to attack', async () => {
    const api = await glassbox();
    const uri = await write('empty.jsonl', '{"text": ""}\n');
    const result = await attack(commands.attackHotflip, { uri, line: 0 });
    if (result) assert.equal(result.success, false);
    else assertSentence(api.lastFailure()!.message);
  });

  it('opens no model that an untrusted workspace holds', async () => {
    const engine = Object.assign(new FakeEngine(), { onTrace: () => () => undefined });
    const { attacker, told } = attackerWith(engine, { mayLoad: false });
    assert.equal(await attacker.attack(await targetAt(reviews(), 0), 'hotflip'), null);
    assert.deepEqual([engine.loaded, engine.requests], [[], []]);
    assert.match(told.find(what => what.startsWith('failed: ')) ?? '', /have not trusted/);
  });

  describe('and what the panel asks for then', () => {
    let engine: EngineClient;
    let parts: ReturnType<typeof attackerWith>;
    const attackedFile = () => workspaceUri('new', 'reviews.dev.attacked.jsonl');

    before(async () => {
      engine = new EngineClient({
        entry: path.join(extension().extensionPath, 'dist', 'engine.js'),
      });
      parts = attackerWith(engine);
      await parts.attacker.attack(await targetAt(reviews(), 0), 'hotflip');
      assert.ok(parts.attacker.current);
      await vscode.workspace.fs.createDirectory(workspaceUri('new'));
    });

    after(async () => {
      engine.dispose();
      await vscode.workspace.fs.delete(workspaceUri('new'), { recursive: true });
    });

    const current = () => parts.attacker.current!.state;

    it('explains each step as what is predicted there, once', async () => {
      const { result } = current();
      for (const step of [-1, result.steps.length - 1, -1]) {
        parts.handlers.attackStep({ step });
        assert.equal(await parts.done(), null);
      }
      assert.deepEqual(
        parts.maps.map(({ step }) => step),
        [-1, result.steps.length - 1, -1],
      );
      const [original, last, again] = parts.maps.map(({ state }) => state);
      assert.equal(original, again, 'it is kept');
      assert.equal(original?.record.text, result.original.text);
      assert.equal(last?.record.text, result.final.text);
      assert.equal(last.explanation.explained.label, result.final.label);
      assert.equal(original.explanation.explained.label, result.original.label);
      assert.deepEqual(
        last.explanation.prediction.probabilities,
        result.final.prediction.probabilities,
      );
    });

    it('copies the attack as JSON and as text', async () => {
      parts.handlers.attackCopy({ as: 'json' });
      assert.equal(await parts.done(), null);
      const copied = JSON.parse(await vscode.env.clipboard.readText()) as Record<string, unknown>;
      const { result } = current();
      assert.deepEqual(
        [copied['says'], copied['success'], copied['words_changed']],
        [result.says, result.success, result.wordsChanged],
      );
      parts.handlers.attackCopy({ as: 'text' });
      assert.equal(await parts.done(), null);
      const text = await vscode.env.clipboard.readText();
      assert.ok(text.includes(result.says) && text.includes(result.goal));
    });

    it('appends to a new dataset, which reads as one', async () => {
      const dialogs = answerSaveDialogs(attackedFile(), null);
      const append = async (step: number) => {
        parts.handlers.attackAppend({ step });
        assert.equal(await parts.done(), null);
      };
      const last = current().result.steps.length - 1;
      await append(last);
      // The file that was used last need not be named again; a dialog that is closed writes nothing.
      for (const label of [/^Append to new.reviews\.dev\.attacked\.jsonl$/, /^Another/]) {
        const picks = answerQuickPicks(label);
        await append(-1);
        picks.restore();
        assert.equal(picks.offered.length, 2);
      }
      dialogs.restore();
      const proposed = workspaceUri('reviews.dev.attacked.jsonl').fsPath;
      for (const { defaultUri } of dialogs.asked) assert.equal(defaultUri?.fsPath, proposed);
      const lines = (await read(attackedFile())).trimEnd().split('\n');
      assert.equal(lines.length, 2);
      const { result, record } = current();
      const [first, second] = lines.map(
        line => JSON.parse(line) as { text: string; label: string },
      );
      assert.deepEqual([first?.text, first?.label], [result.final.text, record.gold]);
      assert.equal(second?.text, result.original.text);
      // Glassbox reads it as a dataset of its own.
      const again = await attack(commands.attackHotflip, { uri: attackedFile(), line: 1 });
      assert.equal(again?.original.text, result.original.text);
      assert.equal(again.gold, record.gold);
    });

    it('refuses the dataset, and files that it did not begin', async () => {
      const foreign = await write('new/foreign.jsonl', '{"text": "mine"}\n');
      const dialogs = answerSaveDialogs(reviews(), foreign);
      const picks = answerQuickPicks(/^Another/);
      const refusals: string[] = [];
      for (let i = 0; i < 2; i++) {
        parts.handlers.attackAppend({ step: -1 });
        const error = await parts.done();
        assert.ok(error instanceof Error);
        assertSentence(error.message);
        refusals.push(error.message);
      }
      dialogs.restore();
      picks.restore();
      assert.match(refusals[0]!, /is the dataset itself/);
      assert.match(refusals[1]!, /foreign\.jsonl is not a dataset that Glassbox began/);
      assert.equal(await read(foreign), '{"text": "mine"}\n');
    });

    it('attacks the same text again with other settings, and remembers them', async () => {
      const { result, settings } = current();
      const other = result.original.label;
      const target = current().targets.find(label => label !== other)!;
      const wanted = { ...settings, target, options: { maxFlips: 2, seed: 4 } };
      parts.handlers.attackAgain(wanted);
      assert.equal(await parts.done(), null);
      const now = current();
      assert.deepEqual([now.settings, parts.attacks.get('hotflip')], [wanted, wanted]);
      assert.equal(now.result.original.text, result.original.text);
      assert.deepEqual([now.result.target, now.result.options.maxFlips], [target, 2]);
      assert.ok(now.result.steps.length <= 2);
    });
  });
});
