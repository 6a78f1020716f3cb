/** A view saved as a page: the same words and colours, in any browser, with nothing that runs or is fetched. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pixelsPerUnit } from '../../webview/pictures/png';
import { hostileState, methodsState } from './support/comparisonSamples';
import { PanelPage } from './support/panelPage';
import { longState, plot } from './support/samples';
import { apart, drawn } from './support/saliencySamples';
import { themes } from './support/themes';

const folder = path.resolve('out', 'screenshots');

async function saved(panel: PanelPage, count = 1) {
  await panel.page.getByRole('button', { name: 'Save View as HTML' }).click();
  return panel.waitForEvent('savePage', count);
}

/** The page as a file of its own, in a browser that lets scripts run. */
async function opened(html: string, name: string, width: number): Promise<PanelPage> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `webview-page-${name}.html`);
  writeFileSync(file, html);
  const other = await PanelPage.open({ width });
  await other.page.goto(`file://${file}`);
  return other;
}

/** Words, and the colours that tell something, of all tokens and bars. */
function looks(panel: PanelPage, root: string) {
  return panel.page.evaluate(selector => {
    const view = document.querySelector(selector)!;
    const texts = [...view.querySelectorAll('*')].filter(
      one => one.childElementCount === 0 && one.textContent.trim() !== '' && one.checkVisibility(),
    );
    return texts.map(one => {
      const style = getComputedStyle(one);
      const { color, fontWeight, fontSize } = style;
      const backgroundImage = style.backgroundImage.replace(/^none(, none)*$/, 'none');
      // Nothing at all is written in more than one way.
      const backgroundColor = style.backgroundColor.replace(/^.*[,/] 0\)$/, 'none');
      return {
        text: one.textContent,
        color,
        backgroundColor,
        backgroundImage,
        fontWeight,
        fontSize,
      };
    });
  }, root);
}

describe('saved page', function () {
  this.timeout(60_000);

  for (const theme of themes) {
    it(`${theme.name}: shows the same words in the same colours, and has no script`, async () => {
      const panel = await PanelPage.open({ theme, width: 640 });
      await panel.emit('show', apart);
      await panel.page.getByRole('radio', { name: 'Combined' }).check();
      const { html, name } = await saved(panel);
      assert.equal(name, 'Saliency');
      const page = await opened(html, `${theme.name}-saliency`, 640);
      assert.equal(await page.page.title(), 'Saliency: reviews.dev.jsonl');
      await page.screenshot(`${theme.name}-page`);
      const [before, after] = [await looks(panel, '.view'), await looks(page, 'main')];
      const there = new Set(after.map(one => JSON.stringify(one)));
      // What is pressed, typed into or a hint for the pointer is no part of a page.
      const gone = before.filter(one => !there.has(JSON.stringify(one))).map(({ text }) => text);
      const expected =
        /^(?:Copy JSON|Save SVG|Save PNG|Copy SVG|Table|Point at a token.*|Each piece.*|Logit)$/;
      assert.deepEqual(
        gone.filter(text => !expected.test(text)),
        [],
      );
      assert.ok(after.length > 40, String(after.length));
      const ground = (one: PanelPage) =>
        one.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(await ground(page), await ground(panel));
      assert.equal(
        await page.page
          .locator('script, button, input, select, textarea, link, img, iframe')
          .count(),
        0,
      );
      assert.equal(await page.page.locator('[onclick], [href], [src], [style]').count(), 0);
      assert.match(
        html,
        /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">/,
      );
      assert.doesNotMatch(html, /url\(|var\(|@import|https?:/);
      assert.deepEqual(await page.axe(), []);
      await page.close();
      await panel.close();
    });
  }

  it('has the tints where they were, and the numbers of a token under the pointer', async () => {
    const panel = await PanelPage.open({ width: 760 });
    await panel.emit('comparison', methodsState());
    const { html, name } = await saved(panel);
    assert.equal(name, 'Compare');
    const page = await opened(html, 'compare', 760);
    await page.screenshot('page-compare');
    const boxes = (one: PanelPage, of: string) =>
      one.page.locator(of).evaluateAll(all =>
        all.map(token => {
          const { width, height } = token.getBoundingClientRect();
          return [token.textContent, Math.round(width), Math.round(height)];
        }),
      );
    const tokens = await boxes(panel, '[role="gridcell"]');
    const copies = await boxes(page, '[title^="token "], [title^="special token "]');
    assert.ok(tokens.length > 90);
    assert.deepEqual(copies, tokens);
    assert.equal(
      await page.page.getByTitle('token 16 of 25, joy, +1.00, helps positive').count(),
      1,
    );
    await page.close();
    await panel.close();
  });

  it('keeps markup as text, whatever it is called', async () => {
    const markup =
      '</style></title><script>document.title=1</script><img src=x onerror=alert(1)>\0\ud83d';
    const panel = await PanelPage.open();
    await panel.emit('comparison', hostileState(markup));
    const { html } = await saved(panel);
    const page = await opened(html, 'hostile', 640);
    assert.equal(await page.page.locator('script, img').count(), 0);
    assert.match(await page.page.title(), /^Compare: <\/style><\/title><script>/);
    assert.match(
      await page.page.locator('h3').first().innerText(),
      /<img src=x onerror=alert\(1\)>\ufffd\ufffd/,
    );
    assert.doesNotMatch(html, /\0/);
    assert.deepEqual(await panel.violations(), []);
    await page.close();
    await panel.close();
  });

  it('is small, and made at once, for a long text', async () => {
    const panel = await PanelPage.open();
    await panel.emit('show', longState(2000));
    const start = Date.now();
    const { html } = await saved(panel);
    const [seconds, megabytes] = [(Date.now() - start) / 1000, html.length / 1e6];
    console.log(`      2,000 tokens: ${seconds.toFixed(1)} s, ${megabytes.toFixed(2)} MB`);
    assert.ok(megabytes < 1);
    await panel.close();
  });
});

describe('picture as PNG', () => {
  it('has two pixels a unit, or what a canvas has room for', () => {
    assert.equal(pixelsPerUnit(760, 400), 2);
    assert.equal(pixelsPerUnit(760, 16_384), 1);
    const scale = pixelsPerUnit(10_000, 10_000);
    assert.ok(Math.abs(10_000 * 10_000 * scale * scale - 40_000_000) < 1);
  });

  for (const theme of [themes[0]!, themes[2]!]) {
    it(`${theme.name}: is as large as the SVG twice, and not blank`, async () => {
      const panel = await PanelPage.open({ theme });
      await panel.emit('show', drawn);
      await panel.page.getByRole('button', { name: 'Copy SVG' }).click();
      const { svg } = await panel.waitForEvent('copyPicture');
      const [, width, height] = /width="(\d+)" height="([\d.]+)"/.exec(svg)!.map(Number);
      await panel.page.getByRole('button', { name: 'Save PNG' }).click();
      const { base64 } = await panel.waitForEvent('savePng');
      const bytes = Buffer.from(base64, 'base64');
      writeFileSync(path.join(folder, `webview-picture-${theme.name}-drawn.png`), bytes);
      assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG');
      assert.deepEqual(
        [bytes.readUInt32BE(16), bytes.readUInt32BE(20)],
        [2 * width!, Math.floor(2 * height!)],
      );
      const colours = await panel.page.evaluate(async data => {
        const image = new Image();
        image.src = URL.createObjectURL(
          new Blob([Uint8Array.from(atob(data), letter => letter.charCodeAt(0))]),
        );
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = image.naturalWidth;
        canvas.height = image.naturalHeight;
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        const pixels = new Uint32Array(
          context.getImageData(0, 0, canvas.width, canvas.height).data.buffer,
        );
        return { corner: pixels[0]!, count: new Set(pixels).size };
      }, base64);
      // Red is the lowest byte.
      assert.equal(colours.corner, theme.name === 'light' ? 0xff_ff_ff_ff : 0xff_00_00_00);
      assert.ok(colours.count > 50, String(colours.count));
      assert.deepEqual(await panel.violations(), []);
      await panel.close();
    });
  }

  it('says in the picture what is chance, and that few words are tinted', async () => {
    const panel = await PanelPage.open();
    await panel.emit('show', drawn);
    await panel.page.getByLabel('Show', { exact: true }).selectOption('3');
    await panel.page.getByRole('button', { name: 'Save SVG' }).click();
    const { svg } = await panel.waitForEvent('savePicture');
    assert.match(svg, /Only the 3 strongest words are tinted\./);
    assert.match(svg, /Dotted under the letters/);
    assert.match(svg, /joy, \+1\.00 \u00b1 0\.08, helps positive/);
    assert.equal(svg.match(/fill-opacity/g)!.length, 3 + 2);
    await panel.emit('show', plot);
    await panel.close();
  });
});
