/** An attacked text goes to a dataset of its own; the one at hand stays as it is, to the byte. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { AttackTab } from './support/attackTab';
import { proposedName, saveAs } from './support/saveDialog';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const dataset = 'reviews.dev.jsonl';
const own = 'reviews.dev.attacked.jsonl';
const text = 'The plot is thin, but the leads are a joy.';

interface Appended {
  readonly text: string;
  readonly label: string;
  readonly glassbox: {
    readonly attack: string;
    readonly from: { readonly file: string; readonly line: number };
    readonly original: { readonly text: string };
    readonly label: { readonly before: string; readonly after: string; readonly gold: string };
    readonly verified_from_text: boolean | null;
    readonly model_name: string;
    readonly model_hash: string;
    readonly date: string;
  };
}

describe('Append an attacked line to a dataset', () => {
  let window: VscodeWindow;
  let tab: AttackTab;
  let untouched: string;

  const file = (name: string) => path.join(window.workspace, name);
  const hash = async () =>
    createHash('sha256')
      .update(await readFile(file(dataset)))
      .digest('hex');
  const lines = async () =>
    (await readFile(file(own), 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Appended);
  const append = () => window.panel.button('Append to Dataset File').click();

  before(async () => {
    window = await VscodeWindow.open();
    tab = new AttackTab(window.panel);
    untouched = await hash();
    await window.openFile(dataset);
    await tab.answerTo(() =>
      window.chooseFromMenu('The plot is thin', 'Glassbox', 'Attack Line: HotFlip'),
    );
    await tab.map.waitFor();
  });
  after(() => window.close());

  it('refuses the dataset at hand in one sentence', async () => {
    await append();
    await saveAs(window, dataset);
    const says = await window.notification(/reviews\.dev\.jsonl/);
    assert.match(says, /never writes/);
    assert.equal(await hash(), untouched);
    await window.dismissNotifications();
  });

  it('refuses a file that Glassbox did not begin', async () => {
    const train = await readFile(file('reviews.train.jsonl'));
    await append();
    await saveAs(window, 'reviews.train.jsonl');
    await window.notification(/reviews\.train\.jsonl is not a dataset that Glassbox began/);
    assert.deepEqual(await readFile(file('reviews.train.jsonl')), train);
    await window.dismissNotifications();
  });

  it('begins a new one, with where the line comes from', async () => {
    const attacked = await tab.text();
    await append();
    assert.equal(await proposedName(window), own);
    await saveAs(window, own);
    await window.notification(/was appended/);
    const [line, ...others] = await lines();
    assert.equal(others.length, 0);
    assert.equal(line!.text, attacked);
    assert.equal(line!.label, 'positive', 'the gold label of the line it comes from');
    const { glassbox } = line!;
    assert.equal(glassbox.attack, 'hotflip');
    assert.deepEqual(glassbox.from, { file: dataset, line: 1 });
    assert.equal(glassbox.original.text, text);
    assert.deepEqual(glassbox.label, { before: 'positive', after: 'negative', gold: 'positive' });
    assert.equal(glassbox.verified_from_text, true);
    assert.equal(glassbox.model_name, 'model');
    assert.match(glassbox.model_hash, /^[0-9a-f]{64}$/);
    assert.ok(Math.abs(Date.now() - Date.parse(glassbox.date)) < 600_000);
    assert.equal(await hash(), untouched);
  });

  it('opens it; explained there, the line is predicted as the attack said', async () => {
    const [, label, share] = /(\w+) ([01]\.\d\d)$/.exec(await tab.current())!;
    await window.page
      .locator('.notifications-toasts')
      .getByRole('button', { name: 'Open' })
      .click();
    await window.page.locator(`.tab.active[data-resource-name="${own}"]`).waitFor();
    assert.equal(await tab.view.isVisible(), true, 'the file does not cover the panel');
    await window.explain('The plot is thin');
    const header = await window.panel.header();
    assert.match(header, /reviews\.dev\.attacked\.jsonl : 1/);
    assert.ok(header.includes(`${label!} ${share!}`), header);
    await window.screenshot('e2e-appended');
  });

  it('adds a second line to it, and keeps the first', async () => {
    const [first] = await lines();
    await window.panel.tab('Attack').click();
    await tab.steps.first().click();
    await until('the original', async () => (await tab.current()).startsWith('original'));
    await append();
    await window.choose(`Append to ${own}`);
    await until('a second line', async () => (await lines()).length === 2);
    const all = await lines();
    assert.deepEqual(all[0], first);
    assert.equal(all[1]!.text, text);
    assert.equal(await hash(), untouched);
  });
});
