/** Two models on the same lines, in the panel: figures, the table of changes, jumps, streaming. */
import assert from 'node:assert/strict';
import type { ModelChangesState } from '../../src/protocol';
import { drawn } from './support/frames';
import { hostile } from './support/influenceSamples';
import { PanelPage } from './support/panelPage';
import { changeRow, changesOf } from './support/runSamples';

describe('two models', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open({ width: 900 });
  });
  afterEach(() => panel.close());

  const show = async (state: ModelChangesState) => {
    await panel.emit('modelChanges', state);
    await drawn(panel);
  };
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  const rows = () => panel.page.locator('.change-table tbody tr');
  const lines = () => rows().locator('td:first-child').allInnerTexts();
  const sort = (name: string) => panel.page.getByRole('button', { name, exact: true }).click();

  it('are told apart by name, with accuracy before and after and how many decisions flipped', async () => {
    await show(changesOf(12));
    const view = spaced(await panel.page.locator('.models-view').innerText());
    assert.match(
      view,
      /^12 selected lines of reviews\.dev\.jsonl before: sst2-bert \u00b7 after: sst2-bert-int8/,
    );
    assert.match(
      view,
      /Flipped decisions 4 33 % of 12 lines Accuracy before 91\.0 % sst2-bert Accuracy after 90\.0 %/,
    );
    assert.match(
      spaced(await rows().first().innerText()),
      /^5 A joy .* positive negative 0\.71, wrong positive 0\.98, right flipped 0\.69 0\.4 Compare$/,
    );
    assert.match(
      spaced(await rows().nth(2).innerText()),
      / flipped 0\.414 undefined \(one of the maps/,
    );
    assert.match(spaced(await rows().nth(5).innerText()), / same 0\.259 /);
  });

  it('sort by every column, failed and undefined ones last', async () => {
    const failed = changeRow(9, { line: 1, failed: 'The text is empty.' });
    await show({ ...changesOf(4), rows: [failed, ...changesOf(4).rows] });
    assert.deepEqual(await lines(), ['5', '16', '27', '38', '1']);
    assert.match(spaced(await rows().last().innerText()), /The text is empty\.$/);
    await sort('Change');
    assert.deepEqual(await lines(), ['38', '27', '16', '5', '1']);
    await sort('Map change');
    assert.deepEqual(await lines(), ['5', '16', '38', '1', '27']);
    await sort('Line');
    assert.deepEqual(await lines(), ['1', '5', '16', '27', '38']);
  });

  it('lead to the line, and to both maps of it', async () => {
    await show(changesOf(6));
    await rows().nth(1).locator('.lines-text').click();
    await rows().first().getByRole('button', { name: 'Compare both models on line 5' }).focus();
    await panel.page.keyboard.press('End');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(await panel.events('modelsReveal'), [{ line: 16 }]);
    assert.deepEqual(await panel.events('modelsOpen'), [{ line: 60 }]);
  });

  it('page a thousand lines; stream in without moving what is read; can be cancelled and resumed', async () => {
    const all = changesOf(1_000);
    const part = { ...all, state: 'running', done: 500, rows: all.rows.slice(500) } as const;
    await show(part);
    assert.equal(await rows().count(), 100);
    const top = (await lines())[0]!;
    await rows().first().getByRole('button').first().focus();
    await show({ ...part, done: 1_000, rows: all.rows });
    assert.equal((await lines())[0], top);
    assert.equal(await panel.page.getByRole('button', { name: 'Show 500 New' }).count(), 1);
    await panel.page.keyboard.press('Escape');
    assert.deepEqual(await panel.events('cancel'), [null]);
    await show({ ...all, state: 'stopped' });
    assert.equal((await lines())[0], top);
    await panel.page.getByRole('button', { name: 'Resume' }).click();
    assert.deepEqual(await panel.events('modelsResume'), [null]);
  });

  it('are text, whatever they are, and nothing is NaN', async () => {
    const { markup } = hostile;
    const bad = { label: markup, confidence: Number.NaN };
    const row = changeRow(0, {
      text: markup,
      gold: markup,
      before: bad,
      after: bad,
      change: Number.NaN,
    });
    const failed = changeRow(1, { failed: markup });
    const before = { name: markup, dir: '/a' };
    await show({ ...changesOf(0), rows: [row, failed], before, accuracyAfter: null });
    const view = await panel.page.locator('.models-view').innerText();
    assert.match(view, /<img src=x/);
    assert.doesNotMatch(view, /NaN|null|Infinity/);
    assert.equal(await panel.page.locator('main img, main b').count(), 0);
    assert.deepEqual(await panel.violations(), []);
  });
});
