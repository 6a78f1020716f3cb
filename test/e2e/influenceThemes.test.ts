/** Traces and suspicious labels in the four kinds of themes, for tools (axe) and for people (pictures). */
import assert from 'node:assert/strict';
import { goToLine, lineOfCursor, wrongLine } from './support/sample';
import { axeFindings, chooseTheme, forgetTheme, themes } from './support/themes';
import { TrainingTab } from './support/trainingTab';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

/** Pictures of the README. */
const docsNames = new Set(['influence-light', 'suspicious-dark']);

describe('Screenshots and accessibility of influence', () => {
  let window: VscodeWindow;
  /** The pictures of the README: made when asked, so that a test never changes what is committed. */
  const docs = process.env['GLASSBOX_DOCS'];

  const influence = () => new TrainingTab(window.panel, 'influence');
  const suspicious = () => new TrainingTab(window.panel, 'suspicious');
  /** What is under each tab, beside the file that it is about. */
  const views = [
    { tab: 'Influence', name: 'influence', view: influence, file: 'reviews.dev.jsonl' },
    { tab: 'Suspicious Labels', name: 'suspicious', view: suspicious, file: 'reviews.train.jsonl' },
  ];

  before(async () => {
    // High enough to show some rows of both lists.
    window = await VscodeWindow.open(undefined, { width: 1280, height: 960 });
    await window.openFile('reviews.train.jsonl');
    await suspicious().answerTo(
      () => window.chooseFromMenu('{"text"', 'Glassbox', 'Find Suspicious Labels'),
      { about: /reviews\.train\.jsonl/, says: /100 lines listed/ },
    );
    await suspicious().rows('Suspicious labels').nth(1).locator('.clamped').click();
    await until('the jump', async () => ((await lineOfCursor(window)) ?? 0) > 1);
    await window.runCommand('View: Focus First Editor Group');
    await window.openFile('reviews.dev.jsonl');
    // Then there is room for two columns.
    await window.runCommand('View: Toggle Primary Side Bar Visibility');
    await goToLine(window, wrongLine.line);
    await influence().answerTo(
      async () => {
        await window.chooseFromMenu(wrongLine.text, 'Glassbox', 'Trace Influence');
        await window.listIsOpen(/Which file was the model trained on\?/);
        await window.pick('reviews.train.jsonl');
      },
      { about: new RegExp(`reviews\\.dev\\.jsonl : ${wrongLine.line} `) },
    );
  });
  after(async () => {
    await window.close();
    await forgetTheme();
  });

  for (const theme of themes) {
    describe(`in the theme ${theme.title}`, () => {
      before(() => chooseTheme(window, theme));

      for (const { tab, name, view, file } of views) {
        it(`axe finds nothing under ${tab}`, async () => {
          await window.panel.tab(tab).click();
          await view().view.waitFor();
          const editor = window.page.locator(`.tab[data-resource-name="${file}"]`);
          await editor.click();
          await editor.and(window.page.locator('.active')).waitFor();
          await until('the pointer to be elsewhere', async () => {
            await window.page.mouse.move(400, 500);
            return (await window.page.locator('.monaco-hover:visible').count()) === 0;
          });
          const busy = window.page.locator('.statusbar-item', { hasText: 'Activating' });
          await until('the theme to be there', async () => (await busy.count()) === 0);
          const picture = `${name}-${theme.name}`;
          await view().picture(() => window.screenshot(`e2e-${picture}`));
          if (docs && docsNames.has(picture)) await window.screenshot(picture, docs);
          assert.deepEqual(await axeFindings(window), []);
        });
      }
    });
  }
});
