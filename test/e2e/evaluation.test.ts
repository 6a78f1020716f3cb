/** What a model says of a whole file: right and wrong, the words that drive it, and how another model differs. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { spaced } from './support/attackTab';
import { addOppositeModel } from './support/oppositeModel';
import { ReportTab } from './support/reportTab';
import { goToLine, lineOfCursor } from './support/sample';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const dataset = 'reviews.dev.jsonl';
const long = 'long.jsonl';

interface Review {
  readonly text: string;
  readonly label: string;
}

interface Predicted {
  readonly record: { readonly line: number };
  readonly gold: string;
  readonly predicted: string;
  readonly confidence: number;
}

const numbered = (text: string) => Number(text.replaceAll(',', ''));
const linesOf = <Line>(text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line);

describe('Evaluate Dataset', () => {
  let window: VscodeWindow;
  let tab: ReportTab;
  let bytes: Buffer;
  let reviews: readonly Review[];
  /** As the file with the results has them. */
  let predictions: readonly Predicted[];

  const file = (name: string) => path.join(window.workspace, name);
  const box = () => tab.view.getByRole('checkbox', { name: 'Show wrong lines in Problems' });
  const problems = () => window.page.locator('.markers-panel');
  const entries = () => problems().locator('.monaco-list-row', { hasText: 'Predicted ' });
  /** Beside the panel, wherever the focus is. */
  const open = async (name: string) => {
    await window.runCommand('View: Focus First Editor Group');
    await window.openFile(name);
  };
  const shownLines = async (table: string) => (await tab.column(table, 1)).map(numbered);

  before(async () => {
    window = await VscodeWindow.open(async workspace => {
      const train = await readFile(path.join(workspace, 'reviews.train.jsonl'), 'utf8');
      await writeFile(path.join(workspace, long), train.repeat(6));
      await addOppositeModel(workspace);
    });
    tab = new ReportTab(window.panel, 'evaluation');
    bytes = await readFile(file(dataset));
    reviews = linesOf<Review>(bytes.toString());
    await window.openFile(dataset);
    await tab.answerTo(
      () => window.chooseFromMenu('The plot is thin', 'Glassbox', 'Evaluate Dataset'),
      { about: /^reviews\.dev\.jsonl/, run: /^200 of 200 lines evaluated$/ },
    );
  });
  after(() => window.close());

  it('comes to the accuracy on the card of the model', async () => {
    const card = await readFile(file('model/README.md'), 'utf8');
    const wanted = /accuracy on the dev set \| \*\*([\d.]+) %\*\* of 200/.exec(card)?.[1];
    const accuracy = await tab.figure('Accuracy');
    assert.equal(accuracy, `Accuracy ${wanted} % 181 of 200`);
    await tab.picture(() => window.screenshot('e2e-evaluation'));
  });

  it('shows the file with the results: each line once, with its gold label', async () => {
    const name = 'reviews.dev.evaluation.jsonl';
    const button = tab.view.locator('vscode-button', { hasText: `Show ${name}` });
    const saved = await button.getAttribute('title');
    await button.click();
    await window.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    const [, ...results] = linesOf<Predicted>(await readFile(saved!, 'utf8'));
    predictions = results;
    assert.deepEqual(
      predictions.map(({ record, gold }) => [record.line, gold]),
      reviews.map(({ label }, at) => [at + 1, label]),
    );
    await open(dataset);
  });

  it('lists exactly the lines of a cell of the confusion matrix', async () => {
    const cell = tab
      .table('Confusion matrix')
      .getByRole('button', { name: /^gold .negative., predicted .positive./ });
    await cell.click();
    await until('the lines of the cell', () => tab.table('Lines of the cell').isVisible());
    const wanted = predictions
      .filter(({ gold, predicted }) => gold === 'negative' && predicted === 'positive')
      .map(({ record }) => record.line);
    const shown = await shownLines('Lines of the cell');
    assert.deepEqual(
      shown.toSorted((a, b) => a - b),
      wanted,
    );
    assert.equal(await cell.innerText(), String(wanted.length));
    await tab.table('Lines of the cell').scrollIntoViewIfNeeded();
    await window.screenshot('e2e-evaluation-cell');
  });

  it('leads from a wrong line, the most confident first, to the line in the file', async () => {
    const wrong = predictions.filter(({ gold, predicted }) => gold !== predicted);
    const wanted = wrong
      .toSorted((a, b) => b.confidence - a.confidence)
      .map(({ record }) => record.line);
    const shown = await shownLines('Wrong lines');
    assert.deepEqual([shown.length, shown[0], shown.at(-1)], [19, wanted[0], wanted.at(-1)]);
    await tab
      .rows('Wrong lines')
      .getByRole('button', { name: `Go to line ${shown[1]}`, exact: true })
      .click();
    await untilEqual('the line of the cursor', () => lineOfCursor(window), shown[1]);
    await until('the focus in the file', () => window.hasEditorFocus());
  });

  it('puts the wrong lines into the Problems view when that is asked for, and takes them out', async () => {
    await box().click();
    await window.runCommand('Problems: Focus on Problems View');
    await entries().first().waitFor();
    await untilEqual(
      'the count',
      () => problems().locator('.monaco-count-badge').innerText(),
      '19',
    );
    const says = spaced(await entries().first().innerText());
    assert.match(says, /Predicted (\w+) with \d+\.\d %, gold is (?!\1)\w+\..*Glassbox/);
    const line = Number(/\[Ln (\d+), Col \d+\]/.exec(says)?.[1]);
    assert.ok((await shownLines('Wrong lines')).includes(line), says);
    await window.screenshot('e2e-evaluation-problems');
    await box().click();
    await until('no entry', async () => (await entries().count()) === 0);
    await window.runCommand('View: Toggle Panel Visibility');
  });

  it('explains a wrong line: predicted against gold, which nobody had to choose', async () => {
    const [line] = await shownLines('Wrong lines');
    await window.panel.answerTo(() =>
      tab
        .rows('Wrong lines')
        .getByRole('button', { name: `Explain line ${line}`, exact: true })
        .click(),
    );
    assert.match(await window.panel.header(), new RegExp(`reviews\\.dev\\.jsonl : ${line} `));
    assert.match(
      await window.panel.text(),
      /predicted against gold, because the prediction is wrong/,
    );
  });

  describe('of a long file', () => {
    it('can be cancelled: what is done stays', async () => {
      await open(long);
      await window.chooseFromMenu('{"text"', 'Glassbox', 'Evaluate Dataset');
      await until('some lines', async () => {
        const [, done] = /^([\d,]+) of 9,000 lines evaluated/.exec(await tab.run()) ?? [];
        return numbered(done ?? '0') > 0;
      });
      await tab.cancel.click();
      await until('the end', async () => (await tab.run()).startsWith('Stopped: '));
      const done = numbered(/^Stopped: ([\d,]+) of 9,000/.exec(await tab.run())![1]!);
      assert.ok(done > 0 && done < 9000, String(done));
      await tab.picture(() => window.screenshot('e2e-evaluation-stopped'));
    });

    it('goes on where it was stopped', async () => {
      const about = /^long\.jsonl/;
      await tab.answerTo(() => tab.button('Resume').click(), {
        ...{ about, run: /^9,000 of 9,000 lines evaluated$/ },
      });
      // Each line of the training file six times.
      const right = /^Accuracy 98\.7 % ([\d,]+) of 9,000$/.exec(await tab.figure('Accuracy'))?.[1];
      assert.equal(numbered(right ?? '') % 6, 0, right);
      await open(dataset);
    });
  });

  describe('and which words drive it', () => {
    let drivers: ReportTab;
    const table = 'Words towards the label';

    before(async () => {
      drivers = new ReportTab(window.panel, 'drivers');
      await goToLine(window, 1);
      await drivers.answerTo(
        () => window.chooseFromMenu('The plot is thin', 'Glassbox', 'Which Tokens Drive This File'),
        { about: /^reviews\.dev\.jsonl/, run: /^200 of 200 lines explained$/ },
      );
    });

    it('lists the strongest by label, with how often they come with it', async () => {
      await until('the words', async () => (await drivers.rows(table).count()) > 10);
      const words = (await drivers.column(table, 1)).map(word => word.split(' ')[0]!);
      assert.ok(words.slice(0, 12).includes('dreadful'), words.join());
      const at = words.indexOf('dreadful');
      const its = reviews.filter(({ text }) => /\bdreadful\b/i.test(text));
      const negative = its.filter(({ label }) => label === 'negative').length;
      const cells = (await drivers.rows(table).nth(at).locator('td').allInnerTexts()).map(spaced);
      assert.match(cells[0]!, /^\+\d\.\d+ ± \d\.\d+ towards$/);
      assert.equal(cells[2], String(its.length));
      const share = /^(\d+) % ?of all 50 %$/.exec(cells[3]!)?.[1];
      assert.equal(Number(share), Math.round((100 * negative) / its.length), cells[3]);
      await drivers.picture(() => window.screenshot('e2e-drivers'));
    });

    it('leads from a word to a line with it', async () => {
      const row = drivers.rows(table).filter({ hasText: 'dreadful' });
      const button = row.getByRole('button', { name: /^Go to line/ }).first();
      const line = Number(await button.innerText());
      assert.match(reviews[line - 1]!.text, /\bdreadful\b/i);
      await button.click();
      await untilEqual('the line of the cursor', () => lineOfCursor(window), line);
    });
  });

  describe('and how another model differs on selected lines', () => {
    let models: ReportTab;
    const table = 'Lines and how two models differ on them';

    before(async () => {
      models = new ReportTab(window.panel, 'models');
      await goToLine(window, 1);
      await window.clickLine('The plot is thin');
      await window.page.keyboard.down('Shift');
      await window.clickLine('Great, the last update');
      await window.page.keyboard.up('Shift');
      await models.answerTo(
        async () => {
          await window.runCommand('Glassbox: Compare Models on Selection...');
          await window.listIsOpen(/be compared with\?/);
          await window.pick('opposite');
        },
        { about: /4 selected lines of reviews\.dev\.jsonl/, run: /^4 of 4 lines compared$/ },
      );
    });

    it('finds every decision turned round, the largest change first', async () => {
      const rows = (await models.rows(table).allInnerTexts()).map(spaced);
      assert.equal(rows.length, 4);
      for (const row of rows) assert.match(row, /flipped/);
      assert.match(await models.figure('Flipped decisions'), /4 100 % of 4 lines/);
      const changes = (await models.column(table, 7)).map(Number);
      const lines = (await models.column(table, 1)).map(numbered);
      // Each label has the probability of the other: the distance is how far the two are apart.
      const wanted = lines.map(line => Math.abs(2 * predictions[line - 1]!.confidence - 1));
      changes.forEach((change, at) => {
        assert.ok(Math.abs(change - wanted[at]!) < 0.001, `${change} ${wanted[at]}`);
      });
      assert.deepEqual(
        wanted,
        wanted.toSorted((a, b) => b - a),
      );
      await models.picture(() => window.screenshot('e2e-models'));
    });

    it('leads to both maps of a line', async () => {
      const compare = new ReportTab(window.panel, 'compare');
      await compare.answerTo(() => models.button('Compare both models on line 2').click(), {
        about: /reviews\.dev\.jsonl : 2 Models/,
        run: /^2 of 2 computed$/,
      });
    });
  });

  describe('afterwards', () => {
    it('leaves the files as they are', async () => {
      assert.deepEqual(await readFile(file(dataset)), bytes);
      assert.equal(await window.page.locator('.tab.dirty').count(), 0);
    });
  });
});
