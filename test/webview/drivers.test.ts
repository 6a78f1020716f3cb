/** Driving words in the panel: both sides of a label, the mark of a shortcut, example lines, settings, streaming. */
import assert from 'node:assert/strict';
import type { DriversState } from '../../src/protocol';
import { isShortcut } from '../../webview/drivers/shortcut';
import { drawn } from './support/frames';
import { hostile } from './support/influenceSamples';
import { PanelPage } from './support/panelPage';
import { driverRow, drivers, driversOf } from './support/runSamples';

describe('driving words', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open({ width: 900 });
  });
  afterEach(() => panel.close());

  const show = async (state: DriversState) => {
    await panel.emit('drivers', state);
    await drawn(panel);
  };
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  const rows = (side: 'towards' | 'away') => panel.page.locator(`.driver-${side} tbody tr`);
  const words = (side: 'towards' | 'away') => rows(side).locator('bdi').allInnerTexts();
  const choose = async (label: string) => {
    await panel.page.getByRole('combobox', { name: 'Label' }).click();
    await panel.page.getByRole('option', { name: label, exact: true }).click();
    await drawn(panel);
  };
  const settings = () => panel.page.locator('.drivers-view .train-settings > summary');

  it('are listed towards and away from a label, the strongest first, with the sign in words', async () => {
    await show(drivers);
    assert.deepEqual(await words('towards'), ['bore', 'thin', 'but']);
    await choose('positive');
    assert.deepEqual(await words('towards'), ['joy', 'wonderful', 'spielberg', 'film', 'and']);
    assert.deepEqual(await words('away'), ['bore', 'thin', 'but']);
    assert.match(
      spaced(await rows('towards').nth(2).innerText()),
      /^spielberg shortcut\? \+0\.500 \u00b1 0\.042 towards 12 12 100 % of all 50 % \+3\.40 3 17 58 1,204$/,
    );
    assert.match(
      spaced(await rows('away').first().innerText()),
      /^bore shortcut\? \u22120\.770 .* away /,
    );
    const part = await rows('away')
      .first()
      .locator('.bar-track')
      .evaluate(one => one.firstElementChild!.getBoundingClientRect().width / one.clientWidth);
    assert.ok(Math.abs(part - 0.77 / 0.84) < 0.01, `of the strongest of both sides: ${part}`);
  });

  it('are marked where attribution and label share are both extreme, the same way; the rule is said', async () => {
    assert.equal(isShortcut(driverRow('a', 0.5, { z: 3 }), 1), true);
    assert.equal(isShortcut(driverRow('a', 0.49, { z: 9 }), 1), false);
    assert.equal(isShortcut(driverRow('a', 0.9, { z: 2.9 }), 1), false);
    assert.equal(isShortcut(driverRow('a', -0.9, { z: 9 }), 1), false);
    assert.equal(isShortcut(driverRow('a', -0.9, { z: -9 }), 1), true);
    assert.equal(isShortcut(driverRow('a', 0.9, { z: null }), 1), false);
    await show(drivers);
    await choose('positive');
    const marked = panel.page.locator('.driver-table tr:has(.shortcut-mark) bdi');
    assert.deepEqual(await marked.allInnerTexts(), ['joy', 'wonderful', 'spielberg', 'bore']);
    assert.match(
      spaced(await panel.page.locator('.drivers-view > .says').innerText()),
      /^4 of 8 words are marked shortcut\? ?: .* at least half .* at least 3 standard deviations/,
    );
  });

  it('lead to their lines by pointer and keyboard', async () => {
    await show(drivers);
    await rows('towards').first().locator('bdi').click();
    await rows('towards').nth(1).getByRole('button', { name: 'Go to line 58 with' }).click();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(await panel.events('driversReveal'), [
      { line: 3 },
      { line: 58 },
      { line: 58 },
    ]);
  });

  it('without gold labels say so, and mark nothing', async () => {
    const gone = { labelShare: null, labelShareOfAll: null, z: null };
    await show(driversOf([driverRow('joy', 0.8, gone)], { labels: ['positive'] }));
    assert.match(
      spaced(await rows('towards').first().innerText()),
      /^joy \+0\.800 .* 42 37 undefined \(there are no gold labels to count by\) undefined \(.* 3 17/,
    );
    assert.match(
      await panel.page.locator('.drivers-view > .says').innerText(),
      /^Without gold labels/,
    );
    assert.equal(await panel.page.locator('.shortcut-mark').count(), 0);
  });

  it('are counted again with other settings, only when the button is pressed', async () => {
    await show(drivers);
    await settings().click();
    await panel.page.getByRole('combobox', { name: 'Method' }).selectOption('smoothgrad');
    const least = panel.page.getByRole('textbox', { name: 'Least lines' });
    await least.fill('9');
    await least.press('Enter');
    await panel.page.getByRole('textbox', { name: 'Samples' }).fill('30');
    await panel.page.keyboard.press('Tab');
    assert.deepEqual(await panel.events('driversAgain'), []);
    await panel.page.getByRole('button', { name: 'Count Again' }).click();
    assert.deepEqual(await panel.events('driversAgain'), [
      { method: 'smoothgrad', parameters: { samples: 30 }, scalar: 'logit', leastLines: 9 },
    ]);
  });

  it('stream in without moving what is read, and can be cancelled', async () => {
    const all = drivers.rows.filter(({ label }) => label === 'positive');
    const part = driversOf(all.slice(1), { state: 'running', done: 40, labels: ['positive'] });
    await show(part);
    await rows('towards').first().getByRole('button').first().focus();
    await show({ ...part, rows: all, done: 80 });
    assert.deepEqual(await words('towards'), ['wonderful', 'spielberg', 'film', 'and']);
    assert.deepEqual(await words('away'), ['bore', 'thin', 'but'], 'nobody is at this one');
    assert.match(
      spaced(await panel.page.locator('.drivers-view .run-head').innerText()),
      /80 of 600 lines explained \u00b7 13 % Cancel/,
    );
    await panel.page.keyboard.press('Escape');
    assert.deepEqual(await panel.events('cancel'), [null]);
    await panel.page.getByRole('button', { name: 'Show 1 New' }).click();
    assert.equal((await words('towards'))[0], 'joy');
  });

  it('are text, whatever they are', async () => {
    const { markup, rightToLeft } = hostile;
    const row = driverRow(markup, 0.5, { label: markup });
    await show(
      driversOf([row, driverRow(rightToLeft, -0.2, { label: markup })], { labels: [markup] }),
    );
    assert.deepEqual(await words('towards'), [markup]);
    assert.equal(await panel.page.locator('main img, main b').count(), 0);
    assert.deepEqual(await panel.violations(), []);
  });
});
