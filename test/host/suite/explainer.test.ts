import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultChoices } from '../../../src/host/choices';
import { Restorer } from '../../../src/host/restorer';
import { GlassboxError } from '../../../src/protocol';
import { FakeEngine, fakeExplainer, fakeExplanation, untilCancelled } from './fakes';
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
        gold: 'positive',
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
    const { explainer } = fakeExplainer(engine);
    const failures: string[] = [];
    explainer.onDidFail(({ message }) => failures.push(message));
    await explainer.explain(target, { quiet: true });
    assert.equal(failures.length, 1);
    assertSentence(failures[0]!);
    assert.doesNotMatch(failures[0]!, /x is not a function/);
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
    const { explainer, told } = fakeExplainer(engine, { mayLoad: () => Promise.resolve(false) });
    assert.equal(await explainer.explain(target, { quiet: true }), null);
    await assert.rejects(explainer.loadModel('/model'), /not trusted/);
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
