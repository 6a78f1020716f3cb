/** The first story: right-click a line, and see which tokens decided it. */
import assert from 'node:assert/strict';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const firstLine = 'The plot is thin, but the leads are a joy.';

describe('Explain a line', () => {
  let window: VscodeWindow;

  before(async () => {
    window = await VscodeWindow.open();
    await window.openFile('reviews.dev.jsonl');
  });
  after(() => window.close());

  it('from its context menu: tints in the file, the answer in a panel beside it', async () => {
    await window.explain('The plot is thin');
    const tinted = await until('tints in the file', async () => {
      const seen = await window.tinted();
      return seen.length > 0 && seen;
    });
    for (const { text } of tinted) assert.ok(firstLine.includes(text.trim()), text);
    assert.ok(
      tinted.every(({ line }) => line === 'solid' || line === 'dotted'),
      'the sign shows in the line under a token',
    );
    await window.screenshot('e2e-explain');
  });

  it('leaves the focus in the file', async () => {
    assert.equal(await window.hasEditorFocus(), true);
    await window.panel.map.waitFor();
    assert.equal(await window.hasEditorFocus(), true);
  });

  it('says what was predicted, by which model, where and how fast, and whether gold agrees', async () => {
    const header = await window.panel.header();
    assert.match(header, /reviews\.dev\.jsonl : 1 text/);
    assert.match(header, /model · (cpu|webgpu) · \d+ ms/i);
    assert.match(header, /(positive|negative) [01]\.\d\d/);
    assert.match(header, /gold/);
  });

  it('shows the probability of every class', async () => {
    const bars = window.panel.frame.getByRole('list', { name: 'Probability of each class' });
    const rows = await bars.getByRole('listitem').allInnerTexts();
    assert.equal(rows.length, 2);
    const numbers = rows.map(row => Number(/[01]\.\d\d/.exec(row)?.[0]));
    assert.ok(Math.abs(numbers[0]! + numbers[1]! - 1) <= 0.011, rows.join('; '));
  });

  it('says how the numbers were made, and their health', async () => {
    const legend = await window.panel.frame.locator('.legend').innerText();
    assert.match(legend, /logit/);
    const text = await window.panel.text();
    assert.match(text, /\d+ checks? passed/);
  });

  it('shows the text with its own spacing as the map', async () => {
    const spoken = await window.panel.frame.locator('.map-text').evaluate(map => map.textContent);
    assert.equal(spoken.trim(), firstLine);
  });

  it('has a table with a number for each token', async () => {
    await window.panel.button('Table').click();
    const table = window.panel.frame.getByRole('table', { name: 'Tokens with their numbers' });
    await table.waitFor();
    const rows = await table.getByRole('row').allInnerTexts();
    // [CLS] and [SEP] are rows as well; a row of headings comes first.
    assert.ok(rows.length > firstLine.split(' ').length + 2, rows.join('\n'));
    assert.ok(rows.slice(1).every(row => /\d/.test(row)));
    await window.screenshot('e2e-table');
    await window.panel.button('Table').click();
    await table.waitFor({ state: 'hidden' });
  });

  it('reuses the panel for another line, and moves the tints', async () => {
    await window.explain('Not bad at all');
    assert.match(await window.panel.header(), /reviews\.dev\.jsonl : 2/);
    assert.equal(await window.panel.count(), 1);
    await until('the tints on the second line only', async () => {
      const seen = await window.tinted();
      return (
        seen.length > 0 &&
        seen.every(({ text }) =>
          'Not bad at all: the soup was rich and deep, and the waiter made us laugh all evening.'.includes(
            text.trim(),
          ),
        )
      );
    });
  });

  it('takes the tints away on demand and keeps the panel', async () => {
    await window.chooseFromMenu('The plot is thin', 'Glassbox', 'Clear Heatmap');
    await untilEqual('tints', () => window.tinted(), []);
    assert.equal(await window.panel.isShown(), true);
  });
});
