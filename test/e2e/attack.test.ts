/** A line is attacked: how it ended, in words; every step with its own map; other settings; the keyboard alone. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { AttackTab } from './support/attackTab';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

/** Several words speak for one label: one change is not enough. */
const strong =
  'The pair is comfortable, and the fit is first class. I ordered a second pair for my brother.';
const plain = 'The shoe is nice.';

const file = [
  { text: strong, label: 'positive' },
  // The same with a gold label that the model does not agree with.
  { text: plain, label: 'negative' },
]
  .map(record => `${JSON.stringify(record)}\n`)
  .join('');

const flippedSays = /^flipped (\w+) to (\w+) with (\d+) of (\d+) words changed, \d+ runs$/i;

describe('Attack a line', () => {
  let window: VscodeWindow;
  let tab: AttackTab;

  before(async () => {
    window = await VscodeWindow.open(workspace =>
      writeFile(path.join(workspace, 'lines.jsonl'), file),
    );
    tab = new AttackTab(window.panel);
    await window.openFile('lines.jsonl');
  });
  after(() => window.close());

  const stepBack = async (to: RegExp) => {
    await window.page.keyboard.press('ArrowLeft');
    await until(`the step ${to.source}`, async () => to.test(await tab.current()));
  };
  const shares = async () =>
    (await tab.bars()).map(row => {
      const [, label, before, after] = /^(\w+) ([01]\.\d\d) \u2192 (?:to )?([01]\.\d\d)/.exec(row)!;
      return { label, before, after };
    });

  describe('with HotFlip, from its context menu', () => {
    before(() =>
      tab.answerTo(() =>
        window.chooseFromMenu('The pair is comfortable', 'Glassbox', 'Attack Line: HotFlip'),
      ),
    );

    it('says in words how it ended, and that the text alone gives that prediction', async () => {
      const [, from, to, changed, words] = flippedSays.exec(await tab.says())!;
      assert.deepEqual([from, to], ['positive', 'negative']);
      assert.equal(Number(words), strong.match(/\w+/g)!.length + strong.match(/[.,]/g)!.length);
      const head = await tab.head();
      assert.match(head, /lines\.jsonl : 1 text model · (cpu|webgpu) · \d+ ms/i);
      assert.match(head, /HotFlip: Make the model predict anything but .positive./);
      assert.match(head, /✓ verified from text/);
      assert.match(head, /\d+ queries in \d+ runs of the model/);
      assert.match(head, /gold: positive, as was predicted/);
      await tab.map.waitFor();
      const marks = await tab.map.locator('.mark-new').count();
      assert.equal(marks, Number(changed), 'as many words are marked as are said to be changed');
    });

    it('shows the probabilities before and after, the same as in the row of steps', async () => {
      const original = await tab.steps.first().innerText();
      const last = await tab.steps.last().innerText();
      const rows = await shares();
      const of = (label: string) => rows.find(row => row.label === label)!;
      assert.match(original, new RegExp(`positive\\s+${of('positive').before}`));
      assert.match(last, new RegExp(`negative\\s+${of('negative').after}`));
      assert.match((await tab.bars()).join('; '), /now predicted.*no longer predicted/);
      await tab.picture(() => window.screenshot('e2e-attack'));
    });

    it('tells each change by a sign, and in words to screen readers', async () => {
      const spoken = await tab.spokenMap();
      const changes = spoken.flatMap(words => /, changed (\S+) to (\S+)$/.exec(words) ?? []);
      assert.ok(changes.length >= 3, spoken.join('; '));
      const was = await tab.map.locator('.mark-old').allInnerTexts();
      assert.ok(was.every(word => strong.includes(word)));
      const signs = await tab.map.locator('.mark-sign').allInnerTexts();
      assert.deepEqual(
        signs,
        was.map(() => '\u2192'),
      );
    });

    it('steps back with the arrow keys: each step has its text, its map, its prediction', async () => {
      const count = (await tab.steps.count()) - 1;
      assert.ok(count >= 2, 'the line needs more than one change');
      await tab.steps.last().focus();
      const maps = new Set([(await tab.spokenMap()).join()]);
      for (let step = count - 1; step >= 1; step--) {
        await stepBack(new RegExp(`^step ${step} positive`));
        assert.match(
          await tab.announced(),
          new RegExp(
            `^Step ${step} of ${count}: positive [01]\\.\\d\\d\\. changed \\S+ to \\S+\\.$`,
          ),
        );
        maps.add((await tab.spokenMap()).join());
        assert.equal(await tab.map.locator('.mark-new').count(), step);
      }
      await window.page.keyboard.press('Home');
      await until('the original', async () => (await tab.current()).startsWith('original'));
      maps.add((await tab.spokenMap()).join());
      assert.equal(maps.size, count + 1, 'no two maps are the same');
      assert.equal(await tab.text(), strong);
      for (const { before, after } of await shares()) assert.equal(before, after);
      const legend = tab.view.locator('.legend');
      assert.match(await legend.innerText(), /towards .positive.[^]*\(predicted\)/);
      await window.page.keyboard.press('End');
      await until('the last step', async () => (await tab.current()).includes('negative'));
      await tab.map.waitFor();
      assert.match(await legend.innerText(), /towards .negative./);
    });

    it('copies it as text', async () => {
      await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await window.panel.button('Copy Text').click();
      const says = await tab.says();
      await until('the attack in the clipboard', async () =>
        (await window.page.evaluate(() => navigator.clipboard.readText()))
          .toLowerCase()
          .includes(says.toLowerCase()),
      );
    });

    it('leaves the file as it is', async () => {
      assert.equal(await readFile(path.join(window.workspace, 'lines.jsonl'), 'utf8'), file);
      assert.equal(await window.page.locator('.tab.dirty').count(), 0);
    });
  });

  describe('with other settings', () => {
    it('one change is too few: no flip, and it says so', async () => {
      await tab.choose('Search', 'Minimal set');
      await tab.setNumber('Most changes', 1);
      assert.match(await tab.again(), /^no flip within 1 change, \d+ runs$/i);
      assert.doesNotMatch(await tab.head(), /not verified/);
      await tab.picture(() => window.screenshot('e2e-attack-failed'));
    });

    it('with a target and more changes: the smallest set, proved or not', async () => {
      await tab.setNumber('Most changes', 8);
      await tab.choose('Target', 'negative');
      assert.match(await tab.again(), flippedSays);
      const head = await tab.head();
      assert.match(head, /Make the model predict .negative./);
      assert.match(head, /[✓≈] [^✓]*\b(subset|smaller|minimal|fewer|all|each|one)\b/i);
      await tab.picture(() => window.screenshot('e2e-attack-minimal'));
    });

    it('the options are kept for the next line; what is wrong already is not attacked', async () => {
      const says = await tab.answerTo(() =>
        window.chooseFromMenu('The shoe is nice', 'Glassbox', 'Attack Line: HotFlip'),
      );
      // Whoever names a target wants it, right or wrong.
      assert.match(says, /^flipped positive to negative/i);
      await tab.choose('Target', 'Anything else');
      assert.match(await tab.again(), /^already wrong: gold is negative$/i);
      assert.equal(await tab.steps.count(), 1);
      assert.match(await tab.head(), /gold: negative, not as was predicted/);
      assert.equal(await window.panel.chosenIn(tab.view, 'Search'), 'Minimal set');
      await tab.picture(() => window.screenshot('e2e-attack-skipped'));
    });
  });

  describe('with Input Reduction, from the palette', () => {
    before(async () => {
      await window.clickLine('The pair is comfortable');
      await tab.answerTo(() => window.runCommand('Glassbox: Attack Line: Input Reduction'));
    });

    it('says how many words are left, and whether a smaller rest would do', async () => {
      const [, words, left] = /^reduced from (\d+) to (\d+) words? and still positive, \d+ runs$/i
        .exec(await tab.says())!
        .map(Number);
      assert.ok(left! < words!);
      const head = await tab.head();
      assert.match(head, /verified from text/);
      assert.match(head, /a single word is left|no single word|without any|minimal/i);
    });

    it('keeps the prediction on the whole path, one removal a step', async () => {
      const steps = await tab.steps.allInnerTexts();
      for (const step of steps) assert.match(step, /positive\s+(0\.[5-9]\d|1\.00)/);
      await tab.steps.last().focus();
      const spoken = await tab.spokenMap();
      assert.ok(spoken.some(words => words.startsWith('deleted ')));
      await stepBack(new RegExp(`^step ${steps.length - 2} `));
      assert.match(await tab.announced(), /^Step \d+ of \d+: positive .* deleted .*\.$/);
      await window.page.keyboard.press('End');
      await tab.picture(() => window.screenshot('e2e-reduction'));
    });
  });

  describe('without a pointer', () => {
    it('by the palette, to the tabs, to the steps, and again', async () => {
      const { page, panel } = window;
      await window.clickLine('The pair is comfortable');
      await tab.answerTo(() => window.runCommandByKeys('Glassbox: Attack Line: HotFlip'));
      assert.equal(await window.hasEditorFocus(), true, 'the focus stays in the file');
      await window.explain('The pair is comfortable');
      await page.keyboard.press('Control+2');
      const focused = () =>
        panel.frame.locator('body').evaluate(body => {
          const one = body.ownerDocument.activeElement ?? body;
          const says = one === body ? 'nothing' : one.textContent.replace(/\s+/g, ' ').trim();
          return { role: one.getAttribute('role') ?? one.tagName.toLowerCase(), says };
        });
      const tabTo = async (role: string, says: RegExp) => {
        await until(`the focus on ${says.source}`, async () => {
          await page.keyboard.press('Tab');
          const now = await focused();
          if (now.role === role && says.test(now.says)) return true;
          throw new Error(`the focus is on ${now.role} ${now.says}`);
        });
      };
      await tabTo('tab', /^Saliency$/);
      await page.keyboard.press('ArrowRight');
      await untilEqual('the tab', focused, { role: 'tab', says: 'Attack' });
      await tab.view.waitFor();
      await tabTo('option', /^step \d+/);
      const last = await tab.current();
      await page.keyboard.press('ArrowLeft');
      await until('another step', async () => (await tab.current()) !== last);
      assert.equal((await focused()).says, await tab.current());
      await tabTo('vscode-button', /^Attack Again$/i);
      await tab.answerTo(() => page.keyboard.press('Enter'));
    });
  });
});
