/** Glassbox: Check Model, as a person asks for it: a page about a good model, and one about a broken one. */
import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

describe('Check Model', () => {
  let window: VscodeWindow;

  before(async () => {
    window = await VscodeWindow.open(async workspace => {
      const broken = path.join(workspace, 'broken');
      await mkdir(broken);
      for (const file of ['config.json', 'tokenizer.json']) {
        await cp(path.join(workspace, 'model', file), path.join(broken, file));
      }
      await writeFile(path.join(broken, 'model.onnx'), '<b>no</b> [model](command:a)');
    });
    await window.openFile('reviews.dev.jsonl');
  });
  after(() => window.close());

  /** The last text editor: pages open beside the file. */
  const page = () => window.page.locator('.editor-instance .monaco-editor').last();
  /** Without the places where long lines are wrapped; Monaco writes blanks as no-break spaces. */
  const shown = async () => (await page().innerText()).replaceAll(/\s+/g, ' ');

  async function chooseOnFolder(name: string, item: string): Promise<void> {
    const menu = window.page.locator('.monaco-menu-container').first();
    const entry = window.page.getByRole('menuitem', { name: item, exact: true });
    await window.page
      .getByRole('treeitem', { name, exact: true })
      .click({ button: 'right', position: { x: 40, y: 10 } });
    await entry.waitFor();
    // A menu that has just opened ignores clicks for a moment.
    await until('the menu to close', async () => {
      if (!(await menu.isVisible())) return true;
      await entry.click({ timeout: 500 });
      return false;
    });
  }

  it('of the selected model, by the palette: a page beside the file says that all is well', async () => {
    await window.runCommand('Glassbox: Check Model');
    await until('the page', async () => (await shown()).includes('All is well'));
    const text = await shown();
    for (const says of ['Check of', 'text-classification', 'agrees with finite differences']) {
      assert.ok(text.includes(says), says);
    }
    assert.match(await window.page.locator('.tab.active').last().innerText(), /^Check of .*model/);
    await window.screenshot('e2e-check-model');
  });

  it('of a folder in the explorer: the page says what is wrong, and markup stays text', async () => {
    await chooseOnFolder('broken', 'Glassbox: Check Model');
    await until('the page', async () => (await shown()).includes('1 thing is wrong'));
    assert.match(await shown(), /broken\/model\.onnx is not an ONNX model/);
    assert.equal(await page().locator('b').count(), 0);
    const tabs = await window.page.locator('.tab[data-resource-name^="Check of"]').count();
    assert.equal(tabs, 2);
    await window.screenshot('e2e-check-broken');
  });

  it('and lines are explained as before', async () => {
    await window.runCommand('View: Focus First Editor Group');
    await window.explain('The plot is thin');
    assert.match(await window.panel.header(), /reviews\.dev\.jsonl/);
  });
});
