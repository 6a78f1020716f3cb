/** What compares, evaluates and measures in the four kinds of themes, for tools (axe) and for people (pictures). */
import assert from 'node:assert/strict';
import { addOppositeModel } from './support/oppositeModel';
import { ReportTab, type ReportKind } from './support/reportTab';
import { saveAs } from './support/saveDialog';
import { axeFindings, chooseTheme, forgetTheme, themes } from './support/themes';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

/** Pictures of the README. */
const docsNames = new Set(['compare-light', 'evaluation-dark']);

describe('Screenshots and accessibility of comparisons and evaluations', () => {
  let window: VscodeWindow;
  /** The pictures of the README: made when asked, so that a test never changes what is committed. */
  const docs = process.env['GLASSBOX_DOCS'];
  const views: readonly { readonly title: string; readonly of: ReportKind }[] = [
    { title: 'Compare', of: 'compare' },
    { title: 'Evaluation', of: 'evaluation' },
    { title: 'Drivers', of: 'drivers' },
    { title: 'Models', of: 'models' },
    { title: 'Measures', of: 'measures' },
  ];
  const about = /reviews\.dev\.jsonl/;
  const tabOf = (of: ReportKind) => new ReportTab(window.panel, of);
  const choose = (...items: readonly string[]) =>
    window.chooseFromMenu('The plot is thin', 'Glassbox', ...items);

  before(async () => {
    window = await VscodeWindow.open(addOppositeModel, { width: 1280, height: 960 });
    await window.openFile('reviews.dev.jsonl');
    await window.runCommand('View: Toggle Primary Side Bar Visibility');
    await tabOf('evaluation').answerTo(() => choose('Evaluate Dataset'), {
      ...{ about, run: /^200 of 200 lines evaluated$/ },
    });
    await tabOf('evaluation')
      .table('Confusion matrix')
      .getByRole('button', { name: /^gold .positive., predicted .negative./ })
      .click();
    await until('the lines of the cell', () =>
      tabOf('evaluation').table('Lines of the cell').isVisible(),
    );
    await tabOf('drivers').answerTo(() => choose('Which Tokens Drive This File'), {
      ...{ about, run: /^200 of 200 lines explained$/ },
    });
    await window.clickLine('The plot is thin');
    await window.page.keyboard.down('Shift');
    await window.clickLine('Comfortable? Hardly');
    await window.page.keyboard.up('Shift');
    await tabOf('models').answerTo(
      async () => {
        await window.runCommand('Glassbox: Compare Models on Selection...');
        await window.listIsOpen(/be compared with\?/);
        await window.pick('opposite');
      },
      { about, run: /^3 of 3 lines compared$/ },
    );
    await tabOf('measures').answerTo(
      async () => {
        await window.runCommand('Glassbox: Measure Explanations of Selection...');
        await window.listIsOpen(/Which methods\?/);
        await window.page.keyboard.press('Enter');
        await saveAs(window, 'measures.jsonl');
      },
      { about, run: /^3 of 3 lines measured$/ },
    );
    await tabOf('compare').answerTo(() => choose('Compare Methods'), {
      ...{ about, run: /^\d+ of \d+ computed, \d+ when asked for$/ },
    });
  });
  after(async () => {
    await window.close();
    await forgetTheme();
  });

  for (const theme of themes) {
    describe(`in the theme ${theme.title}`, () => {
      before(() => chooseTheme(window, theme));

      for (const { title, of } of views) {
        it(`axe finds nothing under ${title}`, async () => {
          await window.panel.tab(title).click();
          const tab = tabOf(of);
          await tab.view.waitFor();
          await until('the pointer to be elsewhere', async () => {
            await window.page.mouse.move(400, 500);
            return (await window.page.locator('.monaco-hover:visible').count()) === 0;
          });
          const busy = window.page.locator('.statusbar-item', { hasText: 'Activating' });
          await until('the theme to be there', async () => (await busy.count()) === 0);
          const picture = `${of}-${theme.name}`;
          await tab.picture(() => window.screenshot(`e2e-${picture}`));
          if (docs && docsNames.has(picture)) await window.screenshot(picture, docs);
          assert.deepEqual(await axeFindings(window), []);
        });
      }
    });
  }
});
