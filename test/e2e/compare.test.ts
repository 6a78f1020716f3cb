/** Maps of one line side by side: by methods, for labels, of two models. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { spaced } from './support/attackTab';
import { addOppositeModel } from './support/oppositeModel';
import { ReportTab } from './support/reportTab';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const dataset = 'reviews.dev.jsonl';
const first = { menu: 'The plot is thin', text: 'The plot is thin, but the leads are a joy.' };

describe('Compare a line', () => {
  let window: VscodeWindow;
  let tab: ReportTab;
  let bytes: Buffer;

  const cards = () => tab.view.locator('.compare-card');
  const card = (key: string) => tab.view.locator(`.compare-card[data-row="${key}"]`);
  const words = async (key: string) => spaced(await card(key).innerText());
  const choose = (...items: readonly string[]) =>
    window.chooseFromMenu(first.menu, 'Glassbox', ...items);

  before(async () => {
    window = await VscodeWindow.open(addOppositeModel);
    tab = new ReportTab(window.panel, 'compare');
    bytes = await readFile(path.join(window.workspace, dataset));
    await window.openFile(dataset);
  });
  after(() => window.close());

  describe('by methods', () => {
    before(() =>
      tab.answerTo(() => choose('Compare Methods'), {
        about: /reviews\.dev\.jsonl : 1 Methods logit of "positive"/,
        run: /^\d+ of \d+ computed, \d+ when asked for$/,
      }),
    );

    it('fills a row for each cheap method with a map of the same text', async () => {
      const [, done, all, asked] = /^(\d+) of (\d+) computed, (\d+)/
        .exec(await tab.run())!
        .map(Number);
      assert.equal(done! + asked!, all);
      assert.ok(done! >= 8, `${done} are done`);
      assert.equal(await cards().count(), all);
      const maps = await cards().locator('.map:not([hidden]) .map-text').allTextContents();
      assert.deepEqual([...new Set(maps.map(map => map.trim()))], [first.text]);
      await tab.picture(() => window.screenshot('e2e-compare-methods'));
    });

    it('says how far each agrees with the first one, and how faithful it is, random scores too', async () => {
      const [one, ...others] = await cards().locator('h3').allInnerTexts();
      assert.match(one!, /^Integrated gradients/);
      assert.match(others.at(-1)!, /^Random/);
      const gradient = await words('input-x-gradient');
      assert.match(gradient, /like Integrated gradients \([+−]?[01]\.\d\d\)/);
      for (const measure of ['Comprehensiveness', 'Sufficiency', 'Tau']) {
        assert.match(gradient, new RegExp(`${measure}\\S* [+−]?\\d`, 'i'));
      }
      assert.match(gradient, /better than random/);
      assert.match(await words('random'), /what every method has to beat/);
    });

    it('has a table of agreement, with ones on its diagonal, the same on both sides of it', async () => {
      const table = await tab.view
        .locator('table.agreement tbody tr')
        .evaluateAll(rows =>
          rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent)),
        );
      table.forEach((row, i) => {
        row.forEach((cell, j) => {
          assert.equal(cell, table[j]![i]);
          if (i === j) assert.match(cell, /^(\+1\.00|–)$/);
        });
      });
    });

    it('computes a costly row when its button is pressed', async () => {
      assert.match(await words('lime'), /Not computed\. Runs the model about [\d,]+ times/);
      const before = Number(/^\d+/.exec(await tab.run())?.[0]);
      await card('lime')
        .getByRole('button', { name: /^Compute/ })
        .click();
      await card('lime').locator('.map:not([hidden]) .map-text').waitFor();
      await until('one more', async () => (await tab.run()).startsWith(`${before + 1} of `));
      assert.match(await words('lime'), /like Integrated gradients/);
    });

    it('shows a row under Saliency', async () => {
      await window.panel.answerTo(() =>
        card('lime').getByRole('button', { name: 'Open in Saliency: LIME', exact: true }).click(),
      );
      assert.match(await window.panel.header(), /reviews\.dev\.jsonl : 1 text/);
      assert.equal(await window.panel.tab('Saliency').getAttribute('aria-selected'), 'true');
      const method = window.panel.frame
        .locator('#view-saliency')
        .getByRole('combobox', { name: 'Method', exact: true });
      assert.equal(await method.inputValue(), 'lime');
    });
  });

  describe('by labels', () => {
    before(() =>
      tab.answerTo(() => choose('Compare Labels'), {
        about: /reviews\.dev\.jsonl : 1 Labels/,
        run: /^2 of 2 computed$/,
      }),
    );

    it('has a row a label: true, predicted, explained, total attribution, map', async () => {
      const table = tab.table('Maps by label');
      const heads = await table.getByRole('columnheader').allInnerTexts();
      assert.deepEqual(heads.map(spaced), [
        'True label',
        'Predicted',
        'Label explained',
        'Total attribution',
        'Map',
      ]);
      const rows = await table
        .locator('[data-row]')
        .evaluateAll(all =>
          all.map(row => [...row.querySelectorAll('.cell-value')].map(cell => cell.textContent)),
        );
      assert.deepEqual(
        rows.map(([truth, predicted, explained]) => [
          truth,
          /^\w+?(?=[01])/.exec(predicted!)?.[0],
          /^\w+?(?=[01])/.exec(explained!)?.[0],
        ]),
        [
          ['positive', 'positive', 'positive'],
          ['positive', 'positive', 'negative'],
        ],
      );
      const shares = rows.map(([, , explained]) => Number(/[01]\.\d+$/.exec(explained!)?.[0]));
      assert.ok(Math.abs(shares[0]! + shares[1]! - 1) < 0.011, shares.join());
      for (const row of rows) assert.match(row[3]!, /^[+−]\d/);
      const maps = await table.locator('.map:not([hidden]) .map-text').allTextContents();
      assert.deepEqual(
        maps.map(map => map.trim()),
        [first.text, first.text],
      );
      await tab.picture(() => window.screenshot('e2e-compare-labels'));
    });
  });

  describe('of two models', () => {
    before(() =>
      tab.answerTo(
        async () => {
          await choose('Compare Models...');
          await window.listIsOpen(/be compared with\?/);
          await window.pick('opposite');
        },
        { about: /reviews\.dev\.jsonl : 1 Models/, run: /^2 of 2 computed$/ },
      ),
    );

    it('shows what each says, and that it has changed', async () => {
      const [before, after] = (await cards().allInnerTexts()).map(spaced);
      const share = /predicts positive (0\.\d+)/.exec(before!)?.[1];
      assert.ok(share !== undefined, before);
      assert.match(after!, new RegExp(`predicts negative ${share.replace('.', '\\.')}`));
      assert.match(after!, /changed: it was positive/);
    });

    it('lists the words whose numbers moved, each to the other side', async () => {
      const rows = await tab
        .rows('Words whose numbers differ')
        .evaluateAll(all =>
          all.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent)),
        );
      assert.ok(rows.length >= 4);
      const number = (text: string) => Number(text.replace('−', '-'));
      const changes = rows.map(([one, two, change]) => {
        assert.ok(Math.abs(number(one!) + number(two!)) < 0.006, `${one} ${two}`);
        assert.ok(Math.abs(number(change!) - 2 * number(two!)) < 0.016, `${change} ${two}`);
        return Math.abs(number(change!));
      });
      assert.deepEqual(
        changes,
        changes.toSorted((a, b) => b - a),
      );
      await tab.picture(() => window.screenshot('e2e-compare-models'));
    });

    it('refuses the model itself, in one sentence', async () => {
      const says = await window.panel.failureOf(async () => {
        await tab.button('Other Model').click();
        await window.listIsOpen(/be compared with\?/);
        await window.choose('In this workspace');
      });
      assert.equal(says, 'sample/model cannot be compared with itself; choose another model.');
      assert.match(await tab.run(), /^2 of 2 computed$/, 'what was there stays');
      await window.dismissNotifications();
    });
  });

  describe('afterwards', () => {
    it('leaves the dataset as it is', async () => {
      assert.deepEqual(await readFile(path.join(window.workspace, dataset)), bytes);
      await untilEqual('unsaved files', () => window.page.locator('.tab.dirty').count(), 0);
    });
  });
});
