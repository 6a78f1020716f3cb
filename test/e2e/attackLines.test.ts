/** Several lines are attacked: a table that grows, sorted, leading to its lines; stopped in the middle, and gone on with. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { parse } from 'csv-parse/sync';
import { AttackTab, spaced } from './support/attackTab';
import { proposedName, saveAs } from './support/saveDialog';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const dataset = 'reviews.dev.jsonl';

interface Result {
  readonly record: { readonly line: number };
  readonly outcome: string;
  readonly original: { readonly text: string };
  readonly final: { readonly text: string };
}

describe('Attack Selection', () => {
  let window: VscodeWindow;
  let tab: AttackTab;
  let bytes: Buffer;

  const view = () => window.panel.frame.locator('.lines-view');
  const says = async () => spaced(await view().locator('.lines-says').innerText());
  const rows = () => view().getByRole('table', { name: 'Attacked lines' }).locator('tbody tr');
  const column = async (at: number) =>
    (await rows().locator(`td:nth-child(${at})`).allInnerTexts()).map(spaced);
  const file = (name: string) => path.join(window.workspace, name);

  /** The header of the run and a result a line; a line that was cut off in the middle is no JSON. */
  const results = async (name: string) => {
    const [header, ...lines] = (await readFile(file(`${name}.jsonl`), 'utf8'))
      .trimEnd()
      .split('\n');
    assert.equal((JSON.parse(header!) as { glassbox: string }).glassbox, 'attack-run');
    return lines.map(line => JSON.parse(line) as Result);
  };
  const table = async (name: string) =>
    parse<Record<string, string>>(await readFile(file(`${name}.csv`)), { columns: true });

  const attack = async (name: string) => {
    await window.runCommand('Glassbox: Attack Selection');
    await window.listIsOpen(/Which attack/);
    await window.pick('HotFlip');
    assert.match(await proposedName(window), /^reviews\.dev\.attack-hotflip(-\d+)?\.jsonl$/);
    await saveAs(window, `${name}.jsonl`);
    await view().waitFor();
  };
  const done = (what: RegExp) =>
    // All of the file takes a while on a busy machine.
    until(`the table to say ${what.source}`, async () => what.test(await says()), 100_000);

  before(async () => {
    window = await VscodeWindow.open();
    tab = new AttackTab(window.panel);
    bytes = await readFile(file(dataset));
    await window.openFile(dataset);
  });
  after(() => window.close());

  describe('of the selected lines', () => {
    before(async () => {
      await window.clickLine('The plot is thin');
      await window.page.keyboard.down('Shift');
      await window.clickLine('The captain let');
      await window.page.keyboard.up('Shift');
      await attack('some');
      await done(/^8 lines attacked$/i);
    });

    it('fills a table, with what it came to on top', async () => {
      assert.deepEqual(await column(1), ['1', '2', '3', '4', '5', '6', '7', '8']);
      const outcomes = await column(4);
      for (const outcome of outcomes) assert.match(outcome, /flipped|failed|skipped/);
      const flipped = outcomes.filter(outcome => outcome.includes('flipped')).length;
      const tried = outcomes.filter(outcome => !outcome.includes('skipped')).length;
      const head = spaced(await view().locator('.lines-head').innerText());
      assert.match(head, /reviews\.dev\.jsonl HotFlip/);
      assert.ok(head.includes(`${flipped} of ${tried} tried`), head);
      assert.match(head, /Success rate \d+ %/);
      assert.match(head, /Accuracy \d+ % → \d+ %/);
      await window.screenshot('e2e-lines');
    });

    it('saves the same, as JSONL and as CSV', async () => {
      const saved = await results('some');
      assert.deepEqual(
        saved.map(({ record }) => record.line),
        [1, 2, 3, 4, 5, 6, 7, 8],
      );
      const cells = await table('some');
      assert.deepEqual(
        cells.map(({ line, outcome, original, attacked }) => [line, outcome, original, attacked]),
        saved.map(({ record, outcome, original, final }) => [
          String(record.line),
          outcome,
          original.text,
          final.text,
        ]),
      );
      const shown = await column(4);
      saved.forEach(({ outcome }, at) => {
        assert.ok(shown[at]!.includes(outcome));
      });
    });

    it('sorts by a column', async () => {
      await view().getByRole('button', { name: 'Words changed', exact: true }).click();
      const header = view().getByRole('columnheader', { name: 'Words changed' });
      await untilEqual('the order', () => header.getAttribute('aria-sort'), 'descending');
      const changed = (await column(5)).map(words => Number(/^(\d+) of \d+$/.exec(words)?.[1]));
      assert.deepEqual(
        changed,
        [...changed].sort((a, b) => b - a),
      );
      assert.notEqual(changed[0], changed.at(-1));
      await view().getByRole('button', { name: 'Line', exact: true }).click();
      await untilEqual('the lines', async () => (await column(1))[0], '1');
    });

    it('leads from a row to its line, and to its attack', async () => {
      await view().getByRole('button', { name: 'Go to line 5', exact: true }).click();
      const position = window.page.locator('.statusbar-item', { hasText: /Ln \d+, Col \d+/ });
      await until('the cursor on line 5', async () =>
        /Ln 5, Col 1\b/.test(await position.innerText()),
      );
      await until('the focus in the file', () => window.hasEditorFocus());
      const [, , , , outcome] = await column(4);
      await tab.answerTo(() =>
        view().getByRole('button', { name: 'Open the attack of line 5', exact: true }).click(),
      );
      assert.match(await tab.head(), /reviews\.dev\.jsonl : 5 text/);
      assert.ok((await tab.says()).toLowerCase().includes(outcome!.split(' ')[1]!), outcome);
    });
  });

  describe('of the whole file', () => {
    const all = Array.from({ length: 200 }, (_, line) => line + 1);

    before(async () => {
      await window.clickLine('The plot is thin');
      await window.page.keyboard.press('Control+a');
      await attack('all');
    });

    it('can be cancelled: what is done is kept, on the disk too', async () => {
      await until('some rows', async () => (await rows().count()) >= 5);
      assert.match(await says(), /^running: \d+ of 200 lines done$/i);
      await window.screenshot('e2e-lines-running');
      await view().getByRole('button', { name: 'Cancel', exact: true }).click();
      await done(/^stopped: /i);
      const count = Number(/(\d+) of 200 lines done/.exec(await says())?.[1]);
      assert.ok(count >= 5 && count < 200, `${count} rows`);
      assert.equal((await results('all')).length, count);
      assert.equal((await table('all')).length, count);
      await window.screenshot('e2e-lines-stopped');
    });

    it('goes on where it was stopped, each line once', async () => {
      const before = await readFile(file('all.jsonl'), 'utf8');
      await view().getByRole('button', { name: 'Resume', exact: true }).click();
      await done(/^200 lines attacked$/i);
      assert.ok((await readFile(file('all.jsonl'), 'utf8')).startsWith(before));
      const saved = await results('all');
      assert.deepEqual(
        saved.map(({ record }) => record.line),
        all,
      );
      const cells = await table('all');
      assert.deepEqual(
        cells.map(({ line }) => Number(line)),
        all,
      );
      assert.equal(await rows().count(), 200);
      const flipped = cells.filter(({ outcome }) => outcome === 'flipped').length;
      assert.match(
        spaced(await view().locator('.lines-head').innerText()),
        new RegExp(`${flipped} flipped`),
      );
    });

    it('shows the file with the results', async () => {
      await view().getByRole('button', { name: 'Show all.csv' }).click();
      await window.page.locator('.tab.active[data-resource-name="all.csv"]').waitFor();
      assert.equal(await view().isVisible(), true, 'the panel stays beside it');
      await window.screenshot('e2e-lines-done');
    });
  });

  describe('afterwards', () => {
    it('leaves the dataset as it is', async () => {
      assert.deepEqual(await readFile(file(dataset)), bytes);
      assert.equal(await window.page.locator('.tab.dirty').count(), 0);
    });
  });
});
