/** What some methods tell besides a map: spread over seeds, further maps, parts of the number; and which words are tinted. */
import assert from 'node:assert/strict';
import { explanationOfMap } from '../../webview/furtherMaps';
import { methodGroups } from '../../webview/methodGroups';
import { addSpreads, formatSpread, spreadsOf } from '../../webview/spread';
import { saliencyMap } from '../../webview/tokenFacts';
import { onlyTop, strongest } from '../../webview/topWords';
import { methodSentence } from '../../webview/words';
import { lowestContrast } from './support/contrast';
import { PanelPage } from './support/panelPage';
import { plot } from './support/samples';
import { apart, drawn, everyFamily } from './support/saliencySamples';
import { themes } from './support/themes';

describe('spread of scores', () => {
  it('is in units of the score, whatever the raw numbers are', () => {
    const { single } = saliencyMap(drawn.record, drawn.explanation);
    assert.equal(single[0]!.spread!.size.toFixed(6), '0.080000');
    assert.equal(single[4]!.spread!.size.toFixed(6), '0.030000');
    assert.equal(single[4]!.unsure, false);
    // 'is': -0.03 with a spread of 0.08.
    assert.equal(single[3]!.unsure, true);
    assert.ok(saliencyMap(plot.record, plot.explanation).single.every(one => one.spread === null));
  });

  it('of a word is at most the sum of its pieces, of a mean their mean', () => {
    const words = [{ tokens: [0, 1, 2], score: 0.5, attribution: 1 }];
    const spreadOf = (wordScores: 'sum' | 'mean') =>
      spreadsOf(words, { ...drawn.explanation, spread: [0.1, 0.2, 0.3], wordScores })[0]!;
    assert.deepEqual(spreadOf('sum'), { size: (0.1 + 0.2 + 0.3) * 0.5, atMost: true });
    assert.equal(spreadOf('mean').size.toFixed(9), '0.100000000');
    assert.equal(formatSpread({ size: 0.3, atMost: true }), '\u00b1 at most 0.30');
    assert.equal(formatSpread({ size: 0.001, atMost: false }), '\u00b1 <0.01');
    assert.equal(addSpreads([{ size: 1, atMost: false }, null]), null);
  });
});

describe('maps of one explanation', () => {
  it('have scores made as those of the first', () => {
    const combined = explanationOfMap(apart.explanation, 'combined');
    const raw = apart.explanation.maps[2]!.attributions;
    const largest = Math.max(...raw.map(Math.abs));
    assert.deepEqual(
      combined.scores,
      raw.map(value => value / largest),
    );
    assert.equal(combined.spread, null);
    assert.match(methodSentence(combined), /^AttnLRP \(combined\) of the logit/);
    assert.equal(explanationOfMap(apart.explanation, 'gone'), apart.explanation);
  });

  it('of a loss turn the sign, as the first one does', () => {
    const explained = { ...apart.explanation.explained, scalar: 'loss' } as const;
    const of = (explanation: typeof apart.explanation) =>
      explanationOfMap(explanation, 'position').scores[4]!;
    assert.equal(of({ ...apart.explanation, explained }), -of(apart.explanation));
  });
});

describe('strongest words', () => {
  it('keep their tints, and everything keeps its number', () => {
    const map = saliencyMap(plot.record, plot.explanation);
    assert.deepEqual(
      strongest(map)
        .slice(0, 3)
        .map(({ text }) => text),
      ['joy', 'thin', 'again'],
    );
    const top = onlyTop(map, 3);
    const tinted = top.fields[0]!.pieces.flatMap(({ facts }) =>
      facts && facts.tint !== 'none' ? [facts.text] : [],
    );
    assert.deepEqual(tinted, ['thin', 'joy', 'again']);
    assert.deepEqual(
      top.single.map(({ score }) => score),
      map.single.map(({ score }) => score),
    );
    assert.equal(onlyTop(map, null), map);
  });
});

describe('menu of methods', () => {
  it('has a heading a family, says what is slower, and the control last', () => {
    const groups = methodGroups(everyFamily);
    assert.deepEqual(
      groups.map(({ title }) => title),
      [
        'Gradients',
        'Relevance propagation',
        'Perturbation',
        'Attention',
        'Control: explains nothing',
      ],
    );
    assert.deepEqual(
      groups[2]!.options.map(({ text }) => text),
      ['LIME (slower)', 'Occlusion (slower)'],
    );
    assert.deepEqual(groups.at(-1)!.options, [{ value: 'random', text: 'Random scores' }]);
  });
});

describe('saliency view of methods that tell more', () => {
  let panel: PanelPage;
  before(async () => {
    panel = await PanelPage.open();
  });
  after(() => panel.close());
  const cell = (name: RegExp) => panel.page.getByRole('gridcell', { name });
  const tintOf = (name: RegExp) => cell(name).getAttribute('class');

  it('tells the spread with the score, and marks what may be chance in words and under the letters', async () => {
    await panel.emit('show', drawn);
    await cell(/, joy,/).hover();
    assert.match(await panel.page.locator('.readout').innerText(), /joy\s+\+1\.00 \u00b1 0\.08/);
    const name = (await cell(/, is,/).getAttribute('aria-label')) ?? '';
    assert.equal(
      name,
      'token 4 of 25, is, \u22120.03 \u00b1 0.08, hurts positive, smaller than its spread over seeds',
    );
    const line = (name: RegExp) =>
      cell(name).evaluate(element => getComputedStyle(element).textDecorationStyle);
    assert.equal(await line(/, is,/), 'dotted');
    assert.equal(await line(/, joy,/), 'solid');
    const legend = await panel.page.locator('.legend').innerText();
    assert.match(legend, /Dotted under the letters: the score is smaller than its spread/);
    assert.match(legend, /1,000 samples of the text, by word, taken away by \[MASK\]/);
    assert.match(legend, /R\u00b2 0\.82/);
  });

  it('has a column of spreads that sorts', async () => {
    await panel.page.getByRole('button', { name: 'Table' }).click();
    const table = panel.page.getByRole('table', { name: 'Tokens with their numbers' });
    await table.getByRole('button', { name: 'Spread' }).click();
    assert.match(await table.locator('tbody tr').first().innerText(), /\u00b1 0\.08/);
    assert.match(
      await table.locator('tbody tr', { hasText: 'is' }).first().innerText(),
      /more than the score/,
    );
    await panel.page.getByRole('button', { name: 'Table' }).click();
  });

  it('shows no choice of combination for a method that has none', async () => {
    assert.equal(await panel.page.getByText('Combine', { exact: true }).isVisible(), false);
    await panel.page.getByText('Parameters').click();
    for (const name of ['Samples', 'Kernel width', 'Ridge penalty']) {
      assert.equal(await panel.page.getByRole('textbox', { name }).isVisible(), true, name);
    }
    await panel.page.getByText('Parameters').click();
  });

  it('tints only the strongest words, with their weights beside the probabilities', async () => {
    const show = panel.page.getByLabel('Show', { exact: true });
    await show.selectOption('3');
    assert.match((await tintOf(/, joy,/)) ?? '', /towards/);
    assert.match((await tintOf(/, watch,/)) ?? '', /none/);
    const rows = panel.page.locator('.weights tbody tr');
    assert.equal(await rows.count(), 3);
    assert.match(
      await rows.nth(1).innerText(),
      /thin\s+\u22120\.66 \u00b1 0\.03\s+hurts positive\s+15 %/,
    );
    const [bars, weights] = await Promise.all(
      ['.bars', '.weights'].map(name => panel.page.locator(name).boundingBox()),
    );
    assert.ok(weights!.x >= bars!.x + bars!.width, 'beside');
    await rows.nth(1).hover();
    assert.equal(await panel.page.locator('.map .pointed').textContent(), 'thin');
    assert.match(
      await panel.page.locator('.legend').innerText(),
      /Only the 3 strongest words are tinted/,
    );
    await show.selectOption('ranked');
    assert.equal(await rows.count(), 22);
    assert.match((await tintOf(/, watch,/)) ?? '', /towards/);
    assert.equal(((await panel.savedState()) as { top: string }).top, 'ranked');
    await show.selectOption('all');
    assert.equal(await panel.page.locator('.weights').isVisible(), false);
  });

  it('changes the map in place by keyboard, and says which', async () => {
    await panel.emit('show', apart);
    const { page } = panel;
    const before = await page.locator('.map').boundingBox();
    await page.getByRole('radio', { name: 'Words' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.getByRole('radio', { name: 'Position' }).isChecked(), true);
    assert.equal(
      await page.locator('.map-about').innerText(),
      'Position: Relevance of the position embeddings.',
    );
    // The position of 'thin' has half of its relevance, with the other sign.
    assert.match((await tintOf(/, thin,/)) ?? '', /towards/);
    await page.keyboard.press('ArrowRight');
    assert.match((await tintOf(/, thin,/)) ?? '', /magnitude/);
    assert.match(
      await page.locator('.legend').innerText(),
      /AttnLRP \(type\)[\s\S]*size only|size only[\s\S]*AttnLRP \(type\)/,
    );
    const after = await page.locator('.map').boundingBox();
    assert.deepEqual([after!.y, after!.height], [before!.y, before!.height]);
    // The same map of the next text; the own one where there are no others.
    await panel.emit('show', apart);
    assert.equal(await page.getByRole('radio', { name: 'Type' }).isChecked(), true);
    await panel.emit('show', plot);
    assert.equal(await page.getByRole('radiogroup', { name: 'Map' }).isVisible(), false);
    assert.match((await tintOf(/, thin,/)) ?? '', /away/);
  });

  it('shows what the number consists of, with words and numbers, from zero to each side', async () => {
    await panel.emit('show', apart);
    const parts = panel.page.locator('.share');
    assert.deepEqual(
      await parts.allInnerTexts().then(all => all.map(text => text.split(/\s*\n\s*/).join(' '))),
      [
        'Words +1.9 towards \u201cpositive\u201d',
        'Positions \u22120.62 away from \u201cpositive\u201d',
        'Types +0.012 towards \u201cpositive\u201d',
        'Biases +0.088 towards \u201cpositive\u201d',
      ],
    );
    assert.match(
      await panel.page.locator('.share-bars').innerText(),
      /Sum of the parts \+1\.38; the number is 1\.38\./,
    );
    const boxes = await parts
      .locator('.bar-length')
      .evaluateAll(all =>
        all
          .map(one => one.getBoundingClientRect())
          .map(({ left, right }) => [left, right] as const),
      );
    // What is positive begins where what is negative ends; lengths are as the numbers.
    const [words, positions] = boxes as [readonly [number, number], readonly [number, number]];
    assert.ok(Math.abs(positions[1] - words[0]) < 1);
    const ratio = (words[1] - words[0]) / (positions[1] - positions[0]);
    assert.ok(Math.abs(ratio - 1.9 / 0.62) < 0.05, String(ratio));
    await panel.emit('show', plot);
    assert.equal(await panel.page.locator('.share-bars').isVisible(), false);
  });
});

describe('saliency view of methods that tell more, in every theme', function () {
  this.timeout(60_000);
  for (const [at, theme] of themes.entries()) {
    it(`${theme.name}: no axe violation, contrast at least 4.5, nothing lost`, async () => {
      const panel = await PanelPage.open({ theme, width: at % 2 === 0 ? 640 : 400 });
      await panel.emit('show', apart);
      await panel.screenshot(`${theme.name}-maps-and-shares`);
      assert.deepEqual(await panel.axe(), []);
      await panel.emit('show', drawn);
      await panel.page.getByLabel('Show', { exact: true }).selectOption('10');
      await panel.screenshot(`${theme.name}-top-words`);
      assert.deepEqual(await panel.axe(), []);
      const lowest = await lowestContrast(panel.page);
      assert.ok(lowest.contrast >= 4.5, `${lowest.contrast} at "${lowest.text}"`);
      const wide = await panel.page.evaluate(() =>
        [...document.querySelectorAll('.panel *')]
          .filter(element => !element.closest('.table-scroll'))
          .filter(element => element.getBoundingClientRect().right > window.innerWidth + 0.5)
          .map(element => element.outerHTML.slice(0, 80)),
      );
      assert.deepEqual(wide, []);
      assert.deepEqual(await panel.violations(), []);
      await panel.close();
    });
  }
});
