/** The heatmap in the four kinds of themes, for tools (axe) and for people (pictures). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { repository } from '../../scripts/tools/places.mjs';
import { screenshots } from './support/session';
import { until } from './support/until';
import { changeSettings, VscodeWindow } from './support/vscodeWindow';

/** Short name, name in VS Code, class of the workbench. */
const themes = [
  ['dark', 'Default Dark Modern', 'vs-dark'],
  ['light', 'Default Light Modern', 'vs'],
  ['hc-black', 'Default High Contrast', 'hc-black'],
  ['hc-light', 'Default High Contrast Light', 'hc-light'],
] as const;

interface AxeFinding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

describe('Screenshots and accessibility', () => {
  let window: VscodeWindow;
  /** The pictures of the README: made when asked, so that a test never changes what is committed. */
  const docs = process.env['GLASSBOX_DOCS'];

  before(async () => {
    window = await VscodeWindow.open();
    await window.openFile('reviews.dev.jsonl');
    await window.explain('The plot is thin, but the leads are a joy.');
  });
  after(async () => {
    await window.close();
    await changeSettings({});
  });

  for (const [name, theme, workbenchClass] of themes) {
    describe(`in the theme ${theme}`, () => {
      before(async () => {
        await changeSettings({ 'workbench.colorTheme': theme });
        await window.page.locator(`.monaco-workbench.${workbenchClass}`).waitFor();
        await until('the theme in the panel', async () => {
          const body = await window.panel.frame.locator('body').getAttribute('class');
          const wanted = {
            'hc-black': 'vscode-high-contrast',
            'hc-light': 'vscode-high-contrast-light',
            dark: 'vscode-dark',
            light: 'vscode-light',
          };
          return body?.split(' ').includes(wanted[name]) ?? false;
        });
      });

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
        if (docs) {
          const pictures: Record<string, string> = {
            light: 'explain-light',
            dark: 'explain-dark',
            'hc-black': 'explain-hc',
          };
          const picture = pictures[name];
          if (picture) await window.screenshot(picture, docs);
        }
      });

      it('axe finds nothing in the panel', async () => {
        await window.panel.tableRows();
        const source = await readFile(
          path.join(repository, 'node_modules', 'axe-core', 'axe.min.js'),
          'utf8',
        );
        const body = window.panel.frame.locator('body');
        // Evaluated over the debugging protocol, which the policy of the page does not stop.
        const violations = await body.evaluate<AxeFinding[]>(
          `async () => {
            ${source};
            const { violations } = await axe.run(document, { resultTypes: ['violations'] });
            return violations;
          }`,
        );
        await window.screenshot(`e2e-${name}-table`);
        await window.panel.button('Table').click();
        assert.deepEqual(
          violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]),
          [],
        );
      });
    });
  }

  it('pictures for people are in out/screenshots', async () => {
    for (const [name] of themes) {
      const bytes = await readFile(path.join(screenshots, `e2e-${name}.png`));
      assert.ok(bytes.length > 20_000, `${name} is no empty picture`);
    }
  });
});
