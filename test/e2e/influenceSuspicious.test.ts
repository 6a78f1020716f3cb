/** The training file's probably mislabelled lines: a list that leads to them, and entries in VS Code's Problems view. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { lineOfCursor, wrongLines } from './support/sample';
import { TrainingTab } from './support/trainingTab';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const train = 'reviews.train.jsonl';
const list = 'Suspicious labels';

describe('Influence: Find Suspicious Labels', () => {
  let window: VscodeWindow;
  let tab: TrainingTab;
  let bytes: Buffer;

  const box = () => tab.view.getByRole('checkbox', { name: 'Show in Problems' });
  const markers = () => window.page.locator('.markers-panel');
  const entries = () => markers().locator('.monaco-list-row', { hasText: 'Suspicious label' });

  before(async () => {
    window = await VscodeWindow.open();
    tab = new TrainingTab(window.panel, 'suspicious');
    bytes = await readFile(path.join(window.workspace, train));
    await window.openFile(train);
    await tab.answerTo(
      () => window.chooseFromMenu('{"text"', 'Glassbox', 'Find Suspicious Labels'),
      { about: /reviews\.train\.jsonl/, says: /100 lines listed/ },
    );
  });
  after(() => window.close());

  it('lists 100 lines, planted ones far above chance among the first', async () => {
    const lines = await tab.lines(list);
    assert.equal(lines.length, 100);
    const planted = await wrongLines(window.workspace);
    const found = (first: number) =>
      lines.slice(0, first).filter(line => planted.includes(line)).length;
    // By chance half a line of 24 in 30 of 1,500.
    assert.ok(found(30) >= 4, `${found(30)} of ${planted.length} in the first 30`);
    assert.match(await tab.head(), /\d+ of 1,500 labels are not what the model predicts/);
    assert.match(await tab.made(), /self-influence|influence on its own loss/);
    await tab.picture(() => window.screenshot('e2e-suspicious'));
  });

  it('gives a reason for each', async () => {
    const reasons = await tab.rows(list).locator('.train-reason').allInnerTexts();
    assert.equal(reasons.length, 100);
    for (const reason of reasons) assert.match(reason, /^labelled \w+, .*\.$/);
  });

  it('leads to a line, which is selected in the file', async () => {
    const [, line] = await tab.lines(list);
    await tab.row(list, line!).locator('[data-action="reveal"]').focus();
    await window.page.keyboard.press('Enter');
    await untilEqual('the line of the cursor', () => lineOfCursor(window), line);
    await until('the focus in the file', () => window.hasEditorFocus());
  });

  it('puts the lines into the Problems view when that is asked for, each at its label', async () => {
    await box().click();
    await window.runCommand('Problems: Focus on Problems View');
    await entries().first().waitFor();
    await untilEqual(
      'the count',
      () => markers().locator('.monaco-count-badge').innerText(),
      '100',
    );
    const says = (await entries().first().innerText()).replace(/\s+/g, ' ');
    assert.match(
      says,
      /Suspicious label, number \d+ of the list: labelled \w+, but the model says/,
    );
    assert.match(says, /Glassbox/);
    await window.screenshot('e2e-suspicious-problems');
    const line = Number(/\[Ln (\d+), Col \d+\]/.exec(says)?.[1]);
    assert.ok((await tab.lines(list)).includes(line), says);
    await entries().first().dblclick();
    await untilEqual('the line of the cursor', () => lineOfCursor(window), line);
    const underlined = window.editor.locator('.squiggly-warning').first();
    await underlined.waitFor();
    await window.screenshot('e2e-suspicious-squiggle');
  });

  it('takes them out again', async () => {
    await box().click();
    await until('no entry', async () => (await entries().count()) === 0);
    assert.match(await markers().innerText(), /No problems have been detected/);
    await window.runCommand('View: Toggle Panel Visibility');
  });

  it('ranks by another method: the baseline', async () => {
    const before = await tab.lines(list);
    await tab.choose('Method', 'Loss');
    await tab.answerTo(() => tab.again(), { says: /The loss of each line/ });
    assert.notDeepEqual(await tab.lines(list), before);
    await tab.picture(() => window.screenshot('e2e-suspicious-loss'));
  });

  it('leaves the training file as it is', async () => {
    assert.deepEqual(await readFile(path.join(window.workspace, train)), bytes);
    assert.equal(await window.page.locator('.tab.dirty').count(), 0);
  });
});
