import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultChoices } from '../../../src/host/choices';
import { Restorer } from '../../../src/host/restorer';
import { settingNames } from '../../../src/host/settings';
import type { LabelChoice } from '../../../src/protocol';
import { GlassboxError } from '../../../src/protocol';
import { fakeExplanation } from './fakeAnswers';
import { FakeEngine, fakeExplainer, untilCancelled } from './fakes';
import { assertSentence, until, write } from './support';

describe('the explainer', () => {
  let target: { uri: vscode.Uri; document: vscode.TextDocument; line: number };

  before(async () => {
    const uri = await write('explainer.jsonl', '{"text": "a fine film", "label": "positive"}\n');
    target = { uri, document: await vscode.workspace.openTextDocument(uri), line: 0 };
  });

  it('asks for what was chosen, and shows panel and tints', async () => {
    const engine = new FakeEngine();
    const { explainer, told, choices } = fakeExplainer(engine);
    await choices.set({ ...defaultChoices, parameters: { steps: 7 }, label: { kind: 'gold' } });
    const state = await explainer.explain(target);
    assert.deepEqual(engine.requests, [
      {
        modelDir: '/model',
        device: 'auto',
        text: 'a fine film',
        gold: { kind: 'label', label: 'positive' },
        longText: { mode: 'windows', overlap: null },
        answerPart: 'both',
        method: 'integrated-gradients',
        parameters: { steps: 7, aggregate: 'dot' },
        scalar: 'logit',
        label: { kind: 'gold' },
      },
    ]);
    assert.deepEqual(state?.memory, {
      uri: target.uri.toString(),
      line: 0,
      choices: state?.choices,
    });
    assert.deepEqual(told, ['open', 'busy', 'status busy', 'status idle', 'show', 'tint']);
  });

  it('cancels the older when a newer is asked', async () => {
    const first = new AbortController();
    const engine = new FakeEngine((request, options) => {
      if (engine.requests.length > 1) return Promise.resolve(fakeExplanation(request));
      options.signal?.addEventListener('abort', () => {
        first.abort();
      });
      return untilCancelled(request, options);
    });
    const { explainer, told } = fakeExplainer(engine);
    const older = explainer.explain(target);
    await until('the older runs', () => engine.requests.length === 1);
    const newer = explainer.explain(target);
    assert.equal(await older, null);
    assert.ok(await newer);
    assert.equal(first.signal.aborted, true);
    assert.equal(told.filter(what => what === 'show').length, 1);
    assert.ok(!told.some(what => what.startsWith('failed') || what === 'idle'));
  });

  it('lets the old explanation count again when the user cancels', async () => {
    const engine = new FakeEngine(untilCancelled);
    const { explainer, told } = fakeExplainer(engine);
    const asked = explainer.explain(target);
    await until('it runs', () => engine.requests.length === 1);
    explainer.cancel();
    assert.equal(await asked, null);
    assert.deepEqual(told.slice(-2), ['status idle', 'idle']);
  });

  it('tells a failure of the engine in panel and status bar, and goes on', async () => {
    let broken = true;
    const lost = 'The engine process ended while it worked on this; ask again.';
    const engine = new FakeEngine(request =>
      broken
        ? Promise.reject(new GlassboxError('engine-lost', lost))
        : Promise.resolve(fakeExplanation(request)),
    );
    const { explainer, told } = fakeExplainer(engine);
    assert.equal(await explainer.explain(target, { quiet: true }), null);
    assert.deepEqual(told.slice(-2), [`failed: ${lost}`, 'status failed']);
    broken = false;
    assert.ok(await explainer.explain(target));
    assert.ok(told.includes('status idle'));
  });

  it('says one sentence where something unexpected is thrown', async () => {
    const engine = new FakeEngine(() => Promise.reject(new TypeError('x is not a function')));
    const { explainer, failures } = fakeExplainer(engine);
    const told: string[] = [];
    failures.onDidFail(({ message }) => told.push(message));
    await explainer.explain(target, { quiet: true });
    assert.equal(told.length, 1);
    assertSentence(told[0]!);
    assert.doesNotMatch(told[0]!, /x is not a function/);
  });

  it('refuses an answer with a wrong number of scores', async () => {
    const engine = new FakeEngine(request =>
      Promise.resolve({ ...fakeExplanation(request), scores: [1] }),
    );
    const { explainer, told } = fakeExplainer(engine);
    assert.equal(await explainer.explain(target, { quiet: true }), null);
    assert.ok(!told.includes('show') && !told.includes('tint'));
  });

  it('opens no model that an untrusted workspace holds', async () => {
    const engine = new FakeEngine();
    const untrusted = { mayLoad: () => Promise.resolve(false) };
    const { explainer, use, told } = fakeExplainer(engine, untrusted);
    assert.equal(await explainer.explain(target, { quiet: true }), null);
    await assert.rejects(use.load('/model'), /not trusted/);
    const offering = fakeExplainer(engine, {
      models: { current: () => null },
      offerModel: () => Promise.resolve('/picked'),
      mayLoad: () => Promise.resolve(false),
    });
    assert.equal(await offering.explainer.explain(target), null);
    assert.deepEqual(engine.loaded, []);
    assert.deepEqual(engine.requests, []);
    const says = told.find(what => what.startsWith('failed: '))?.slice('failed: '.length) ?? '';
    assertSentence(says);
    assert.match(says, /have not trusted/);
  });

  it('offers the choice where no model was chosen, and does nothing when that is refused', async () => {
    let offered = 0;
    const engine = new FakeEngine();
    const { explainer, told } = fakeExplainer(engine, {
      models: { current: () => null },
      offerModel: () => {
        offered++;
        return Promise.resolve(offered === 1 ? null : '/picked');
      },
    });
    assert.equal(await explainer.explain(target), null);
    assert.deepEqual(told, []);
    assert.ok(await explainer.explain(target));
    assert.deepEqual(engine.loaded, ['/picked']);
  });

  describe('asked about words of a text', () => {
    const span: LabelChoice = { kind: 'span', start: 0, end: 1, label: 'PER' };
    const predicted = { kind: 'predicted' };
    const labels = (engine: FakeEngine) => engine.requests.map(({ label }) => label);

    it('keeps the question for this text, and drops it for another and for a new click', async () => {
      const engine = new FakeEngine();
      const { explainer, choices } = fakeExplainer(engine);
      await explainer.explain(target);
      await choices.set({ ...defaultChoices, label: span });
      await explainer.again();
      await explainer.explain(target);
      await explainer.again({ keepQuestion: false });
      assert.deepEqual(labels(engine), [predicted, span, predicted, predicted]);
      const uri = await write('explainer.other.jsonl', '{"text": "another one"}\n');
      const document = await vscode.workspace.openTextDocument(uri);
      const state = await explainer.explain({ uri, document, line: 0 });
      assert.deepEqual(state?.choices.label, predicted);
    });

    it('keeps the question that was asked before a restart', async () => {
      const engine = new FakeEngine();
      const { explainer } = fakeExplainer(engine);
      const restorer = new Restorer(explainer);
      const memory = { uri: target.uri.toString(), line: 0 };
      await restorer.askAgain({ ...memory, choices: { ...defaultChoices, label: span } });
      assert.deepEqual(labels(engine), [span]);
      restorer.dispose();
    });

    it('asks what is predicted where a question of another line makes no sense', async () => {
      const engine = new FakeEngine(request =>
        request.label.kind === 'predicted'
          ? Promise.resolve(fakeExplanation(request))
          : Promise.reject(new GlassboxError('bad-input', 'They agree, so it is zero everywhere.')),
      );
      const { explainer, choices, told } = fakeExplainer(engine);
      await choices.set({ ...defaultChoices, label: { kind: 'contrast' } });
      const state = await explainer.explain(target);
      assert.deepEqual(state?.choices.label, predicted);
      // Who asks for it on this very line is told why not.
      await explainer.again({ quiet: true });
      assert.ok(told.includes('failed: They agree, so it is zero everywhere.'));
    });
  });

  it('hands on task and reading from choices and settings', async () => {
    const engine = new FakeEngine();
    const { explainer, choices } = fakeExplainer(engine);
    const settings = vscode.workspace.getConfiguration();
    const { Workspace } = vscode.ConfigurationTarget;
    const wanted = {
      [settingNames.task]: 'regression',
      [settingNames.longText]: 'start',
      [settingNames.windowOverlap]: 12,
    };
    for (const [name, value] of Object.entries(wanted))
      await settings.update(name, value, Workspace);
    try {
      await explainer.explain(target);
      await choices.set({
        ...defaultChoices,
        task: 'token-classification',
        wordScores: 'max',
        answerPart: 'end',
      });
      await explainer.explain(target);
    } finally {
      for (const name of Object.keys(wanted)) await settings.update(name, undefined, Workspace);
    }
    const [first, second] = engine.requests;
    assert.equal(first?.task, 'regression');
    assert.deepEqual(first.longText, { mode: 'start', overlap: 12 });
    assert.equal(first.wordScores, undefined);
    assert.deepEqual(
      [second?.task, second?.wordScores, second?.answerPart],
      ['token-classification', 'max', 'end'],
    );
  });

  it('tints both texts of a pair where they stand in the line', async () => {
    const line = '{"premise": "a \\"red\\" hat", "id": 7, "hypothesis": "no hat"}';
    const uri = await write('explainer.pair.jsonl', `${line}\n`);
    const document = await vscode.workspace.openTextDocument(uri);
    const { explainer } = fakeExplainer(new FakeEngine());
    const state = await explainer.explain({ uri, document, line: 0 });
    assert.deepEqual(state?.record.pair, { field: 'hypothesis', text: 'no hat' });
    const { current } = explainer;
    const painted = current?.picture()?.spans.map(({ range }) => document.getText(range));
    assert.deepEqual(painted, ['a', '\\"red\\"', 'hat', 'no', 'hat']);
    const token = (character: number) =>
      current?.spanAt(new vscode.Position(0, character))?.tokens ?? null;
    assert.deepEqual(token(line.lastIndexOf('hat')), [4]);
    assert.deepEqual(token(line.indexOf('hat')), [2]);
    assert.equal(token(line.indexOf('id')), null);
  });

  describe('on a sentence of a CoNLL file', () => {
    const conll = 'It O\n\nAda B-PER\nLovelace I-PER\nwrote O\nto O\nCharles B-PER\n';
    let document: vscode.TextDocument;

    before(async () => {
      const uri = await write('explainer.conll', conll);
      document = await vscode.workspace.openTextDocument(uri);
    });

    it('asks about the word on the line, and again about the same word', async () => {
      const engine = new FakeEngine();
      const { explainer } = fakeExplainer(engine);
      const state = await explainer.explain({ uri: document.uri, document, line: 6 });
      assert.equal(state?.record.text, 'Ada Lovelace wrote to Charles');
      assert.equal(state.record.line, 3);
      assert.equal(state.record.gold, 'B-PER I-PER O O B-PER');
      await explainer.again();
      assert.deepEqual(
        engine.requests.map(({ focusWord, words, gold }) => [focusWord, words?.length, gold]),
        Array(2).fill([4, 5, { kind: 'tags', tags: ['B-PER', 'I-PER', 'O', 'O', 'B-PER'] }]),
      );
    });

    it('of words in one line asks about the one under the cursor', async () => {
      const line = '{"tokens": ["Ada", "met", "Charles"], "tags": ["B-PER", "O", "B-PER"]}';
      const uri = await write('explainer.tokens.jsonl', `${line}\n`);
      const tokens = await vscode.workspace.openTextDocument(uri);
      const engine = new FakeEngine();
      const { explainer } = fakeExplainer(engine);
      const at = line.indexOf('Charles') + 2;
      await explainer.explain({ uri, document: tokens, line: 0, character: at });
      await explainer.again();
      await explainer.explain({ uri, document: tokens, line: 0 });
      assert.deepEqual(
        engine.requests.map(({ text, focusWord }) => [text, focusWord]),
        [2, 2, undefined].map(word => ['Ada met Charles', word]),
      );
      const marks = explainer.current?.picture()?.spans.map(({ range }) => tokens.getText(range));
      assert.deepEqual(marks, ['Ada', 'met', 'Charles']);
    });

    it('tints the words in their lines, and marks those that were not read', async () => {
      const engine = new FakeEngine(request => {
        const whole = fakeExplanation(request);
        const seen = <T>(all: readonly T[]) => all.slice(0, 3);
        const unseen = [
          { field: 0 as const, start: request.text.indexOf('to'), end: request.text.length },
        ];
        return Promise.resolve({
          ...whole,
          tokens: seen(whole.tokens),
          scores: seen(whole.scores),
          attributions: seen(whole.attributions),
          unseen,
        });
      });
      const { explainer } = fakeExplainer(engine);
      await explainer.explain({ uri: document.uri, document, line: 2 });
      const picture = explainer.current?.picture();
      const texts = (ranges: readonly vscode.Range[] = []) =>
        ranges.map(range => [range.start.line, document.getText(range)]);
      assert.deepEqual(texts(picture?.spans.map(({ range }) => range)), [
        [2, 'Ada'],
        [3, 'Lovelace'],
        [4, 'wrote'],
      ]);
      assert.deepEqual(texts(picture?.unseen), [
        [5, 'to'],
        [6, 'Charles'],
      ]);
    });
  });

  it('asks again for what the panel showed before a restart, and asks the user nothing', async () => {
    const engine = new FakeEngine();
    const { explainer } = fakeExplainer(engine);
    const restorer = new Restorer(explainer);
    const choices = { ...defaultChoices, scalar: 'loss' as const };
    await restorer.askAgain({ uri: target.uri.toString(), line: 0, choices });
    assert.equal(engine.requests[0]?.scalar, 'loss');
    assert.equal(explainer.current?.state.record.text, 'a fine film');
    restorer.dispose();

    const without = fakeExplainer(new FakeEngine(), {
      models: { current: () => null },
      offerModel: () => Promise.reject(new Error('asked the user')),
    });
    const other = new Restorer(without.explainer);
    await other.askAgain({ uri: target.uri.toString(), line: 0, choices });
    assert.ok(without.told.some(what => what.startsWith('failed: No model is selected')));
    other.dispose();
  });
});
