import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import * as vscode from 'vscode';
import { defaultDrivers } from '../../../src/batch/drivers/driversRun';
import { problemsOf } from '../../../src/host/evaluation/evaluationProblems';
import { savePng } from '../../../src/host/panel/exports';
import type { Explanation, Question } from '../../../src/protocol';
import { GlassboxError } from '../../../src/protocol';
import { fakeExplanation } from './fakeAnswers';
import { FakeEngine } from './fakes';
import { reportersWith } from './reporters';
import { answerSaveDialogs, closeEverything, read, until, workspaceUri, write } from './support';

const text = [
  '{"text": "a fine film", "label": "positive"}',
  '{"text": "a dull film", "label": "negative"}',
  '',
].join('\n');

/** Markup, commands, control characters, letters that run from right to left and a mark that turns all. */
const markup = '<img src=x onerror=alert(1)> $(alert) [a](command:b)';
const escapes = '\u0000\u001b[31m\u202e';
const hostileName = `${markup.replaceAll('/', '')} \u202e\u05d0.jsonl`;
const hostileText = [
  JSON.stringify({ text: `${markup} ${escapes}`, label: `${markup}${escapes}\u05d0` }),
  JSON.stringify({ text: 'long '.repeat(2000), label: 'l'.repeat(10_000) }),
  JSON.stringify({ text: '\u05e9\u05dc\u05d5\u05dd', label: 'negative' }),
  `${markup} ${escapes}`,
  '',
].join('\n');

/** The least that is a picture. */
const png = Buffer.from('89504e470d0a1a0a00', 'hex');

describe('Reports, stopped, strange and saved', () => {
  let uri: vscode.Uri;
  let strange: vscode.Uri;
  let engine: FakeEngine;
  let parts: ReturnType<typeof reportersWith>;

  const linesOf = async (file: vscode.Uri, lines: readonly number[] | null = null) => ({
    uri: file,
    document: await vscode.workspace.openTextDocument(file),
    lines,
  });
  const begin = (given = new FakeEngine()) => {
    engine = given;
    parts = reportersWith(engine);
  };
  /** The answer with this number is not waited for. */
  const cancelAt = (nth: number, run: { cancel(): void }) => {
    engine.beforeAnswer = (_, now) => {
      if (now < nth) return Promise.resolve();
      run.cancel();
      return Promise.reject(new GlassboxError('cancelled', 'Cancelled.'));
    };
  };
  const goOn = () => {
    engine.beforeAnswer = () => Promise.resolve();
  };

  before(async () => {
    uri = await write('runs/data.jsonl', text);
    strange = await write(`runs/${hostileName}`, hostileText);
  });

  beforeEach(() => {
    begin();
  });

  afterEach(() => {
    parts.dispose();
  });

  after(async () => {
    assert.equal(await read(uri), text, 'the dataset is as it was');
    assert.equal(await read(strange), hostileText, 'so is the strange one');
    await closeEverything();
    await vscode.workspace.fs.delete(workspaceUri('runs'), { recursive: true });
  });

  describe('stopped', () => {
    it('drivers are looked for again', async () => {
      const settings = { ...defaultDrivers, leastLines: 1 };
      cancelAt(1, parts.driversFinder);
      const stopped = await parts.driversFinder.start({ lines: await linesOf(uri), settings });
      assert.deepEqual([stopped?.state, stopped?.done, stopped?.rows], ['stopped', 0, []]);
      assert.equal(parts.driversFinder.isRunning, false);
      goOn();
      parts.handlers.driversAgain(settings);
      assert.equal(await parts.done(), null);
      const state = parts.works.drivers.at(-1);
      assert.deepEqual([state?.state, state?.done], ['done', 2]);
      assert.deepEqual(
        engine.mapped.slice(-2).map(({ label, texts }) => [label, texts.length]),
        [
          [{ kind: 'label', label: 'negative' }, 2],
          [{ kind: 'label', label: 'positive' }, 2],
        ],
      );
    });

    it('two models are compared on the lines that are left, each line asked once', async () => {
      cancelAt(1, parts.modelChanges);
      const lines = await linesOf(uri, [0, 1]);
      const stopped = await parts.modelChanges.start({ lines, anew: true });
      assert.deepEqual([stopped?.state, stopped?.done], ['stopped', 0]);
      goOn();
      parts.handlers.modelsResume(null);
      assert.equal(await parts.done(), null);
      const state = parts.works.modelChanges.at(-1);
      assert.deepEqual([state?.state, state?.done], ['done', 2]);
      const asked = engine.predictions.length;
      const again = await parts.modelChanges.start({ lines, anew: true });
      assert.deepEqual([again?.done, engine.predictions.length], [2, asked]);
    });

    it('measures go on behind the last line, in the same file', async () => {
      cancelAt(2, parts.measurer);
      const dialogs = answerSaveDialogs(workspaceUri('runs', 'stopped.jsonl'));
      const lines = await linesOf(uri, [0, 1]);
      const stopped = await parts.measurer.start({ lines, methods: null });
      dialogs.restore();
      assert.deepEqual([stopped?.state, stopped?.done], ['stopped', 1]);
      goOn();
      parts.handlers.measuresResume(null);
      assert.equal(await parts.done(), null);
      const state = parts.works.measures.at(-1);
      assert.deepEqual([state?.state, state?.done], ['done', 2]);
      assert.deepEqual(
        engine.measured.map(request => request.text),
        ['a fine film', 'a dull film', 'a dull film'],
      );
    });
  });

  it('shows the file with the measures', async () => {
    const jsonl = workspaceUri('runs', 'shown.jsonl');
    parts.handlers.measuresShowFile({ as: 'jsonl' });
    const dialogs = answerSaveDialogs(jsonl);
    await parts.measurer.start({ lines: await linesOf(uri, [0, 1]), methods: ['gradient'] });
    dialogs.restore();
    parts.handlers.measuresShowFile({ as: 'jsonl' });
    assert.equal(await parts.done(), null);
    const shown = () => vscode.window.activeTextEditor?.document.uri.fsPath;
    await until('the results are open', () => shown() === jsonl.fsPath);
  });

  describe('strange texts', () => {
    const problems = () =>
      vscode.languages.getDiagnostics(strange).filter(({ source }) => source === 'Glassbox');

    it('stay texts in the Problems view, short and without control characters', async () => {
      const state = await parts.evaluator.evaluate(await linesOf(strange));
      assert.ok(state, parts.told.join());
      assert.equal(state.file, hostileName);
      parts.handlers.evaluationProblems({ on: true });
      await until('all four lines have an entry', () => problems().length === 4);
      const codes = problems().map(({ code, range }) => [range.start.line, code]);
      assert.deepEqual(codes.sort(), [
        [0, 'unknown-label'],
        [1, 'unknown-label'],
        [2, 'wrong-prediction'],
        [3, 'unreadable'],
      ]);
      const messages = problems().map(({ message }) => message);
      assert.ok(messages.some(message => message.includes(markup)));
      for (const message of messages) {
        assert.ok(message.length <= 1000, `${message.length} characters`);
        assert.doesNotMatch(message, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }
      parts.evaluator.clearProblems();
      assert.deepEqual(problems(), []);
    });

    it('are compared, measured and looked through as any other', async () => {
      const lines = await linesOf(strange, [0, 1, 2]);
      const comparison = await parts.comparisons.methods({ ...lines, line: 0 });
      assert.equal(comparison?.rows[0]?.state, 'done');
      assert.equal(comparison.record.text, `${markup} ${escapes}`);
      const changes = await parts.modelChanges.start({ lines, anew: true });
      assert.deepEqual([changes?.state, changes?.done], ['done', 3]);
      const dialogs = answerSaveDialogs(workspaceUri('runs', 'strange.jsonl'));
      const measures = await parts.measurer.start({ lines, methods: ['gradient'] });
      dialogs.restore();
      assert.deepEqual([measures?.state, measures?.done, measures?.errors], ['done', 3, 0]);
      const page = await read(workspaceUri('runs', 'strange.html'));
      assert.ok(page.includes('&lt;img src=x'));
      assert.doesNotMatch(page, /<img|<script/);
    });
  });

  it('no line of a regression is wrong, however large its error', async () => {
    await parts.evaluator.evaluate(await linesOf(uri));
    const { state, lines } = parts.evaluator.runner.current!;
    const row = { line: 1, text: 'a fine film', gold: '4', predicted: '1', confidence: null };
    const codes = (correct: boolean | null) =>
      problemsOf({ ...state, wrong: [{ ...row, correct }], inProblems: true }, lines).map(
        ({ code }) => code,
      );
    assert.deepEqual(codes(null), []);
    assert.deepEqual(codes(false), ['wrong-prediction']);
  });

  describe('a picture', () => {
    const base64 = png.toString('base64');

    it('is saved as PNG, byte by byte', async () => {
      const target = workspaceUri('runs', 'picture.png');
      const dialogs = answerSaveDialogs(target, null);
      await savePng(base64, { uri, line: 1 });
      await savePng(base64, { uri, line: 1 });
      dialogs.restore();
      assert.deepEqual(Buffer.from(await vscode.workspace.fs.readFile(target)), png);
      assert.equal(dialogs.asked[0]?.defaultUri?.path.split('/').at(-1), 'data.1.png');
    });

    it('is not written over a dataset, nor through a link to one', async () => {
      const link = workspaceUri('runs', 'link.png');
      await symlink(uri.fsPath, link.fsPath);
      for (const target of [uri, link]) {
        const dialogs = answerSaveDialogs(target);
        await assert.rejects(savePng(base64, { uri, line: 1 }), /does not write over a dataset/);
        dialogs.restore();
      }
    });
  });

  describe('a comparison of what is asked', () => {
    const questions = (...all: [string, Question['choice']][]): Question[] =>
      all.map(([says, choice]) => ({ says, choice, group: 'Predicted', possible: true }));
    /** What a model of this task says of every text. */
    const beginTask = (
      task: Explanation['prediction']['task'],
      choice: Question['choice'],
      asked: Question[],
    ) => {
      const answer = (request: Parameters<typeof fakeExplanation>[0]): Promise<Explanation> => {
        const usual = fakeExplanation(request);
        const explained = { ...usual.explained, choice };
        const prediction = { ...usual.prediction, task };
        return Promise.resolve({ ...usual, prediction, explained, questions: asked });
      };
      begin(new FakeEngine(answer));
    };

    it('has a row for each entity of a tagger', async () => {
      const person = { kind: 'span', start: 0, end: 1, label: 'PER' } as const;
      const place = { kind: 'span', start: 2, end: 3, label: 'LOC' } as const;
      beginTask(
        'token-classification',
        person,
        questions(['PER: a', person], ['LOC: film', place]),
      );
      const state = await parts.comparisons.labels({ ...(await linesOf(uri)), line: 0 });
      assert.deepEqual(
        state?.rows.map(({ title, state: how }) => [title, how]),
        [
          ['Predicted: PER: a', 'done'],
          ['Predicted: LOC: film', 'done'],
        ],
      );
      assert.deepEqual(
        engine.requests.map(({ label }) => label),
        [{ kind: 'predicted' }, place],
        'what is predicted is asked once',
      );
    });

    it('has a row for each token at a mask', async () => {
      const good = { kind: 'mask', mask: 0, token: 'good' } as const;
      const bad = { ...good, token: 'bad' };
      beginTask('fill-mask', good, questions(['good', good], ['bad', bad], ['good', good]));
      const state = await parts.comparisons.labels({ ...(await linesOf(uri)), line: 0 });
      assert.deepEqual(
        state?.rows.map(({ key, state: how }) => [JSON.parse(key) as unknown, how]),
        [
          [good, 'done'],
          [bad, 'done'],
        ],
      );
      assert.deepEqual(
        engine.requests.map(({ label }) => label),
        [{ kind: 'predicted' }, bad],
      );
    });
  });

  it('a comparison says when its line was edited, and takes it back', async () => {
    const file = await write('runs/edited.jsonl', text);
    const editor = await vscode.window.showTextDocument(file);
    const insert = (line: number, character: number, added: string) =>
      editor.edit(edit => {
        edit.insert(new vscode.Position(line, character), added);
      });
    const same = (line: number) => line;
    await parts.comparisons.methods({ ...(await linesOf(file)), line: 1 });
    const now = () => parts.works.comparison.at(-1);
    assert.equal(now()?.stale, undefined);
    await insert(1, 0, ' ');
    parts.comparer.follow(file, same);
    assert.match(now()?.stale ?? '', /was edited after its maps were computed/);
    await editor.edit(edit => {
      edit.delete(new vscode.Range(1, 0, 1, 1));
    });
    parts.comparer.follow(file, same);
    assert.equal(now()?.stale, undefined);
    await insert(0, 0, '\n');
    parts.comparer.follow(file, line => line + 1);
    assert.deepEqual([now()?.record.line, now()?.stale], [3, undefined]);
    const told = parts.works.comparison.length;
    parts.comparer.follow(file, same);
    assert.equal(parts.works.comparison.length, told, 'nothing is new');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
