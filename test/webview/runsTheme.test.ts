/** Evaluations, driving words, two models and measures in each theme and width: nothing for axe to find, nothing lost. */
import assert from 'node:assert/strict';
import { drawn } from './support/frames';
import { hostile } from './support/influenceSamples';
import { PanelPage } from './support/panelPage';
import {
  changeRow,
  changesOf,
  driverRow,
  drivers,
  driversOf,
  evaluationOf,
  measuredMethod,
  partOf,
  regression,
  reportOf,
  sentiment,
  sixLabels,
  summaryOf,
  wrongRow,
} from './support/runSamples';
import { plot } from './support/samples';
import { themes } from './support/themes';
import { tableOf } from './support/attackSamples';

const { markup, unbroken, rightToLeft, long } = hostile;
const strangeLabels = [markup, unbroken.slice(0, 60), rightToLeft];

const front = async (panel: PanelPage, tab: 'evaluation' | 'drivers' | 'models' | 'measures') => {
  await panel.emit('tab', { tab });
  await drawn(panel);
};

/** Shows each view with everything in it that it can have. */
const views: Readonly<Record<string, (panel: PanelPage) => Promise<void>>> = {
  evaluation: async panel => {
    await panel.emit('evaluation', { ...sentiment, wrong: sentiment.wrong.slice(0, 6) });
    await front(panel, 'evaluation');
    await panel.page.locator('.heat-cell button').nth(1).click();
    const rows = [wrongRow(0), wrongRow(2)];
    await panel.emit('evaluationCell', {
      gold: 'negative',
      predicted: 'positive',
      rows,
      total: 22,
    });
    await panel.page.locator('.problem-kind:visible summary').first().click();
  },
  'evaluation-six': async panel => {
    await panel.emit('evaluation', partOf(sixLabels, 200, 2));
    await front(panel, 'evaluation');
  },
  'evaluation-numbers': async panel => {
    await panel.emit('evaluation', regression);
    await front(panel, 'evaluation');
  },
  'evaluation-hostile': async panel => {
    const counts = [
      [5, 1, 0],
      [2, 9, 0],
      [0, 0, 0],
    ];
    const rows = [wrongRow(0, { text: long, gold: markup }), wrongRow(1, { text: unbroken })];
    await panel.emit('evaluation', evaluationOf(summaryOf(strangeLabels, counts), rows));
    await front(panel, 'evaluation');
  },
  drivers: async panel => {
    await panel.emit('drivers', drivers);
    await front(panel, 'drivers');
    await panel.page.locator('.drivers-view .train-settings > summary').click();
    await drawn(panel);
  },
  'drivers-hostile': async panel => {
    const rows = [driverRow(markup, 0.5), driverRow(unbroken, 0.2), driverRow(rightToLeft, -0.3)];
    await panel.emit('drivers', driversOf(rows, { state: 'running', done: 12 }));
    await front(panel, 'drivers');
  },
  models: async panel => {
    const rows = [
      changeRow(0, { text: rightToLeft }),
      ...changesOf(6).rows.slice(1),
      changeRow(12, { failed: 'The text is empty.' }),
      changeRow(13, { text: unbroken, gold: null }),
    ];
    await panel.emit('modelChanges', { ...changesOf(12), rows, accuracyBefore: null });
    await front(panel, 'models');
  },
  measures: async panel => {
    await panel.emit('measures', reportOf());
    await front(panel, 'measures');
    await panel.page.locator('.measures-view .chart summary').click();
  },
  'measures-running': async panel => {
    const methods = [...reportOf().methods, measuredMethod(`LRP ${markup}`, {}, { lines: 0 })];
    await panel.emit('measures', reportOf(methods, { state: 'running', done: 40, errors: 2 }));
    await front(panel, 'measures');
  },
};

/** One of each kind, in every theme; what is special about them is looked at in the narrow panel. */
const foremost = ['evaluation', 'drivers', 'models', 'measures'] as const;

describe('runs over a dataset in every theme', function () {
  this.timeout(120_000);

  for (const theme of themes) {
    it(`${theme.name}: no axe violation, nothing forbidden`, async () => {
      const panel = await PanelPage.open({ theme, width: 820 });
      await panel.emit('show', plot);
      for (const name of foremost) {
        await views[name]!(panel);
        await panel.screenshot(`${theme.name}-run-${name}`);
        assert.deepEqual(await panel.axe(), [], name);
      }
      assert.deepEqual(await panel.violations(), []);
      await panel.close();
    });
  }

  it('loses nothing at 400 px, with every tab there is', async () => {
    const panel = await PanelPage.open({ width: 400, theme: themes[1]! });
    await panel.emit('show', plot);
    await panel.emit('lines', tableOf(3));
    for (const [name, show] of Object.entries(views)) {
      await show(panel);
      const wide = await panel.page.evaluate(() => {
        const scrolled = (element: Element) => element.closest('.table-scroll, svg') !== null;
        return [...document.querySelectorAll('.panel *')]
          .filter(element => !scrolled(element) || element.matches('.table-scroll'))
          .filter(element => element.getBoundingClientRect().right > window.innerWidth + 0.5)
          .map(element => element.outerHTML.slice(0, 120));
      });
      assert.deepEqual(wide, [], name);
      await panel.screenshot(`400-run-${name}`);
    }
    assert.deepEqual(await panel.axe(), []);
    await panel.close();
  });

  it("has its signs in the system's own colours", async () => {
    const panel = await PanelPage.open({ forcedColors: true, width: 820 });
    for (const name of foremost) {
      await views[name]!(panel);
      await panel.screenshot(`forced-colors-run-${name}`);
    }
    assert.deepEqual(await panel.violations(), []);
    await panel.close();
  });
});
