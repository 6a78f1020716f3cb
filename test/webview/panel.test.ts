/** What a person does with the panel, in a browser: choose, wait, cancel, read, sort, come back. */
import assert from 'node:assert/strict';
import type { PanelChoices } from '../../src/protocol';
import { PanelPage, untilHolds } from './support/panelPage';
import { broken, labelQuestions, longState, plot, truncated, unsigned } from './support/samples';
import { themes } from './support/themes';

describe('panel', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open();
    await panel.emit('show', plot);
  });
  afterEach(() => panel.close());

  const button = (name: string) => panel.page.getByRole('button', { name, exact: true });
  const choice = (name: string) => panel.page.getByRole('combobox', { name, exact: true });
  const pick = async (name: string, option: string) => {
    await choice(name).click();
    await panel.page.getByRole('option', { name: option, exact: true }).click();
  };
  /** The menu of questions is the browser's own, for its headings. */
  const ask = (option: string) => choice('Explain').selectOption({ label: option });
  const chosen = async (count = 1): Promise<PanelChoices> => panel.waitForEvent('choose', count);
  const mapBox = () =>
    panel.page.locator('.map').evaluate(element => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height];
    });

  it('says what was explained and what came out, in words', async () => {
    const head = await panel.page.locator('.head').innerText();
    assert.match(head, /reviews\.dev\.jsonl : 17/);
    assert.match(head, /sample-model · webgpu · 41 ms/);
    assert.match(head, /positive\s+0\.93\s+gold: negative – disagrees/);
    const bars = panel.page.getByRole('list', { name: 'Probability of each class' });
    assert.match(await bars.innerText(), /negative\s+0\.07\s+gold\s+positive\s+0\.93\s+predicted/);
    const legend = await panel.page.locator('.legend').innerText();
    assert.match(legend, /towards “positive”[\s\S]*away from it/);
    assert.match(legend, /Integrated gradients of the logit of “positive”/);
    assert.match(legend, /0\.2 % off/);
  });

  it('of many classes shows the likeliest, the gold one, and all when asked', async () => {
    await panel.emit('show', broken);
    const bars = panel.page.locator('.bar');
    assert.equal(await bars.count(), 7);
    assert.match(await bars.nth(0).innerText(), /card arrival/);
    assert.match(await bars.nth(6).innerText(), /intent 29\s+0\.01\s+gold/);
    await button('Show all 30 classes').click();
    assert.equal(await bars.count(), 30);
    await button('Show fewer classes').click();
    assert.equal(await bars.count(), 7);
  });

  it('puts failed checks before the map, folds the passed ones away', async () => {
    await panel.emit('show', truncated);
    const warnings = panel.page.getByRole('list', { name: 'Failed checks' });
    assert.equal(await warnings.getByRole('listitem').count(), 2);
    const order = await panel.page.evaluate(() => {
      const [warnings, map] = [
        document.querySelector('.warnings')!,
        document.querySelector('.map')!,
      ];
      return warnings.compareDocumentPosition(map) === Node.DOCUMENT_POSITION_FOLLOWING;
    });
    assert.ok(order);
    const passed = panel.page.getByText('All numbers are finite.');
    assert.equal(await passed.isVisible(), false);
    await panel.page.getByText('3 checks passed').click();
    assert.equal(await passed.isVisible(), true);
  });

  it('asks for another method with its own parameters and an aggregation that it allows', async () => {
    await choice('Method').selectOption({ label: 'AllenNLP simple gradients' });
    assert.deepEqual(await chosen(), {
      ...plot.choices,
      method: 'allennlp-simple-gradients',
      aggregate: 'l1',
      scalar: 'loss',
    });
  });

  it('asks for another label, combination, scalar', async () => {
    await ask('Gold (negative)');
    assert.deepEqual((await chosen()).label, { kind: 'gold' });
    await ask('Predicted − gold');
    assert.deepEqual((await chosen(2)).label, { kind: 'contrast' });
    await ask('“negative”');
    assert.deepEqual((await chosen(3)).label, { kind: 'label', label: 'negative' });
    await pick('Combine', 'L2 norm');
    await pick('Scalar', 'Probability');
    assert.deepEqual(await chosen(5), {
      ...plot.choices,
      label: { kind: 'label', label: 'negative' },
      aggregate: 'l2',
      scalar: 'probability',
    });
  });

  it('offers no question that cannot be asked', async () => {
    await panel.emit('show', unsigned);
    const option = (name: string) => choice('Explain').locator('option', { hasText: name });
    assert.equal(await option('Predicted − gold (they agree)').isDisabled(), true);
    assert.equal(await option('Gold (positive)').isDisabled(), false);
    const questions = labelQuestions(['negative', 'positive'], 'positive', null);
    await panel.emit('show', {
      ...plot,
      explanation: { ...plot.explanation, gold: null, correct: null, questions },
    });
    assert.equal(await option('Gold (none)').isDisabled(), true);
  });

  it('shows the choices that the host has made fit', async () => {
    const choices: PanelChoices = {
      method: 'smoothgrad',
      parameters: { samples: 99 },
      scalar: 'probability',
      label: { kind: 'gold' },
      aggregate: 'l1',
      wordScores: 'pieces',
      answerPart: 'both',
      task: null,
    };
    await panel.emit('show', { ...plot, choices });
    const shown = (name: string) =>
      choice(name).evaluate(element => (element as HTMLSelectElement).value);
    await untilHolds(choice('Method'), 'smoothgrad');
    assert.equal(
      await choice('Explain').evaluate(
        element => (element as HTMLSelectElement).selectedOptions[0]?.text,
      ),
      'Gold (negative)',
    );
    assert.equal(await shown('Combine'), 'l1');
    assert.equal(await shown('Scalar'), 'probability');
    await panel.page.getByText('Parameters').click();
    await untilHolds(panel.page.getByRole('textbox', { name: 'Samples' }), '99');
    await untilHolds(panel.page.getByRole('textbox', { name: 'Seed' }), '1');
    assert.equal(await choice('Moment').isVisible(), true);
    assert.deepEqual(await panel.events('choose'), []);
  });

  it('takes a parameter when it is a number that fits, and says so when it does not', async () => {
    await panel.page.getByText('Parameters').click();
    const steps = panel.page.getByRole('textbox', { name: 'Points' });
    await untilHolds(steps, '50');
    await steps.fill('many');
    await steps.press('Enter');
    await panel.page.getByText('A whole number from 1 to 10000.').waitFor();
    assert.deepEqual(await panel.events('choose'), []);
    await steps.fill('300');
    await steps.press('Enter');
    assert.deepEqual((await chosen()).parameters, { steps: 300 });
    assert.equal(await panel.page.getByText('A whole number').isVisible(), false);
    await pick('Baseline', '[MASK] token');
    assert.deepEqual((await chosen(2)).parameters, { steps: 300, baseline: 'mask' });
  });

  it('chooses by keyboard alone, and keeps the focus when the answer comes', async () => {
    await choice('Combine').focus();
    await panel.page.keyboard.press('ArrowDown');
    assert.equal((await chosen()).aggregate, 'l1');
    const choices = { ...plot.choices, aggregate: 'l1' as const };
    await panel.emit('show', { ...plot, choices });
    const label = await panel.page.evaluate(
      () => document.activeElement?.parentElement?.querySelector('.field-label')?.textContent,
    );
    assert.equal(label, 'Combine');
  });

  it('fades the old result, offers to cancel after 300 ms and not before, moves nothing', async () => {
    const before = await mapBox();
    const waited = await panel.page.evaluate(async () => {
      const box = document.querySelector<HTMLElement>('.busy-box')!;
      const start = performance.now();
      (window as unknown as { receive(message: unknown): void }).receive({
        event: 'busy',
        body: { says: 'Integrated gradients of line 18' },
      });
      await new Promise<void>(resolve => {
        new MutationObserver(() => {
          if (!box.hidden) resolve();
        }).observe(box, { attributes: true });
      });
      return performance.now() - start;
    });
    assert.ok(waited >= 299, `the button came after ${waited} ms`);
    assert.equal(await panel.page.locator('body[data-busy]').count(), 1);
    assert.deepEqual(await mapBox(), before);
    await button('Cancel').click();
    assert.deepEqual(await panel.events('cancel'), [null]);
    await panel.page.keyboard.press('Escape');
    await panel.waitForEvent('cancel', 2);
    await panel.emit('show', plot);
    assert.equal(await panel.page.locator('body[data-busy]').count(), 0);
    assert.equal(await button('Cancel').isVisible(), false);
    assert.deepEqual(await mapBox(), before);
  });

  it('says in one sentence what failed, and keeps the old result until a new one comes', async () => {
    await panel.emit('busy', { says: 'Working' });
    await panel.emit('failed', { message: 'model.onnx has no rule for the op "Foo" (node 12).' });
    await panel.page.getByRole('alert').getByText('no rule for the op').waitFor();
    assert.equal(await panel.page.locator('body[data-busy]').count(), 0);
    assert.match(await panel.page.locator('.map').innerText(), /unflinching/);
    await button('Show Log').click();
    assert.deepEqual(await panel.events('showLog'), [null]);
    await panel.emit('show', plot);
    assert.equal(await panel.page.getByText('no rule for the op').isVisible(), false);
  });

  it('follows its line when lines above it come and go', async () => {
    await panel.emit('moved', { ...plot.memory, line: 41 });
    assert.match(await panel.page.locator('.head').innerText(), /reviews\.dev\.jsonl : 42/);
    assert.equal(((await panel.savedState()) as { line: number }).line, 41);
  });

  it('offers to cancel the first computation too, when there is nothing to show yet', async () => {
    const first = await PanelPage.open();
    await first.emit('busy', { says: 'Loading sample-model' });
    await first.page.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(await first.events('cancel'), [null]);
    assert.equal(await first.page.locator('.view').isVisible(), false);
    assert.deepEqual(await first.axe(), []);
    await first.close();
  });

  it('says when the line was edited, until it is as it was', async () => {
    await panel.emit('stale', { says: 'The line was edited.' });
    assert.equal(await panel.page.getByText('The line was edited.').isVisible(), true);
    await panel.emit('stale', { says: null });
    assert.equal(await panel.page.getByText('The line was edited.').isVisible(), false);
  });

  it('when there is nothing, says what to do', async () => {
    await panel.emit('empty', { says: 'Right-click a line.' });
    assert.equal(await panel.page.getByText('Right-click a line.').isVisible(), true);
    assert.equal(await panel.page.locator('.map').isVisible(), false);
    await button('Select Model').click();
    assert.deepEqual(await panel.events('selectModel'), [null]);
    await panel.emit('show', plot);
    assert.equal(await panel.page.locator('.map').isVisible(), true);
  });

  it('has a table that sorts, and whose rows light up their tokens', async () => {
    await button('Table').click();
    const names = () => panel.page.locator('tbody th').allInnerTexts();
    assert.equal((await names()).length, 25);
    await button('Score').click();
    assert.equal((await names())[0], 'joy');
    const head = panel.page.getByRole('columnheader', { name: 'Score' });
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    await panel.page.keyboard.press('Enter');
    assert.equal((await names())[0], 'thin');
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    await panel.page.locator('tbody tr', { hasText: 'again' }).hover();
    assert.deepEqual((await panel.events('hover')).at(-1), { token: 22 });
    assert.equal(await panel.page.locator('.map .pointed').textContent(), 'again');
    const row = await panel.page.locator('tbody tr', { hasText: 'inch' }).innerText();
    assert.match(row, /11\s+inch\s*##inch\s+\+0\.22\s+helps positive\s+5 %\s+\+0\.354/);
    await panel.emit('show', unsigned);
    assert.equal(await panel.page.getByRole('columnheader', { name: 'Effect' }).count(), 0);
    await button('Table').click();
    assert.equal(await panel.page.locator('table:visible').count(), 0);
  });

  it('draws the first rows of a long table, and all when asked', async () => {
    await panel.emit('show', longState(1000));
    await button('Table').click();
    assert.equal(await panel.page.locator('tbody tr').count(), 200);
    await button('Show all 1,002 tokens').click();
    assert.equal(await panel.page.locator('tbody tr').count(), 1002);
  });

  it('asks the host to copy the numbers', async () => {
    await button('Copy JSON').click();
    assert.deepEqual(await panel.events('copyJson'), [null]);
  });

  it('keeps what VS Code needs to bring it back, and comes back as it was', async () => {
    await button('Table').click();
    await button('Share').click();
    const state = await panel.savedState();
    assert.deepEqual(state, {
      ...plot.memory,
      tab: 'saliency',
      tableOpen: true,
      sort: { key: 'share', descending: true },
      top: 'all',
      sorts: {},
      linesSort: { key: 'line', descending: false },
      influenceDisagreeing: false,
      suspiciousDisagreeing: false,
    });
    const again = await PanelPage.open({ state });
    await again.emit('show', plot);
    const first = again.page.locator('tbody th').first();
    assert.equal(await first.innerText(), 'joy');
    await again.close();
  });

  it('survives a state that another version has saved', async () => {
    const strange = { sort: { key: 'gone' }, tableOpen: 'yes', tab: 'gone', linesSort: 3 };
    for (const state of [strange, 'text', [1], 7]) {
      const other = await PanelPage.open({ state });
      await other.emit('show', plot);
      await other.page.locator('.token').first().waitFor();
      assert.equal(await other.page.locator('table:visible').count(), 0);
      assert.deepEqual(await other.violations(), []);
      await other.close();
    }
  });
});

describe('panel on a narrow or enlarged page', () => {
  for (const { width, name } of [
    { width: 300, name: '300 px' },
    // Twice the size on 640 px is the layout of 320 px.
    { width: 320, name: '200 %' },
  ]) {
    it(`loses nothing at ${name}`, async () => {
      const panel = await PanelPage.open({ width, theme: themes[1]! });
      for (const state of [plot, truncated, broken]) {
        await panel.emit('show', state);
        await panel.page.getByText('Parameters').click();
        await panel.page.getByRole('button', { name: 'Table' }).click();
        const wide = await panel.page.evaluate(() => {
          return [...document.querySelectorAll('.panel *')]
            .filter(element => !element.closest('.table-scroll'))
            .filter(element => element.getBoundingClientRect().right > window.innerWidth + 0.5)
            .map(element => element.outerHTML.slice(0, 80));
        });
        assert.deepEqual(wide, []);
        await panel.page.getByRole('button', { name: 'Table' }).click();
        await panel.page.getByText('Parameters').click();
      }
      await panel.emit('show', truncated);
      await panel.screenshot(`narrow-${width}`);
      assert.deepEqual(await panel.axe(), []);
      await panel.close();
    });
  }

  it('does not move for those who asked for less motion', async () => {
    const panel = await PanelPage.open({ reducedMotion: true });
    await panel.emit('busy', { says: 'Working' });
    await panel.page.locator('.progress:not([hidden])').waitFor();
    const animation = await panel.page
      .locator('.progress')
      .evaluate(element => getComputedStyle(element, '::after').animationName);
    assert.equal(animation, 'none');
    await panel.close();
  });
});
