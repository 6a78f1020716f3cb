/** An evaluation in the panel: figures, the confusion matrix and its cells, tables, problems, charts, streaming. */
import assert from 'node:assert/strict';
import type { EvaluationState } from '../../src/protocol';
import { drawn } from './support/frames';
import { hostile } from './support/influenceSamples';
import { PanelPage } from './support/panelPage';
import {
  answers,
  evaluationOf,
  manyLabels,
  partOf,
  regression,
  sentiment,
  summaryOf,
  unlabelled,
  wrongRow,
  wrongRows,
} from './support/runSamples';

describe('evaluation', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open({ width: 900 });
  });
  afterEach(() => panel.close());

  const show = async (state: EvaluationState) => {
    await panel.emit('evaluation', state);
    await drawn(panel);
  };
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  const text = async (selector: string) => spaced(await panel.page.locator(selector).innerText());
  const button = (name: string | RegExp) =>
    panel.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  const wrong = () => panel.page.getByRole('table', { name: 'Wrong lines' });
  const lines = () => wrong().locator('tbody tr td:first-child').allInnerTexts();
  const key = (name: string) => panel.page.keyboard.press(name);
  const focused = () =>
    panel.page.evaluate(
      () =>
        document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
    );

  it('says what it came to, aloud too', async () => {
    await show(sentiment);
    const figures = await text('.evaluation-view .figures');
    assert.match(figures, /^Accuracy 93\.3 % 560 of 600 Macro-F1 0\.93 .*Calibration error 0\.03 /);
    assert.match(figures, /Lines done 604 of 604 Problems 6/);
    assert.match(
      await text('.run-head'),
      /^reviews\.dev\.jsonl sample-model 604 of 604 lines evaluated$/,
    );
    assert.match(
      await panel.page.locator('.for-ears[aria-live]').innerText(),
      /accuracy 93\.3 %\.$/,
    );
  });

  it('of numbers, answers and unlabelled lines says what there is, and why the rest is undefined', async () => {
    await show(regression);
    const view = await text('.evaluation-view');
    assert.match(
      view,
      /Mean absolute error 0\.412 .* Pearson \+0\.87 .* Spearman undefined all gold/,
    );
    assert.doesNotMatch(view, /Confusion|Macro-F1|By label|Reliability|Show wrong lines/);
    const errors = panel.page.getByRole('table', { name: 'Largest errors' }).locator('tbody tr');
    assert.deepEqual(
      (await errors.locator('td:nth-child(5)').allInnerTexts()).map(spaced),
      ['5.75', '1.5'],
      'distances of the gold and the predicted numbers',
    );
    await show(answers);
    assert.match(await text('.evaluation-view'), /31 of 40 exactly a gold answer Answer F1 0\.84/);
    await show(unlabelled);
    const nothing = await text('.evaluation-view');
    assert.match(nothing, /Accuracy undefined no line has a gold label that the model knows/);
    assert.match(nothing, /No line has a gold label to be judged by/);
    assert.doesNotMatch(nothing, /NaN|Infinity|null/);
  });

  it('shows the lines of a cell by pointer and keyboard, and only of the cell that was asked for last', async () => {
    await show(sentiment);
    const cells = panel.page.locator('.heat-cell button');
    assert.deepEqual(await cells.allInnerTexts(), ['278', '22', '18', '282']);
    await cells.first().focus();
    await key('ArrowRight');
    await key('Enter');
    await key('ArrowDown');
    await key('ArrowLeft');
    assert.match(
      (await focused()) ?? '',
      /^gold \u201cpositive\u201d, predicted \u201cnegative\u201d: 18 lines, 6 % /,
    );
    await key('Enter');
    assert.deepEqual(await panel.events('evaluationShowCell'), [
      { gold: 'negative', predicted: 'positive' },
      { gold: 'positive', predicted: 'negative' },
    ]);
    assert.match(await text('.cell-lines'), /Looking for its lines/);
    const late = { gold: 'negative', predicted: 'positive', rows: [wrongRow(0)], total: 22 };
    await panel.emit('evaluationCell', late);
    assert.match(await text('.cell-lines'), /Looking for its lines/);
    const asked = { gold: 'positive', predicted: 'negative', rows: [wrongRow(1), wrongRow(3)] };
    await panel.emit('evaluationCell', { ...asked, total: 18 });
    assert.match(
      await text('.cell-lines'),
      /Gold \u201cpositive\u201d, predicted \u201cnegative\u201d Close The first 2 of 18 lines/,
    );
    assert.equal(await panel.page.locator('.cell-lines tbody tr').count(), 2);
    await panel.page
      .locator('.cell-lines')
      .getByRole('button', { name: 'Explain line 10' })
      .click();
    assert.deepEqual(await panel.events('evaluationExplain'), [{ line: 10 }]);
    await button('Close').click();
    assert.equal(await panel.page.locator('.cell-lines').isVisible(), false);
    assert.match((await focused()) ?? '', /18 lines/);
  });

  it('says when the lines of a cell could not be listed, and asks again', async () => {
    await show(sentiment);
    await panel.page.locator('.heat-cell button').nth(1).click();
    await panel.emit('failed', { message: 'The engine was stopped.' });
    assert.match(await text('.cell-lines'), /could not be listed/);
    await button('Try Again').click();
    assert.equal((await panel.events('evaluationShowCell')).length, 2);
  });

  it('of many labels shows the matrix of those with the most mistakes', async () => {
    await show(manyLabels);
    assert.equal(await panel.page.locator('.heat-table tbody tr').count(), 25);
    assert.match(
      await text('.run-section:has(.heat-table)'),
      /The 25 of 60 labels with the most mistakes/,
    );
    const names = await panel.page.locator('.heat-table tbody th').allInnerTexts();
    assert.equal(names.at(-1), 'intent 60', 'it has all mistakes of its row');
    assert.equal(await panel.page.locator('.score-table tbody tr').count(), 50, 'a page of labels');
  });

  it('lists scores of labels, sorted; what has no value comes last and says why', async () => {
    const counts = [
      [5, 1, 0],
      [2, 9, 0],
      [0, 0, 0],
    ];
    await show(evaluationOf(summaryOf(['bad', 'good', 'rare'], counts), []));
    const labels = () => panel.page.locator('.score-table tbody th').allInnerTexts();
    await button('Precision').click();
    assert.deepEqual(await labels(), ['good', 'bad', 'rare']);
    await button('Precision').click();
    assert.deepEqual(await labels(), ['bad', 'good', 'rare']);
    const rare = panel.page.locator('.score-table tbody tr').last();
    assert.match(spaced(await rare.innerText()), /^rare undefined.*undefined.*undefined.* 0 0$/);
    assert.equal(
      await rare.locator('.undefined-note').first().getAttribute('title'),
      'it is never predicted',
    );
    const saved = (await panel.savedState()) as { sorts: Record<string, unknown> };
    assert.deepEqual(saved.sorts['labels'], { key: 'precision', descending: false });
  });

  it('leads to wrong lines by click and Enter, and explains them', async () => {
    await show(sentiment);
    await wrong().locator('tbody tr').nth(2).locator('.lines-text').click();
    await button('Go to line 3').last().focus();
    await key('ArrowDown');
    await key('Enter');
    await key('Tab');
    await key('Enter');
    assert.deepEqual(await panel.events('evaluationReveal'), [{ line: 17 }, { line: 10 }]);
    assert.deepEqual(await panel.events('evaluationExplain'), [{ line: 10 }]);
  });

  it('pages a thousand wrong lines, and draws no row anew that stays', async () => {
    const rows = wrongRows(1_000);
    const state = { ...partOf(sentiment, 100), wrong: rows };
    await show(state);
    assert.equal(await wrong().locator('tbody tr').count(), 100);
    await wrong()
      .locator('tbody tr')
      .first()
      .evaluate(one => {
        one.setAttribute('data-kept', '');
      });
    await show({ ...state, summary: { ...state.summary, done: 200 } });
    assert.equal(await wrong().locator('tbody tr[data-kept]').count(), 1);
    await panel.page.getByText('Next Page').filter({ visible: true }).click();
    assert.equal((await lines())[0], '703');
  });

  it('while lines stream in, moves neither what is read nor the focus, and tells how many wait', async () => {
    await show(partOf(sentiment, 100, 10));
    await button('Go to line 80').focus();
    const before = await lines();
    await show(partOf(sentiment, 300, 4));
    assert.deepEqual(await lines(), before);
    assert.equal(await focused(), 'Go to line 80');
    await button('Show 6 New').click();
    assert.equal((await lines())[0], '31');
    await panel.page.mouse.move(5, 5);
    await panel.page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
      scrollTo(0, 0);
    });
    await show(partOf(sentiment, 400, 0));
    assert.equal((await lines())[0], '3', 'nobody is at the table');
  });

  it('keeps the focus in the matrix while its counts change', async () => {
    await show(partOf(sentiment, 100));
    const cell = panel.page.locator('.heat-cell button').nth(2);
    await cell.focus();
    const { summary } = sentiment;
    const confusion = {
      labels: summary.confusion!.labels,
      counts: [
        [1, 2],
        [33, 4],
      ],
    };
    await show({ ...partOf(sentiment, 120), summary: { ...summary, confusion } });
    assert.equal(await cell.innerText(), '33');
    assert.equal(await cell.evaluate(one => one === document.activeElement), true);
  });

  it('runs, is cancelled by button and Escape, and resumed', async () => {
    await show(partOf(sentiment, 151));
    assert.match(await text('.run-head'), /151 of 604 lines evaluated \u00b7 25 % Cancel$/);
    await button('Cancel').click();
    await button('Go to line 80').focus();
    await key('Escape');
    assert.equal((await panel.events('cancel')).length, 2);
    await show({ ...partOf(sentiment, 160), state: 'stopped' });
    assert.match(await text('.run-head'), /Stopped: 160 of 604 lines evaluated Resume/);
    await button('Resume').click();
    assert.deepEqual(await panel.events('evaluationResume'), [null]);
  });

  it('shows the file, and puts wrong lines into the Problems view', async () => {
    await show(sentiment);
    await button('Show evaluations/reviews.dev.jsonl').click();
    await panel.page.getByRole('checkbox', { name: /wrong lines in Problems/ }).click();
    assert.deepEqual(await panel.events('evaluationShowFile'), [null]);
    assert.deepEqual(await panel.events('evaluationProblems'), [{ on: true }]);
    // A place elsewhere is too long to be read.
    await show({ ...sentiment, saved: '/storage/of/the/extension/reviews.dev.evaluation.jsonl' });
    await button('Show reviews.dev.evaluation.jsonl').waitFor();
    await show({ ...sentiment, saved: '' });
    assert.equal(await button(/^Show (?:evaluations|reviews)/).count(), 0);
  });

  it('lists problems by kind, each leading to its line', async () => {
    await show(sentiment);
    const kinds = panel.page.locator('.problem-kind:visible summary');
    assert.deepEqual(await kinds.allInnerTexts(), [
      'Empty: 1',
      'Label unknown to the model: 3',
      'Longer than the model reads: 2',
    ]);
    await kinds.nth(1).click();
    await button('Go to line 51').click();
    assert.deepEqual(await panel.events('evaluationReveal'), [{ line: 51 }]);
  });

  it('draws columns as high as their counts, and has the same numbers as a table', async () => {
    await show(sentiment);
    const heights = await panel.page.evaluate(() =>
      ['.column-right', '.column-wrong'].map(name => {
        const chart = document.querySelectorAll('.chart')[1]!;
        const all = [...chart.querySelectorAll<SVGRectElement>(`rect${name}`)];
        return all.map(one => one.height.baseVal.value).slice(5);
      }),
    );
    const [right, wrongOnes] = [heights[0]!, heights[1]!];
    const scale = right[4]! / 466;
    const { bins } = sentiment.summary.calibration!;
    bins.slice(5).forEach((bin, at) => {
      assert.ok(Math.abs(right[at]! - bin.right * scale) < 1e-3);
      assert.ok(Math.abs(wrongOnes[at]! - bin.wrong * scale) < 1e-3);
    });
    const points = await panel.page.locator('.reliability-point').count();
    assert.equal(points, 5, 'empty bins have none');
    await panel.page.locator('.chart summary').first().click();
    const numbers = panel.page
      .getByRole('region', { name: 'Numbers of Reliability' })
      .locator('tbody tr');
    assert.match(spaced(await numbers.first().innerText()), /^0 % to 10 % 0 undefined: none in it/);
    assert.equal(spaced(await numbers.last().innerText()), '90 % to 100 % 480 0.96 0.97 +0.01');
  });

  it('is text, whatever it is', async () => {
    const { markup, rightToLeft } = hostile;
    const labels = [markup, rightToLeft];
    const counts = [
      [5, 1],
      [2, 9],
    ];
    const rows = [wrongRow(0, { text: markup, gold: markup, predicted: markup })];
    const says = { kind: 'failed', line: 3, says: markup } as const;
    const summary = summaryOf(labels, counts, {
      problems: { ...sentiment.summary.problems, failed: 1 },
    });
    await show(evaluationOf(summary, rows, { problems: [says], about: markup, modelName: markup }));
    await panel.page.locator('.heat-cell button').nth(1).click();
    assert.deepEqual(await panel.events('evaluationShowCell'), [
      { gold: markup, predicted: rightToLeft },
    ]);
    assert.match(await wrong().innerText(), /<img src=x/);
    assert.equal(await panel.page.locator('main img, main b').count(), 0);
    assert.deepEqual(await panel.violations(), []);
  });
});
