/** Attacks, rewriting and lines in each theme and width: nothing for axe to find, text readable, pictures to look at. */
import assert from 'node:assert/strict';
import {
  failed,
  flipped,
  mapOf,
  pinned,
  reduced,
  running,
  skipped,
  tableOf,
} from './support/attackSamples';
import { lowestContrast } from './support/contrast';
import { PanelPage } from './support/panelPage';
import { plot } from './support/samples';
import { themes } from './support/themes';

/** Shows the view `name` with everything in it that it can have. */
const views: Readonly<Record<string, (panel: PanelPage) => Promise<void>>> = {
  attack: async panel => {
    await panel.emit('tab', { tab: 'attack' });
    await panel.emit('attack', flipped);
    await panel.emit('attackMap', mapOf(flipped, 2));
    await panel.page.getByRole('option', { selected: true }).first().focus();
  },
  'attack-options': async panel => {
    await panel.emit('attack', failed);
    await panel.page.getByText('More options').click();
  },
  'attack-running': async panel => {
    await panel.page.getByText('More options').click();
    await panel.emit('attack', running);
  },
  'attack-skipped': panel => panel.emit('attack', skipped),
  'attack-reduced': async panel => {
    await panel.emit('attack', reduced);
    await panel.emit('attackMap', mapOf(reduced, 7));
  },
  rewrite: async panel => {
    await panel.emit('tab', { tab: 'rewrite' });
    await panel.emit('rewrite', pinned);
  },
  lines: async panel => {
    await panel.emit('tab', { tab: 'lines' });
    await panel.emit('lines', tableOf(60, 'stopped', 100));
    await panel.page.getByRole('button', { name: 'Go to line 2', exact: true }).focus();
  },
};

describe('attacks, rewriting and lines in every theme', function () {
  this.timeout(120_000);

  for (const theme of themes) {
    it(`${theme.name}: no axe violation, text readable, nothing forbidden`, async () => {
      const panel = await PanelPage.open({ theme, width: 760 });
      await panel.emit('show', plot);
      for (const [name, show] of Object.entries(views)) {
        await show(panel);
        await panel.screenshot(`${theme.name}-${name}`);
        assert.deepEqual(await panel.axe(), [], name);
        const lowest = await lowestContrast(panel.page);
        assert.ok(lowest.contrast >= 4.5, `${name}: ${lowest.contrast} at "${lowest.text}"`);
      }
      assert.deepEqual(await panel.violations(), []);
      await panel.close();
    });
  }

  for (const width of [360, 1000]) {
    it(`loses nothing at ${width} px`, async () => {
      const panel = await PanelPage.open({ width, theme: themes[1]! });
      await panel.emit('show', plot);
      for (const [name, show] of Object.entries(views)) {
        await show(panel);
        const wide = await panel.page.evaluate(() => {
          const scrolled = [...document.querySelectorAll('.table-scroll, .steps')];
          return [...document.querySelectorAll('.panel *')]
            .filter(element => !scrolled.some(one => one.contains(element)))
            .filter(element => element.getBoundingClientRect().right > window.innerWidth + 0.5)
            .map(element => element.outerHTML.slice(0, 120));
        });
        assert.deepEqual(wide, [], name);
        await panel.screenshot(`${width}-${name}`);
      }
      assert.deepEqual(await panel.axe(), []);
      await panel.close();
    });
  }

  it("has its signs in the system's own colours, and stands still for those who ask", async () => {
    const panel = await PanelPage.open({ forcedColors: true, reducedMotion: true, width: 760 });
    await panel.emit('show', plot);
    for (const [name, show] of Object.entries(views)) {
      await show(panel);
      await panel.screenshot(`forced-colors-${name}`);
    }
    await panel.emit('tab', { tab: 'attack' });
    await panel.emit('attack', running);
    const animation = await panel.page
      .locator('.outcome .outcome-sign')
      .evaluate(one => getComputedStyle(one).animationName);
    assert.equal(animation, 'none');
    await panel.close();
  });
});
