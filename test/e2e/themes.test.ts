/** The heatmap in the four kinds of themes, for tools (axe) and for people (pictures). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { repository } from '../../scripts/tools/places.mjs';
import { session, usualSettings } from './support/session';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

/** Name of the pictures, name in VS Code, class of the workbench, class of the panel's body. */
const themes = [
  ['dark', 'Dark Modern', 'vs-dark', 'vscode-dark'],
  ['light', 'Light Modern', 'vs', 'vscode-light'],
  ['hc-black', 'Dark High Contrast', 'hc-black', 'vscode-high-contrast'],
  ['hc-light', 'Light High Contrast', 'hc-light', 'vscode-high-contrast-light'],
] as const;

/** Pictures of the README. */
const docsNames: Readonly<Record<string, string>> = {
  light: 'explain-light',
  dark: 'explain-dark',
  'hc-black': 'explain-hc',
};

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
    await window.explain('The plot is thin');
  });
  after(async () => {
    await window.close();
    // The next window begins in the usual theme again.
    const { server } = await session();
    await server.writeSettings(usualSettings);
  });

  for (const [name, theme, workbenchClass, panelClass] of themes) {
    describe(`in the theme ${theme}`, () => {
      before(async () => {
        await window.runCommand('Preferences: Color Theme');
        await window.listIsOpen(/Select Color Theme/);
        await window.pick(theme);
        await window.page.locator(`.monaco-workbench.${workbenchClass}`).waitFor();
        await until('the theme in the panel', async () => {
          const body = await window.panel.frame.locator('body').getAttribute('class');
          return body?.split(' ').includes(panelClass) ?? false;
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
        const picture = docsNames[name];
        if (docs && picture) await window.screenshot(picture, docs);
      });

      it('axe finds nothing in the panel', async () => {
        await window.panel.tableRows();
        const source = await readFile(
          path.join(repository, 'node_modules', 'axe-core', 'axe.min.js'),
          'utf8',
        );
        // Evaluated over the debugging protocol, which the policy of the page does not stop.
        const frame = await window.panel.ownFrame();
        await frame.evaluate(source);
        const { violations } = await frame.evaluate<{ violations: AxeFinding[] }>(
          "axe.run(document, { resultTypes: ['violations'] })",
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
});
