/** The panel of suspicious labels: the ranked list, its pages and filter, the Problems view, settings, progress. */
import assert from 'node:assert/strict';
import type { SuspicionState } from '../../src/protocol';
import {
  hostile,
  suspicionResultOf,
  suspicionStateOf,
  suspiciousRowOf,
} from './support/influenceSamples';
import { PanelPage } from './support/panelPage';

describe('suspicious labels', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open({ width: 800 });
    await show(suspicionStateOf(suspicionResultOf(30)));
  });
  afterEach(() => panel.close());

  const show = (state: SuspicionState) => panel.emit('suspicious', state);
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  const text = async (selector: string) => spaced(await panel.page.locator(selector).innerText());
  const button = (name: string | RegExp) =>
    panel.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  const checkbox = (name: RegExp) => panel.page.getByRole('checkbox', { name });
  const rows = () => panel.page.locator('.suspicious-list .train-row');
  const ranks = () => rows().locator('.train-rank').allInnerTexts();
  const key = (name: string) => panel.page.keyboard.press(name);
  const focused = () =>
    panel.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');

  it('say how many labels are not what is predicted, how they are ranked, and what limits the trust', async () => {
    await panel.page.locator('.suspicious-view .train-how > summary').click();
    const view = await text('.suspicious-view');
    assert.match(
      view,
      /^reviews\.train\.jsonl sample-model · webgpu 83 of 2,000 labels are not what/,
    );
    assert.match(view, /Training file data\/reviews\.train\.jsonl/);
    assert.match(view, /2,000 training lines ranked in 840 ms/);
    assert.match(view, /Self-influence over the classifier .* The larger the score/);
    assert.match(view, /30 lines listed damping 0\.0021 features: 1,990 from the cache/);
    assert.match(view, /The head is not at its optimum/);
    assert.match(
      await panel.page.locator('.for-ears[aria-live]').innerText(),
      /83 of 2,000 labels are not what the model predicts\. 30 lines listed/,
    );
  });

  it('are listed with rank, line, score, text, label, the opinion of the model and the reason', async () => {
    assert.match(
      spaced(await rows().nth(1).innerText()),
      /^2 line 70 4\.38 The plot .* labelled positive ≠ predicted negative 0\.88 Without this line the model would say negative here: .* Explain loss 2\.1$/,
    );
    assert.equal(
      await rows().nth(1).locator('[data-action="reveal"]').getAttribute('aria-label'),
      'rank 2 of 30, score 4.38, line 70, labelled positive, predicted negative with probability 0.88',
    );
    const part = await rows()
      .nth(3)
      .locator('.bar-track')
      .evaluate(one => one.firstElementChild!.getBoundingClientRect().width / one.clientWidth);
    assert.ok(Math.abs(part - 0.5) < 0.01, `the fourth score is half of the first: ${part}`);
  });

  it('are walked, gone to and explained by keyboard and pointer', async () => {
    await button(/^rank 1 of 30/).focus();
    await key('ArrowDown');
    await key('Enter');
    await key('End');
    assert.match(await focused(), /^rank 30 of 30/);
    await key('Home');
    await key('Tab');
    assert.equal(await focused(), 'Explain line 57');
    await key('Enter');
    await rows().nth(4).locator('.train-reason').click();
    assert.deepEqual(await panel.events('suspiciousReveal'), [{ row: 1 }, { row: 4 }]);
    assert.deepEqual(await panel.events('suspiciousExplain'), [{ row: 0 }]);
  });

  it('are only those that disagree where that is wanted; the host is told the row of the whole list', async () => {
    await checkbox(/disagree/).click();
    assert.deepEqual(await ranks(), ['2', '5', '8', '11', '14', '17', '20', '23', '26', '29']);
    await button(/^rank 5 of 30/).click();
    assert.deepEqual(await panel.events('suspiciousReveal'), [{ row: 4 }]);
    const state = (await panel.savedState()) as { suspiciousDisagreeing: boolean };
    assert.equal(state.suspiciousDisagreeing, true);
    await show(suspicionStateOf(suspicionResultOf(0, { rows: [suspiciousRowOf(1)] })));
    assert.equal(
      await text('.suspicious-list .column-empty'),
      'On all 1 lines of the list label and prediction agree.',
    );
  });

  it('do not disagree where they are numbers', async () => {
    const number = { label: '3.5', predicted: '3.72', probability: null, agrees: null };
    const rows = [suspiciousRowOf(1, number)];
    await show(suspicionStateOf(suspicionResultOf(0, { rows, disagreeing: 0 })));
    assert.match(await text('.suspicious-view'), /2,000 labels ranked Training file/);
    assert.equal(await checkbox(/disagree/).count(), 0);
  });

  it('have pages of 100 rows; a new ranking begins at its beginning', async () => {
    await show(suspicionStateOf(suspicionResultOf(250, { milliseconds: 1 })));
    assert.equal(await rows().count(), 100);
    await button('Next Page').click();
    await button('Next Page').click();
    assert.equal((await ranks())[0], '201');
    assert.equal(await text('.suspicious-list .pager [role="status"]'), 'Rows 201 to 250 of 250');
    await button('Explain line 2,670').click();
    assert.deepEqual(await panel.events('suspiciousExplain'), [{ row: 201 }]);
    const running = { done: 1, total: 4, says: 'Features' };
    await show(suspicionStateOf(suspicionResultOf(250, { milliseconds: 1 }), { running }));
    assert.equal((await ranks())[0], '201', 'the same once more');
    await show(suspicionStateOf(suspicionResultOf(250, { milliseconds: 2 })));
    assert.equal((await ranks())[0], '1');
  });

  it('go into the Problems view, are copied, saved, ranked in another file', async () => {
    const problems = checkbox(/Show in Problems/);
    await problems.click();
    await show(suspicionStateOf(suspicionResultOf(30), { inProblems: true }));
    await problems.click();
    assert.deepEqual(await panel.events('suspiciousProblems'), [{ on: true }, { on: false }]);
    await button('Copy JSON').click();
    await button('Save JSONL').click();
    await button('Choose Another…').click();
    assert.deepEqual(await panel.events('suspiciousCopy'), [null]);
    assert.deepEqual(await panel.events('suspiciousSave'), [null]);
    assert.deepEqual(await panel.events('suspiciousTrain'), [null]);
  });

  it('are ranked again by another method', async () => {
    await panel.page.locator('.suspicious-view .train-settings > summary').click();
    await panel.page.getByRole('combobox', { name: 'Method' }).click();
    await panel.page.getByRole('option', { name: 'Loss', exact: true }).click();
    assert.match(await text('.options-form'), /the baseline that the others have to beat/);
    assert.equal(await panel.page.getByRole('textbox', { name: 'Damping' }).count(), 0);
    await panel.page.getByRole('textbox', { name: /^Lines listed/ }).fill('0');
    await button('Rank Again').click();
    assert.deepEqual(await panel.events('suspiciousAgain'), [
      { method: 'loss', options: { k: 0 } },
    ]);
  });

  it('tell how far the ranking is, can be cancelled, and move nothing meanwhile', async () => {
    const tops = () => rows().evaluateAll(all => all.map(one => one.getBoundingClientRect().top));
    const before = await tops();
    await button(/^rank 3 of 30/).focus();
    const running = { done: 1, total: 4, says: 'Features of training lines' };
    await show(suspicionStateOf(suspicionResultOf(30), { running }));
    assert.deepEqual(await tops(), before);
    assert.match(await focused(), /^rank 3 of 30/);
    assert.match(await text('.suspicious-view .run-line'), /Features of training lines · 25 %/);
    await button('Cancel').click();
    assert.deepEqual(await panel.events('cancel'), [null]);
  });

  it('are text, whatever they are', async () => {
    const { markup } = hostile;
    const row = suspiciousRowOf(1, { text: markup, pair: markup, reason: markup, label: markup });
    await show(suspicionStateOf(suspicionResultOf(0, { rows: [row], scoreSays: markup })));
    assert.match(await rows().innerText(), /<img src=x onerror="document\.title=1"><b>bold/);
    assert.equal(await panel.page.locator('main img, main b').count(), 0);
    assert.deepEqual(await panel.violations(), []);
  });
});
