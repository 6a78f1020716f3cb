/** An attack on several lines: summary, sorting, pages, keyboard, cancel and resume. */
import assert from 'node:assert/strict';
import type { AttackTable } from '../../src/protocol';
import { linesSortKeys, sortLines } from '../../webview/lines/linesSort';
import { tableOf } from './support/attackSamples';
import { PanelPage } from './support/panelPage';

describe('attacked lines', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open({ width: 900 });
  });
  afterEach(() => panel.close());

  const rows = () => panel.page.locator('tbody tr');
  const show = async (table: AttackTable) => {
    await panel.emit('lines', table);
    const done = table.summary.done.toLocaleString('en-US');
    await panel.page.locator('.lines-says', { hasText: done }).waitFor();
  };
  const button = (name: string) => panel.page.getByRole('button', { name, exact: true });
  const text = (selector: string) => panel.page.locator(selector).innerText();
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  const lines = () => panel.page.locator('tbody tr td:first-child').allInnerTexts();
  const key = (name: string) => panel.page.keyboard.press(name);
  const focused = () =>
    panel.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

  it('leaves what else is told alone while it runs', async () => {
    const failure = panel.page.locator('.notice-error');
    await panel.emit('busy', { says: 'Attacking lines of reviews.dev.jsonl' });
    await button('Cancel').waitFor();
    await show(tableOf(3, 'running', 9));
    assert.equal(await panel.page.locator('.busy-box').isVisible(), false);
    await panel.emit('failed', { message: 'Line 7 could not be explained.' });
    await show(tableOf(4, 'running', 9));
    await show(tableOf(5, 'stopped', 9));
    assert.equal(await failure.isVisible(), true);
    await show(tableOf(6, 'running', 9));
    assert.equal(await failure.isVisible(), false, 'another run has begun');
  });

  it('sums up in words and as a bar', async () => {
    await show(tableOf(60, 'running', 100));
    const head = spaced(await text('.lines-head'));
    assert.match(head, /reviews\.dev\.jsonl HotFlip/);
    assert.match(head, /running: 60 of 100 lines done/i);
    assert.match(head, /36 flipped 12 failed 12 skipped 40 to do/);
    assert.match(head, /Success rate 75 % 36 of 48 tried/);
    assert.match(head, /Mean words changed 2\.25 18 % of the text/);
    assert.match(head, /Accuracy 80 % → 20 % before and after the attack/);
    assert.match(head, /Mean queries 41\.8/);
    const shares = await panel.page.evaluate(() => {
      const bar = document.querySelector('.parts')!;
      const { clientWidth } = bar;
      return [...bar.children].map(one =>
        Math.round((100 * one.getBoundingClientRect().width) / clientWidth),
      );
    });
    assert.deepEqual(shares, [36, 12, 12, 0, 40]);
  });

  it('shows what was changed, the end in words, words and queries', async () => {
    await show(tableOf(5));
    assert.equal(
      spaced((await rows().nth(0).textContent()) ?? ''),
      '1Line 1 : the film is a joy , and the leads are fine .Line 1 : the film is a (changed joy to bore) joy→bore , and the leads are fine .✓ flippedpositive → negative1 of 1320Open',
    );
    assert.match(spaced(await rows().nth(2).innerText()), /unchanged ✕ failed positive 0 of 13 34/);
    assert.match(
      spaced(await rows().nth(4).innerText()),
      /unchanged – skipped negative 0 of 13 1 Open/,
    );
  });

  it('sorts by every column, and says by which', async () => {
    const table = tableOf(40);
    await show(table);
    for (const [at, name] of [
      'Line',
      'Original',
      'Attacked',
      'Outcome',
      'Words changed',
      'Queries',
    ].entries()) {
      for (let press = 0; press < 2; press++) {
        await button(name).click();
        const head = panel.page.getByRole('columnheader', { name });
        const descending = (await head.getAttribute('aria-sort')) === 'descending';
        assert.equal(await panel.page.locator('[aria-sort]').count(), 1);
        const order = sortLines(table.rows, { key: linesSortKeys[at]!, descending });
        assert.deepEqual(
          await lines(),
          order.map(row => String(row + 1)),
          name,
        );
      }
    }
    const state = (await panel.savedState()) as { linesSort: unknown };
    assert.deepEqual(state.linesSort, { key: 'queries', descending: false });
  });

  it('orders by the value, equal rows by their line', () => {
    const { rows: all } = tableOf(10);
    const by = (sort: Parameters<typeof sortLines>[1]) =>
      sortLines(all, sort).map(at => all[at]!.line);
    assert.deepEqual(by({ key: 'line', descending: true }), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert.deepEqual(by({ key: 'outcome', descending: false }), [1, 2, 4, 6, 7, 9, 3, 8, 5, 10]);
    assert.deepEqual(
      by({ key: 'wordsChanged', descending: true }),
      [4, 7, 2, 6, 1, 9, 3, 5, 8, 10],
    );
  });

  it('has pages of 200 rows', async () => {
    await show(tableOf(450));
    assert.equal(await rows().count(), 200);
    assert.equal(await text('.pager [role="status"]'), 'Rows 1 to 200 of 450');
    assert.equal(await button('Previous Page').isDisabled(), true);
    await button('Next Page').click();
    await button('Next Page').click();
    assert.equal(await text('.pager [role="status"]'), 'Rows 401 to 450 of 450');
    assert.equal((await lines())[0], '401');
    assert.equal(await button('Next Page').isDisabled(), true);
    // Another order begins at its beginning.
    await button('Queries').click();
    assert.equal(await text('.pager [role="status"]'), 'Rows 1 to 200 of 450');
  });

  it('of thousands of rows draws one page, and when another comes no row anew', async () => {
    const many = tableOf(5_000, 'running', 10_000);
    await show(many);
    assert.equal(await rows().count(), 200);
    await panel.page.evaluate(() => {
      const changed = { count: 0 };
      Object.assign(window, { changed });
      const body = document.querySelector('tbody')!;
      new MutationObserver(all => (changed.count += all.length)).observe(body, { childList: true });
    });
    await show({ ...tableOf(5_001, 'running', 10_000), rows: many.rows });
    assert.equal(await panel.page.evaluate('changed.count'), 0);
    const [first, ...rest] = many.rows;
    const summary = { ...many.summary, done: 5_002 };
    await show({ ...many, rows: [{ ...first!, queries: 99 }, ...rest], summary });
    // The old row goes, the new one comes.
    assert.equal(await panel.page.evaluate('changed.count'), 2);
  });

  it('goes to the line by click and Enter, opens the attack by its own button', async () => {
    await show(tableOf(5));
    await rows().nth(1).locator('td').nth(1).click();
    assert.deepEqual(await panel.events('linesReveal'), [{ row: 1 }]);
    await button('Go to line 3').focus();
    await key('Enter');
    assert.deepEqual((await panel.events('linesReveal')).at(-1), { row: 2 });
    await button('Open the attack of line 4').click();
    assert.deepEqual(await panel.events('linesOpen'), [{ row: 3 }]);
    assert.equal((await panel.events('linesReveal')).length, 2);
  });

  it('sorted, still tells the row of the table', async () => {
    await show(tableOf(5));
    await button('Line').click();
    await button('Go to line 5').click();
    assert.deepEqual(await panel.events('linesReveal'), [{ row: 4 }]);
  });

  it('is walked by arrows; only one row is in the order of the tab key', async () => {
    await show(tableOf(30));
    assert.equal(await panel.page.locator('tbody button[tabindex="0"]').count(), 2);
    await button('Go to line 1').focus();
    await key('ArrowDown');
    await key('ArrowDown');
    assert.equal(await focused(), 'Go to line 3');
    await key('Tab');
    assert.equal(await focused(), 'Open the attack of line 3');
    await key('ArrowUp');
    assert.equal(await focused(), 'Open the attack of line 2');
    await key('End');
    assert.equal(await focused(), 'Open the attack of line 30');
    await key('Home');
    assert.equal(await focused(), 'Open the attack of line 1');
  });

  it('keeps the focus where it is while rows come', async () => {
    await show(tableOf(10, 'running', 30));
    await button('Go to line 4').focus();
    for (const count of [11, 12, 20]) await show(tableOf(count, 'running', 30));
    assert.equal(await focused(), 'Go to line 4');
    assert.equal(await rows().count(), 20);
  });

  it('can be cancelled, and resumed', async () => {
    await show(tableOf(10, 'running', 30));
    assert.equal(await button('Resume').isVisible(), false);
    await button('Cancel').click();
    assert.deepEqual(await panel.events('cancel'), [null]);
    await panel.emit('lines', tableOf(10, 'stopped', 30));
    await panel.page.getByText('stopped: 10 of 30 lines done').waitFor();
    assert.equal(await button('Cancel').isVisible(), false);
    await button('Resume').click();
    assert.deepEqual(await panel.events('linesResume'), [null]);
    await show(tableOf(30));
    assert.match(await text('.lines-says'), /^30 lines attacked$/i);
    assert.equal(await button('Resume').isVisible(), false);
  });

  it('shows the files of the results', async () => {
    await show(tableOf(3));
    await button('Show attacks/reviews.hotflip.jsonl').click();
    await button('Show attacks/reviews.hotflip.csv').click();
    assert.deepEqual(await panel.events('linesShowFile'), [{ as: 'jsonl' }, { as: 'csv' }]);
  });

  it('tells an error in its row, without an attack to open; text is never markup', async () => {
    const markup = '<img src=x onerror="document.title=1">';
    const table = tableOf(2);
    const bad = {
      ...table.rows[1]!,
      original: markup,
      attacked: `${markup} <b>`,
      outcome: 'error' as const,
      says: `no text: ${markup}`,
    };
    await show({ ...table, rows: [table.rows[0]!, bad] });
    assert.match(spaced(await rows().nth(1).innerText()), /! error no text: <img src=x/);
    assert.equal(await button('Open the attack of line 2').count(), 0);
    assert.equal(await panel.page.locator('main img, main b').count(), 0);
    assert.deepEqual(await panel.violations(), []);
  });

  it('begins a long text where it was changed, and keeps what was changed in sight in a narrow panel', async () => {
    const long =
      'We came for the music, stayed for the food, and went home late. It was a joy for us.';
    const table = tableOf(3);
    const rest = { original: long, attacked: long.replace('joy', 'bore') };
    await panel.page.setViewportSize({ width: 470, height: 800 });
    await show({ ...table, rows: [{ ...table.rows[0]!, ...rest }, ...table.rows.slice(1)] });
    const seen = spaced(await rows().nth(0).innerText());
    assert.match(seen, /^1 \u2026 .*It was a .*joy\u2192 ?bore ?for us\. \u2713 flipped/);
    const [mark, cell] = await rows()
      .nth(0)
      .evaluate(row => {
        const box = (selector: string) => row.querySelector(selector)!.getBoundingClientRect();
        const { top, height } = box('.mark-new');
        return [top + height / 2, box('.clamp:has(.mark-new)').bottom];
      });
    assert.ok(mark < cell, `the changed word is cut off: ${mark} of ${cell}`);
    assert.equal(await panel.page.getByRole('columnheader', { name: 'Original' }).count(), 0);
    assert.match(spaced(await rows().nth(2).innerText()), /unchanged Line 3/);
    const [wide, room] = await panel.page
      .getByRole('region', { name: 'Table of lines' })
      .evaluate(one => [one.scrollWidth, one.clientWidth]);
    assert.ok(wide <= room, `${wide} px of table in ${room}`);
  });

  it('says nothing that is not known yet', async () => {
    const table = tableOf(0, 'running', 10);
    await show({
      ...table,
      summary: {
        ...table.summary,
        meanQueries: null,
        meanWordsChanged: null,
        meanShareChanged: null,
        accuracyBefore: null,
        accuracyAfter: null,
      },
    });
    assert.equal(await panel.page.locator('.figure').count(), 0);
    assert.equal(await rows().count(), 0);
  });
});
