/** The saved picture: well-formed, self-contained, the same numbers, nothing of the text as markup. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PanelState } from '../../src/protocol';
import { PanelPage } from './support/panelPage';
import { plot, stateOf, truncated, unsigned, wordPieces } from './support/samples';
import type { Theme } from './support/themes';
import { themes } from './support/themes';

async function pictureOf(state: PanelState, theme: Theme): Promise<string> {
  const panel = await PanelPage.open({ theme });
  await panel.emit('show', state);
  await panel.page.getByRole('button', { name: 'Save SVG' }).click();
  const { svg } = await panel.waitForEvent('savePicture');
  await panel.close();
  return svg;
}

/** What a browser makes of the file, opened as a picture of its own. */
async function parsed(svg: string) {
  const panel = await PanelPage.open();
  const found = await panel.page.evaluate(source => {
    const tree = new DOMParser().parseFromString(source, 'image/svg+xml');
    const all = [...tree.querySelectorAll('*')];
    return {
      broken: tree.querySelector('parsererror')?.textContent ?? null,
      tags: [...new Set(all.map(element => element.localName))].sort(),
      attributes: [...new Set(all.flatMap(element => element.getAttributeNames()))],
      words: [...tree.querySelectorAll('g > text')].map(element => element.textContent),
      titles: [...tree.querySelectorAll('g > title')].map(element => element.textContent),
      dashes: tree.querySelectorAll('g > [stroke-dasharray]').length,
      fills: [...tree.querySelectorAll('g > rect')].map(rect =>
        Number(rect.getAttribute('fill-opacity')),
      ),
    };
  }, svg);
  await panel.close();
  return found;
}

/** Draws the file as a page of its own, to be looked at. */
async function look(svg: string, name: string): Promise<void> {
  const folder = path.resolve('out', 'screenshots');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `webview-picture-${name}.svg`);
  writeFileSync(file, svg);
  const panel = await PanelPage.open({ width: 800, height: 420 });
  await panel.page.goto(`file://${file}`);
  await panel.page.screenshot({ path: file.replace('.svg', '.png') });
  await panel.close();
}

describe('picture of the map', () => {
  for (const theme of themes) {
    it(`${theme.name}: holds every token with its number`, async () => {
      const svg = await pictureOf(plot, theme);
      await look(svg, theme.name);
      const { broken, tags, attributes, words, titles, dashes, fills } = await parsed(svg);
      assert.equal(broken, null);
      assert.deepEqual(tags, ['desc', 'g', 'line', 'rect', 'svg', 'text', 'title']);
      assert.deepEqual(
        attributes.filter(name => /href|style|^on/.test(name)),
        [],
      );
      assert.equal(words.join(''), plot.record.text.replace(/\s/g, ''));
      assert.ok(titles.includes('token 16 of 25, joy, +1.00, helps positive'));
      // One for each token that is away, and counts: plot, thin, the first comma, un, would.
      assert.equal(dashes, 5);
      const strongest = Math.max(...fills);
      assert.ok(theme.name.startsWith('hc') ? strongest === 0 : strongest > 0.3);
    });
  }

  it('draws sizes without sign, and the beginning of what was not seen', async () => {
    const svg = await pictureOf(unsigned, themes[0]!);
    assert.equal((await parsed(svg)).dashes, 0);
    await look(svg, 'unsigned');
    const cut = await pictureOf(truncated, themes[1]!);
    await look(cut, 'truncated');
    const { words } = await parsed(cut);
    assert.ok(words.at(-1)!.endsWith('\u2026'));
    assert.match(cut, /The model reads 24 tokens; the last 408 characters/);
  });

  it('keeps markup, control characters and half characters from breaking it', async () => {
    const text = '<img src=x onerror=alert(1)> ]]> &lt; \0 \x1b \ud83d end';
    const state = stateOf(
      text,
      wordPieces(text, ['img', ']', '&', 'end']),
      [0, 1, -1, 0.5, 0.5, 0],
    );
    const { broken, tags, words } = await parsed(await pictureOf(state, themes[0]!));
    assert.equal(broken, null);
    assert.ok(!tags.includes('img'));
    assert.match(words.join(' '), /onerror=alert\(1\)/);
    assert.match(words.join(' '), /\ufffd/);
  });
});
