import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultChoices } from '../../../src/host/choices';
import { defaultDrivers } from '../../../src/batch/drivers/driversRun';
import { GlassboxError } from '../../../src/protocol';
import { savePage, savePng } from '../../../src/host/panel/exports';
import { FakeEngine, fakeExplainer } from './fakes';
import { reportersWith } from './reporters';
import { answerSaveDialogs, closeEverything, read, until, workspaceUri, write } from './support';

const hostile = '<img src=x onerror=alert(1)> $(alert) [a](command:b)';
const text = [
  '{"text": "a fine film", "label": "positive"}',
  '{"text": "a dull film", "label": "negative"}',
  '{"text": "", "label": "negative"}',
  'no JSON at all',
  `{"text": ${JSON.stringify(hostile)}, "label": "neutral"}`,
  '',
].join('\n');

describe('Reports', () => {
  let uri: vscode.Uri;
  let engine: FakeEngine;
  let parts: ReturnType<typeof reportersWith>;

  const problems = () =>
    vscode.languages
      .getDiagnostics(uri)
      .filter(({ source }) => source === 'Glassbox')
      .map(({ code, range }) => [code, range.start.line])
      .sort((a, b) => Number(a[1]) - Number(b[1]));
  const lines = async (chosen: readonly number[] | null = null) => ({
    uri,
    document: await vscode.workspace.openTextDocument(uri),
    lines: chosen,
  });
  const target = async (line: number) => ({ ...(await lines()), line });

  // Written once: VS Code reads an open document again while its file is written, and may find it empty.
  before(async () => {
    uri = await write('reports/data.jsonl', text);
  });

  beforeEach(() => {
    engine = new FakeEngine();
    parts = reportersWith(engine);
  });

  afterEach(async () => {
    parts.dispose();
    assert.equal(await read(uri), text, 'the dataset is as it was');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(async () => {
    await closeEverything();
    await vscode.workspace.fs.delete(workspaceUri('reports'), { recursive: true });
  });

  describe('Evaluate Dataset', () => {
    it('counts what is right, and says what is wrong with lines', async () => {
      const state = await parts.evaluator.evaluate(await lines());
      assert.ok(state, parts.told.join());
      const { summary, wrong, inProblems } = state;
      assert.deepEqual(
        [state.state, summary.done, summary.judged, summary.right],
        ['done', 5, 2, 1],
      );
      assert.deepEqual([wrong.map(({ line }) => line), inProblems], [[2], false]);
      await until('what is wrong is in the Problems view', () => problems().length === 3);
      assert.deepEqual(problems(), [
        ['empty', 2],
        ['unreadable', 3],
        ['unknown-label', 4],
      ]);
      parts.handlers.evaluationProblems({ on: true });
      await until('wrong lines, too', () => problems().length === 4);
      assert.equal(parts.works.evaluation.at(-1)?.inProblems, true);
      parts.evaluator.clearProblems();
      assert.deepEqual(problems(), []);
    });

    it('answers a cell of the confusion matrix, and jumps to its lines, also after an edit', async () => {
      await parts.evaluator.evaluate(await lines());
      parts.handlers.evaluationShowCell({ gold: 'negative', predicted: 'positive' });
      assert.equal(await parts.done(), null);
      assert.deepEqual(
        parts.cells.map(({ total, rows }) => [total, rows.map(({ line }) => line)]),
        [[1, [2]]],
      );
      parts.evaluator.follow(uri, line => line + 1);
      parts.handlers.evaluationReveal({ line: 2 });
      assert.match(String(await parts.done()), /Line 3 of data\.jsonl is not the text any more/);
      parts.evaluator.follow(uri, line => line - 1);
      parts.handlers.evaluationReveal({ line: 2 });
      assert.equal(await parts.done(), null);
      assert.equal(vscode.window.activeTextEditor?.selection.start.line, 1);
      parts.handlers.evaluationExplain({ line: 2 });
      assert.equal(await parts.done(), null);
      assert.deepEqual(
        parts.explained.map(({ line }) => line),
        [1],
      );
    });

    it('stops when it is cancelled, goes on where it was, and asks nothing twice', async () => {
      const cancelled = () => {
        parts.evaluator.runner.cancel();
        return Promise.reject(new GlassboxError('cancelled', 'Cancelled.'));
      };
      engine.beforeAnswer = cancelled;
      const stopped = await parts.evaluator.evaluate(await lines());
      assert.deepEqual([stopped?.state, stopped?.summary.done], ['stopped', 0]);
      engine.beforeAnswer = () => Promise.resolve();
      parts.handlers.evaluationResume(null);
      assert.equal(await parts.done(), null);
      assert.equal(parts.works.evaluation.at(-1)?.state, 'done');
      const asked = engine.predictions.length;
      const again = await parts.evaluator.evaluate(await lines());
      assert.deepEqual([again?.state, engine.predictions.length], ['done', asked]);
    });
  });

  it('finds what drives a file, and jumps to a line', async () => {
    const state = await parts.driversFinder.start({
      lines: await lines(),
      settings: { ...defaultDrivers, leastLines: 1 },
    });
    assert.equal(state?.state, 'done');
    assert.deepEqual(state.labels, ['negative', 'positive']);
    parts.handlers.driversReveal({ line: 2 });
    assert.equal(await parts.done(), null);
    assert.equal(vscode.window.activeTextEditor?.selection.start.line, 1);
    parts.handlers.driversAgain({ ...defaultDrivers, leastLines: 2 });
    assert.equal(await parts.done(), null);
    assert.equal(parts.works.drivers.at(-1)?.settings.leastLines, 2);
  });

  it('compares two models on lines, and one of the lines in detail', async () => {
    const state = await parts.modelChanges.start({ lines: await lines([0, 1]), anew: true });
    assert.ok(state, parts.told.join());
    assert.deepEqual([state.state, state.done, state.flipped], ['done', 2, 0]);
    assert.deepEqual([state.before.dir, state.after.dir], ['/model', '/other']);
    parts.handlers.modelsOpen({ line: 2 });
    assert.equal(await parts.done(), null);
    assert.deepEqual(
      parts.comparer.current?.state.rows.map(({ key, state: how }) => [key, how]),
      [
        ['/model', 'done'],
        ['/other', 'done'],
      ],
    );
  });

  it('measures explanations, and saves them as JSONL and as a page', async () => {
    const jsonl = workspaceUri('reports', 'measured.jsonl');
    const dialogs = answerSaveDialogs(jsonl);
    const report = await parts.measurer.start({ lines: await lines([0, 1]), methods: null });
    dialogs.restore();
    assert.ok(report, parts.told.join());
    assert.deepEqual([report.state, report.done], ['done', 2]);
    assert.deepEqual(report.saved, {
      jsonl: 'reports/measured.jsonl',
      html: 'reports/measured.html',
    });
    assert.match(await read(workspaceUri('reports', 'measured.html')), /^<!DOCTYPE html>/);
    assert.doesNotMatch(await read(workspaceUri('reports', 'measured.html')), /<script/);
  });

  describe('a comparison', () => {
    it('has a row for each method, measured, and opens it as an explanation', async () => {
      const state = await parts.comparisons.methods(await target(1));
      assert.deepEqual(
        state?.rows.map(({ key, state: how, measures }) => [key, how, measures?.comprehensiveness]),
        [['integrated-gradients', 'done', 0.5]],
      );
      assert.equal(state.running, null);
      parts.handlers.compareOpen({ key: 'integrated-gradients' });
      assert.deepEqual(
        parts.adopted.map(([, { record }]) => record.line),
        [2],
      );
    });

    it('has a row for each label, the likeliest first', async () => {
      const state = await parts.comparisons.labels(await target(0));
      assert.deepEqual(
        state?.rows.map(({ title, state: how }) => [title, how]),
        [
          ['positive', 'done'],
          ['negative', 'done'],
        ],
      );
    });

    it('tells a row that failed in the row, and computes it when it is asked for again', async () => {
      engine.beforeAnswer = () => Promise.reject(new GlassboxError('bad-input', 'Not this text.'));
      const state = await parts.comparisons.methods(await target(0));
      assert.deepEqual(
        state?.rows.map(({ state: how, says }) => [how, says]),
        [['failed', 'Not this text.']],
      );
      engine.beforeAnswer = () => Promise.resolve();
      parts.handlers.compareRow({ key: 'integrated-gradients' });
      await parts.done();
      assert.equal(parts.works.comparison.at(-1)?.rows[0]?.state, 'done');
    });

    it('can be asked for again where it was cancelled', async () => {
      engine.beforeAnswer = () => {
        parts.comparer.cancel();
        return Promise.reject(new GlassboxError('cancelled', 'Cancelled.'));
      };
      const state = await parts.comparisons.methods(await target(0));
      assert.deepEqual([state?.rows[0]?.state, state?.running], ['asked', null]);
    });
  });

  it('opens no model that an untrusted workspace holds', async () => {
    const untrusted = reportersWith(engine, { mayLoad: false });
    const all = await lines();
    const attempts = [
      () => untrusted.evaluator.evaluate(all),
      () => untrusted.driversFinder.start({ lines: all, settings: defaultDrivers }),
      () => untrusted.modelChanges.start({ lines: all, anew: true }),
      () => untrusted.measurer.start({ lines: all, methods: ['gradient'] }),
      async () => untrusted.comparisons.methods(await target(0)),
      async () => untrusted.comparisons.labels(await target(0)),
      async () => untrusted.comparisons.models(await target(0)),
    ];
    for (const [index, attempt] of attempts.entries()) {
      assert.equal(await attempt(), null);
      const failures = untrusted.told.filter(what => what.startsWith('failed: '));
      assert.equal(failures.length, index + 1);
      assert.match(failures.at(-1)!, /have not trusted/);
    }
    assert.deepEqual([engine.loaded, engine.requests], [[], []]);
    untrusted.dispose();
  });

  it('asks wrong lines for the contrast first, right ones and those of a person as they are', async () => {
    const { explainer, choices } = fakeExplainer(engine);
    for (const line of [0, 1]) await explainer.explain(await target(line));
    assert.deepEqual(
      engine.requests.map(({ label }) => label.kind),
      ['predicted', 'contrast'],
    );
    const state = explainer.current?.state;
    assert.equal(state?.explanation.explained.why, 'wrong');
    assert.equal(state.memory.choices.label.kind, 'predicted');
    await choices.choose(defaultChoices, state);
    await explainer.again();
    assert.equal(engine.requests.at(-1)?.label.kind, 'predicted');
    explainer.dispose();
  });

  it('writes no picture and no page over a dataset, and nothing that is no picture', async () => {
    const subject = { uri, line: 2 };
    const page = workspaceUri('reports', 'page.html');
    const dialogs = answerSaveDialogs(uri, page);
    await assert.rejects(savePage('<p>', 'compare', subject), /does not write over a dataset/);
    await savePage('<!DOCTYPE html>', 'compare', subject);
    dialogs.restore();
    assert.equal(await read(page), '<!DOCTYPE html>');
    assert.equal(dialogs.asked[0]?.defaultUri?.path.split('/').at(-1), 'data.2.compare.html');
    await assert.rejects(savePng('bm8gUE5H', subject), /could not be drawn as PNG/);
  });

  it('keeps the choices of a person apart from the question that wrong lines are asked', async () => {
    const { choices } = parts;
    assert.equal(choices.isLabelChosen, false);
    const contrast = { ...defaultChoices, label: { kind: 'contrast' } } as const;
    const memory = { uri: '', line: 0, choices: defaultChoices };
    await choices.choose({ ...contrast, scalar: 'loss' }, { choices: contrast, memory });
    assert.deepEqual(
      [choices.get().label, choices.get().scalar, choices.isLabelChosen],
      [{ kind: 'predicted' }, 'loss', false],
    );
    await choices.choose(defaultChoices, { choices: contrast, memory });
    assert.deepEqual([choices.get().label, choices.isLabelChosen], [{ kind: 'predicted' }, true]);
  });
});
