/** The tabs of the panel: there when there is a choice, by pointer and keyboard, each view as it was left. */
import assert from 'node:assert/strict';
import { flipped, running, tableOf, untouched } from './support/attackSamples';
import {
  influenceResultOf,
  influenceStateOf,
  suspicionResultOf,
  suspicionStateOf,
} from './support/influenceSamples';
import { PanelPage } from './support/panelPage';
import { changesOf, drivers, reportOf, sentiment } from './support/runSamples';
import { plot } from './support/samples';

describe('tabs', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open();
  });
  afterEach(() => panel.close());

  const tab = (name: string) => panel.page.getByRole('tab', { name, exact: true });
  const chosen = () => panel.page.getByRole('tab', { selected: true }).allInnerTexts();
  const key = (name: string) => panel.page.keyboard.press(name);

  it('are there from the second thing on', async () => {
    await panel.emit('attack', flipped);
    assert.equal(await panel.page.getByRole('tablist').count(), 0);
    assert.equal(await panel.page.getByRole('tabpanel').count(), 0);
    assert.equal(await panel.page.locator('.attack-view').isVisible(), true);
    await panel.emit('show', plot);
    assert.deepEqual(await panel.page.getByRole('tab').allInnerTexts(), ['Saliency', 'Attack']);
    await panel.emit('empty', { says: 'Right-click a line.' });
    assert.equal(await panel.page.getByRole('tablist').count(), 0);
    assert.equal(await panel.page.getByText('Right-click a line.').isVisible(), false);
  });

  it('go by arrows, Home and End; the host hears of it and the panel remembers', async () => {
    await panel.emit('show', plot);
    await panel.emit('attack', flipped);
    await panel.emit('rewrite', untouched);
    await panel.emit('lines', tableOf(3));
    await tab('Saliency').focus();
    const walk: [string, string][] = [
      ['ArrowRight', 'Attack'],
      ['ArrowRight', 'Rewrite'],
      ['End', 'Lines'],
      ['ArrowRight', 'Saliency'],
      ['ArrowLeft', 'Lines'],
      ['Home', 'Saliency'],
    ];
    for (const [press, name] of walk) {
      await key(press);
      assert.deepEqual(await chosen(), [name]);
      assert.equal(await tab(name).evaluate(one => one === document.activeElement), true);
      const view = panel.page.getByRole('tabpanel', { name });
      assert.equal(await view.isVisible(), true);
    }
    const told = (await panel.events('tab')).map(event => event.tab);
    assert.deepEqual(told, ['attack', 'rewrite', 'lines', 'saliency', 'lines', 'saliency']);
    await tab('Attack').click();
    const state = await panel.savedState();
    assert.equal((state as { tab: string }).tab, 'attack');

    const again = await PanelPage.open({ state });
    await again.emit('show', plot);
    assert.equal(await again.page.locator('.map').isVisible(), true);
    await again.emit('attack', flipped);
    assert.equal(await again.page.locator('.attack-view').isVisible(), true);
    assert.deepEqual(await again.events('tab'), []);
    await again.close();
  });

  it('of everything at once stay in sight at 400 px, and are walked in their order', async () => {
    await panel.page.setViewportSize({ width: 400, height: 700 });
    await panel.emit('show', plot);
    await panel.emit('attack', flipped);
    await panel.emit('influence', influenceStateOf(influenceResultOf({}, 1)));
    await panel.emit('suspicious', suspicionStateOf(suspicionResultOf(1)));
    await panel.emit('rewrite', untouched);
    await panel.emit('lines', tableOf(3));
    await panel.emit('evaluation', sentiment);
    await panel.emit('drivers', drivers);
    await panel.emit('modelChanges', changesOf(2));
    await panel.emit('measures', reportOf());
    const boxes = await panel.page
      .getByRole('tab')
      .evaluateAll(all => all.map(one => one.getBoundingClientRect().toJSON() as DOMRect));
    assert.equal(boxes.length, 10);
    for (const { left, right, top, bottom } of boxes) {
      assert.ok(
        left >= 0 && right <= 400 && top >= 0 && bottom <= 160,
        `${left} ${right} ${bottom}`,
      );
    }
    await tab('Saliency').focus();
    const walked: string[] = [];
    for (let at = 0; at < 10; at++) {
      await key('ArrowRight');
      walked.push(...(await chosen()));
    }
    assert.deepEqual(walked.slice(-5), ['Evaluation', 'Drivers', 'Models', 'Measures', 'Saliency']);
    await panel.screenshot('400-tabs');
  });

  it('come to the front when the host says so, and not with what comes later', async () => {
    await panel.emit('show', plot);
    await panel.emit('tab', { tab: 'attack' });
    assert.equal(await panel.page.locator('.map').isVisible(), true);
    await panel.emit('attack', flipped);
    assert.deepEqual(await chosen(), ['Attack']);
    await panel.emit('rewrite', untouched);
    await panel.emit('show', plot);
    assert.deepEqual(await chosen(), ['Attack']);
    assert.deepEqual(await panel.events('tab'), []);
  });

  it('hide views without changing them', async () => {
    await panel.emit('show', plot);
    await panel.emit('rewrite', untouched);
    await panel.emit('attack', flipped);
    await tab('Rewrite').click();
    const area = panel.page.getByRole('textbox');
    await area.fill('something else');
    await tab('Attack').click();
    await panel.page.getByRole('option', { name: /^original/ }).click();
    await tab('Saliency').click();
    await panel.page.getByRole('button', { name: 'Table' }).click();
    await tab('Rewrite').click();
    assert.equal(await area.inputValue(), 'something else');
    await tab('Attack').click();
    const step = panel.page.getByRole('option', { selected: true });
    assert.match(await step.innerText(), /^original/);
    await tab('Saliency').click();
    assert.equal(
      await panel.page.getByRole('button', { name: 'Table' }).getAttribute('aria-expanded'),
      'true',
    );
  });

  it('keep how far each view is scrolled; another attack is shown from its top', async () => {
    const small = await PanelPage.open({ height: 300 });
    const top = () => small.page.evaluate(() => document.scrollingElement!.scrollTop);
    const scroll = (to: number) =>
      small.page.evaluate(y => {
        document.scrollingElement!.scrollTop = y;
      }, to);
    const go = (name: string) =>
      small.page.getByRole('tab', { name }).evaluate((one: HTMLElement) => {
        one.click();
      });
    await small.emit('show', plot);
    await small.emit('attack', flipped);
    await scroll(120);
    await go('Attack');
    assert.equal(await top(), 0);
    await scroll(90);
    await go('Saliency');
    assert.equal(await top(), 120);
    await go('Attack');
    assert.equal(await top(), 90);
    await small.emit('attack', flipped);
    assert.equal(await top(), 90, 'the same once more');
    await small.emit('attack', running);
    assert.equal(await top(), 0);
    await scroll(90);
    await small.emit('attack', flipped);
    assert.equal(await top(), 90, 'it has come further');
    await small.close();
  });

  it('do not take the focus away when another thing comes', async () => {
    await panel.emit('rewrite', untouched);
    const area = panel.page.locator('textarea').first();
    await area.press('End');
    await panel.page.keyboard.type(' And');
    await panel.emit('lines', tableOf(3));
    await panel.emit('attack', flipped);
    await panel.page.keyboard.type(' more');
    assert.match(await area.inputValue(), / And more$/);
  });
});
