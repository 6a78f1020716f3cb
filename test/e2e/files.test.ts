/** Other kinds of files, and the other ways to the same command. */
import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

/** A model with the same weights and other names for its labels: what it predicts shows which one ran. */
async function addModelWithOtherLabels(workspace: string): Promise<void> {
  const folder = path.join(workspace, 'thumbs');
  await cp(path.join(workspace, 'model'), folder, { recursive: true, dereference: true });
  const file = path.join(folder, 'config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const labels = { id2label: { 0: 'down', 1: 'up' }, label2id: { down: 0, up: 1 } };
  await writeFile(file, JSON.stringify({ ...config, ...labels }));
}

describe('Files and commands', () => {
  let window: VscodeWindow;

  before(async () => {
    window = await VscodeWindow.open(async workspace => {
      await addModelWithOtherLabels(workspace);
      await writeFile(
        path.join(workspace, 'odd.jsonl'),
        '{"opinion":"a joy to watch","remark":"a bore","stars":"positive"}\n',
      );
    });
  });
  after(() => window.close());

  it('explains a line of a CSV file from the command palette', async () => {
    await window.openFile('reviews.dev.csv');
    await window.clickLine('Not bad at all');
    await window.panel.answerTo(() => window.runCommand('Glassbox: Explain Line'));
    assert.match(await window.panel.header(), /reviews\.dev\.csv : 3/);
    const map = await window.panel.frame.locator('.map-text').evaluate(row => row.textContent);
    assert.match(map, /^Not bad at all: the soup/);
  });

  it('explains a line of a TSV file from the submenu Glassbox', async () => {
    await window.openFile('reviews.dev.tsv');
    await window.panel.answerTo(() =>
      window.chooseFromMenu('The plot is thin', 'Glassbox', 'Explain Line'),
    );
    assert.match(await window.panel.header(), /reviews\.dev\.tsv : 2 sentence/);
    // The file has the label as an index; the panel says its name.
    assert.match(await window.panel.header(), /gold: positive/);
  });

  it('explains a line of plain text, which has no gold label', async () => {
    await window.openFile('notes.txt');
    await window.explain('The plot is clever');
    assert.match(await window.panel.header(), /notes\.txt : 1/);
    assert.match(await window.panel.header(), /no gold/i);
    assert.equal(await window.panel.count(), 1);
  });

  it('asks for the text field when it cannot be inferred, and remembers it', async () => {
    await window.openFile('odd.jsonl');
    const says = await window.panel.failureOf(() =>
      window.chooseFromMenu('a joy to watch', 'Glassbox: Explain Line'),
    );
    assert.match(says, /odd\.jsonl/);
    await window.chooseFromMenu('a joy to watch', 'Glassbox', 'Select Fields...');
    await window.listIsOpen(/is the text/);
    await window.pick('opinion');
    await window.listIsOpen(/is the second text/);
    await window.pick('No second text');
    await window.listIsOpen(/is the gold label/);
    await window.panel.answerTo(() => window.pick('stars'));
    const map = await window.panel.frame.locator('.map-text').evaluate(row => row.textContent);
    assert.equal(map.trim(), 'a joy to watch');
    await window.dismissNotifications();
  });

  it('shows the model in the status bar, and explains with another one that is selected', async () => {
    assert.match(await window.status.innerText(), /model/);
    await window.openFile('reviews.dev.jsonl');
    await window.explain('The plot is thin');
    await window.panel.answerTo(async () => {
      await window.status.click();
      await window.listIsOpen(/Which model/);
      await window.pick('thumbs');
    });
    assert.match(await window.panel.header(), /(up|down) [01]\.\d\d/);
    assert.match(await window.status.innerText(), /thumbs/);
  });

  it('remembers the selected model when the window is opened again', async () => {
    await window.reload();
    await until('the model in the status bar', async () =>
      (await window.status.innerText()).includes('thumbs'),
    );
  });

  it('offers nothing in files that are no datasets', async () => {
    await window.openFile('README.md');
    await window.openContextMenu('The sample');
    const items = await window.page.getByRole('menuitem').allInnerTexts();
    assert.ok(items.length > 0);
    assert.deepEqual(
      items.filter(item => item.includes('Glassbox')),
      [],
    );
    await window.page.keyboard.press('Escape');
  });
});
