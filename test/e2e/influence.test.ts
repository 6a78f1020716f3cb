/** A line that the model gets wrong is traced to training lines with wrong labels: jumps, maps, other methods, a run that is stopped. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { goToLine, lineOfCursor, wrongLine, wrongLines } from './support/sample';
import { TrainingTab } from './support/trainingTab';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const dev = 'reviews.dev.jsonl';
const train = 'reviews.train.jsonl';
const many = 'many.train.jsonl';
/** So many lines, of so many times their text, that a run over it can be stopped in the middle on any machine. */
const [copies, times] = [6, 5];

interface Example {
  readonly text: string;
  readonly label: string;
}

/** The training file several times over, no two texts alike; a few lines have a label that the model does not know. */
async function writeMany(workspace: string): Promise<void> {
  const text = await readFile(path.join(workspace, train), 'utf8');
  const examples = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Example);
  const lines = Array.from({ length: copies }, (_, copy) =>
    examples.map(example => ({
      ...example,
      text: `${copy + 1}: ${`${example.text} `.repeat(times)}`,
    })),
  ).flat();
  for (const at of [9, 10, 11, 99]) lines[at] = { ...lines[at]!, label: 'mixed' };
  const all = lines.map(line => `${JSON.stringify(line)}\n`).join('');
  await writeFile(path.join(workspace, many), all);
}

describe('Influence', () => {
  let window: VscodeWindow;
  let tab: TrainingTab;
  let planted: readonly number[];
  let bytes: readonly Buffer[];

  const files = () =>
    Promise.all([dev, train, many].map(name => readFile(path.join(window.workspace, name))));
  const trace = async (line: number, text: string) => {
    await goToLine(window, line);
    await window.chooseFromMenu(text, 'Glassbox', 'Trace Influence');
  };
  const aboutLine = (line: number) => new RegExp(`${dev} : ${line} `);
  const chooseTrain = async (name: string) => {
    await tab.view.getByRole('button', { name: 'Choose Another\u2026' }).click();
    await window.listIsOpen(/Which file was the model trained on\?/);
    await window.pick(name);
  };

  before(async () => {
    window = await VscodeWindow.open(writeMany);
    tab = new TrainingTab(window.panel, 'influence');
    planted = await wrongLines(window.workspace);
    bytes = await files();
    await window.openFile(dev);
  });
  after(() => window.close());

  describe('of a line that is predicted wrongly', () => {
    it('asks once which file the model was trained on, the likely one first', async () => {
      await tab.answerTo(
        async () => {
          await trace(wrongLine.line, wrongLine.text);
          await window.listIsOpen(/Which file was the model trained on\?/);
          const offered = window.page.locator('.quick-input-list .monaco-list-row').first();
          assert.match(await offered.innerText(), /^reviews\.train\.jsonl/);
          await window.screenshot('e2e-influence-ask');
          await window.pick(train);
        },
        { about: aboutLine(wrongLine.line) },
      );
      assert.match(await tab.head(), /positive 0\.\d\d gold: negative . disagrees/);
      assert.match(await tab.head(), /Loss \d\.\d+ of the label "negative"/);
      assert.match(await tab.run(), /^1,500 training lines traced in /);
    });

    it('shows what helps and what hurts; of the five that hurt most three have planted labels', async () => {
      assert.equal(await tab.rows('Helps').count(), 20);
      assert.equal(await tab.rows('Hurts').count(), 20);
      const plantedOf = async (list: string) =>
        (await tab.lines(list)).slice(0, 5).filter(line => planted.includes(line)).length;
      assert.ok((await plantedOf('Hurts')) >= 3, (await tab.lines('Hurts')).join(', '));
      assert.equal(await plantedOf('Helps'), 0);
      const [first] = await tab.spoken('Hurts');
      assert.match(first!, /^hurts, rank 1 of 20, score \u2212[\d.]+, line 537, labelled positive/);
      await tab.picture(() => window.screenshot('e2e-influence'));
    });

    it('says what a score means, and what limits the trust in it', async () => {
      const made = await tab.made();
      assert.match(made, /Exact influence of the last linear layer/);
      assert.match(made, /Positive helps, negative hurts/);
      assert.match(made, /far from its optimum/);
    });

    it('jumps to a training line by a click: the cursor is there', async () => {
      const [line] = await tab.lines('Hurts');
      await tab.row('Hurts', line!).locator('.clamped').click();
      await window.page.locator(`.tab.active[data-resource-name="${train}"]`).waitFor();
      await untilEqual('the line of the cursor', () => lineOfCursor(window), line);
      await until('the focus in the file', () => window.hasEditorFocus());
      assert.equal(await tab.view.isVisible(), true, 'the panel stays beside it');
      const { text } = JSON.parse(bytes[1]!.toString().split('\n')[line! - 1]!) as Example;
      await window.line(text.slice(0, 20)).waitFor();
      await window.screenshot('e2e-influence-jump');
    });

    it('jumps to another one by Enter, after walking there with the arrow keys', async () => {
      const lines = await tab.lines('Hurts');
      await tab.row('Hurts', lines[0]!).locator('[data-action="reveal"]').focus();
      for (let step = 0; step < 2; step++) await window.page.keyboard.press('ArrowDown');
      await window.page.keyboard.press('Enter');
      await untilEqual('the line of the cursor', () => lineOfCursor(window), lines[2]);
      await until('the focus in the file', () => window.hasEditorFocus());
    });

    it('leaves out the lines on which label and prediction agree', async () => {
      const box = tab.view.getByRole('checkbox', { name: /label and prediction disagree/ });
      const all = await tab.lines('Hurts');
      await box.click();
      await until('other rows', async () => (await tab.lines('Hurts')).join() !== all.join());
      for (const name of [...(await tab.spoken('Helps')), ...(await tab.spoken('Hurts'))]) {
        const [, label, predicted] = /labelled (\w+), predicted (\w+)$/.exec(name)!;
        assert.notEqual(label, predicted);
      }
      await tab.picture(() => window.screenshot('e2e-influence-disagreeing'));
      await box.click();
      await untilEqual('the rows', () => tab.lines('Hurts'), all);
    });

    it('shows the saliency of a training line in its row', async () => {
      const [line] = await tab.lines('Hurts');
      const row = tab.row('Hurts', line!);
      await row.getByRole('button', { name: `Map of line ${line!}` }).click();
      await row.getByRole('grid').waitFor();
      assert.ok((await row.getByRole('gridcell').count()) > 10);
      await row.scrollIntoViewIfNeeded();
      await window.screenshot('e2e-influence-map');
      await row.getByRole('button', { name: `Hide Map of line ${line!}` }).click();
      await row.locator('.clamped').waitFor();
    });

    it('explains a training line under Saliency', async () => {
      const [line] = await tab.lines('Hurts');
      await tab
        .row('Hurts', line!)
        .getByRole('button', { name: `Explain line ${line!}` })
        .click();
      await until('the training line under Saliency', async () => {
        const header = await window.panel.header();
        return header.includes(`${train} : ${line!} `) && !(await window.panel.isBusy());
      });
      await window.panel.map.waitFor();
    });
  });

  describe('of the next line', () => {
    it('asks no more, and computes no features again', async () => {
      await window.runCommand('View: Focus First Editor Group');
      await window.openFile(dev);
      await tab.answerTo(() => trace(5, 'I wanted to hate'), { about: aboutLine(5) });
      assert.match(await tab.made(), /features: 1,500 from the cache, 0 computed/);
    });
  });

  describe('by another method', () => {
    before(() =>
      tab.answerTo(() => trace(wrongLine.line, wrongLine.text), {
        about: aboutLine(wrongLine.line),
      }),
    );

    it('conjugate gradient in the last block: its residual is told', async () => {
      await tab.choose('Method', 'Conjugate gradient');
      await tab.setText('Lines that the curvature is taken of', '48');
      await tab.setText('Score only the nearest', '200');
      await tab.answerTo(() => tab.again(), { says: /Conjugate gradient on the Gauss.Newton/ });
      const made = await tab.made();
      assert.match(made, /by the last block and what comes after it/);
      const facts = await tab.view.locator('.facts').innerText();
      const [, residual] = /residual (\d\S*)/.exec(facts)!;
      assert.ok(Number(residual!.replace('\u2212', '-')) < 0.01, facts);
      assert.ok((await tab.lines('Hurts')).length > 0);
      await tab.picture(() => window.screenshot('e2e-influence-cg'));
    });

    it('cancelled on its way: what was shown stays', async () => {
      const shown = [await tab.lines('Helps'), await tab.lines('Hurts')];
      // No machine comes to the end of that.
      await tab.setText('Stop at residual', '1e-15');
      await tab.setText('Most steps', '1000000');
      await tab.setText('Lines that the curvature is taken of', '1500');
      await tab.again();
      await tab.cancel.waitFor();
      await window.screenshot('e2e-influence-running');
      await tab.cancel.click();
      await until('the end', async () => !(await tab.isRunning()));
      assert.deepEqual([await tab.lines('Helps'), await tab.lines('Hurts')], shown);
      assert.equal(await window.panel.failure(), '');
    });

    it('and the same engine answers the next question', async () => {
      await tab.choose('Method', 'Exact head influence');
      await tab.answerTo(() => tab.again(), { says: /Exact influence of the last linear layer/ });
    });
  });

  describe('in another training file', () => {
    it('cancelled while its lines are read: the other file is shown as before', async () => {
      const shown = await tab.lines('Hurts');
      await chooseTrain(many);
      await until('the features of some lines', async () =>
        /^Features of [1-9]/.test(await tab.run()),
      );
      await tab.cancel.click();
      await until('the end', async () => !(await tab.isRunning()));
      assert.match(await tab.run(), /^1,500 training lines traced in /);
      assert.deepEqual(await tab.lines('Hurts'), shown);
    });

    it('asked again it goes on where it was, and lists lines that it cannot use', async () => {
      await tab.answerTo(() => chooseTrain(many), { says: /over the n = 8,996 lines of many/ });
      const facts = await tab.view.locator('.facts').innerText();
      const [, cached, computed] = /features: ([\d,]+) from the cache, ([\d,]+) computed/
        .exec(facts)!
        .map(number => Number(number.replaceAll(',', '')));
      assert.equal(cached! + computed!, 1500 * copies - 4);
      assert.ok(cached! > 0, facts);
      const problems = tab.view.locator('.train-problems');
      await problems.locator('summary').click();
      const says = await problems.innerText();
      assert.match(says, /4 lines of the training file could not be used/);
      assert.match(says, /the label "mixed" is none of the model's/);
      assert.match(says, /4 lines: 10 to 12, 100/);
      await problems.scrollIntoViewIfNeeded();
      await window.screenshot('e2e-influence-problems');
    });
  });

  describe('afterwards', () => {
    it('leaves all datasets as they are', async () => {
      assert.deepEqual(await files(), bytes);
      assert.equal(await window.page.locator('.tab.dirty').count(), 0);
    });
  });
});
