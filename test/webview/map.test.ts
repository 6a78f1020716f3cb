/** The map in a browser: the user's text unharmed, every token reachable by pointer and keyboard. */
import assert from 'node:assert/strict';
import { lowestContrast } from './support/contrast';
import { PanelPage } from './support/panelPage';
import {
  labelPrediction,
  longState,
  plot,
  stateOf,
  truncated,
  unsigned,
  wordPieces,
} from './support/samples';
import { themes } from './support/themes';

const markup = '<img src=x onerror="document.title=1"> <b>&amp;</b> \0 \r\n \u202e good';

describe('map of the panel', () => {
  let panel: PanelPage;
  before(async () => {
    panel = await PanelPage.open();
  });
  after(() => panel.close());

  const cell = (name: RegExp) => panel.page.getByRole('gridcell', { name });
  const shownText = () => panel.page.locator('.map-text').evaluate(element => element.textContent);
  const readout = () => panel.page.locator('.readout').innerText();

  it('shows the text of every state character by character', async () => {
    const hostile = stateOf(
      markup,
      wordPieces(markup, ['img', 'src', '&', 'amp', 'good']),
      [0, 0.5, -0.5, 1, 0.1, 0.2, 0],
    );
    for (const state of [plot, unsigned, truncated, hostile]) {
      await panel.emit('show', state);
      assert.equal(await shownText(), state.record.text);
    }
  });

  it('keeps markup in the text, the names and the messages as text', async () => {
    const state = stateOf(
      markup,
      wordPieces(markup, ['img', 'good']).map(token => ({
        ...token,
        text: `${token.text}${markup}`,
      })),
      [0, 0.5, -0.5, 0],
      {
        gold: markup,
        modelName: markup,
        device: markup,
        health: [{ check: 'finite', ok: false, value: null, says: markup }],
        prediction: labelPrediction([markup, 'b'], [0.7, 0.3], 0),
        questions: [
          { choice: { kind: 'label', label: markup }, says: markup, group: markup, possible: true },
        ],
        explained: { ...plot.explanation.explained, label: markup, says: markup },
      },
      { record: { ...plot.record, text: markup, file: markup, field: markup, gold: markup } },
    );
    await panel.emit('show', state);
    await panel.emit('failed', { message: markup });
    await panel.page.getByRole('alert').getByText('onerror').waitFor();
    await panel.page.getByRole('button', { name: 'Table' }).click();
    await cell(/, good,/).hover();
    assert.equal(await panel.page.locator('img, b, script[src="x"]').count(), 0);
    assert.notEqual(await panel.page.title(), '1');
    assert.deepEqual(await panel.violations(), []);
    await panel.page.getByRole('button', { name: 'Table' }).click();
  });

  it('tells the host and the reader what the pointer is on, and when it is on nothing', async () => {
    await panel.emit('show', plot);
    await cell(/, thin,/).hover();
    assert.deepEqual((await panel.events('hover')).at(-1), { token: 4 });
    assert.match(await readout(), /thin\s+−0\.66\s+hurts positive\s+15 % of all · raw −1\.06/);
    await panel.page.mouse.move(1, 1);
    await panel.page.getByText('Point at a token').waitFor();
    assert.deepEqual((await panel.events('hover')).at(-1), { token: null });
  });

  it('puts the cursor of the file on a token that is clicked', async () => {
    await cell(/, joy,/).click();
    assert.deepEqual((await panel.events('reveal')).at(-1), { token: 15 });
    await cell(/special token 1 of 25/).click();
    assert.deepEqual((await panel.events('reveal')).at(-1), { token: 0 });
  });

  it('is one tab stop, and arrows, Home, End walk it', async () => {
    await panel.emit('show', plot);
    const { page } = panel;
    await page.locator('[role="gridcell"][tabindex="0"]').focus();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    const press = async (key: string) => {
      await page.keyboard.press(key);
      return focused();
    };
    assert.equal(await page.locator('[role="gridcell"][tabindex="0"]').count(), 1);
    assert.equal(await press('Home'), 'token 2 of 25, The, +0.05, helps positive');
    assert.equal(await press('ArrowRight'), 'token 3 of 25, plot, −0.09, hurts positive');
    assert.deepEqual((await panel.events('hover')).at(-1), { token: 2 });
    assert.match(await readout(), /plot\s+−0\.09/);
    assert.match((await press('ArrowDown')) ?? '', /token (18|19|20|21) of 25/);
    assert.match((await press('ArrowUp')) ?? '', /token (2|3|4|5) of 25/);
    assert.match((await press('End')) ?? '', /special token 25 of 25, \[SEP\]/);
    assert.match((await press('ArrowRight')) ?? '', /\[SEP\]/);
    await press('Enter');
    assert.deepEqual((await panel.events('reveal')).at(-1), { token: 24 });
    assert.equal(await page.locator('[role="gridcell"][tabindex="0"]').count(), 1);
    // One Tab leaves the map.
    await page.keyboard.press('Tab');
    assert.equal(await page.locator('.map :focus').count(), 0);
    assert.deepEqual((await panel.events('hover')).at(-1), { token: null });
  });

  it('keeps the focus on the token when a new result of the same text comes', async () => {
    await cell(/, joy,/).focus();
    await panel.emit('show', unsigned);
    assert.equal(
      await panel.page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      'token 16 of 25, joy, 1.00',
    );
  });

  it('emphasises the token on which the cursor of the file is, and tells its number', async () => {
    await panel.emit('show', plot);
    await panel.page.locator('summary').first().focus();
    await panel.page.mouse.move(1, 1);
    await panel.emit('highlight', { token: 9 });
    assert.equal(await panel.page.locator('.lit').textContent(), 'fl');
    assert.match(await readout(), /fl\s+\+0\.08\s+helps positive/);
    assert.match(
      await panel.page.locator('.for-ears[aria-live]').innerText(),
      /token 10 of 25, fl, \+0\.08/,
    );
    await panel.emit('highlight', { token: null });
    assert.equal(await panel.page.locator('.lit').count(), 0);
    assert.match(await readout(), /Point at a token/);
  });

  it('says of text that the model did not see that it did not see it', async () => {
    await panel.emit('show', truncated);
    const unseen = panel.page.locator('.unseen');
    assert.equal(await unseen.count(), 1);
    assert.match(
      (await unseen.getAttribute('aria-description')) ?? '',
      /^not seen by the model, 40\d/,
    );
    assert.match(
      await panel.page.locator('.legend').innerText(),
      /Italic and struck: not seen by the model/,
    );
  });

  it('tells towards from away by the line, not by the colour alone', async () => {
    await panel.emit('show', plot);
    const line = (name: RegExp) =>
      cell(name).evaluate(element => getComputedStyle(element).backgroundImage);
    const [joy, thin] = [await line(/, joy,/), await line(/, thin,/)];
    assert.match(joy, /^linear-gradient/);
    assert.match(thin, /^repeating-linear-gradient/);
    await panel.emit('show', unsigned);
    assert.notEqual(await line(/, joy,/), joy);
  });

  it('has a stroke as thick as the score is large', async () => {
    await panel.emit('show', plot);
    const thickness = (name: RegExp) =>
      cell(name).evaluate(element =>
        Number(/^100% ([\d.]+)px/.exec(getComputedStyle(element).backgroundSize)?.[1]),
      );
    const sizes = [
      await thickness(/, joy,/),
      await thickness(/, thin,/),
      await thickness(/, plot,/),
    ];
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => b - a),
    );
    assert.ok(sizes[0]! > sizes[2]! + 1);
  });

  it('stays readable when the theme changes under it', async () => {
    for (const theme of [...themes, themes[0]!]) {
      await panel.setTheme(theme);
      const cap = theme.name.startsWith('hc') ? '0.00' : /0\.[1-6]/;
      await panel.page.waitForFunction(
        ([pattern]) =>
          new RegExp(pattern!).test(
            document.querySelector<HTMLElement>('.panel')!.style.getPropertyValue('--cap-towards'),
          ),
        [typeof cap === 'string' ? cap : cap.source],
      );
      const { contrast, text } = await lowestContrast(panel.page);
      assert.ok(contrast >= 4.5, `${theme.name}: ${contrast} at "${text}"`);
    }
  });

  it('shows 5,000 tokens at once', async function () {
    const state = longState(5000);
    const milliseconds = await panel.page.evaluate(async body => {
      const start = performance.now();
      (window as unknown as { receive(message: unknown): void }).receive({ event: 'show', body });
      // Laid out and painted: the second frame begins after the first was drawn.
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now() - start;
    }, state);
    console.log(`      5,000 tokens on the screen after ${milliseconds.toFixed(0)} ms`);
    assert.equal(await panel.page.locator('.map [role="gridcell"]').count(), 5002);
    assert.equal(await shownText(), state.record.text);
    assert.ok(milliseconds < 3000);
  });
});

describe('map in forced colours', () => {
  it('draws the line as a border, whose style tells the sign', async () => {
    const panel = await PanelPage.open({ forcedColors: true, theme: themes[2]! });
    await panel.emit('show', plot);
    const border = (name: RegExp) =>
      panel.page
        .getByRole('gridcell', { name })
        .evaluate(element => getComputedStyle(element).borderBottomStyle);
    assert.equal(await border(/, joy,/), 'solid');
    assert.equal(await border(/, thin,/), 'dotted');
    await panel.emit('show', unsigned);
    assert.equal(await border(/, joy,/), 'double');
    await panel.screenshot('forced-colors');
    await panel.close();
  });
});
