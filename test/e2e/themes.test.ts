/** The heatmap in the four kinds of themes, for tools (axe) and for people (pictures). */
import assert from 'node:assert/strict';
import { axeFindings, chooseTheme, forgetTheme, themes } from './support/themes';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

/** Pictures of the README. */
const docsNames: Readonly<Record<string, string>> = {
  light: 'explain-light',
  dark: 'explain-dark',
  'hc-black': 'explain-hc',
};

describe('Screenshots and accessibility', () => {
  let window: VscodeWindow;
  /** The pictures of the README: made when asked, so that a test never changes what is committed. */
  const docs = process.env['GLASSBOX_DOCS'];

  before(async () => {
    window = await VscodeWindow.open();
    await window.openFile('reviews.dev.jsonl');
    await window.explain('The plot is thin');
  });
  after(async () => {
    await window.close();
    await forgetTheme();
  });

  for (const theme of themes) {
    const { name } = theme;
    describe(`in the theme ${theme.title}`, () => {
      before(() => chooseTheme(window, theme));

      it('tints the line, by more than colour', async () => {
        const tinted = await until('the tints', async () => {
          const seen = await window.tinted();
          return seen.length > 0 && seen;
        });
        const styles = new Set(tinted.map(({ line }) => line));
        assert.deepEqual([...styles].sort(), ['dotted', 'solid']);
        const filled = tinted.filter(({ fill }) => fill !== 'rgba(0, 0, 0, 0)');
        if (name.startsWith('hc')) assert.equal(filled.length, 0, 'no fill in high contrast');
        else assert.equal(filled.length, tinted.length);
        await window.screenshot(`e2e-${name}`);
        const picture = docsNames[name];
        if (docs && picture) await window.screenshot(picture, docs);
      });

      it('axe finds nothing in the panel', async () => {
        await window.panel.tableRows();
        const found = await axeFindings(window);
        await window.screenshot(`e2e-${name}-table`);
        await window.panel.button('Table').click();
        assert.deepEqual(found, []);
      });
    });
  }
});
