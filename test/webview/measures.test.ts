/** Measures of explanations in the panel: the table against the controls, curves, agreement, streaming. */
import assert from 'node:assert/strict';
import type { MeasureReport } from '../../src/protocol';
import { drawn } from './support/frames';
import { hostile } from './support/influenceSamples';
import { PanelPage } from './support/panelPage';
import { measuredMethod, reportOf } from './support/runSamples';

describe('measures of explanations', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open({ width: 1000 });
  });
  afterEach(() => panel.close());

  const show = async (report: MeasureReport) => {
    await panel.emit('measures', report);
    await drawn(panel);
  };
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  const table = () => panel.page.getByRole('table', { name: 'Measures of each method' });
  const row = (name: string) =>
    table()
      .locator('tbody tr')
      .filter({ has: panel.page.locator('th', { hasText: new RegExp(`^${name}`, 'u') }) });
  const names = async (body: number) =>
    (await table().locator('tbody').nth(body).locator('.measure-method').allInnerTexts()).map(
      name => name.split('\n')[0],
    );
  const sort = (name: string) => panel.page.getByRole('button', { name, exact: true });
  const curves = () => panel.page.locator('.chart-series');

  it('say which way is better, only of what was measured', async () => {
    await show(reportOf());
    const heads = (await table().locator('thead th').allInnerTexts()).map(spaced);
    assert.deepEqual(heads, [
      'Method',
      'AUC-TP \u2193 lower is better',
      'Comprehensiveness \u2191 higher is better',
      'Sufficiency \u2193 lower is better',
      'tau-LOO \u2191 higher is better',
      'Spread over seeds \u2193 lower is better',
      'Time a line',
    ]);
    assert.match((await sort('AUC-TP').locator('..').getAttribute('title')) ?? '', /^Area under/);
  });

  it('mark the best, and what does not beat the random explainer, in words', async () => {
    await show(reportOf());
    assert.equal(
      spaced(await row('LIME').innerText()),
      'LIME 200 lines, 2 failed 0.380 \u00b1 0.011 best 0.550 \u00b1 0.011 best 0.060 \u00b1 0.011 0.440 \u00b1 0.011 best undefined (not measured, or not defined for this method on any of the lines) 1.3 s',
    );
    assert.match(
      spaced(await row('Gradient').innerText()),
      /^Gradient 200 lines 0\.610 \u00b1 0\.011 no better than random 0\.310 \u00b1 0\.011 worse than random /,
    );
    const colours = await table().evaluate(element => {
      const colour = (selector: string) => getComputedStyle(element.querySelector(selector)!).color;
      return [colour('.measure-fails .measure-mean'), colour('.measure-best .measure-mean')];
    });
    assert.notEqual(colours[0], colours[1]);
    // Shuffled weights have the largest comprehensiveness here, and are still not the best explanation.
    assert.doesNotMatch(await row('Integrated gradients, shuffled').innerText(), /best/);
  });

  it('have controls apart, below the methods whatever the order', async () => {
    await show(reportOf());
    const methods = ['Integrated gradients', 'LIME', 'Gradient', 'Attention rollout'];
    const controls = ['Random', 'Integrated gradients, shuffled weights'];
    assert.deepEqual(await names(0), methods);
    assert.deepEqual(await names(1), controls);
    assert.match(await table().locator('tbody').nth(1).innerText(), /^Controls: no explanations/);
    await sort('AUC-TP').click();
    assert.deepEqual(await names(0), [
      'LIME',
      'Integrated gradients',
      'Attention rollout',
      'Gradient',
    ]);
    assert.equal(await sort('AUC-TP').evaluate(one => one === document.activeElement), true);
    await sort('Sufficiency').click();
    assert.deepEqual((await names(0)).at(-1), 'Attention rollout', 'it has none');
    await sort('Method').click();
    assert.deepEqual(await names(0), methods);
  });

  it('draw curves that can be hidden, told apart without colour, with their numbers', async () => {
    await show(reportOf());
    assert.equal(await curves().count(), 6);
    const looks = await curves().evaluateAll(all =>
      all.map(one =>
        [
          one.querySelector('.chart-line')!.getAttribute('stroke-dasharray'),
          one.querySelector('.chart-marker')!.tagName +
            (one.querySelector('.chart-marker')!.getAttribute('d') ?? '').replace(/[^A-Z]/g, ''),
        ].join(),
      ),
    );
    assert.equal(new Set(looks).size, 6, looks.join(' '));
    const entry = panel.page.getByRole('button', { name: 'Gradient', exact: true });
    await entry.focus();
    assert.equal(await panel.page.locator('.chart-lit').count(), 1);
    await panel.page.keyboard.press('Enter');
    assert.equal(await curves().count(), 5);
    assert.equal(await entry.getAttribute('aria-pressed'), 'false');
    assert.equal(await entry.evaluate(one => one === document.activeElement), true);
    const image = panel.page.getByRole('img', { name: /^Macro-F1 while the strongest/ });
    assert.equal(await image.count(), 1);
    await panel.page.locator('.measures-view .chart summary').click();
    const numbers = panel.page
      .getByRole('region', { name: /^Numbers of Macro-F1/ })
      .locator('tbody tr');
    assert.equal(await numbers.count(), 11);
    assert.match(spaced(await numbers.first().innerText()), /^0 % 0\.91 0\.91/);
  });

  it('tell how much methods agree; what is undefined says so', async () => {
    await show(reportOf());
    const cells = panel.page.locator('.heat-table tbody tr').first().locator('td');
    assert.deepEqual(await cells.allInnerTexts(), [
      '1',
      '\u22120.18',
      '+0.62',
      '\u22120.18',
      '+0.62',
      'undefined',
    ]);
    assert.equal(
      await cells.nth(1).getAttribute('title'),
      'Integrated gradients and LIME: \u22120.18',
    );
    await show(reportOf(undefined, { state: 'running', done: 4 }));
    assert.equal(await cells.last().innerText(), 'not yet');
  });

  it('stream in without taking the focus or changing the order under the pointer; cancel, resume, files', async () => {
    const report = reportOf(undefined, { state: 'running', done: 40 });
    await show(report);
    await sort('AUC-TP').click();
    const { methods } = report;
    const better = measuredMethod('Gradient', {
      'auc-tp': { mean: 0.1, error: 0.01, lines: 80, againstRandom: 'better' },
    });
    const next = {
      ...report,
      methods: methods.map((one, at) => (at === 2 ? better : one)),
      done: 80,
    };
    await show(next);
    assert.equal((await names(0))[0], 'LIME');
    assert.match(await row('Gradient').innerText(), /0\.100 \u00b1 0\.010\s+best/);
    assert.equal(await sort('AUC-TP').evaluate(one => one === document.activeElement), true);
    await panel.page.keyboard.press('Escape');
    assert.deepEqual(await panel.events('cancel'), [null]);
    await show({ ...next, state: 'stopped' });
    assert.equal((await names(0))[0], 'Gradient');
    await panel.page.getByRole('button', { name: 'Resume' }).click();
    await panel.page.getByRole('button', { name: 'Show measures/reviews.dev.html' }).click();
    assert.deepEqual(await panel.events('measuresResume'), [null]);
    assert.deepEqual(await panel.events('measuresShowFile'), [{ as: 'html' }]);
  });

  it('are text, whatever they are, and nothing is NaN', async () => {
    const { markup } = hostile;
    const broken = { mean: Number.NaN, error: Number.NaN, lines: 1, againstRandom: null } as const;
    const alone = { mean: 0.5, error: Number.NaN, lines: 1, againstRandom: null } as const;
    const method = measuredMethod(markup, { 'auc-tp': broken, sufficiency: alone });
    const curve = [{ share: 0, macroF1: Number.NaN }];
    await show(reportOf([{ ...method, curve, millisecondsPerLine: Number.NaN }], { file: markup }));
    const view = await panel.page.locator('.measures-view').innerText();
    assert.match(view, /<img src=x/);
    assert.doesNotMatch(view, /NaN|null|Infinity/);
    assert.equal(await panel.page.locator('main img, main b').count(), 0);
    await show(reportOf([], { state: 'running', done: 0 }));
    assert.match(await panel.page.locator('.measures-view').innerText(), /No line is measured yet/);
    assert.deepEqual(await panel.violations(), []);
  });
});
