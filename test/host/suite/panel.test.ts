import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultChoices } from '../../../src/host/choices';
import { panelViewType } from '../../../src/host/ids';
import type { PanelHandlers } from '../../../src/host/panel/listen';
import { PanelHost } from '../../../src/host/panel/panelHost';
import { contentSecurityPolicy, makeNonce, panelHtml } from '../../../src/host/panel/panelHtml';
import { readMemory } from '../../../src/host/panel/restore';
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import { influenceDefaults } from '../../../src/interpret/influence/options';
import type { AttackRequest, PanelState } from '../../../src/protocol';
import { fakeAttack, fakeExplanation, fakeInfo } from './fakeAnswers';
import { fakeInfluence, fakeSuspicions } from './fakeInfluence';
import { closeEverything, extension, panelTabs, until, workspaceUri } from './support';

const ignore = () => undefined;

function handlers(change: Partial<PanelHandlers> = {}): PanelHandlers {
  return {
    choose: ignore,
    hover: ignore,
    reveal: ignore,
    cancel: ignore,
    copyJson: ignore,
    savePicture: ignore,
    attackAgain: ignore,
    attackStep: ignore,
    attackCopy: ignore,
    attackAppend: ignore,
    influenceAgain: ignore,
    influenceTrain: ignore,
    influenceReveal: ignore,
    influenceExplain: ignore,
    influenceSaliency: ignore,
    influenceCopy: ignore,
    influenceSave: ignore,
    suspiciousAgain: ignore,
    suspiciousTrain: ignore,
    suspiciousReveal: ignore,
    suspiciousExplain: ignore,
    suspiciousProblems: ignore,
    suspiciousCopy: ignore,
    suspiciousSave: ignore,
    rewrite: ignore,
    pin: ignore,
    unpin: ignore,
    rewriteAppend: ignore,
    linesReveal: ignore,
    linesOpen: ignore,
    linesResume: ignore,
    linesShowFile: ignore,
    compareRow: ignore,
    compareOpen: ignore,
    compareModel: ignore,
    evaluationReveal: ignore,
    evaluationExplain: ignore,
    evaluationShowCell: ignore,
    evaluationResume: ignore,
    evaluationProblems: ignore,
    evaluationShowFile: ignore,
    driversAgain: ignore,
    driversReveal: ignore,
    modelsReveal: ignore,
    modelsOpen: ignore,
    modelsResume: ignore,
    measuresResume: ignore,
    measuresShowFile: ignore,
    savePng: ignore,
    copyPicture: ignore,
    savePage: ignore,
    selectModel: ignore,
    showLog: ignore,
    ...change,
  };
}

function someState(): PanelState {
  const request = {
    modelDir: '/model',
    device: 'cpu',
    text: 'fine',
    method: 'integrated-gradients',
    parameters: {},
    scalar: 'logit',
    label: { kind: 'predicted' },
  } as const;
  return {
    record: {
      file: 'a.txt',
      line: 3,
      field: '',
      text: 'fine',
      pair: null,
      words: null,
      gold: null,
    },
    explanation: fakeExplanation(request),
    choices: defaultChoices,
    methods: fakeInfo.methods,
    memory: { uri: 'file:///a.txt', line: 2, choices: defaultChoices },
  };
}

describe('the panel', () => {
  let log: vscode.LogOutputChannel;

  before(() => {
    log = vscode.window.createOutputChannel('Glassbox Test', { log: true });
  });

  after(async () => {
    log.dispose();
    await closeEverything();
  });

  it('has a page without text and with nothing inline', () => {
    const panel = vscode.window.createWebviewPanel('test', 'Test', vscode.ViewColumn.One);
    const html = panelHtml(panel.webview, extension().extensionUri);
    panel.dispose();
    const body = /<body>([^]*)<\/body>/.exec(html)?.[1] ?? '?';
    assert.equal(body.replace(/<[^>]*>/g, '').trim(), '');
    assert.doesNotMatch(html, /\s(style|on\w+)=|unsafe/);
    const nonce = /<meta property="csp-nonce" content="([0-9a-f]{32})">/.exec(html)?.[1];
    assert.ok(nonce);
    assert.ok(html.includes(`<script nonce="${nonce}" src=`));
    assert.ok(html.includes(`script-src 'nonce-${nonce}'`));
  });

  it('may load its own files only, with a new nonce each time', () => {
    const policy = contentSecurityPolicy('SOURCE', 'NONCE');
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      "script-src 'nonce-NONCE'",
      "style-src SOURCE 'nonce-NONCE'",
      'img-src SOURCE blob:',
      'font-src SOURCE',
    ]);
    assert.notEqual(makeNonce(), makeNonce());
  });

  it('tells a page that wakes everything that it must show', async () => {
    const panel = vscode.window.createWebviewPanel(panelViewType, 'Test', vscode.ViewColumn.Two);
    // A page that answers every message by sending it back, so that the test sees what arrives.
    const host = new PanelHost(extension().extensionUri, handlers(), log);
    host.adopt(panel);
    panel.webview.html = echoPage();
    const seen: unknown[] = [];
    panel.webview.onDidReceiveMessage((message: { echo?: { event?: string } }) => {
      if (message.echo?.event) seen.push(message.echo.event);
    });
    await until('the page says that nothing is there yet', () => seen.includes('empty'));
    host.show(someState());
    host.stale('The line was edited.');
    host.highlight(0);
    await until('it got them', () => seen.includes('highlight'));
    seen.length = 0;
    panel.webview.html = echoPage();
    await until('it was told again', () => seen.includes('highlight'));
    assert.deepEqual(seen, ['show', 'stale', 'highlight']);
    assert.equal(panel.title, 'Glassbox: a.txt:3');
    panel.dispose();
  });

  it('tells a page that wakes of its other tabs too, the one in front last', async () => {
    const panel = vscode.window.createWebviewPanel(panelViewType, 'Test', vscode.ViewColumn.Two);
    const host = new PanelHost(extension().extensionUri, handlers(), log);
    host.adopt(panel);
    const state = someState();
    const { record } = state;
    const result = fakeAttack({ attack: 'hotflip', options: {}, text: 'fine' } as AttackRequest);
    const settings = { attack: 'hotflip', options: {}, target: null } as const;
    const defaults = resolveAttackOptions('hotflip', {});
    const attack = { record, result, running: false, settings, defaults, targets: [] };
    const rewriting = { text: 'fine', pair: null, state };
    const seen: string[] = [];
    panel.webview.onDidReceiveMessage((message: { echo?: { event?: string } }) => {
      if (message.echo?.event) seen.push(message.echo.event);
    });
    panel.webview.html = echoPage();
    await until('the page is there', () => seen.includes('empty'));
    host.open('attack');
    host.attack(attack);
    host.attackMap({ step: -1, state });
    host.attackMap({ step: 0, state });
    host.rewrite({ original: rewriting, edited: rewriting, pinned: [] });
    await until('it was told', () => seen.includes('rewrite'));
    seen.length = 0;
    panel.webview.html = echoPage();
    await until('it was told again', () => seen.includes('tab'));
    assert.deepEqual(seen, ['empty', 'attack', 'attackMap', 'attackMap', 'rewrite', 'tab']);
    assert.equal(panel.title, 'Glassbox: a.txt:3');
    // What was said of the steps of another attack is void.
    host.attack({ ...attack, running: true });
    host.failed('It failed.');
    // What failed while the attack runs is about something else: it stays told.
    host.attack({ ...attack, running: true });
    host.attack(attack);
    await until('it was told', () => seen.filter(event => event === 'attack').length === 4);
    seen.length = 0;
    panel.webview.html = echoPage();
    await until('it was told once more', () => seen.includes('tab'));
    assert.deepEqual(seen, ['empty', 'attack', 'rewrite', 'failed', 'tab']);
    panel.dispose();
  });

  it('tells a page that wakes of traces and of suspicious lines', async () => {
    const panel = vscode.window.createWebviewPanel(panelViewType, 'Test', vscode.ViewColumn.Two);
    const host = new PanelHost(extension().extensionUri, handlers(), log);
    host.adopt(panel);
    const train = { path: workspaceUri('reviews.train.jsonl').fsPath };
    const request = { modelDir: '/model', device: 'cpu', train, cacheDir: '/cache' } as const;
    const settings = { method: 'head', options: {} } as const;
    const { record } = someState();
    const trace = {
      ...{ record, about: 'line 3 of a.txt', running: null, settings },
      result: fakeInfluence({ ...request, ...settings, tests: [{ text: 'fine' }] }),
      defaults: influenceDefaults,
      train: 'reviews.train.jsonl',
    };
    const ranking = {
      result: fakeSuspicions({ ...request, ...settings }),
      ...{ running: null, settings, train: 'reviews.train.jsonl', inProblems: false },
    };
    const place = { list: 'helps', disagreeing: false, row: 0 } as const;
    const seen: string[] = [];
    panel.webview.onDidReceiveMessage((message: { echo?: { event?: string } }) => {
      if (message.echo?.event) seen.push(message.echo.event);
    });
    panel.webview.html = echoPage();
    await until('the page is there', () => seen.includes('empty'));
    host.open('influence');
    host.influence(trace);
    host.influenceMap({ place, state: someState(), failed: null });
    host.work('suspicious', ranking);
    await until('it was told', () => seen.includes('suspicious'));
    assert.equal(panel.title, 'Glassbox: a.txt:3');
    seen.length = 0;
    panel.webview.html = echoPage();
    await until('it was told again', () => seen.includes('tab'));
    assert.deepEqual(seen, ['empty', 'influence', 'influenceMap', 'suspicious', 'tab']);
    // The maps belong to the rows of one result.
    host.influence({ ...trace, record: null, result: null });
    host.open('suspicious');
    await until('the tab is in front', () => seen.filter(event => event === 'tab').length === 2);
    assert.equal(panel.title, 'Glassbox: reviews.train.jsonl');
    seen.length = 0;
    panel.webview.html = echoPage();
    await until('it was told once more', () => seen.includes('tab'));
    assert.deepEqual(seen, ['empty', 'influence', 'suspicious', 'tab']);
    panel.dispose();
  });

  it('is opened once and forgets a page that was closed', async () => {
    const hovered: (number | null)[] = [];
    const host = new PanelHost(
      extension().extensionUri,
      handlers({ hover: ({ token }) => hovered.push(token) }),
      log,
    );
    await closeEverything();
    await until('no panel is left', () => panelTabs().length === 0);
    host.open();
    host.open();
    await until('the tab is there', () => panelTabs().length > 0);
    const [tab, second] = panelTabs();
    assert.ok(tab);
    assert.equal(second, undefined);
    await vscode.window.tabGroups.close(tab);
    await until('it is gone', () => !host.isOpen);
    assert.deepEqual(hovered, [null], 'the emphasis in the file ends with the panel');
  });

  it('reads back only what it stored itself', () => {
    const { memory } = someState();
    assert.deepEqual(readMemory({ ...memory, tableOpen: true }), memory);
    assert.deepEqual(readMemory({ ...memory, choices: 'old' })?.choices, defaultChoices);
    for (const broken of [undefined, null, 'x', {}, { uri: 'a', line: -1 }, { uri: 1, line: 1 }]) {
      assert.equal(readMemory(broken), null);
    }
  });
});

function echoPage(): string {
  const nonce = makeNonce();
  return `<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy"
    content="default-src 'none'; script-src 'nonce-${nonce}'"></head><body><script nonce="${nonce}">
    const api = acquireVsCodeApi();
    addEventListener('message', ({ data }) => {
      if (data.hello !== undefined && !data.answer) api.postMessage({ hello: data.hello, answer: true });
      api.postMessage({ echo: data });
    });
    api.postMessage({ hello: 1 });
    api.postMessage({ event: 'ready', body: null });
  </script></body></html>`;
}
