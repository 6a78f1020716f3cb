/** The line edited by hand: typing is never held up, old answers are ignored, what changed is told. */
import assert from 'node:assert/strict';
import { explained, pinned, rewriting, untouched } from './support/attackSamples';
import { PanelPage } from './support/panelPage';
import { pair } from './support/taskSamples';

const original = untouched.original.text;

describe('rewriting', () => {
  let panel: PanelPage;
  /** The clock of the page stands: what is debounced waits for `rest`. */
  beforeEach(async () => {
    panel = await PanelPage.open({ ownsClock: true });
    await panel.emit('rewrite', untouched);
    await panel.page.clock.pauseAt(Date.now() + 3_600_000);
  });
  afterEach(() => panel.close());

  const area = () => panel.page.locator('textarea').first();
  const rest = (milliseconds = 250) => panel.page.clock.runFor(milliseconds);
  const text = (selector: string) => panel.page.locator(selector).innerText();
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  /** The toolkit draws a button in the next frame, and the frames of the page stand too. */
  const isOff = async (name: string) => {
    await rest(20);
    return button(name).isDisabled();
  };
  const button = (name: string) => panel.page.getByRole('button', { name, exact: true });
  const sent = () => panel.events('rewrite');
  const answer = (edit: number, shown: string, positive: number) =>
    panel.emit('rewritten', { edit, state: explained(shown, positive), failed: null });
  const end = async () => {
    await area().focus();
    await area().press('Control+End');
  };

  it('says that the file is never changed, and begins with the line', async () => {
    assert.equal(await area().inputValue(), original);
    assert.equal(
      await panel.page.getByText('The line in the file is never changed.').isVisible(),
      true,
    );
    assert.match(spaced(await text('.verdict')), /^positive 0\.93 still positive nothing changed$/);
    assert.equal(await panel.page.getByRole('textbox', { name: 'text' }).count(), 1);
    assert.deepEqual(await sent(), []);
  });

  it('shows where the line stands now, and keeps what was typed', async () => {
    await end();
    await panel.page.keyboard.type('!');
    await panel.emit('movedElsewhere', { tab: 'rewrite', line: 42 });
    assert.match(await text('.rewrite-view .head-source'), /: 42$/);
    assert.equal(await area().inputValue(), `${original}!`);
  });

  it('is sent once the typing rests for 250 ms, the last text only', async () => {
    await end();
    await panel.page.keyboard.type(' N');
    await rest(249);
    await panel.page.keyboard.type('o');
    await rest(249);
    assert.deepEqual(await sent(), []);
    await rest(1);
    assert.deepEqual(await sent(), [{ edit: 1, text: `${original} No`, pair: null }]);
    await rest(10_000);
    assert.equal((await sent()).length, 1);
  });

  it('shows the answer to the newest edit; an older one comes too late', async () => {
    await end();
    await panel.page.keyboard.type(' No');
    await rest();
    await panel.page.keyboard.type('pe');
    await rest();
    assert.deepEqual(
      (await sent()).map(({ edit }) => edit),
      [1, 2],
    );
    await answer(1, `${original} No`, 0.2);
    assert.match(await text('.verdict'), /positive/);
    await answer(2, `${original} Nope`, 0.41);
    assert.match(
      spaced(await text('.verdict')),
      /^negative 0\.59 positive, now negative 1 of 12 words changed$/,
    );
    await answer(1, `${original} No`, 0.99);
    assert.match(await text('.verdict'), /^negative/);
    const rows = panel.page.getByRole('list', { name: 'Probabilities before and after' });
    const words = spaced((await rows.getByRole('listitem').nth(1).textContent()) ?? '');
    assert.equal(words, 'positive0.93 → to 0.41down 0.52no longer predicted, gold');
  });

  it('never moves focus or caret, and never touches what is being typed', async () => {
    await area().focus();
    await area().press('Control+Home');
    await panel.page.keyboard.type('Oh ');
    await rest();
    await panel.page.keyboard.type('my');
    await answer(1, `Oh ${original}`, 0.5);
    await panel.emit('rewrite', { ...pinned, edited: rewriting(`Oh ${original}`, 0.5) });
    const place = await area().evaluate(one => [
      document.activeElement === one,
      (one as HTMLTextAreaElement).selectionStart,
    ]);
    assert.deepEqual(place, [true, 5]);
    await panel.page.keyboard.type(', ');
    assert.equal(await area().inputValue(), `Oh my, ${original}`);
  });

  it('fades the old result while a new one is awaited; pins only what was explained', async () => {
    const faded = () => panel.page.locator('.rewrite-results.fading').count();
    assert.equal(await faded(), 0);
    assert.equal(await isOff('Pin'), false);
    await end();
    await panel.page.keyboard.type(' No');
    assert.equal(await faded(), 1);
    assert.equal(await isOff('Pin'), true);
    assert.equal(await isOff('Append to Dataset File'), true);
    await rest();
    await answer(1, `${original} No`, 0.4);
    assert.equal(await faded(), 0);
    assert.equal(await isOff('Pin'), false);
    await button('Pin').click();
    await button('Append to Dataset File').click();
    assert.deepEqual(await panel.events('pin'), [null]);
    assert.deepEqual(await panel.events('rewriteAppend'), [null]);
  });

  it('typed further while its answer came, still awaits the answer to that', async () => {
    await end();
    await panel.page.keyboard.type(' No');
    await rest();
    await panel.page.keyboard.type('pe');
    await answer(1, `${original} No`, 0.4);
    assert.equal(await panel.page.locator('.rewrite-results.fading').count(), 1);
    assert.equal(await isOff('Pin'), true);
    await rest();
    await answer(2, `${original} Nope`, 0.4);
    assert.equal(await panel.page.locator('.rewrite-results.fading').count(), 0);
  });

  it('says in one sentence what failed, and goes on', async () => {
    await end();
    await panel.page.keyboard.type(' ');
    await rest();
    await panel.emit('rewritten', { edit: 1, state: null, failed: 'The text is empty.' });
    assert.equal(
      await panel.page.getByRole('alert').getByText('The text is empty.').isVisible(),
      true,
    );
    assert.equal(await isOff('Pin'), true);
    await panel.page.keyboard.type('x');
    assert.equal(await panel.page.getByText('The text is empty.').isVisible(), false);
  });

  it('sends nothing in the middle of a character that an input method composes', async () => {
    const client = await panel.page.context().newCDPSession(panel.page);
    await end();
    await client.send('Input.imeSetComposition', { text: 'n', selectionStart: 1, selectionEnd: 1 });
    await rest(5_000);
    assert.deepEqual(await sent(), []);
    await client.send('Input.insertText', { text: '\u306b' });
    await rest();
    assert.deepEqual(await sent(), [{ edit: 1, text: `${original}\u306b`, pair: null }]);
  });

  it('marks the words that were changed in the map, and shows the original beside it', async () => {
    await panel.emit('rewrite', pinned);
    assert.equal(await area().inputValue(), original);
    const again = await PanelPage.open();
    await again.emit('rewrite', pinned);
    assert.equal(await again.page.locator('textarea').first().inputValue(), pinned.edited.text);
    const edited = again.page.getByRole('region', { name: 'Edited' });
    const names = await edited
      .getByRole('gridcell', { name: /changed .* to/ })
      .evaluateAll(all => all.map(one => one.getAttribute('aria-label')!.split(', ').at(-1)));
    assert.deepEqual(names, ['changed but to and', 'changed joy to bore']);
    const first = again.page.getByRole('region', { name: 'Original' });
    assert.match(await first.innerText(), /but the leads are a joy/);
    assert.equal(await first.locator('.mark').count(), 0);
    assert.match(spaced(await again.page.locator('.verdict').innerText()), /2 of 12 words changed/);
    await again.close();
  });

  it('keeps pins, lets go on from one, and takes one away', async () => {
    await panel.emit('rewrite', pinned);
    const pins = panel.page.getByRole('region', { name: 'Pinned edits' }).getByRole('listitem');
    assert.deepEqual((await pins.locator('.pin-head').allInnerTexts()).map(spaced), [
      'negative 0.59 positive, now negative; 1 of 12 words changed Edit Unpin',
      'positive 0.97 still positive; 2 of 12 words changed Edit Unpin',
    ]);
    await button('Unpin edit 2').click();
    assert.deepEqual(await panel.events('unpin'), [{ index: 1 }]);
    await button('Edit pinned edit 1').click();
    const text1 = pinned.pinned[0]!.text;
    assert.equal(await area().inputValue(), text1);
    assert.deepEqual(await sent(), [{ edit: 1, text: text1, pair: null }]);
    await button('Reset to Original').click();
    assert.equal(await area().inputValue(), original);
    assert.deepEqual((await sent()).at(-1), { edit: 2, text: original, pair: null });
  });

  it('begins anew with another line; answers to the old one are too late', async () => {
    await end();
    await panel.page.keyboard.type(' No');
    await rest();
    const other = rewriting('Another line .', 0.8);
    await panel.emit('rewrite', { original: other, edited: other, pinned: [] });
    assert.equal(await area().inputValue(), 'Another line .');
    await answer(1, `${original} No`, 0.1);
    assert.match(spaced(await text('.verdict')), /^positive 0\.80 still positive nothing changed$/);
  });

  it('edits both texts of a pair, each under its name', async () => {
    const { text: first } = pair.record;
    const both = { text: first, pair: pair.record.pair!.text, state: pair };
    await panel.emit('rewrite', { original: both, edited: both, pinned: [] });
    const second = panel.page.getByRole('textbox', { name: 'hypothesis' });
    await second.fill('Something else.');
    await rest();
    assert.deepEqual((await sent()).at(-1), { edit: 2, text: first, pair: 'Something else.' });
  });

  it('sends the line breaks of the file where nothing was changed', async () => {
    const text = 'One\r\ntwo .';
    const line = rewriting(text, 0.8);
    await panel.emit('rewrite', { original: line, edited: line, pinned: [] });
    assert.equal(await isOff('Pin'), false);
    await button('Reset to Original').click();
    assert.equal((await sent()).at(-1)!.text, text);
  });

  it('never takes text for markup', async () => {
    const markup = '<img src=x onerror="document.title=1"> <b>&amp;</b>';
    const hostile = rewriting(markup, 0.8);
    await panel.emit('rewrite', {
      original: hostile,
      edited: hostile,
      pinned: [hostile],
    });
    await panel.emit('rewritten', { edit: 0, state: null, failed: markup });
    assert.equal(await panel.page.locator('main img, main b').count(), 0);
    assert.match(await text('.pins'), /<img src=x onerror=/);
    assert.deepEqual(await panel.violations(), []);
  });
});
