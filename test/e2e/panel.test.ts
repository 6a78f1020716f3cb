/** What a person does in the panel, and what stays when VS Code is closed. */
import assert from 'node:assert/strict';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const line = 'The plot is thin, but the leads are a joy.';

describe('The panel', () => {
  let window: VscodeWindow;

  before(async () => {
    window = await VscodeWindow.open();
    await window.openFile('reviews.dev.jsonl');
    await window.explain('The plot is thin');
  });
  after(() => window.close());

  it('explains by another method, and the map in the file follows', async () => {
    const { panel } = window;
    assert.equal(await panel.chosen('Method'), 'Integrated gradients');
    const signed = await window.tinted();
    assert.ok(signed.every(({ line: style }) => style !== 'double'));
    await panel.choose('Method', 'Gradient');
    await panel.choose('Combine', 'L2 norm');
    assert.match(await panel.frame.locator('.legend').innerText(), /Gradient .*\bL2 norm/s);
    await until('tints without a sign', async () => {
      const seen = await window.tinted();
      return seen.length > 0 && seen.every(({ line: style }) => style === 'double');
    });
  });

  it('explains with the signs of another label the other way round', async () => {
    const { panel } = window;
    await panel.choose('Method', 'Integrated gradients');
    await panel.choose('Combine', 'Dot with the input');
    const styles = async () =>
      new Map((await window.tinted()).map(({ text, line: style }) => [text, style]));
    const predicted = /^(positive|negative)/.exec(
      (await panel.frame.locator('.verdict').innerText()).trim(),
    )?.[1];
    const other = predicted === 'positive' ? 'negative' : 'positive';
    const before = await styles();
    await panel.choose('Explain', `\u201c${other}\u201d`);
    assert.match(
      await panel.frame.locator('.legend').innerText(),
      new RegExp(`towards .${other}.`),
    );
    // With two classes and centred weights what speaks for one speaks against the other. Of the
    // strongest tokens at least one must have changed its sign, or nothing was explained anew.
    await until('another sign in the file', async () => {
      const now = await styles();
      return [...now].some(([text, style]) => before.has(text) && before.get(text) !== style);
    });
    await panel.choose('Explain', `Predicted (${predicted ?? ''})`);
  });

  it('explains the loss and the probability', async () => {
    for (const scalar of ['Loss', 'Probability', 'Logit']) {
      await window.panel.choose('Scalar', scalar);
      const legend = await window.panel.frame.locator('.legend').innerText();
      assert.match(legend, new RegExp(`of the ${scalar.toLowerCase()}`));
    }
  });

  it('outlines in the file the token under the pointer', async () => {
    await window.panel.token('joy').hover();
    await untilEqual('the outline', () => window.emphasised(), 'joy');
    await window.screenshot('e2e-hover');
    await window.panel.frame.locator('header.head').hover();
    await untilEqual('the outline', () => window.emphasised(), '');
  });

  it('outlines in the file the token that the arrow keys reach', async () => {
    const texts = await window.panel.tokens.allTextContents();
    await window.panel.tokens.first().focus();
    await untilEqual('the outline', () => window.emphasised(), texts[0]);
    await window.page.keyboard.press('ArrowRight');
    await untilEqual('the outline', () => window.emphasised(), texts[1]);
    await window.page.keyboard.press('ArrowLeft');
    await untilEqual('the outline', () => window.emphasised(), texts[0]);
  });

  it('marks the token under the cursor of the file', async () => {
    await window.clickLine('The plot is thin');
    await window.page.keyboard.press('Control+Home');
    const lit = window.panel.frame.locator('.map .lit');
    const at = '{"text":"'.length + line.indexOf('thin');
    for (let i = 0; i <= at; i++) await window.page.keyboard.press('ArrowRight');
    await untilEqual('the marked token', () => lit.allTextContents(), ['thin']);
    await window.page.keyboard.press('Control+Home');
    await untilEqual('the marked token', () => lit.allTextContents(), []);
  });

  it('goes to a token of the file with Enter', async () => {
    await window.panel.token('joy').focus();
    await window.page.keyboard.press('Enter');
    await until('the focus in the file', () => window.hasEditorFocus());
    const column = '{"text":"'.length + line.indexOf('joy') + 1;
    const position = window.page.locator('.statusbar-item', { hasText: /Ln \d+, Col \d+/ });
    await until(`the cursor at column ${column}`, async () =>
      new RegExp(`Ln 1, Col ${column}\\b|Ln 1, Col ${column + 3}\\b`).test(
        await position.innerText(),
      ),
    );
  });

  it('comes back with its explanation when VS Code is opened again', async () => {
    await window.panel.choose('Method', 'Gradient');
    const before = await window.panel.header();
    await window.reload();
    await until('the panel', () => window.panel.isShown());
    const place = /^.*? : \d+/.exec(before)?.[0] ?? 'no place';
    assert.ok((await window.panel.header()).startsWith(place));
    assert.equal(await window.panel.chosen('Method'), 'Gradient');
    await until('the tints', async () => (await window.tinted()).length > 0);
    assert.equal(await window.panel.count(), 1);
  });
});
