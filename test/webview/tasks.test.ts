/** What the panel shows of each task, and what can be asked there. */
import assert from 'node:assert/strict';
import type { PanelState } from '../../src/protocol';
import { lowestContrast } from './support/contrast';
import { PanelPage } from './support/panelPage';
import { plot } from './support/samples';
import {
  answer,
  binary,
  entities,
  entityWords,
  masked,
  multiLabel,
  pair,
  regression,
  taskStates,
  windowed,
  windowedCut,
} from './support/taskSamples';
import { themes } from './support/themes';

describe('panel of a task', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open();
  });
  afterEach(() => panel.close());

  const show = (state: PanelState) => panel.emit('show', state);
  const text = (selector: string) => panel.page.locator(selector).innerText();
  const choice = (name: string) => panel.page.getByRole('combobox', { name, exact: true });
  const bars = () => panel.page.locator('.bar');
  const cell = (name: RegExp) => panel.page.getByRole('gridcell', { name });
  const chips = () => panel.page.getByRole('list', { name: 'Entities' }).getByRole('button');
  const asked = async (count = 1) => (await panel.waitForEvent('choose', count)).label;
  const announced = () => text('.for-ears[aria-live]');
  const pick = async (name: string, option: string) => {
    await choice(name).click();
    await panel.page.getByRole('option', { name: option, exact: true }).click();
  };

  describe('a pair of texts', () => {
    beforeEach(() => show(pair));

    it('has a map for each, under the name of its field', async () => {
      const rows = panel.page.locator('.map-field');
      assert.equal(await rows.count(), 2);
      const names = await panel.page.getByRole('rowheader').allInnerTexts();
      assert.deepEqual(names, ['premise', 'hypothesis']);
      const maps = await panel.page
        .locator('.map-text')
        .evaluateAll(all => all.map(one => one.textContent));
      assert.deepEqual(maps, [pair.record.text, pair.record.pair!.text]);
      assert.match(await text('.head'), /premise \+ hypothesis/);
    });

    it('tells the host the token of the second text', async () => {
      const swim = pair.explanation.tokens.findIndex(token => token.text === 'swim');
      await cell(/, swim,/).hover();
      assert.deepEqual((await panel.events('hover')).at(-1), { token: swim });
      await cell(/, swim,/).click();
      assert.deepEqual((await panel.events('reveal')).at(-1), { token: swim });
      await panel.emit('highlight', { token: swim + 1 });
      assert.equal(await text('.lit'), 'ming');
    });

    it('is one tab stop: the arrows go on from the first text to the second', async () => {
      const last = pair.explanation.tokens.findIndex(token => token.field === 1);
      await cell(new RegExp(`^token ${last - 1} of`)).focus();
      await panel.page.keyboard.press('ArrowRight');
      const name = await panel.page.evaluate(() =>
        document.activeElement?.getAttribute('aria-label'),
      );
      assert.match(name ?? '', new RegExp(`^token ${last + 1} of \\d+, The,`));
    });

    it('says in the table in which text a token stands', async () => {
      await panel.page.getByRole('button', { name: 'Table' }).click();
      const row = await panel.page.locator('tbody tr', { hasText: 'swim' }).innerText();
      assert.match(row, /in hypothesis/);
      assert.equal(
        await panel.page
          .locator('tbody tr', { hasText: '[SEP]' })
          .filter({ hasText: 'in ' })
          .count(),
        0,
      );
    });

    it('saves both texts in one picture', async () => {
      await panel.page.getByRole('button', { name: 'Save SVG' }).click();
      const { svg } = await panel.waitForEvent('savePicture');
      for (const part of ['premise', 'hypothesis', 'chop', 'swim'])
        assert.ok(svg.includes(`>${part}<`), part);
    });
  });

  describe('token classification', () => {
    beforeEach(() => show(entities));

    it('lists the entities, and says by a word whether each is right', async () => {
      const names = (await chips().allInnerTexts()).map(name => name.replace(/\s+/g, ' ').trim());
      assert.deepEqual(names, [
        '✓PER Ada Lovelace right 0.97',
        '−PER Charles missed 0.31',
        '✓LOC Turin right 0.88',
        '+ORG Analytica not in gold 0.52',
      ]);
      const frames = await chips().evaluateAll(all =>
        all.map(one => getComputedStyle(one).borderTopStyle),
      );
      assert.deepEqual(frames, ['solid', 'dotted', 'solid', 'dashed']);
    });

    it('heads the panel with their count; the announcement has them all', async () => {
      assert.match(await text('.verdict'), /^3 entities\s+gold: 3 entities – disagrees$/);
      assert.match(await announced(), /PER: Ada Lovelace; LOC: Turin; ORG: Analytica\./);
    });

    it('asks about an entity by click and by keyboard, and stays on it', async () => {
      await chips().nth(3).click();
      assert.deepEqual(await asked(), { kind: 'span', start: 8, end: 9, label: 'ORG' });
      await chips().nth(1).focus();
      await panel.page.keyboard.press('Enter');
      assert.deepEqual(await asked(2), { kind: 'span', start: 4, end: 5, label: 'PER' });
      const { explanation } = entities;
      const explained = {
        ...explanation.explained,
        choice: { kind: 'span', start: 4, end: 5, label: 'PER' },
        says: 'logit of B-PER at \u201cCharles\u201d',
      } as const;
      await show({ ...entities, explanation: { ...explanation, explained } });
      const focused = await panel.page.evaluate(() => document.activeElement?.textContent);
      assert.match(focused ?? '', /Charles/);
      assert.equal(await chips().nth(1).getAttribute('aria-pressed'), 'true');
      assert.equal(await chips().nth(0).getAttribute('aria-pressed'), 'false');
      assert.match(await announced(), /of the logit of B-PER at “Charles”/);
      assert.equal(await text('.target'), 'Charles');
      assert.match(await text('.probabilities'), /Tags at “Charles”/);
    });

    it('frames the explained words in the map, and says so in words', async () => {
      assert.equal(await text('.target'), 'Ada Lovelace');
      assert.equal(await cell(/in the explained words/).count(), 3);
      assert.match(await text('.legend'), /Frame: what the decision is about/);
    });

    it('groups what can be asked, and says why something cannot', async () => {
      const groups = await choice('Explain')
        .locator('optgroup')
        .evaluateAll(all => all.map(one => one.getAttribute('label')));
      assert.deepEqual(groups, ['Predicted', 'Gold, missed', 'Other tags here']);
      const impossible = choice('Explain').locator('option:disabled');
      assert.deepEqual(await impossible.allTextContents(), ['Predicted − gold (they agree here)']);
      await choice('Explain').selectOption({ label: 'O: Charles' });
      assert.deepEqual(await asked(), { kind: 'span', start: 4, end: 5, label: 'O' });
    });

    it('shows what is explained as chosen, whatever was asked', async () => {
      const chosen = () =>
        choice('Explain').evaluate(
          element => (element as HTMLSelectElement).selectedOptions[0]?.text,
        );
      assert.equal(await chosen(), 'PER: Ada Lovelace (gold agrees)');
      const explained = {
        ...entities.explanation.explained,
        choice: { kind: 'span', start: 2, end: 4, label: 'LOC' },
        says: 'mean logit of B-LOC, I-LOC at “wrote to”',
      } as const;
      await show({ ...entities, explanation: { ...entities.explanation, explained } });
      assert.equal(await chosen(), explained.says);
      assert.equal(await text('.target'), 'wrote to');
    });

    it('explains another tag at the same words by its bar', async () => {
      await panel.page.getByRole('button', { name: /^B-LOC/ }).click();
      assert.deepEqual(await asked(), { kind: 'span', start: 0, end: 2, label: 'LOC' });
      assert.match(await bars().first().innerText(), /B-PER\s+0\.95\s+predicted, gold, explained/);
      // The bars are of the first word, where an entity does not go on.
      assert.equal(await panel.page.getByRole('button', { name: /^I-/ }).count(), 0);
      const pressed = panel.page.locator('.bars').getByRole('button', { pressed: true });
      assert.equal(await pressed.count(), 1);
    });

    it('tints whole words when their pieces are added up', async () => {
      await pick('Words', 'Sum of the pieces');
      assert.equal((await panel.waitForEvent('choose')).wordScores, 'sum');
      await show(entityWords);
      assert.equal(await cell(/, Lovelace,/).count(), 1);
      assert.equal(await cell(/, Love,/).count(), 0);
      assert.match(await text('.legend'), /for each word the sum of the pieces/);
      await panel.page.getByRole('button', { name: 'Table' }).click();
      assert.equal(await panel.page.locator('tbody tr').count(), 11);
    });

    it('says so when there is no entity', async () => {
      const prediction = { ...entities.explanation.prediction, entities: [] };
      await show({ ...entities, explanation: { ...entities.explanation, prediction } });
      assert.match(await text('.entity-row'), /No entity was found/);
      await show(plot);
      assert.equal(await panel.page.locator('.entity-row').isVisible(), false);
    });
  });

  describe('a masked language model', () => {
    it('lists the likeliest tokens; each bar explains its own', async () => {
      await show(masked);
      const list = panel.page.getByRole('list', { name: 'Likeliest tokens at the mask' });
      assert.equal(await list.getByRole('button').count(), 4);
      await list.getByRole('button', { name: /^paris/ }).click();
      assert.deepEqual(await asked(), { kind: 'mask', mask: 0, token: 'paris' });
      // The mask stands in the text of the user, so it is in the map and not beside it.
      assert.equal(
        await panel.page.locator('.map-text').evaluate(one => one.textContent),
        masked.record.text,
      );
      assert.equal(await cell(/\[MASK\]/).count(), 1);
      assert.equal(await panel.page.locator('.unseen').count(), 0);
      assert.match(await text('.verdict'), /london\s+0\.31\s+no gold token/);
    });
  });

  describe('question answering', () => {
    beforeEach(() => show(answer));

    it('frames the answer in the context', async () => {
      assert.equal(await text('.target'), 'the bay of Uist');
      assert.equal(await panel.page.locator('.map-field').nth(1).locator('.target').count(), 1);
      assert.equal(await cell(/in the answer/).count(), 4);
    });

    it('explains start, end or both, and only here', async () => {
      await pick('Answer', 'Start only');
      assert.equal((await panel.waitForEvent('choose')).answerPart, 'start');
      await show(plot);
      assert.equal(await panel.page.getByText('Answer', { exact: true }).isVisible(), false);
    });

    it('explains another answer by its bar', async () => {
      await panel.page.getByRole('button', { name: /^Hull/ }).click();
      const start = answer.record.pair!.text.indexOf('Hull');
      assert.deepEqual(await asked(), { kind: 'answer', start, end: start + 4 });
    });
  });

  describe('other ways to decide', () => {
    it('several labels, each by itself', async () => {
      await show(multiLabel);
      assert.match(await text('.probabilities'), /Each label by itself.*do not add up to 1/);
      assert.match(await text('.verdict'), /^toxic, insult\s+gold: toxic – disagrees/);
      assert.equal(await panel.page.locator('.bar-predicted').count(), 2);
      await panel.page.getByRole('button', { name: /^threat/ }).click();
      assert.deepEqual(await asked(), { kind: 'not', label: 'threat' });
    });

    it('one logit', async () => {
      await show(binary);
      assert.match(await text('.probabilities'), /From one logit/);
      assert.match(await text('.verdict'), /negative\s+0\.93\s+gold: negative – agrees/);
    });

    it('a number, without probabilities', async () => {
      await show(regression);
      assert.match(await text('.verdict'), /^1\.873\s+gold: 1\.2$/);
      assert.match(await bars().innerText(), /similarity\s+1\.873/);
      assert.equal(await panel.page.locator('.bar-track').count(), 0);
      assert.match(await text('.legend'), /raises “similarity”[^]*lowers it/);
      const scalars = await choice('Scalar').locator('vscode-option').allTextContents();
      assert.deepEqual(scalars, ['Logit', 'Loss']);
    });

    it('each label of a classifier by its bar, and the bar that is explained says so', async () => {
      await show(plot);
      await panel.page.getByRole('button', { name: /^negative/ }).click();
      assert.deepEqual(await asked(), { kind: 'label', label: 'negative' });
      const pressed = await panel.page.getByRole('button', { pressed: true }).allInnerTexts();
      assert.equal(pressed.length, 1);
      assert.match(pressed[0]!, /positive\s+0\.93\s+predicted, explained/);
    });
  });

  it('says how a long text was read, and marks what was in no window', async () => {
    await show(windowed);
    assert.match(await text('.legend'), /Read in 3 windows of 24 tokens, overlapping by 6/);
    const unseen = panel.page.locator('.unseen');
    const end = windowed.record.text.slice(windowedCut);
    assert.equal((await unseen.evaluate(one => one.textContent)).trim(), end);
    const line = await unseen.evaluate(one => getComputedStyle(one).textDecorationLine);
    assert.equal(line, 'line-through');
  });

  it('reads the text for another task, and forgets the choice that belonged to the old one', async () => {
    await show(entities);
    await panel.page.getByText('Advanced').click();
    await pick('Task', 'Text classification');
    const { task, label } = await panel.waitForEvent('choose');
    assert.deepEqual([task, label], ['text-classification', { kind: 'predicted' }]);
    await show({ ...entities, choices: { ...entities.choices, task: 'token-classification' } });
    await pick('Task', 'Automatic');
    assert.equal((await panel.waitForEvent('choose', 2)).task, null);
  });
});

describe('panel of every task in every theme', function () {
  this.timeout(60_000);

  for (const theme of themes) {
    it(`${theme.name}: no axe violation, text readable, nothing forbidden`, async () => {
      const panel = await PanelPage.open({ theme });
      for (const [name, state] of Object.entries(taskStates)) {
        await panel.emit('show', state);
        await panel.page.locator('.token').first().waitFor();
        await panel.screenshot(`${theme.name}-task-${name}`);
        assert.deepEqual(await panel.axe(), [], name);
        const { contrast, text } = await lowestContrast(panel.page);
        assert.ok(contrast >= 4.5, `${name}: ${contrast} at "${text}"`);
      }
      assert.deepEqual(await panel.violations(), []);
      await panel.close();
    });
  }

  it('loses nothing on a narrow page', async () => {
    const panel = await PanelPage.open({ width: 300 });
    for (const [name, state] of Object.entries(taskStates)) {
      await panel.emit('show', state);
      const wide = await panel.page.evaluate(() =>
        [...document.querySelectorAll('.panel *')]
          .filter(element => element.getBoundingClientRect().right > window.innerWidth + 0.5)
          .map(element => element.outerHTML.slice(0, 80)),
      );
      assert.deepEqual(wide, [], name);
    }
    await panel.emit('show', entities);
    await panel.screenshot('narrow-task-entities');
    await panel.close();
  });
});
