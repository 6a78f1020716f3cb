/** Influence and suspicious labels in each theme and width: nothing for axe to find, nothing lost, pictures to look at. */
import assert from 'node:assert/strict';
import {
  aggregate,
  hostile,
  influenceMapOf,
  influenceResultOf,
  influenceStateOf,
  rowOf,
  suspicionResultOf,
  suspicionStateOf,
  suspiciousRowOf,
} from './support/influenceSamples';
import { lowestContrast } from './support/contrast';
import { PanelPage } from './support/panelPage';
import { plot } from './support/samples';
import { themes } from './support/themes';

/** A few lines of each kind: axe looks at every element. */
const few = influenceStateOf(influenceResultOf({}, 5));
const half = { done: 900, total: 2_000, says: 'Features of training lines' };
const strange = influenceResultOf({
  hurts: [],
  helps: [
    rowOf(0, 1, { text: hostile.markup, pair: hostile.rightToLeft, label: hostile.markup }),
    rowOf(1, 1, { text: hostile.long, predicted: hostile.unbroken, agrees: false }),
    rowOf(2, 1, { text: hostile.rightToLeft }),
    rowOf(3, 1, { text: hostile.unbroken }),
  ],
});

/** Opens, or closes again, what is folded away under `summary`. */
const unfold = (panel: PanelPage, view: string, summary: string) =>
  panel.page.locator(`${view} summary`, { hasText: summary }).click({ timeout: 5_000 });

/** Shows the view `name` with everything in it that it can have. */
const views: Readonly<Record<string, (panel: PanelPage) => Promise<void>>> = {
  influence: async panel => {
    await panel.emit('tab', { tab: 'influence' });
    await panel.emit('influence', few);
    const map = panel.page.getByRole('button', { name: /^Map of line/ });
    await map.nth(1).click();
    const place = (await panel.events('influenceSaliency')).at(-1)!;
    await panel.emit('influenceMap', influenceMapOf(few.result!.helps[1]!, place));
    await panel.page.getByRole('button', { name: /^helps, rank 1 of 5/ }).focus();
  },
  'influence-running': async panel => {
    await unfold(panel, '.influence-view', 'Method and parameters');
    const settings = { method: 'lissa', options: {} } as const;
    await panel.emit('influence', { ...few, running: half, settings });
    await unfold(panel, '.influence-view', 'More options');
  },
  'influence-aggregate': async panel => {
    await unfold(panel, '.influence-view', 'Method and parameters');
    await panel.emit('influence', aggregate);
    await unfold(panel, '.influence-view', 'of the training file could not be used');
  },
  'influence-hostile': panel => panel.emit('influence', influenceStateOf(strange)),
  suspicious: async panel => {
    await panel.emit('tab', { tab: 'suspicious' });
    await panel.emit('suspicious', suspicionStateOf(suspicionResultOf(8), { inProblems: true }));
    await panel.page.getByRole('button', { name: /^rank 1 of 8/ }).focus();
  },
  'suspicious-options': async panel => {
    await unfold(panel, '.suspicious-view', 'Method and parameters');
    const result = suspicionResultOf(0, {
      rows: [
        suspiciousRowOf(1, { text: hostile.markup, reason: hostile.markup }),
        suspiciousRowOf(2, { text: hostile.long, reason: hostile.unbroken }),
      ],
    });
    const settings = { method: 'ekfac', options: { params: 'layer\\.1' } } as const;
    await panel.emit('suspicious', suspicionStateOf(result, { running: half, settings }));
  },
};

describe('influence and suspicious labels in every theme', function () {
  this.timeout(120_000);

  for (const theme of themes) {
    it(`${theme.name}: no axe violation, text readable, nothing forbidden`, async () => {
      const panel = await PanelPage.open({ theme, width: 760 });
      await panel.emit('show', plot);
      for (const [name, show] of Object.entries(views)) {
        await show(panel);
        await panel.screenshot(`${theme.name}-${name}`);
        assert.deepEqual(await panel.axe(), [], name);
        if (name !== 'influence') continue;
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
        const wide = await panel.page.evaluate(() =>
          [...document.querySelectorAll('.panel *')]
            .filter(element => element.getBoundingClientRect().right > window.innerWidth + 0.5)
            .map(element => element.outerHTML.slice(0, 120)),
        );
        assert.deepEqual(wide, [], name);
        await panel.screenshot(`${width}-${name}`);
      }
      assert.deepEqual(await panel.axe(), []);
      await panel.close();
    });
  }

  it("has its signs in the system's own colours, and stands still for those who ask", async () => {
    const panel = await PanelPage.open({ forcedColors: true, reducedMotion: true, width: 760 });
    for (const [name, show] of Object.entries(views)) {
      await show(panel);
      await panel.screenshot(`forced-colors-${name}`);
    }
    await panel.emit('tab', { tab: 'influence' });
    await panel.emit('influence', { ...few, running: { ...half, total: 0 } });
    const animation = await panel.page
      .locator('.influence-view .run-length')
      .evaluate(one => getComputedStyle(one).animationName);
    assert.equal(animation, 'none');
    await panel.close();
  });
});
