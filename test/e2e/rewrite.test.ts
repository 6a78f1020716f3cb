/** A line is rewritten in the panel: prediction and map follow the typing, and the file stays as it is. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { spaced } from './support/attackTab';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const dataset = 'reviews.dev.jsonl';
const line = 'The plot is thin, but the leads are a joy.';

describe('Rewrite a line', () => {
  let window: VscodeWindow;
  let bytes: Buffer;

  const view = () => window.panel.frame.locator('.rewrite-view');
  const area = () => view().getByRole('textbox', { name: 'text' });
  const verdict = async () => spaced(await view().locator('.verdict').innerText());
  /** Until what is shown is the answer to what stands in the field. */
  const explained = (says: RegExp) =>
    until(`the answer ${says.source}`, async () => {
      const now = await verdict();
      const rests = (await view().locator('.rewrite-results.fading').count()) === 0;
      if (rests && says.test(now)) return now;
      throw new Error(now);
    });
  const cells = async (label: string) => {
    const map = view().getByRole('grid', { name: label });
    return map
      .getByRole('gridcell')
      .evaluateAll(all => all.map(cell => cell.getAttribute('aria-label') ?? ''));
  };
  const caret = () =>
    area().evaluate((field: HTMLTextAreaElement) => [field.selectionStart, field.selectionEnd]);

  before(async () => {
    window = await VscodeWindow.open();
    bytes = await readFile(path.join(window.workspace, dataset));
    await window.openFile(dataset);
    await window.chooseFromMenu('The plot is thin', 'Glassbox', 'Rewrite Line');
    await view().waitFor();
  });
  after(() => window.close());

  it('begins with the line and what is predicted of it', async () => {
    assert.equal(await area().inputValue(), line);
    assert.match(
      await explained(/^positive/),
      /^positive [01]\.\d\d still positive nothing changed$/,
    );
  });

  it('explains what is typed, with the caret left where it is', async () => {
    const original = await cells('Text of the file');
    const at = line.indexOf('joy');
    await area().evaluate((field: HTMLTextAreaElement, start) => {
      field.focus();
      field.setSelectionRange(start, start + 'joy'.length);
    }, at);
    await window.page.keyboard.type('bore', { delay: 20 });
    const now = await explained(/1 of 10 words changed$/);
    assert.match(
      now,
      /^(negative [01]\.\d\d positive, now negative|positive [01]\.\d\d still positive) /,
    );
    assert.equal(await area().inputValue(), line.replace('joy', 'bore'));
    assert.deepEqual(await caret(), [at + 4, at + 4]);
    assert.equal(await area().evaluate(field => field.ownerDocument.activeElement === field), true);
    const edited = await cells('Text as edited');
    assert.ok(
      edited.some(words => words.endsWith(', changed joy to bore')),
      edited.join(),
    );
    assert.deepEqual(await cells('Text of the file'), original, 'the original keeps its map');
    // It is typed on where the caret stands.
    await window.page.keyboard.type('dom');
    await explained(/1 of 10 words changed$/);
    await untilEqual('the text', () => area().inputValue(), line.replace('joy', 'boredom'));
    assert.deepEqual(await caret(), [at + 7, at + 7]);
  });

  it('shows an edit that was pinned beside the original', async () => {
    const pinned = await verdict();
    await window.panel.button('Pin').click();
    const pins = view().getByRole('region', { name: 'Pinned edits' }).getByRole('listitem');
    await pins.first().waitFor();
    assert.ok(spaced(await pins.first().innerText()).includes(pinned.split(' ')[1]!), pinned);
    assert.match(spaced(await pins.first().innerText()), /1 of 10 words changed/);
    const frames = await pins.first().locator('.mark-new').allInnerTexts();
    assert.deepEqual(frames, ['boredom']);
    // Another edit leaves it there.
    await area().fill('The plot is thin.');
    await explained(/words? changed$/);
    assert.equal(await pins.count(), 1);
    await window.screenshot('e2e-rewrite');
    await pins.first().scrollIntoViewIfNeeded();
    await window.screenshot('e2e-rewrite-pinned');
  });

  it('says that nothing can be predicted of no text, and goes on', async () => {
    await area().fill('');
    const complaint = view().locator('.field-complaint');
    await complaint.waitFor();
    assert.match(await complaint.innerText(), /no text/i);
    await window.panel.button('Reset to Original').click();
    await explained(/nothing changed$/);
    assert.equal(await area().inputValue(), line);
    assert.equal(await complaint.isVisible(), false);
  });

  it('leaves the file as it is', async () => {
    assert.deepEqual(await readFile(path.join(window.workspace, dataset)), bytes);
    assert.equal(await window.page.locator('.tab.dirty').count(), 0);
  });
});
