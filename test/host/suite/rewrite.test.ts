import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Appender } from '../../../src/host/append/appender';
import { commands } from '../../../src/host/ids';
import { makeRewriteHandlers } from '../../../src/host/rewrite/rewriteHandlers';
import { Rewriter } from '../../../src/host/rewrite/rewriter';
import type { RewriteState } from '../../../src/protocol';
import { GlassboxError } from '../../../src/protocol';
import type { Answer } from './fakes';
import { fakeExplanation } from './fakeAnswers';
import { FakeEngine, FakeMemento, fakeSurroundings, untilCancelled } from './fakes';
import {
  answerQuickPicks,
  answerSaveDialogs,
  assertSentence,
  closeEverything,
  glassbox,
  needsModel,
  panelTabs,
  read,
  until,
  workspaceUri,
  write,
} from './support';

const line = '{"text": "a fine film", "label": "positive"}\n';

/** So many files were written: an open one that is written again is empty for a moment. */
let files = 0;

async function rewriterWith(answer?: Answer, text = line, mayLoad = true) {
  const engine = new FakeEngine(answer);
  const model = { dir: '/model' };
  const surroundings = fakeSurroundings(engine, {
    models: { current: () => model.dir },
    mayLoad: () => Promise.resolve(mayLoad),
  });
  const rewriter = new Rewriter({ ...surroundings, engine });
  const uri = await write(`rewrite.${++files}.jsonl`, text);
  const document = await vscode.workspace.openTextDocument(uri);
  return { ...surroundings, engine, model, rewriter, target: { uri, document, line: 0 } };
}

describe('Rewrite Line', () => {
  after(closeEverything);

  it('explains each edit as it comes, and pins what it shall keep', async () => {
    const { rewriter, target, rewritten, told } = await rewriterWith();
    const started = await rewriter.start(target);
    assert.equal(started?.original.text, 'a fine film');
    assert.deepEqual(told, ['open', 'busy', 'status busy', 'status idle', 'rewrite']);
    await rewriter.edit({ edit: 1, text: 'a dull film', pair: null });
    rewriter.pin();
    await rewriter.edit({ edit: 2, text: 'a grey film', pair: null });
    rewriter.pin();
    assert.deepEqual(
      rewritten.map(({ edit, state, failed }) => [edit, state?.record.text, failed]),
      [
        [1, 'a dull film', null],
        [2, 'a grey film', null],
      ],
    );
    const texts = () => rewriter.current?.state.pinned.map(({ text }) => text);
    assert.deepEqual(texts(), ['a dull film', 'a grey film']);
    rewriter.unpin(0);
    assert.deepEqual(texts(), ['a grey film']);
    const { original, edited } = rewriter.current!.state;
    assert.deepEqual([original.text, edited.text], ['a fine film', 'a grey film']);
  });

  it('answers the newest edit only, and cancels the one at work', async () => {
    const { rewriter, target, rewritten, engine } = await rewriterWith((request, options) =>
      request.text === 'slow'
        ? untilCancelled(request, options)
        : Promise.resolve(fakeExplanation(request)),
    );
    await rewriter.start(target);
    const slow = rewriter.edit({ edit: 1, text: 'slow', pair: null });
    await until('it is at work', () => engine.requests.at(-1)?.text === 'slow');
    rewriter.pin();
    await rewriter.edit({ edit: 2, text: 'quick', pair: null });
    await slow;
    assert.deepEqual(
      rewritten.map(({ edit }) => edit),
      [2],
    );
    assert.equal(rewriter.current?.state.pinned.length, 1, 'what was pinned meanwhile stays');
  });

  it('answers an edit that was cancelled, and one that another line did not take the place of', async () => {
    const { rewriter, target, rewritten, engine } = await rewriterWith((request, options) =>
      request.text === 'slow'
        ? untilCancelled(request, options)
        : Promise.resolve(fakeExplanation(request)),
    );
    await rewriter.start(target);
    const cancelled = rewriter.edit({ edit: 1, text: 'slow', pair: null });
    await until('it is at work', () => engine.requests.at(-1)?.text === 'slow');
    rewriter.cancel();
    await cancelled;
    const replaced = rewriter.edit({ edit: 2, text: 'slow', pair: null });
    await until('it is at work again', () => engine.requests.length === 3);
    assert.equal(await rewriter.start({ ...target, line: 7 }), null);
    await replaced;
    assert.deepEqual(
      rewritten.map(({ edit, state }) => [edit, state]),
      [
        [1, null],
        [2, null],
      ],
    );
    for (const { failed } of rewritten) assertSentence(failed!);
  });

  it('follows its line, and says when it waits for an attack', async () => {
    const parts = await rewriterWith();
    const { rewriter, target, panel, told } = parts;
    await rewriter.start(target);
    told.length = 0;
    rewriter.follow(vscode.Uri.file('/other.jsonl'), line => line + 3);
    rewriter.follow(target.uri, line => line);
    assert.deepEqual(told, []);
    rewriter.follow(target.uri, line => line + 3);
    assert.deepEqual(told, ['movedElsewhere']);
    assert.equal(rewriter.current?.state.original.state.record.line, 4);
    const says: string[] = [];
    const waiting = new Rewriter({
      ...parts,
      panel: { ...panel, busy: text => says.push(text) },
      isOccupied: () => true,
    });
    await waiting.start(target);
    assert.match(says[0]!, /waits for what is at work/);
  });

  it('says in the panel what cannot be explained, without a message', async () => {
    const lost = 'The engine process ended while it worked on this; ask again.';
    const { rewriter, target, rewritten, told, failures } = await rewriterWith(request =>
      request.text === 'x'
        ? Promise.reject(new GlassboxError('engine-lost', lost))
        : Promise.resolve(fakeExplanation(request)),
    );
    const failed: unknown[] = [];
    failures.onDidFail(failure => failed.push(failure));
    await rewriter.start(target);
    told.length = 0;
    await rewriter.edit({ edit: 1, text: '  ', pair: null });
    await rewriter.edit({ edit: 2, text: 'x', pair: null });
    const [empty, broken] = rewritten.map(({ failed: says }) => says);
    assertSentence(empty!);
    assert.equal(broken, lost);
    assert.deepEqual([failed, told], [[], ['rewritten', 'rewritten']]);
    assert.equal(rewriter.current?.state.edited.text, 'a fine film');
  });

  it('cuts the words anew where the dataset had cut them, and drops tags that do not fit', async () => {
    const words = '{"tokens": ["Ada", "wrote"], "tags": ["B-PER", "O"]}\n';
    const { rewriter, target, engine } = await rewriterWith(undefined, words);
    await rewriter.start(target);
    await rewriter.edit({ edit: 1, text: 'Ada  never wrote', pair: null });
    const { words: cut, gold } = engine.requests.at(-1)!;
    assert.deepEqual(
      cut?.map(({ start, end }) => 'Ada  never wrote'.slice(start, end)),
      ['Ada', 'never', 'wrote'],
    );
    assert.equal(gold, undefined);
  });

  it('edits both texts of a pair', async () => {
    const pair = '{"premise": "a red hat", "hypothesis": "no hat", "label": 0}\n';
    const { rewriter, target, engine } = await rewriterWith(undefined, pair);
    await rewriter.start(target);
    await rewriter.edit({ edit: 1, text: 'a hat', pair: 'a head' });
    assert.deepEqual(
      engine.requests.map(({ text, pair: second }) => [text, second]),
      [
        ['a red hat', 'no hat'],
        ['a hat', 'a head'],
      ],
    );
  });

  it('explains original and edit anew after other choices, and by another model', async () => {
    const { rewriter, target, engine, choices, model } = await rewriterWith();
    await rewriter.start(target);
    await rewriter.edit({ edit: 1, text: 'a dull film', pair: null });
    await choices.set({ ...choices.get(), scalar: 'probability' });
    model.dir = '/other';
    await rewriter.again();
    assert.deepEqual(
      engine.requests.slice(-2).map(({ text, scalar, modelDir }) => [text, scalar, modelDir]),
      [
        ['a fine film', 'probability', '/other'],
        ['a dull film', 'probability', '/other'],
      ],
    );
  });

  it('appends the edit with the label that the person gives it', async () => {
    const { rewriter, target } = await rewriterWith();
    await rewriter.start(target);
    await rewriter.edit({ edit: 1, text: 'a dull film', pair: null });
    let work: Promise<unknown> = Promise.resolve();
    const handlers = makeRewriteHandlers(
      { rewriter: () => rewriter, appender: new Appender(new FakeMemento()) },
      wanted => {
        work = wanted();
      },
    );
    const file = workspaceUri('rewritten.jsonl');
    const dialogs = answerSaveDialogs(file);
    const picks = answerQuickPicks(/^negative$/);
    handlers.rewriteAppend(null);
    await work;
    picks.restore();
    dialogs.restore();
    assert.deepEqual(picks.offered.slice(0, 2), ['positive', 'negative']);
    const { glassbox: provenance, ...written } = JSON.parse(await read(file)) as {
      glassbox: Record<string, unknown>;
    };
    assert.deepEqual(written, { text: 'a dull film', label: 'negative' });
    assert.equal(provenance['attack'], 'rewrite');
    assert.deepEqual(provenance['from'], { file: target.uri.path.split('/').at(-1), line: 1 });
    assert.deepEqual(provenance['original'], { text: 'a fine film' });
    await vscode.workspace.fs.delete(file);
  });

  it('opens no model that an untrusted workspace holds', async () => {
    const { rewriter, target, engine, told } = await rewriterWith(undefined, line, false);
    assert.equal(await rewriter.start(target), null);
    assert.deepEqual([engine.loaded, engine.requests], [[], []]);
    assert.match(told.find(what => what.startsWith('failed: ')) ?? '', /have not trusted/);
  });

  it('opens the panel with the line, as a command', async function () {
    await needsModel(this);
    const api = await glassbox();
    const seen: RewriteState[] = [];
    const listening = api.onDidRewrite(state => seen.push(state));
    const argument = { uri: workspaceUri('reviews.dev.jsonl'), line: 1 };
    const state = await vscode.commands.executeCommand<RewriteState>(
      commands.rewriteLine,
      argument,
    );
    listening.dispose();
    assert.equal(state.original.state.record.line, 2);
    assert.equal(state.original.text, state.original.state.record.text);
    assert.deepEqual([state.edited, state.pinned], [state.original, []]);
    assert.deepEqual(seen, [state]);
    assert.deepEqual(api.lastRewrite(), state);
    await until('the panel is there', () => panelTabs().length === 1);
  });
});
