/** A line that is predicted wrongly: why so and not as gold says, its strongest words, and its pictures. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { spaced } from './support/attackTab';
import { goToLine, wrongLine } from './support/sample';
import { proposedName, saveAs } from './support/saveDialog';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const pngSignature = '89504e470d0a1a0a';

describe('Explain a wrong line', () => {
  let window: VscodeWindow;

  const file = (name: string) => path.join(window.workspace, name);
  const legend = async () =>
    spaced(await window.panel.frame.locator('#view-saliency .legend, .legend').first().innerText());
  const tinted = () =>
    window.panel.frame.locator('.map-text .token:is(.towards, .away)').allInnerTexts();
  const show = async (what: string) => {
    await window.panel.frame
      .getByRole('combobox', { name: 'Show', exact: true })
      .selectOption({ label: what });
  };
  const written = (name: string) =>
    until(`${name} to be written`, async () => {
      const bytes = await readFile(file(name)).catch(() => null);
      return bytes !== null && bytes.length > 0 && bytes;
    });

  before(async () => {
    window = await VscodeWindow.open();
    await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await window.openFile('reviews.dev.jsonl');
  });
  after(() => window.close());

  it('explains what is predicted against gold, without being asked', async () => {
    await goToLine(window, wrongLine.line);
    await window.explain(wrongLine.text);
    assert.match(await legend(), /predicted against gold, because the prediction is wrong/);
    await window.screenshot('e2e-wrong');
  });

  it('tints the three strongest words only, and lists their weights', async () => {
    assert.ok((await tinted()).length > 3);
    await show('3 strongest words');
    const rows = window.panel.frame
      .getByRole('table', { name: 'Strongest words with their weights' })
      .locator('tbody tr');
    await until('three words', async () => (await rows.count()) === 3);
    const words = (await rows.locator('th').allInnerTexts()).map(word => word.trim());
    const shown = (await tinted()).map(word => word.trim());
    assert.deepEqual(shown.toSorted(), words.toSorted());
    await window.screenshot('e2e-top-words');
    await show('All words');
    await until('all words', async () => (await tinted()).length > 3);
  });

  it('saves the map as SVG, which says what is explained', async () => {
    await window.panel.button('Save SVG').click();
    assert.equal(await proposedName(window, '.svg'), 'reviews.dev.23.svg');
    await saveAs(window, 'map.svg');
    const svg = (await written('map.svg')).toString();
    assert.match(svg, /^<svg[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.doesNotMatch(svg, /<script|<foreignObject|javascript:/i);
    assert.match(svg, />overpriced</);
  });

  it('copies the same', async () => {
    await window.panel.button('Copy SVG').click();
    const svg = (await written('map.svg')).toString();
    await until('the picture in the clipboard', async () => {
      const text = await window.page.evaluate(() => navigator.clipboard.readText());
      return text === svg;
    });
  });

  it('saves the same as PNG, twice as large in pixels', async () => {
    await window.panel.button('Save PNG').click();
    assert.equal(await proposedName(window, '.png'), 'reviews.dev.23.png');
    await saveAs(window, 'map.png');
    const png = await written('map.png');
    assert.equal(png.subarray(0, 8).toString('hex'), pngSignature);
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    const svg = (await written('map.svg')).toString();
    const size = (name: string) =>
      Number(new RegExp(`<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1]);
    assert.deepEqual([width, height], [2 * size('width'), 2 * size('height')].map(Math.floor));
    assert.ok(png.length > 5000, `${png.length} bytes`);
  });

  it('asks for what is predicted on the next line, which is right', async () => {
    await goToLine(window, 1);
    await window.explain('The plot is thin');
    assert.match(await legend(), /positive/);
    assert.doesNotMatch(await legend(), /against gold/);
  });
});
