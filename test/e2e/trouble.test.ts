/** What a person meets when something is wrong: one sentence, and the next explanation works. */
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { enginePids } from './support/engines';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const markup = '<img src=x onerror="document.title=1"> is a joy <b>indeed</b>';
const good = 'The leads are a joy.';
const long = `${'The plot is thin, but the leads are a joy. '.repeat(40)}The end.`;

const lines = [
  { text: good, label: 'positive' },
  { text: markup, label: 'positive' },
  { text: '', label: 'positive' },
].map(record => JSON.stringify(record));

/** A model folder whose model.onnx ends in the middle. */
async function addBrokenModel(workspace: string): Promise<void> {
  const broken = path.join(workspace, 'broken');
  await mkdir(broken);
  for (const file of ['config.json', 'tokenizer.json']) {
    await cp(path.join(workspace, 'model', file), path.join(broken, file));
  }
  const bytes = await readFile(path.join(workspace, 'model', 'model.onnx'));
  await writeFile(path.join(broken, 'model.onnx'), bytes.subarray(0, bytes.length / 2));
}

describe('Trouble', () => {
  let window: VscodeWindow;

  before(async () => {
    window = await VscodeWindow.open(async workspace => {
      await addBrokenModel(workspace);
      // The long one is last, and so leaves room for the others on the screen.
      const others = ['{"text":"never ends', 'no json at all', JSON.stringify({ text: long })];
      await writeFile(
        path.join(workspace, 'trouble.jsonl'),
        `${[...lines, ...others].join('\n')}\n`,
      );
    });
    await window.openFile('trouble.jsonl');
  });
  after(() => window.close());

  /** The product still works. */
  async function nextExplainWorks(): Promise<void> {
    await window.explain(good);
    assert.match(await window.panel.header(), /trouble\.jsonl : 1/);
  }

  it('a line of broken JSON gets one sentence that names file and line', async () => {
    await nextExplainWorks();
    for (const [text, number] of [
      ['never ends', 4],
      ['no json at all', 5],
    ] as const) {
      const says = await window.panel.failureOf(() =>
        window.chooseFromMenu(text, 'Glassbox: Explain Line'),
      );
      assert.match(says, new RegExp(`trouble\\.jsonl.*\\b${number}\\b`));
      assert.doesNotMatch(says, /\n|\bat .*:\d+:\d+/);
    }
    await window.screenshot('e2e-broken-line');
    await window.dismissNotifications();
    await nextExplainWorks();
  });

  it('markup in the data stays text', async () => {
    await window.explain('is a joy');
    const { frame } = window.panel;
    assert.equal(await frame.locator('img, b').count(), 0);
    const map = await frame.locator('.map-text').evaluate(row => row.textContent);
    assert.equal(map.trim(), markup);
    await window.screenshot('e2e-markup');
  });

  it('an empty text gets one sentence', async () => {
    const says = await window.panel.failureOf(() =>
      window.chooseFromMenu('"text":""', 'Glassbox: Explain Line'),
    );
    assert.match(says, /trouble\.jsonl|empty/i);
    await window.dismissNotifications();
    await nextExplainWorks();
  });

  it('a broken model is refused with one sentence, and the old one stays', async () => {
    const says = await window.panel.failureOf(async () => {
      await window.status.click();
      await window.listIsOpen(/Which model/);
      await window.pick('broken');
    });
    assert.match(says, /broken.*model\.onnx/);
    await window.dismissNotifications();
    assert.match(await window.status.innerText(), /model/);
    await nextExplainWorks();
  });

  it('a long computation can be cancelled; what was shown stays', async () => {
    await window.explain('The plot is thin');
    const { panel } = window;
    const before = await panel.content();
    await panel.setParameter('Points', 10_000);
    await panel.button('Cancel').click();
    await until('the end of the work', async () => !(await panel.isBusy()));
    assert.equal(await panel.content(), before);
    assert.equal(await panel.failure(), '');
    await panel.answerTo(() => panel.setParameter('Points', 40));
    assert.match(await panel.frame.locator('.legend').innerText(), /40 points/);
  });

  it('an engine that is killed at work is started again', async function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: engines are found by /proc, which only Linux has');
      this.skip();
    }
    const { panel } = window;
    await panel.setParameter('Points', 10_000);
    await until('the work to begin', () => panel.isBusy());
    const [pid, ...others] = await enginePids();
    assert.ok(pid !== undefined && others.length === 0, 'there is one engine');
    process.kill(pid, 'SIGKILL');
    await until('the end of the work', async () => !(await panel.isBusy()));
    const says = await panel.failure();
    assert.match(says, /engine/);
    await window.dismissNotifications();
    await panel.answerTo(() => panel.setParameter('Points', 30));
    const now = await enginePids();
    assert.equal(now.length, 1);
    assert.notEqual(now[0], pid);
    await nextExplainWorks();
  });

  it('the files are as they were', async () => {
    const text = await readFile(path.join(window.workspace, 'trouble.jsonl'), 'utf8');
    assert.ok(text.startsWith(lines.join('\n')));
    await untilEqual('unsaved files', () => window.page.locator('.tab.dirty').count(), 0);
  });
});
