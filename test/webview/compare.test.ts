/** Maps side by side: every row readable while others come, one scale, verdicts in words, markup as text. */
import assert from 'node:assert/strict';
import { agreementWords } from '../../webview/compare/agreementTable';
import { totalOf } from '../../webview/compare/total';
import { standing } from '../../webview/compare/lineFigures';
import { wordChanges } from '../../webview/compare/modelDifference';
import { fullestOf, mapsOnOneScale } from '../../webview/compare/oneScale';
import { factsAt, placeOf } from '../../webview/compare/places';
import {
  begun,
  explanationWith,
  hostileState,
  labelsState,
  measuresOf,
  methodRows,
  methodsState,
  modelsState,
} from './support/comparisonSamples';
import { lowestContrast } from './support/contrast';
import { PanelPage } from './support/panelPage';
import { plot } from './support/samples';
import { themes } from './support/themes';

const explanationsOf = ({ rows }: typeof labelsState) => rows.map(({ explanation }) => explanation);

describe('scale of maps side by side', () => {
  const { record } = plot;
  it('of labels and models is that of the largest raw number of all', () => {
    const all = explanationsOf(labelsState);
    // Largest score 1, times 1, 0.5 and 2.
    assert.equal(fullestOf(all), 2);
    const maps = mapsOnOneScale(record, all, 'all');
    const sizes = maps.map(map => map!.single.find(({ text }) => text === 'joy')!.size);
    assert.deepEqual(sizes, [0.5, 0.025, 1]);
  });

  it('of methods is that of each row, for their units differ', () => {
    const maps = mapsOnOneScale(record, [...explanationsOf(labelsState), null], 'row');
    const sizes = maps.map(map => map?.single.find(({ text }) => text === 'joy')!.size);
    assert.deepEqual(sizes, [1, 1, 1, undefined]);
  });

  it('leaves special tokens out, which may dwarf the text', () => {
    const scores = plot.explanation.scores.map((score, at) => (at === 0 ? 50 : score));
    assert.equal(fullestOf([explanationWith(scores, {}, 1)]), 1);
  });

  it('finds the same place in every map', () => {
    const [first, , third] = mapsOnOneScale(record, explanationsOf(labelsState), 'all');
    for (const facts of [...first!.single, ...first!.apart]) {
      assert.deepEqual(factsAt(third!, placeOf(facts, first!))?.tokens, facts.tokens);
    }
  });

  it('adds up raw numbers of all tokens, as Captum does', () => {
    const sum = plot.explanation.attributions.reduce((a, b) => a + b, 0);
    assert.equal(totalOf(plot.explanation), `+${sum.toPrecision(3)}`);
  });
});

describe('verdicts on methods', () => {
  const random = measuresOf(0.1, 0.2, 0.02);
  it('know which way is better', () => {
    assert.equal(standing('comprehensiveness', 0.2, random), 'better');
    assert.equal(standing('comprehensiveness', 0.05, random), 'worse');
    assert.equal(standing('sufficiency', 0.05, random), 'better');
    assert.equal(standing('sufficiency', 0.25, random), 'worse');
    assert.equal(standing('tau-loo', 0.02, random), 'no better');
    assert.equal(standing('infidelity', 0.02, random), null);
    assert.equal(standing('tau-loo', null, random), null);
    assert.equal(standing('tau-loo', 0.3, null), null);
  });

  it('have words for agreement', () => {
    assert.deepEqual([0.9, 0.4, 0, -0.6].map(agreementWords), [
      'much like',
      'somewhat like',
      'unlike',
      'opposed to',
    ]);
  });
});

describe('difference of two models', () => {
  it('names the words that moved, the most first', () => {
    const [before, after] = mapsOnOneScale(plot.record, explanationsOf(modelsState), 'all');
    const [most, next] = wordChanges(before!, after!);
    assert.equal(most!.before.text, 'joy');
    assert.equal(most!.change.toFixed(3), '-0.900');
    assert.equal(next!.change, 0);
  });
});

describe('compare view', () => {
  let panel: PanelPage;
  before(async () => {
    panel = await PanelPage.open({ width: 760 });
  });
  after(() => panel.close());
  const card = (key: string) => panel.page.locator(`[data-row="${key}"]`);
  const joy = (key: string) => card(key).getByRole('gridcell', { name: /, joy,/ });

  it('streams rows in without moving what is read', async () => {
    await panel.emit('comparison', begun);
    assert.equal(await panel.page.locator('.compare-card').count(), 7);
    const tops = () =>
      panel.page
        .locator('.compare-card')
        .evaluateAll(all => all.map(one => one.getBoundingClientRect().top));
    const before = await tops();
    const texts = await panel.page.locator('.row-map .map-text:visible').allInnerTexts();
    assert.deepEqual(new Set(texts).size, 1);
    const [first, ...rest] = begun.rows;
    const running = { ...first!, state: 'running' } as const;
    await panel.emit('comparison', { ...begun, rows: [running, ...rest] });
    assert.deepEqual(await tops(), before);
    const element = await card('integrated-gradients').elementHandle();
    await panel.emit('comparison', { ...begun, rows: [methodRows[0]!, ...rest] });
    await joy('integrated-gradients').focus();
    await panel.emit('comparison', methodsState());
    assert.equal(await element.evaluate(one => one.isConnected), true);
    assert.match(
      (await panel.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) ?? '',
      /joy/,
    );
    const map = (key: string) => card(key).locator('.row-map').boundingBox();
    const [waiting, done] = [await map('lime'), await map('random')];
    assert.equal(waiting!.height, done!.height);
  });

  it('tells the number of the token that is pointed at in every row', async () => {
    await panel.emit('comparison', methodsState());
    await joy('integrated-gradients').hover();
    const said = (key: string) => card(key).locator('.row-pointed').innerText();
    assert.equal(await said('integrated-gradients'), 'joy +1.00');
    assert.equal(await said('gradient'), 'joy 1.00');
    assert.equal(await said('attnlrp'), 'joy +0.70');
    assert.equal(await said('lime'), '');
    assert.equal(await panel.page.locator('.token.pointed').count(), 4);
  });

  it('has one legend, and each measure with its verdict', async () => {
    assert.equal(await panel.page.locator('.compare-view .legend').count(), 1);
    const says = (key: string, measure: string) =>
      card(key).locator(`[data-measure="${measure}"]`).innerText();
    assert.match(await says('attnlrp', 'comprehensiveness'), /0\.04\s+worse than random/);
    assert.match(
      await says('integrated-gradients', 'comprehensiveness'),
      /0\.42\s+better than random/,
    );
    assert.match(
      await says('attnlrp', 'tau-loo'),
      /undefined\s+Leaving out a token changes nothing/,
    );
    assert.doesNotMatch(await says('random', 'sufficiency'), /random/);
    const marked = card('attnlrp').locator('.worse-than-random');
    assert.equal(await marked.count(), 2);
    const border = (locator: typeof marked) =>
      locator
        .locator('.figure-verdict')
        .evaluate(one => getComputedStyle(one).borderInlineStartWidth);
    assert.equal(await border(marked.first()), '3px');
    assert.match(
      await card('attnlrp').locator('.row-facts').innerText(),
      /not better than random in 2 of 2 measures/,
    );
    assert.match(
      await card('attnlrp').locator('.row-facts').innerText(),
      /opposed to Integrated gradients \(\u22120\.52\)/,
    );
  });

  it('computes what is costly only when asked, and tries again what failed', async () => {
    assert.match(
      await card('lime').innerText(),
      /Not computed\. It needs 1,000 runs of the model\./,
    );
    await panel.page.getByRole('button', { name: 'Compute: LIME' }).click();
    assert.deepEqual((await panel.events('compareRow')).at(-1), { key: 'lime' });
    assert.match(await card('rollout').innerText(), /has no attention probabilities/);
    await panel.page.getByRole('button', { name: 'Try again: Attention rollout' }).click();
    assert.deepEqual((await panel.events('compareRow')).at(-1), { key: 'rollout' });
    await panel.page.keyboard.press('Escape');
    assert.equal((await panel.events('cancel')).length, 1);
  });

  it('opens a row under Saliency by its button, and by Enter on a token; a click does not', async () => {
    await panel.page.getByRole('button', { name: 'Open in Saliency: Gradient' }).click();
    assert.deepEqual(await panel.events('compareOpen'), [{ key: 'gradient' }]);
    await joy('attnlrp').click();
    assert.equal((await panel.events('compareOpen')).length, 1);
    await panel.page.keyboard.press('Enter');
    assert.deepEqual((await panel.events('compareOpen')).at(-1), { key: 'attnlrp' });
  });

  it('has a table of agreement with numbers', async () => {
    const table = panel.page.getByRole('table', { name: 'Agreement of each pair of maps' });
    const row = table.getByRole('row', { name: /AttnLRP/ }).last();
    const state = methodsState();
    const at = (to: number) => Math.abs(state.agreement[2]![to]!).toFixed(2);
    const cells = await row.getByRole('cell').allInnerTexts();
    assert.deepEqual(
      cells.map(text => text.replace(/[+\u2212]/, '')),
      [at(0), at(1), '1.00', '\u2013', '\u2013', '\u2013', at(6)],
    );
  });

  it('saves the picture of a row', async () => {
    await panel.page.getByRole('button', { name: 'Save SVG of Gradient' }).click();
    const { svg } = await panel.waitForEvent('savePicture');
    assert.match(svg, /Gradient of the logit of/);
    assert.match(svg, /joy/);
  });

  it('has a row a label, with what is true, predicted, explained, and the sum', async () => {
    await panel.emit('comparison', labelsState);
    const table = panel.page.getByRole('table', { name: 'Maps by label' });
    const heads = table.getByRole('columnheader');
    assert.deepEqual(await heads.allInnerTexts(), [
      'True label',
      'Predicted',
      'Label explained',
      'Total attribution',
      'Map',
    ]);
    const cells = table.locator('[data-row="positive"]').getByRole('cell');
    const values = await cells.locator('.cell-value').allInnerTexts();
    const sum = explanationsOf(labelsState)[2]!.attributions.reduce((a, b) => a + b, 0);
    assert.deepEqual(values, [
      'negative',
      'positive0.73',
      'positive0.73',
      `+${sum.toPrecision(3)}`,
    ]);
    assert.match(
      await panel.page.locator('.legend').innerText(),
      /raw number of 2, the largest of all/,
    );
  });

  it('marks what two models differ in', async () => {
    await panel.emit('comparison', modelsState);
    assert.match(
      await card('/models/after').innerText(),
      /predicts negative 0\.58[\s\S]*changed: it was positive/,
    );
    assert.equal(await panel.page.locator('.token.noted').count(), 2);
    assert.match(
      (await joy('/models/after').getAttribute('aria-label')) ?? '',
      /differs: \+1\.00 to \+0\.10/,
    );
    const rows = panel.page.locator('.model-difference tbody tr');
    assert.equal(await rows.count(), 1);
    assert.match(await rows.first().innerText(), /joy\s+\+1\.00\s+\+0\.10\s+\u22120\.90/);
    await panel.page.getByRole('button', { name: 'Other Model' }).click();
    assert.deepEqual(await panel.events('compareModel'), [null]);
  });

  it('says that its line was edited, until the line is as it was', async () => {
    const notice = panel.page.locator('.compare-view .notice-stale');
    const edited = 'The line was edited after its maps were computed; compare it again.';
    await panel.emit('comparison', { ...modelsState, stale: edited });
    assert.equal(await notice.innerText(), edited);
    await panel.emit('comparison', modelsState);
    assert.equal(await notice.isVisible(), false);
  });

  it('keeps markup as text', async () => {
    const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
    await panel.emit('comparison', hostileState(markup));
    assert.equal(await panel.page.locator('.panel img, .panel b').count(), 0);
    assert.match(await card('a').locator('h3').innerText(), /<img src=x/);
    assert.notEqual(await panel.page.title(), '1');
    assert.deepEqual(await panel.violations(), []);
  });
});

describe('compare view in every theme', function () {
  this.timeout(120_000);
  for (const [at, theme] of themes.entries()) {
    it(`${theme.name}: no axe violation, contrast at least 4.5, nothing lost`, async () => {
      const width = at % 2 === 0 ? 900 : 400;
      const panel = await PanelPage.open({ theme, width });
      const states = {
        methods: methodsState(),
        labels: labelsState,
        models: modelsState,
        hostile: hostileState('<b>markup</b>'),
      };
      for (const [name, state] of Object.entries(states)) {
        await panel.emit('comparison', state);
        await panel.screenshot(`${theme.name}-compare-${name}`);
        assert.deepEqual(await panel.axe(), [], name);
        const wide = await panel.page.evaluate(() =>
          [...document.querySelectorAll('.panel *')]
            .filter(element => !element.closest('.table-scroll'))
            .filter(element => element.getBoundingClientRect().right > window.innerWidth + 0.5)
            .map(element => element.outerHTML.slice(0, 80)),
        );
        assert.deepEqual(wide, [], name);
        const scrolls = await panel.page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        assert.ok(scrolls <= 0, `${name}: ${scrolls} px to the side`);
        const lowest = await lowestContrast(panel.page);
        assert.ok(lowest.contrast >= 4.5, `${name}: ${lowest.contrast} at "${lowest.text}"`);
      }
      assert.deepEqual(await panel.violations(), []);
      await panel.close();
    });
  }
});
