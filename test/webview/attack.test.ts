/** The attack view in a browser: what it says, stepping, maps of steps, running, the form. */
import assert from 'node:assert/strict';
import type { AttackSettings, AttackState, Change, Prediction } from '../../src/protocol';
import {
  attackStateOf,
  failed,
  flipped,
  mapOf,
  reduced,
  resultOf,
  running,
  sentiment,
  skipped,
  trace,
} from './support/attackSamples';
import { PanelPage, untilHolds } from './support/panelPage';
import { labelPrediction } from './support/samples';
import { pair } from './support/taskSamples';

describe('attack', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open();
    await panel.emit('attack', flipped);
  });
  afterEach(() => panel.close());

  const show = (state: AttackState) => panel.emit('attack', state);
  const text = (selector: string) => panel.page.locator(selector).innerText();
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  const button = (name: string) => panel.page.getByRole('button', { name, exact: true });
  const steps = () =>
    panel.page.getByRole('listbox', { name: 'Steps of the attack' }).getByRole('option');
  const current = async () =>
    spaced(await panel.page.getByRole('option', { selected: true }).first().innerText());
  const key = (name: string) => panel.page.keyboard.press(name);
  /** What a screen reader reads of the text while it has no map. */
  const spoken = () =>
    panel.page.locator('.map-plain .map-text').evaluate(element => {
      const copy = element.cloneNode(true) as HTMLElement;
      for (const hidden of copy.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
      return copy.textContent;
    });
  /** What is seen of it. */
  const seen = () =>
    panel.page.locator('.map-plain .map-text').evaluate(element => {
      const copy = element.cloneNode(true) as HTMLElement;
      for (const hidden of copy.querySelectorAll('.for-ears')) hidden.remove();
      return copy.textContent;
    });
  const announced = () => panel.page.locator('.for-ears[aria-live]').innerText();

  describe('what it says', () => {
    it('of a flip: goal, end, proof, cost, gold', async () => {
      const head = spaced(await text('.attack-head'));
      assert.match(head, /reviews\.dev\.jsonl : 17 text sample-model · webgpu · 212 ms/);
      assert.match(head, /HotFlip: Make the model predict anything but “positive”\./);
      assert.match(head, /flipped positive to negative with 3 of 11 words changed, 5 runs/i);
      assert.match(head, /✓ verified from text/);
      assert.match(head, /✓ minimal: no smaller set/);
      assert.match(head, /93 queries in 5 runs of the model/);
      assert.match(head, /gold: positive, as was predicted/);
      assert.match(await announced(), /anything but “positive”\. flipped positive to negative/);
    });

    it('of a line that moved: where it stands now', async () => {
      await panel.emit('movedElsewhere', { tab: 'attack', line: 19 });
      assert.match(spaced(await text('.attack-head')), /reviews\.dev\.jsonl : 19 text/);
    });

    it('of a failure, and of what was not tried, by another shape too', async () => {
      const shape = () =>
        panel.page
          .locator('.outcome-sign')
          .evaluate(one => [
            one.textContent,
            getComputedStyle(one).borderTopStyle,
            getComputedStyle(one).borderTopLeftRadius,
          ]);
      assert.deepEqual(await shape(), ['\u2713', 'solid', '50%']);
      await show(failed);
      assert.deepEqual(await shape(), ['\u2715', 'solid', '3px']);
      const head = spaced(await text('.attack-head'));
      assert.match(head, /no flip within 5 changes, 9 runs ✕ not verified from text/i);
      assert.equal(await text('.attack-view > .warnings'), 'The last 3 characters were not seen.');
      await show(skipped);
      assert.deepEqual(await shape(), ['\u2013', 'dashed', '50%']);
      assert.match(await text('.attack-head'), /already wrong: gold is negative/i);
      assert.match(await text('.attack-head'), /gold: negative, not as was predicted/);
      assert.doesNotMatch(await text('.attack-head'), /verified/);
      assert.equal(await steps().count(), 1);
    });
  });

  describe('stepping', () => {
    it('begins at the end, and lists every step with what is predicted', async () => {
      assert.deepEqual((await steps().allInnerTexts()).map(spaced), [
        'original positive 0.93',
        'step 1 positive 0.71',
        'step 2 positive 0.55',
        'step 3 negative 0.69',
      ]);
      assert.equal(await current(), 'step 3 negative 0.69');
    });

    it('goes by arrows, Home and End, from wherever the focus is in the trace', async () => {
      await steps().last().focus();
      const walk: [string, RegExp][] = [
        ['ArrowLeft', /^step 2/],
        ['ArrowUp', /^step 1/],
        ['ArrowRight', /^step 2/],
        ['ArrowDown', /^step 3/],
        ['ArrowDown', /^step 3/],
        ['Home', /^original/],
        ['ArrowLeft', /^original/],
        ['End', /^step 3/],
      ];
      for (const [press, name] of walk) {
        await key(press);
        assert.match(await current(), name);
        const focused = await panel.page.evaluate(() => document.activeElement?.textContent);
        assert.match(focused ?? '', name);
      }
      await button('Previous Step').focus();
      await key('ArrowLeft');
      assert.match(await current(), /^step 2/);
      assert.equal(await announced(), 'Step 2 of 3: positive 0.55. changed leads to plots.');
      await key('Home');
      assert.equal(await announced(), 'Original: positive 0.93.');
    });

    it('goes by click on a step, a button, the chart', async () => {
      await steps().nth(1).click();
      assert.match(await current(), /^step 1/);
      await button('Next Step').click();
      assert.match(await current(), /^step 2/);
      await button('Previous Step').click();
      assert.match(await current(), /^step 1/);
      const chart = panel.page.getByRole('img', {
        name: /^Margin from −2\.59 to \+0\.80 in 3 steps/,
      });
      await chart.click({ position: { x: 16, y: 30 } });
      assert.match(await current(), /^original/);
    });

    it('marks what was changed by signs, and says it', async () => {
      assert.equal(await seen(), 'The plot is thin , +not but the leads→plots are a joy→bore .');
      assert.equal(
        spaced(await spoken()),
        'The plot is thin , (inserted not) but the (changed leads to plots) are a (changed joy to bore) .',
      );
      const frames = panel.page.locator('.map-plain .mark-new');
      const styles = await frames.evaluateAll(all =>
        all.map(one => getComputedStyle(one).borderTopStyle),
      );
      assert.deepEqual(styles, ['solid', 'dotted', 'dotted']);
      await show(failed);
      assert.equal(await seen(), 'The plot is −thin , but the leads are a joy≈j\u043ey .');
      assert.match(await spoken(), /respelled joy as j\u043ey \(with U\+043E\)/);
      assert.equal(
        await panel.page.locator('.mark-new').getAttribute('title'),
        'Look-alike letters: U+043E',
      );
    });

    it('lets a reduced sentence fade in place', async () => {
      await show(reduced);
      assert.equal(
        spaced(await spoken()),
        '(deleted The plot is thin) , (deleted but the leads) (deleted are) a joy .',
      );
      await steps().first().click();
      assert.equal(await seen(), reduced.result.original.text);
    });

    it('shows the probabilities before and after, and the change in words', async () => {
      const bars = panel.page.getByRole('list', { name: 'Probabilities before and after' });
      const rows = async () => (await bars.getByRole('listitem').allTextContents()).map(spaced);
      assert.deepEqual(await rows(), [
        'negative0.07 → to 0.69up 0.62now predicted',
        'positive0.93 → to 0.31down 0.62no longer predicted, gold',
      ]);
      const lengths = await bars
        .locator('.compare-bar')
        .evaluateAll(all =>
          all.map(one =>
            Math.round(
              (100 * one.getBoundingClientRect().width) /
                one.parentElement!.getBoundingClientRect().width,
            ),
          ),
        );
      assert.deepEqual(lengths, [7, 69, 93, 31]);
      const exact = await bars.locator('.compare-numbers').first().getAttribute('title');
      assert.equal(exact, '0.07 \u2192 0.69');
      await steps().first().click();
      assert.match((await rows())[1]!, /0\.93 → to 0\.93unchangedpredicted, gold/);
    });

    it('of many classes shows those that matter, and all when asked', async () => {
      const labels = Array.from({ length: 30 }, (_, i) => `intent ${i}`);
      const of = (top: number) =>
        labelPrediction(
          labels,
          labels.map((_, i) => (i === top ? 0.7 : i === 12 ? 0.2 : 0.003)),
          top,
          [29],
        );
      const { original, steps: all } = flipped.result;
      const result = resultOf({
        original: { ...original, prediction: of(4) },
        steps: [{ ...all[0]!, prediction: of(8) }],
      });
      await show({ ...flipped, result });
      const names = () => panel.page.locator('.compare-label').allInnerTexts();
      const first = await names();
      for (const name of ['intent 4', 'intent 8', 'intent 29'])
        assert.ok(first.includes(name), name);
      assert.ok(first.length <= 8);
      await button('Show all 30').click();
      assert.deepEqual(await names(), labels);
    });

    it('of a number has no bars; of what is not among the likeliest says so', async () => {
      const { original, steps: all } = flipped.result;
      const number = (value: number): Prediction => ({
        ...sentiment(0.5),
        task: 'regression',
        link: 'identity',
        label: String(value),
        labels: ['score'],
        logits: [value],
        probabilities: [],
        decided: [0],
        right: [],
      });
      const row = async () =>
        spaced((await panel.page.locator('.compare-row').first().textContent()) ?? '');
      const between = (before: Prediction, after: Prediction) =>
        show({
          ...flipped,
          result: resultOf({
            original: { ...original, prediction: before },
            steps: [{ ...all[0]!, prediction: after }],
          }),
        });
      await between(number(3.71), number(2.2));
      assert.equal(await row(), 'score3.71 → to 2.2down 1.51predicted');
      assert.equal(await panel.page.locator('.compare-bar').count(), 0);
      await between(
        labelPrediction(['she', 'he'], [0.6, 0.3], 0),
        labelPrediction(['he', 'it'], [0.5, 0.2], 0),
      );
      assert.equal(await row(), 'she0.60 → to not listedno longer predicted');
    });

    it('draws margin and queries, with the line where it flips', async () => {
      assert.equal(
        await text('.trace-says'),
        'Step 3 of 3: margin +0.80 (estimated rise +1.00), 93 queries spent',
      );
      const points = panel.page.locator('.trace-point');
      const shapes = await points.evaluateAll(all => all.map(one => one.tagName));
      assert.deepEqual(shapes, ['circle', 'circle', 'circle', 'rect']);
      const [zero, middles] = await panel.page.evaluate(() => {
        const middle = (one: Element) => {
          const box = one.getBoundingClientRect();
          return box.top + box.height / 2;
        };
        return [
          middle(document.querySelector('.trace-zero')!),
          [...document.querySelectorAll('.trace-point')].map(middle),
        ];
      });
      assert.deepEqual(
        middles.map(at => at < zero),
        [false, false, false, true],
      );
      const heights = await panel.page
        .locator('.trace-column')
        .evaluateAll(all => all.map(one => Math.round(one.getBoundingClientRect().height)));
      assert.deepEqual(heights, [0, 9, 17, 26]);
    });
  });

  describe('the map of a step', () => {
    it('is asked for where one rests, and stands in the place of the plain text', async () => {
      assert.deepEqual(await panel.waitForEvent('attackStep'), { step: 2 });
      const box = () =>
        panel.page.locator('.map-frame').evaluate(one => {
          const { x, y, width, height } = one.getBoundingClientRect();
          return [x, y, width, height].map(Math.round);
        });
      const place = (selector: string) =>
        panel.page
          .locator(selector)
          .last()
          .evaluate(one => Math.round(one.getBoundingClientRect().x));
      const before = await box();
      const word = await place('.map-plain .mark-new');
      assert.equal(await text('.readout'), 'The map of this text is on its way.');
      await panel.emit('attackMap', mapOf(flipped, 2));
      const cell = panel.page.getByRole('gridcell', { name: /, bore, .*, changed joy to bore$/ });
      assert.equal(await cell.isVisible(), true);
      assert.deepEqual(await box(), before);
      assert.equal(await place('[role="grid"] .mark-new'), word);
      assert.equal(await panel.page.getByRole('gridcell', { name: /inserted not$/ }).count(), 1);
    });

    it('has deleted words as stops of the keyboard, in their place', async () => {
      await show(reduced);
      await panel.emit('attackMap', mapOf(reduced, 7));
      const names: (string | null)[] = [];
      await panel.page.locator('[role="gridcell"]').first().focus();
      for (let i = 0; i < 5; i++) {
        names.push(
          await panel.page.evaluate(() => document.activeElement!.getAttribute('aria-label')),
        );
        await key('ArrowRight');
      }
      assert.deepEqual(
        names.map(
          name =>
            name
              ?.replace(/^token \d of \d+, /, '')
              .split(', +')[0]!
              .split(', −')[0],
        ),
        ['deleted The plot is thin', ',', 'deleted but the leads', 'deleted are', 'a'],
      );
      // Arrows in the map walk; they do not step.
      assert.match(await current(), /^step 8/);
    });

    it('is not asked for twice, nor while the attack runs; one of another text is not shown', async () => {
      await panel.waitForEvent('attackStep');
      await panel.emit('attackMap', mapOf(flipped, 2));
      await steps().first().click();
      await panel.waitForEvent('attackStep', 2);
      await panel.emit('attackMap', mapOf(flipped, 1));
      assert.equal(await panel.page.getByRole('grid').count(), 0);
      await steps().last().click();
      assert.equal(await panel.page.getByRole('grid').isVisible(), true);
      await steps().nth(2).click();
      assert.equal(await panel.page.getByRole('grid').isVisible(), true);
      await steps().nth(1).click();
      assert.deepEqual(await panel.waitForEvent('attackStep', 3), { step: 0 });
      assert.deepEqual(await panel.events('attackStep'), [{ step: 2 }, { step: -1 }, { step: 0 }]);
      await show(running);
      assert.match(await text('.readout'), /when the attack has ended/);
    });

    it('by another method takes the place of all others', async () => {
      await panel.waitForEvent('attackStep');
      await panel.emit('attackMap', mapOf(flipped, 1));
      const { step, state } = mapOf(flipped, 2);
      const choices = { ...state.choices, method: 'gradient' };
      await panel.emit('attackMap', { step, state: { ...state, choices } });
      await steps().nth(2).click();
      assert.deepEqual(await panel.waitForEvent('attackStep', 2), { step: 1 });
    });

    it('that cannot be had is awaited no longer, and can be asked for again', async () => {
      await panel.waitForEvent('attackStep');
      await panel.emit('failed', { message: 'The engine ended.' });
      assert.equal(await text('.readout'), 'There is no map of this text.');
      await steps().first().click();
      await steps().last().click();
      assert.deepEqual(await panel.waitForEvent('attackStep', 2), { step: 2 });
    });

    it('of the words does not point into the file: they are not there', async () => {
      await panel.emit('attackMap', mapOf(flipped, 2));
      const cell = panel.page.getByRole('gridcell', { name: /, bore,/ });
      await cell.hover();
      assert.match(await text('.readout'), /^bore/);
      await cell.click();
      assert.deepEqual(await panel.events('hover'), []);
      assert.deepEqual(await panel.events('reveal'), []);
    });
  });

  describe('while it runs', () => {
    it('says so, can be cancelled, and shows steps as they come', async () => {
      await show(running);
      assert.match(await text('.outcome'), /running: 31 queries so far/i);
      assert.doesNotMatch(await text('.attack-head'), /verified|minimal/);
      assert.equal(await steps().count(), 2);
      await button('Cancel').click();
      assert.deepEqual(await panel.events('cancel'), [null]);
      assert.equal(await button('Attack Again').isDisabled(), true);
      const { steps: all, original } = flipped.result;
      const further = resultOf({ original, steps: all.slice(0, 2) }, { queries: 62 });
      await show({ ...running, result: further });
      assert.match(await current(), /^step 2/);
      await show(flipped);
      assert.match(await current(), /^step 3/);
      assert.equal(await button('Cancel').isVisible(), false);
    });

    it('stays on the step that was chosen, with the focus', async () => {
      await show(running);
      await steps().first().click();
      const { steps: all, original } = flipped.result;
      await show({ ...running, result: resultOf({ original, steps: all.slice(0, 2) }) });
      assert.match(await current(), /^original/);
      await show(flipped);
      assert.match(await current(), /^original/);
      const focused = await panel.page.evaluate(() => document.activeElement?.textContent);
      assert.match(focused ?? '', /^original/);
      // Another attack begins at its end again.
      await show({ ...flipped, settings: { ...flipped.settings, target: 'negative' } });
      assert.match(await current(), /^step 3/);
    });

    it('tells when it was stopped', async () => {
      await show(
        attackStateOf(
          resultOf(flipped.result, { cancelled: true, says: 'stopped: no flip after 1 change' }),
        ),
      );
      assert.match(await text('.attack-head'), /■ stopped: this is as far as it came/);
    });
  });

  describe('the form', () => {
    const field = (name: string) => panel.page.getByRole('combobox', { name, exact: true });
    const pick = async (name: string, option: string) => {
      await field(name).click();
      await panel.page.getByRole('option', { name: option, exact: true }).click();
    };
    const box = (name: string) => panel.page.getByRole('checkbox', { name, exact: true });
    const number = (name: string) => panel.page.getByRole('textbox', { name, exact: true });
    const again = async (count = 1): Promise<AttackSettings> => {
      await button('Attack Again').click();
      return panel.waitForEvent('attackAgain', count);
    };

    it('sends what was set, and nothing that was not', async () => {
      assert.deepEqual(await again(), { attack: 'hotflip', options: {}, target: null });
      await pick('Search', 'Beam');
      await number('Beam width').fill('7');
      await pick('Target', 'negative');
      await box('Delete words').click();
      await number('Most changes').fill('3');
      await number('Most changes').press('Enter');
      assert.deepEqual(await again(2), {
        attack: 'hotflip',
        options: { search: 'beam', beam: 7, edits: ['replace', 'delete'], maxFlips: 3 },
        target: 'negative',
      });
    });

    it('sends filters, limits and the tokens to leave alone', async () => {
      await panel.page.getByText('More options').click();
      await box('Whole words only').click();
      await box('No stop words').click();
      await box('Attack even if it is wrong already').click();
      await number('Least cosine').fill('0.5');
      await number('Largest share of the words').fill('0.25');
      await number('Never change (tokens, with blanks between)').fill(' film ,  [MASK] ');
      await number('Seed').fill('12');
      assert.deepEqual((await again()).options, {
        wholeWords: false,
        noStopWords: true,
        evenIfWrong: true,
        minCosine: 0.5,
        maxShare: 0.25,
        ignore: ['film', ',', '[MASK]'],
        seed: 12,
      });
    });

    it('refuses a number that makes no sense', async () => {
      await number('Most changes').fill('0');
      await number('Most changes').press('Enter');
      await panel.page.getByText('A whole number from 1 to 10000.').waitFor();
      assert.deepEqual((await again()).options, {});
    });

    it('keeps at least one edit', async () => {
      await box('Replace words').click();
      assert.equal(await box('Replace words').getAttribute('aria-checked'), 'true');
    });

    it('offers what the attack reads, and no more', async () => {
      await panel.page.getByText('More options').click();
      assert.equal(await number('Beam width').count(), 0);
      assert.equal(await field('Change').count(), 0);
      assert.equal(await number('Move the value by').count(), 0);
      await pick('Attack', 'Input Reduction');
      for (const gone of ['Most changes', 'Candidates a step', 'Least cosine'])
        assert.equal(await number(gone).count(), 0, gone);
      assert.equal(await field('Target').count(), 0);
      assert.equal(await box('Replace words').isVisible(), false);
      await pick('Importance by', 'Leave one out');
      await number('Beam width').fill('5');
      assert.deepEqual(await again(), {
        attack: 'input-reduction',
        options: { importance: 'leave-one-out', beam: 5 },
        target: null,
      });
      await pick('Preset', 'As AllenNLP');
      assert.equal(await field('Importance by').count(), 0);
      assert.equal(await number('Seed').count(), 1);
      assert.equal(
        await panel.page.getByText('The preset decides everything else').isVisible(),
        true,
      );
    });

    it('keeps the settings of both attacks apart', async () => {
      await pick('Target', 'negative');
      await number('Most changes').fill('3');
      // What was typed counts once the field is left.
      await number('Most changes').blur();
      await pick('Attack', 'Input Reduction');
      await number('Beam width').fill('5');
      assert.deepEqual(await again(), {
        attack: 'input-reduction',
        options: { beam: 5 },
        target: null,
      });
      await pick('Attack', 'HotFlip');
      await untilHolds(number('Most changes'), '3');
      assert.deepEqual(await again(2), {
        attack: 'hotflip',
        options: { maxFlips: 3 },
        target: 'negative',
      });
    });

    it('lets a target be typed where there is no list, and says which text of a pair', async () => {
      const { record } = pair;
      const result = resultOf({
        original: { ...flipped.result.original, text: record.text, pair: record.pair!.text },
        steps: [],
      });
      await show({ ...flipped, record, result, targets: [] });
      await number('Target').fill(' she ');
      await panel.page.getByText('More options').click();
      await pick('Change', 'hypothesis');
      assert.deepEqual(await again(), {
        attack: 'hotflip',
        options: { field: 'pair' },
        target: 'she',
      });
      assert.deepEqual(await panel.page.locator('.map-plain .field-name').allInnerTexts(), [
        'premise',
        'hypothesis',
      ]);
    });

    it('keeps what was set while a running attack is told again and again', async () => {
      await show(running);
      await number('Most changes').fill('9');
      await number('Most changes').press('Tab');
      await show(running);
      await untilHolds(number('Most changes'), '9');
    });
  });

  it('marks what was changed in the second text of a pair there', async () => {
    const { record } = pair;
    const { original, steps: all } = flipped.result;
    const texts = { text: record.text, pair: record.pair!.text };
    const at = texts.pair.indexOf('swim');
    const to = 'sing';
    const change: Change = {
      field: 1,
      edit: 'replace',
      from: 'swim',
      to,
      start: at,
      end: at + to.length,
    };
    const step = {
      ...all[0]!,
      ...texts,
      pair: texts.pair.replace('swim', to),
      changes: [change],
      changed: [change],
    };
    await show({
      ...flipped,
      record,
      result: resultOf({ original: { ...original, ...texts }, steps: [step] }),
    });
    const shown = await panel.page.locator('.map-plain .map-text').allTextContents();
    assert.equal(shown[0], texts.text);
    assert.match(shown[1]!, /\(changed swim to sing\) swim→sing/);
  });

  it('takes an earlier failure away when something else is done', async () => {
    await show(flipped);
    await panel.emit('failed', { message: 'That file was not begun by Glassbox.' });
    const failure = panel.page.getByRole('alert');
    assert.equal(await failure.innerText(), 'That file was not begun by Glassbox.');
    await button('Append to Dataset File').click();
    assert.equal(await failure.isVisible(), false);
  });

  it('copies and appends the step that is shown', async () => {
    await button('Copy JSON').click();
    await button('Copy Text').click();
    assert.deepEqual(await panel.events('attackCopy'), [{ as: 'json' }, { as: 'text' }]);
    await button('Append to Dataset File').click();
    await steps().first().click();
    await button('Append to Dataset File').click();
    assert.deepEqual(await panel.events('attackAppend'), [{ step: 2 }, { step: -1 }]);
  });

  it('never takes text for markup', async () => {
    const markup = '<img src=x onerror="document.title=1"> joy <b>&amp;</b>';
    const evil = '<script>document.title=2</script>';
    const hostile = resultOf(trace(markup, 0.9, [['joy', evil, 'replace', 0.1]]), {
      goal: markup,
      says: markup,
      gold: markup,
      minimality: { proved: false, says: markup },
    });
    await show({ ...attackStateOf(hostile), targets: [markup, evil] });
    assert.equal(await seen(), markup.replace('joy', `joy→${evil}`));
    await panel.emit('attackMap', mapOf(attackStateOf(hostile), 0));
    assert.equal(await panel.page.locator('main img, main script').count(), 0);
    assert.equal(await panel.page.title(), 'Glassbox');
    assert.deepEqual(await panel.violations(), []);
  });
});
