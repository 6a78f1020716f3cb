/** Attack, rewriting and attacked lines in the four kinds of themes, for tools (axe) and for people (pictures). */
import assert from 'node:assert/strict';
import { AttackTab } from './support/attackTab';
import { saveAs } from './support/saveDialog';
import { axeFindings, chooseTheme, forgetTheme, themes } from './support/themes';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

/** Pictures of the README. */
const docsNames = new Set(['attack-light', 'rewrite-dark', 'lines-light']);

const views = ['Attack', 'Rewrite', 'Lines'] as const;

describe('Screenshots and accessibility of attacks', () => {
  let window: VscodeWindow;
  /** The pictures of the README: made when asked, so that a test never changes what is committed. */
  const docs = process.env['GLASSBOX_DOCS'];

  const view = (name: string) => window.panel.frame.locator(`.${name.toLowerCase()}-view`);
  const rewrite = async () => {
    await window.chooseFromMenu('The plot is thin', 'Glassbox', 'Rewrite Line');
    const area = view('Rewrite').getByRole('textbox', { name: 'text' });
    await area.fill('The plot is thin, and the leads are a mess.');
    await view('Rewrite').locator('.verdict', { hasText: '2 of 10 words' }).waitFor();
  };
  const attackLines = async () => {
    await window.clickLine('The plot is thin');
    await window.page.keyboard.down('Shift');
    await window.clickLine('Starter: lovely');
    await window.page.keyboard.up('Shift');
    await window.runCommand('Glassbox: Attack Selection');
    await window.listIsOpen(/Which attack/);
    await window.pick('HotFlip');
    await saveAs(window, 'attacked.jsonl');
    await view('Lines').locator('.lines-says', { hasText: '10 lines attacked' }).waitFor();
    await window.clickLine('The plot is thin');
  };

  before(async () => {
    window = await VscodeWindow.open();
    await window.openFile('reviews.dev.jsonl');
    await new AttackTab(window.panel).answerTo(() =>
      window.chooseFromMenu('The plot is thin', 'Glassbox', 'Attack Line: HotFlip'),
    );
    await rewrite();
    await attackLines();
  });
  after(async () => {
    await window.close();
    await forgetTheme();
  });

  for (const theme of themes) {
    describe(`in the theme ${theme.title}`, () => {
      before(() => chooseTheme(window, theme));

      for (const name of views) {
        it(`axe finds nothing under ${name}`, async () => {
          await window.panel.tab(name).click();
          await view(name).waitFor();
          if (name !== 'Lines') await view(name).getByRole('grid').first().waitFor();
          const picture = `${name.toLowerCase()}-${theme.name}`;
          await until('the pointer to be elsewhere', async () => {
            await window.line('The plot is thin').hover();
            return (await window.page.locator('.monaco-hover:visible').count()) === 0;
          });
          await window.screenshot(`e2e-${picture}`);
          if (docs && docsNames.has(picture)) await window.screenshot(picture, docs);
          assert.deepEqual(await axeFindings(window), []);
        });
      }
    });
  }
});
