/** How good explanations of selected lines are: a table with its controls, a page and a file; and any view as a page. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { spaced } from './support/attackTab';
import { ReportTab } from './support/reportTab';
import { proposedName, saveAs } from './support/saveDialog';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const dataset = 'reviews.dev.jsonl';
const table = 'Measures of each method';

describe('Measure Explanations', () => {
  let window: VscodeWindow;
  let tab: ReportTab;
  let bytes: Buffer;

  const file = (name: string) => path.join(window.workspace, name);
  const rows = async () =>
    (
      await tab
        .rows(table)
        .filter({ has: window.panel.frame.locator('td') })
        .allInnerTexts()
    ).map(spaced);

  before(async () => {
    window = await VscodeWindow.open();
    tab = new ReportTab(window.panel, 'measures');
    bytes = await readFile(file(dataset));
    await window.openFile(dataset);
    await window.clickLine('The plot is thin');
    await window.page.keyboard.down('Shift');
    await window.clickLine('Comfortable? Hardly');
    await window.page.keyboard.up('Shift');
    await tab.answerTo(
      async () => {
        await window.runCommand('Glassbox: Measure Explanations of Selection...');
        await window.listIsOpen(/Which methods\? A random explainer and shuffled weights/);
        await window.screenshot('e2e-measure-methods');
        await window.page.keyboard.press('Enter');
        assert.equal(await proposedName(window), 'reviews.dev.measures.jsonl');
        await saveAs(window, 'measures.jsonl');
      },
      { about: /^reviews\.dev\.jsonl/, run: /^3 of 3 lines measured$/ },
    );
  });
  after(() => window.close());

  it('has a row a method, and those that every method has to beat', async () => {
    const all = await rows();
    const has = (what: RegExp) => all.some(row => what.test(row));
    assert.ok(has(/^Integrated gradients 3 lines/), all.join('\n'));
    assert.ok(has(/^Random( scores| explainer)? 3 lines/i), all.join('\n'));
    assert.ok(has(/^Integrated gradients, shuffled weights 3 lines/), all.join('\n'));
    const heads = spaced(await tab.table(table).locator('thead').innerText());
    for (const head of ['AUC-TP', 'Comprehensiveness', 'Sufficiency', 'Stability']) {
      assert.match(heads, new RegExp(head, 'i'));
    }
    await tab.picture(() => window.screenshot('e2e-measures'));
  });

  it('has a result for each line and method in the JSONL file', async () => {
    const [header, ...lines] = (await readFile(file('measures.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { glassbox?: string; record?: { line: number } });
    assert.match(header!.glassbox!, /measure/);
    assert.deepEqual(
      lines.map(({ record }) => record!.line),
      [1, 2, 3],
    );
  });

  it('has a page with the same numbers beside it, without scripts', async () => {
    const html = await readFile(file('measures.html'), 'utf8');
    assert.doesNotMatch(html, /<script|javascript:|\son\w+=/i);
    const page = await window.page.context().newPage();
    await page.goto('about:blank');
    await page.setContent(html);
    const words = spaced(await page.locator('body').innerText());
    await page.screenshot({ path: path.join('out', 'screenshots', 'e2e-measure-page.png') });
    await page.close();
    assert.match(words, /shuffled weights/);
    const first = await tab
      .rows(table)
      .filter({ hasText: 'Integrated gradients' })
      .first()
      .locator('.measure-mean')
      .first()
      .innerText();
    assert.ok(words.includes(first), `${first} in the page`);
  });

  it('saves the view as a page that looks alike and runs nothing', async () => {
    await window.panel.button('Save View as HTML').click();
    assert.equal(await proposedName(window, '.html'), 'reviews.dev.Measures.html');
    await saveAs(window, 'view.html');
    const html = await until('the page', () =>
      readFile(file('view.html'), 'utf8').catch(() => null),
    );
    assert.doesNotMatch(html, /<script|javascript:|\son\w+=|<button|<input/i);
    const page = await window.page.context().newPage();
    await page.setContent(html);
    const words = spaced(await page.locator('body').innerText());
    await page.screenshot({ path: path.join('out', 'screenshots', 'e2e-measure-view.png') });
    await page.close();
    for (const row of await rows()) assert.ok(words.includes(row), row);
  });

  it('leaves the dataset as it is', async () => {
    assert.deepEqual(await readFile(file(dataset)), bytes);
  });
});
