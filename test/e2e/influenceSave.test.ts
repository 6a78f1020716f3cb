/** A trace of one line and of several leaves VS Code: copied as JSON, saved as JSONL with AllenNLP's names, never over a dataset. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { goToLine, wrongLine, wrongLines } from './support/sample';
import { proposedName, saveAs } from './support/saveDialog';
import { TrainingTab } from './support/trainingTab';
import { until } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const dev = 'reviews.dev.jsonl';
const train = 'reviews.train.jsonl';
const saved = 'traces.jsonl';

interface TrainInstance {
  readonly text: string;
  readonly label: string;
  readonly line: number;
  readonly loss: number;
  readonly score: number;
}

interface Trace {
  readonly test_instance: {
    readonly text?: string;
    readonly label?: string;
    readonly line?: number;
    readonly instances?: number;
    readonly loss: number;
  };
  readonly top_k_train_instances: readonly TrainInstance[];
  readonly bottom_k_train_instances: readonly TrainInstance[];
  readonly n_train: number;
  readonly residual: number | null;
}

describe('Influence, saved', () => {
  let window: VscodeWindow;
  let tab: TrainingTab;
  let bytes: readonly Buffer[];

  const file = (name: string) => path.join(window.workspace, name);
  const datasets = () => Promise.all([dev, train].map(name => readFile(file(name))));
  const save = () => tab.view.getByRole('button', { name: 'Save JSONL', exact: true }).click();
  const traces = async () =>
    (await readFile(file(saved), 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Trace);

  before(async () => {
    window = await VscodeWindow.open(workspace =>
      writeFile(
        path.join(workspace, 'colours.train.jsonl'),
        '{"text":"The show is blue.","label":"purple"}\n{"text":"Red.","label":"green"}\n',
      ),
    );
    await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    tab = new TrainingTab(window.panel, 'influence');
    bytes = await datasets();
    await window.openFile(dev);
  });
  after(() => window.close());

  it('refuses a training file without a label that the model knows, in one sentence', async () => {
    await goToLine(window, wrongLine.line);
    await window.chooseFromMenu(wrongLine.text, 'Glassbox', 'Trace Influence');
    await window.listIsOpen(/Which file was the model trained on\?/);
    await window.pick('colours.train.jsonl');
    const says = await window.notification(/colours\.train\.jsonl/);
    assert.match(says, /^[^\n]+$/);
    assert.match(says, /label "purple"/);
    await until('the same in the panel', async () => (await window.panel.failure()) === says);
    await window.screenshot('e2e-influence-labels');
    await window.dismissNotifications();
  });

  it('and takes another one, in the panel', async () => {
    await tab.answerTo(
      async () => {
        await tab.view.getByRole('button', { name: 'Choose Another\u2026' }).click();
        await window.listIsOpen(/Which file was the model trained on\?/);
        await window.pick(train);
      },
      { about: new RegExp(`${dev} : ${wrongLine.line} `), says: /Exact influence/ },
    );
  });

  it('copies what is shown as JSON', async () => {
    await tab.view.getByRole('button', { name: 'Copy JSON', exact: true }).click();
    const copied = await until('the trace in the clipboard', async () => {
      const text = await window.page.evaluate(() => navigator.clipboard.readText());
      return text.startsWith('{') && (JSON.parse(text) as Trace);
    });
    assert.equal(copied.test_instance.line, wrongLine.line);
    const lines = (rows: readonly TrainInstance[]) => rows.map(({ line }) => line);
    assert.deepEqual(lines(copied.top_k_train_instances), await tab.lines('Helps'));
    assert.deepEqual(lines(copied.bottom_k_train_instances), await tab.lines('Hurts'));
  });

  for (const name of [dev, train]) {
    it(`is not saved over ${name}`, async () => {
      await save();
      assert.equal(await proposedName(window), 'reviews.dev.influence.jsonl');
      await saveAs(window, name);
      const says = await window.notification(new RegExp(name.replaceAll('.', '\\.')));
      assert.match(says, /is never written; choose another/);
      assert.deepEqual(await datasets(), bytes);
      await window.dismissNotifications();
    });
  }

  it('is saved as one line: the text with its loss, the lines that help, those that hurt', async () => {
    await save();
    await saveAs(window, saved);
    const [trace, ...others] = await until('the file', () => traces().catch(() => null));
    assert.equal(others.length, 0);
    const { test_instance: test, top_k_train_instances: top } = trace!;
    const bottom = trace!.bottom_k_train_instances;
    assert.ok(test.text?.startsWith(wrongLine.text));
    assert.deepEqual([test.label, trace!.n_train, trace!.residual], ['negative', 1500, null]);
    assert.ok(test.loss > Math.log(2), 'it is predicted wrongly');
    assert.deepEqual([top.length, bottom.length], [20, 20]);
    const examples = bytes[1]!.toString().split('\n');
    for (const { line, text, label, loss } of [...top, ...bottom]) {
      const example = JSON.parse(examples[line - 1]!) as { text: string; label: string };
      assert.deepEqual([text, label], [example.text, example.label]);
      assert.ok(loss >= 0);
    }
    const scores = (rows: readonly TrainInstance[]) => rows.map(({ score }) => score);
    assert.ok(scores(top).every(score => score > 0));
    assert.ok(scores(bottom).every(score => score < 0));
    assert.deepEqual(
      scores(bottom),
      scores(bottom).toSorted((a, b) => a - b),
    );
  });

  describe('of selected lines', () => {
    before(async () => {
      await goToLine(window, 20);
      await window.clickLine('This guest house isn');
      await window.page.keyboard.down('Shift');
      await window.clickLine('No certificate, no grades');
      await window.page.keyboard.up('Shift');
      await tab.answerTo(() => window.runCommand('Glassbox: Trace Influence of Selection'), {
        about: /5 selected lines of reviews\.dev\.jsonl/,
      });
    });

    it('shows the training lines that hurt their mean loss most, planted ones among them', async () => {
      assert.match(await tab.head(), /Mean loss \d\.\d+ of 5 lines/);
      const hurts = await tab.lines('Hurts');
      const planted = await wrongLines(window.workspace);
      const found = hurts.filter(line => planted.includes(line));
      assert.ok(found.length > 0, hurts.join(', '));
      await tab.picture(() => window.screenshot('e2e-influence-selection'));
    });

    it('is added to the file of the line, which stays as it is', async () => {
      const [first] = await traces();
      await save();
      await window.choose(`Append to ${saved}`);
      await until('a second line', async () => (await traces()).length === 2);
      const all = await traces();
      assert.deepEqual(all[0], first);
      const { instances, loss } = all[1]!.test_instance;
      assert.equal(instances, 5);
      assert.ok(loss < first!.test_instance.loss, 'most of the five are predicted rightly');
    });

    it('leaves the datasets as they are', async () => {
      assert.deepEqual(await datasets(), bytes);
    });
  });
});
