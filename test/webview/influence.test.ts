/** The panel of a trace: the answer in words, two lists to walk through, maps on demand, settings, progress. */
import assert from 'node:assert/strict';
import type { InfluenceState } from '../../src/protocol';
import {
  aggregate,
  asked,
  hostile,
  influenceMapOf,
  influenceResultOf,
  influenceStateOf,
  rowOf,
  traced,
} from './support/influenceSamples';
import { PanelPage, untilHolds } from './support/panelPage';
import { plot } from './support/samples';

const half = { done: 900, total: 2_000, says: 'Features of training lines' };

describe('influence', () => {
  let panel: PanelPage;
  beforeEach(async () => {
    panel = await PanelPage.open({ width: 900 });
    await show(traced);
  });
  afterEach(() => panel.close());

  const show = (state: InfluenceState) => panel.emit('influence', state);
  const spaced = (all: string) => all.replace(/\s+/g, ' ').trim();
  const text = async (selector: string) => spaced(await panel.page.locator(selector).innerText());
  const button = (name: string | RegExp) =>
    panel.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  const rows = (list: string) =>
    panel.page.getByRole('list', { name: list, exact: true }).locator('.train-row');
  const key = (name: string) => panel.page.keyboard.press(name);
  const focused = () =>
    panel.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  const onlyDisagreeing = () => panel.page.getByRole('checkbox', { name: /disagree/ }).click();

  describe('what it says', () => {
    it('of the line: text, prediction, gold, loss; then file, method, score, what limits the trust', async () => {
      const head = await text('.influence-head');
      assert.match(head, /^reviews\.dev\.jsonl : 17 text sample-model · webgpu The plot is thin/);
      assert.match(head, /negative 0\.91 gold: positive – disagrees/);
      assert.match(head, /Loss 2\.41 of the label “positive”$/);
      const source = await text('.influence-view .train-source');
      assert.match(source, /Training file data\/reviews\.train\.jsonl Choose Another…/);
      assert.match(source, /2,000 training lines traced in 1\.2 s/);
      const facts = await text('.influence-view .facts');
      assert.match(facts, /residual 4\.10e−4 damping 0\.0021 features: 1,990 from the cache, 10/);
      await panel.page.getByText('How it was computed, and what a score is').first().click();
      const made = await text('.influence-view .train-made');
      assert.match(made, /Exact influence over the classifier/);
      assert.match(made, /Positive helps: giving the training line more weight/);
      assert.match(await text('.influence-view .warnings'), /^The head is not at its optimum/);
      assert.match(
        await panel.page.locator('.for-ears[aria-live]').innerText(),
        /^reviews\.dev\.jsonl, line 17: 20 lines that help, 20 that hurt\.$/,
      );
    });

    it('of a line without gold: that what is predicted was asked about', async () => {
      const test = { ...asked, label: 'negative', agrees: true, loss: 0.09 };
      const says = 'the predicted label \u201cnegative\u201d';
      await show(
        influenceStateOf(influenceResultOf({ test: { ...test, labelFrom: 'predicted', says } })),
      );
      const head = await text('.influence-head');
      assert.match(head, /negative 0\.91 no gold label: asked about what is predicted/);
      assert.match(head, /Loss 0\.09 of the predicted label “negative”/);
    });

    it('of several lines: which, and their mean loss; an empty list says why', async () => {
      await show(aggregate);
      const head = await text('.influence-head');
      assert.equal(
        head,
        '12 selected lines of reviews.dev.jsonl sample-model · webgpu Mean loss 0.834 of 12 lines',
      );
      assert.equal(await rows('Helps').count(), 3);
      assert.match(await text('.column-hurts'), /None of the 2,000 lines has a score below zero\./);
    });

    it('of a number: no side, no probability', async () => {
      const number = { label: '3.5', predicted: '3.72', probability: null, agrees: null };
      const helps = [rowOf(0, 1, number)];
      await show(influenceStateOf(influenceResultOf({ helps })));
      assert.match(
        spaced(await rows('Helps').innerText()),
        /labelled 3\.5 predicted 3\.72 Explain/,
      );
    });

    it('of tags: the words that differ', async () => {
      const tagged = {
        text: 'Eric Wallace left AI2',
        words: [
          { start: 0, end: 4 },
          { start: 5, end: 12 },
          { start: 13, end: 17 },
          { start: 18, end: 21 },
        ],
        label: 'B-PER I-PER O B-ORG',
        predicted: 'B-PER O O O',
        probability: null,
        agrees: false,
      };
      await show(influenceStateOf(influenceResultOf({ helps: [rowOf(0, 1, tagged)] })));
      assert.match(
        spaced(await rows('Helps').innerText()),
        /≠ “Wallace” labelled I-PER, predicted O; “AI2” labelled B-ORG, predicted O/,
      );
    });

    it('of neighbours: likeness, not help', async () => {
      await show(influenceStateOf(influenceResultOf({ method: 'neighbours' })));
      const heads = await panel.page.locator('.influence-columns h3 > :last-child').allInnerTexts();
      assert.deepEqual(heads, ['Same label', 'Another label']);
    });

    it('of lines that could not be used: how many, why, and where', async () => {
      const problems = panel.page.locator('.influence-view .train-problems');
      assert.equal(
        await problems.locator('summary').innerText(),
        '1,205 lines of the training file could not be used',
      );
      await problems.locator('summary').click();
      const all = spaced(await problems.innerText());
      assert.match(all, /the label "neutral" is none of the model's \(negative, positive\) 1,203/);
      assert.match(all, /1,203 lines: 3, 7 to 9, 40, 100, 102, .* and 1,\d\d\d more/);
      assert.match(all, /the line has no label 2 lines: 12, 13$/);
    });
  });

  describe('its rows', () => {
    it('tell rank, place, score, text, label and prediction, to eyes and ears', async () => {
      assert.match(
        spaced(await rows('Helps').first().innerText()),
        /^1 line 57 \+0\.53 A joy from .* labelled negative = predicted 0\.97 Explain Map loss 0\.03$/,
      );
      assert.match(
        spaced(await rows('Hurts').nth(1).innerText()),
        /^2 line 75 −0\.398 Dull .* labelled positive ≠ predicted negative 0\.88 Explain Map loss 2\.1$/,
      );
      const names = await panel.page
        .locator('[data-action="reveal"]')
        .evaluateAll(all => all.map(one => one.getAttribute('aria-label')));
      assert.equal(
        names[0],
        'helps, rank 1 of 20, score 0.53, line 57, labelled negative, predicted negative',
      );
      assert.equal(
        names[21],
        'hurts, rank 2 of 20, score −0.398, line 75, labelled positive, predicted negative',
      );
    });

    it('have bars in proportion to their scores, all from one zero', async () => {
      const { helps, hurts } = traced.result!;
      const bars = await panel.page.locator('.influence-columns .bar-track').evaluateAll(all =>
        all.map(track => ({
          left: track.getBoundingClientRect().left,
          room: track.clientWidth,
          part: track.firstElementChild!.getBoundingClientRect().width / track.clientWidth,
        })),
      );
      [...helps, ...hurts].forEach(({ score }, at) => {
        const { left, room, part } = bars[at]!;
        const first = bars[at < 20 ? 0 : 20]!;
        assert.ok(Math.abs(part - Math.abs(score) / 0.53) < 0.01, `${part} for ${score}`);
        assert.deepEqual([left, room], [first.left, first.room], `bar ${at} stands elsewhere`);
      });
      assert.equal(bars[0]!.room, bars[20]!.room);
    });

    it('go to their line by click and Enter, from either list', async () => {
      await rows('Hurts').nth(2).locator('.clamped').click();
      await button(/^helps, rank 4 of 20/).focus();
      await key('Enter');
      assert.deepEqual(await panel.events('influenceReveal'), [
        { list: 'hurts', disagreeing: false, row: 2 },
        { list: 'helps', disagreeing: false, row: 3 },
      ]);
      await button('Explain line 83').click();
      assert.deepEqual(await panel.events('influenceExplain'), [
        { list: 'helps', disagreeing: false, row: 2 },
      ]);
      assert.equal((await panel.events('influenceReveal')).length, 2);
    });

    it('are five of each list where one is below the other, until all are asked for', async () => {
      const inSight = (list: string) => rows(list).filter({ visible: true });
      const all = panel.page.locator('.column-helps').getByRole('button', { name: 'All 20 Lines' });
      assert.equal(await inSight('Helps').count(), 20);
      assert.equal(await all.isVisible(), false);
      await panel.page.setViewportSize({ width: 420, height: 700 });
      assert.deepEqual([await inSight('Helps').count(), await inSight('Hurts').count()], [5, 5]);
      await rows('Helps').first().getByRole('button').first().focus();
      await key('End');
      assert.match(await focused(), /^helps, rank 5 of 20/);
      await key('ArrowDown');
      assert.match(await focused(), /^helps, rank 5 of 20/);
      await all.click();
      assert.match(await focused(), /^helps, rank 6 of 20/);
      assert.deepEqual([await inSight('Helps').count(), await inSight('Hurts').count()], [20, 5]);
      assert.equal(await all.isVisible(), false);
    });

    it('are walked by arrows, Home and End; one row a list is in the order of the tab key', async () => {
      const stops = (list: string) => rows(list).locator('button[tabindex="0"]:visible').count();
      assert.deepEqual([await stops('Helps'), await stops('Hurts')], [3, 3]);
      await button(/^helps, rank 1 of 20/).focus();
      await key('ArrowDown');
      await key('ArrowDown');
      assert.match(await focused(), /^helps, rank 3 /);
      await key('Tab');
      assert.equal(await focused(), 'Explain line 83');
      await key('End');
      assert.equal(await focused(), 'Explain line 304');
      await key('ArrowDown');
      assert.equal(await focused(), 'Explain line 304');
      await key('ArrowUp');
      assert.equal(await focused(), 'Explain line 291');
      await key('Home');
      assert.equal(await focused(), 'Explain line 57');
      await key('Shift+Tab');
      assert.match(await focused(), /^helps, rank 1 /);
      // From a button that the next row does not have to its first one.
      await button('Whole Text of line 109').focus();
      await key('ArrowUp');
      assert.match(await focused(), /^helps, rank 4 /);
    });

    it('keep the focus, and what was opened, when the same comes again and when it changes', async () => {
      await button('Whole Text of line 109').click();
      await button(/^helps, rank 5 of 20/).focus();
      await panel.page.evaluate(() => {
        const changed = { count: 0 };
        Object.assign(window, { changed });
        for (const list of document.querySelectorAll('.train-list'))
          new MutationObserver(all => (changed.count += all.length)).observe(list, {
            childList: true,
          });
      });
      await show({ ...traced, running: half });
      await show(traced);
      assert.equal(await panel.page.evaluate('changed.count'), 0);
      assert.match(await focused(), /^helps, rank 5 of 20/);
      const [first, ...rest] = traced.result!.helps;
      await show(influenceStateOf(influenceResultOf({ helps: rest })));
      assert.match(await focused(), /^helps, rank 4 of 19.* line 109/);
      assert.equal(await button('Less Text of line 109').getAttribute('aria-expanded'), 'true');
      assert.ok(first);
    });

    it('are only those that disagree where that is wanted, and it is remembered', async () => {
      await onlyDisagreeing();
      const { disagreeing } = traced.result!;
      assert.equal(await rows('Helps').count(), disagreeing.helps.length);
      await button(/^hurts, rank 2 of 7/).click();
      assert.deepEqual(await panel.events('influenceReveal'), [
        { list: 'hurts', disagreeing: true, row: 1 },
      ]);
      const state = (await panel.savedState()) as { influenceDisagreeing: boolean };
      assert.equal(state.influenceDisagreeing, true);
      await show(influenceStateOf(influenceResultOf({ disagreeing: { helps: [], hurts: [] } })));
      assert.match(
        await text('.column-helps .column-empty'),
        /^Of the lines whose label and prediction disagree none has a score above zero\.$/,
      );
      await onlyDisagreeing();
      assert.equal(await rows('Helps').count(), 20);
    });

    it('show the whole of a long text on demand, in at most three lines before', async () => {
      const long = rowOf(0, 1, { text: hostile.long });
      await show(influenceStateOf(influenceResultOf({ helps: [long, rowOf(1, 1)] })));
      const words = rows('Helps').first().locator('.clamp');
      const height = () => words.evaluate(one => one.getBoundingClientRect().height);
      const line = await words.evaluate(one => parseFloat(getComputedStyle(one).lineHeight));
      assert.ok((await height()) < 3.1 * line);
      assert.equal(await button(/^Whole Text of line 70/).count(), 0, 'nothing is cut there');
      await button('Whole Text of line 57').click();
      assert.ok((await height()) > 50 * line);
      await key('Enter');
      assert.ok((await height()) < 3.1 * line);
      assert.deepEqual(await panel.events('influenceReveal'), []);
    });
  });

  describe('maps', () => {
    const map = () => rows('Helps').nth(1).locator('.map:visible');

    it('come on demand into their row, in place of the text, and can be walked and hidden', async () => {
      await button('Map of line 70').click();
      assert.equal(await focused(), 'Hide Map of line 70');
      assert.match(await rows('Helps').nth(1).innerText(), /is on its way/);
      const [place] = await panel.events('influenceSaliency');
      assert.deepEqual(place, { list: 'helps', disagreeing: false, row: 1 });
      const row = traced.result!.helps[1]!;
      await panel.emit('influenceMap', influenceMapOf(row, place));
      assert.equal(spaced(await map().locator('.map-text').innerText()), row.text);
      assert.ok((await map().locator('.token.towards').count()) > 2);
      await map().getByRole('gridcell').first().focus();
      await key('ArrowRight');
      assert.match(await focused(), /^token 3 of 13, plot/);
      await show({ ...traced, running: half });
      assert.match(await focused(), /^token 3 of 13, plot/);
      await map().getByRole('gridcell').first().click();
      assert.deepEqual(await panel.events('influenceReveal'), [], 'a token is no way to the line');
      await button('Hide Map of line 70').click();
      assert.equal(await map().count(), 0);
      // Shown again at once, and asked for once more: how maps are made may have been changed.
      await button('Map of line 70').click();
      assert.equal((await map().locator('.token.towards').count()) > 2, true);
      assert.equal((await panel.events('influenceSaliency')).length, 2);
    });

    it('say why there is none', async () => {
      await button('Map of line 70').click();
      const place = { list: 'helps', disagreeing: false, row: 1 } as const;
      await panel.emit('influenceMap', { place, state: null, failed: 'Line 70 has no text.' });
      assert.match(await rows('Helps').nth(1).innerText(), /Line 70 has no text\./);
      await button('Map of line 83').click();
      await panel.emit('failed', { message: 'The engine was lost.' });
      assert.match(await rows('Helps').nth(2).innerText(), /The map of this line did not come/);
      await button('Map of line 96').click();
      await show({ ...traced, running: half });
      assert.match(await rows('Helps').nth(3).innerText(), /is on its way/);
      await show(influenceStateOf(influenceResultOf({ milliseconds: 5 })));
      assert.match(await rows('Helps').nth(3).innerText(), /The map of this line did not come/);
    });
  });

  describe('settings', () => {
    const summary = () => panel.page.locator('.influence-view .train-settings > summary');
    const field = (name: string) => panel.page.getByRole('textbox', { name, exact: true });
    const choose = async (method: string) => {
      await panel.page.getByRole('combobox', { name: 'Method' }).click();
      await panel.page.getByRole('option', { name: method, exact: true }).click();
    };
    const again = () => button('Trace Again').click();
    const last = async () => (await panel.events('influenceAgain')).at(-1)!;

    it('offer what the method reads, keep what each was set to, and send only that', async () => {
      await summary().click();
      assert.match(await text('.options-form'), /Exact for the layers after the encoder/);
      assert.equal(await field('Last blocks').count(), 0);
      await field('Lines in each list').fill('7');
      await field('Damping').fill('0.5');
      await choose('Conjugate gradient');
      assert.match(await text('.options-form'), /inverted by conjugate gradient/);
      await untilHolds(field('Damping'), '');
      await field('Last blocks').fill('2');
      await again();
      assert.deepEqual(await last(), { method: 'cg', options: { k: 7, lastBlocks: 2 } });
      await field('Parameters (regular expression)').fill('layer\\.(1|2)');
      await key('Tab');
      assert.equal(await field('Last blocks').count(), 0, 'decided by the expression');
      await choose('Exact head influence');
      await again();
      assert.deepEqual(await last(), { method: 'head', options: { k: 7, damping: 0.5 } });
      await field('Damping').fill('');
      await again();
      assert.deepEqual(await last(), { method: 'head', options: { k: 7, damping: null } });
    });

    it("have AllenNLP's names for LiSSA, an empty scale for an automatic one", async () => {
      await show({ ...traced, settings: { method: 'lissa', options: {} } });
      await summary().click();
      await panel.page.locator('.influence-view .advanced summary').click();
      await untilHolds(field('scale'), '10000');
      await field('scale').fill('');
      await field('recursion_depth (share or number)').fill('0,5');
      await field('params_to_freeze (with blanks between)').fill(' embed  layer\\.0 ');
      await again();
      assert.deepEqual((await last()).options, {
        scale: 'auto',
        recursion_depth: 0.5,
        params_to_freeze: ['embed', 'layer\\.0'],
      });
    });

    it('take the folders of checkpoints line by line', async () => {
      await show({ ...traced, settings: { method: 'tracin', options: {} } });
      await summary().click();
      await panel.page
        .getByRole('textbox', { name: /^Checkpoints/ })
        .fill('/models/a\n\n/models/b c\n');
      await panel.page.getByRole('textbox', { name: /^Learning rate/ }).fill('1e-4 5e-5');
      await again();
      assert.deepEqual((await last()).options, {
        checkpoints: ['/models/a', '/models/b c'],
        rates: [1e-4, 5e-5],
      });
    });

    it('refuse what makes no sense, with a sentence', async () => {
      await show({ ...traced, settings: { method: 'cg', options: {} } });
      await summary().click();
      await field('Parameters (regular expression)').fill('layer\\.(1');
      await field('Damping').fill('-1');
      await field('Lines in each list').fill('0');
      await key('Tab');
      const complaints = (await panel.page.locator('.field-complaint').allInnerTexts()).filter(
        one => one !== '',
      );
      assert.deepEqual(complaints, [
        'A whole number from 1 to 1000.',
        'A number from 0 to 1000000000, or empty: automatic.',
        '\u201clayer\\.(1\u201d is no regular expression.',
      ]);
      await again();
      assert.deepEqual(await last(), { method: 'cg', options: {} });
    });

    it('ask whose loss it is only of texts with tags', async () => {
      await summary().click();
      const unit = panel.page.getByRole('combobox', { name: 'Loss of' });
      assert.equal(await unit.count(), 0);
      await show({ ...traced, record: { ...plot.record, words: [{ start: 0, end: 3 }] } });
      assert.equal(await unit.count(), 1);
    });
  });

  describe('while it runs', () => {
    it('tells how far it is, can be cancelled, and moves nothing', async () => {
      const tops = () =>
        panel.page.evaluate(() =>
          [...document.querySelectorAll('.influence-view :is(summary, h3, .train-row)')].map(
            one => one.getBoundingClientRect().top,
          ),
        );
      const before = await tops();
      await show({ ...traced, running: half });
      assert.deepEqual(await tops(), before);
      const bar = panel.page.getByRole('progressbar', { name: 'Progress of the trace' });
      assert.equal(await bar.getAttribute('aria-valuenow'), '45');
      assert.match(await text('.influence-view .run-line'), /Features of training lines · 45 %/);
      await button('Cancel').click();
      await button(/^helps, rank 1 of/).focus();
      await key('Escape');
      assert.deepEqual(await panel.events('cancel'), [null, null]);
      await show(traced);
      assert.deepEqual(await tops(), before);
      assert.equal(await button('Cancel').count(), 0);
      await key('Escape');
      assert.equal((await panel.events('cancel')).length, 2);
    });

    it('says that the answer below is about the line before', async () => {
      const other = { ...plot.record, line: 18, text: 'Another line .' };
      await show({ ...traced, record: other, running: half });
      const head = await text('.influence-head');
      assert.match(head, /: 18 text .* Another line \.$/, 'no verdict of the other line');
      assert.match(await text('.influence-view .notice-stale'), /about something else/);
      await show({ ...aggregate, result: traced.result, running: half });
      assert.equal(
        await text('.influence-head'),
        '12 selected lines of reviews.dev.jsonl sample-model · webgpu',
      );
    });

    it('shows progress alone before the first answer, and the settings when it was stopped', async () => {
      const fresh = await PanelPage.open();
      await fresh.emit('influence', influenceStateOf(null, { running: { ...half, total: 0 } }));
      const bar = fresh.page.getByRole('progressbar', { name: 'Progress of the trace' });
      assert.equal(await bar.getAttribute('aria-valuenow'), null);
      assert.equal(await fresh.page.locator('.influence-columns').isVisible(), false);
      await fresh.emit('influence', influenceStateOf(null));
      assert.match(
        await fresh.page.locator('.run-says').first().innerText(),
        /^Not traced: it was stopped, or has failed\.$/,
      );
      assert.equal(await fresh.page.getByRole('button', { name: 'Trace Again' }).isVisible(), true);
      await fresh.close();
    });
  });

  it('copies, saves, and takes another training file', async () => {
    await button('Copy JSON').click();
    await button('Save JSONL').click();
    await button('Choose Another…').click();
    assert.deepEqual(await panel.events('influenceCopy'), [null]);
    assert.deepEqual(await panel.events('influenceSave'), [null]);
    assert.deepEqual(await panel.events('influenceTrain'), [null]);
  });

  it('follows its line', async () => {
    await panel.emit('movedElsewhere', { tab: 'influence', line: 19 });
    assert.match(await text('.influence-head'), /reviews\.dev\.jsonl : 19 text/);
  });

  it('shows data as text, whatever it is', async () => {
    const strange = {
      text: hostile.markup,
      pair: hostile.rightToLeft,
      label: hostile.markup,
      predicted: hostile.markup,
      agrees: false,
    };
    const base = influenceResultOf({ helps: [rowOf(0, 1, strange)], says: hostile.markup });
    const test = { ...base.test!, label: hostile.markup, says: hostile.markup };
    const problems = [{ says: hostile.markup, count: 1, lines: [1] }];
    await show(
      influenceStateOf(
        { ...base, test, train: { ...base.train, problems } },
        { train: hostile.markup, about: hostile.markup },
      ),
    );
    assert.match(await rows('Helps').innerText(), /<img src=x onerror="document\.title=1"><b>bold/);
    assert.equal(await panel.page.locator('main img, main b').count(), 0);
    const direction = await rows('Helps')
      .locator('.second-text')
      .evaluate(one => getComputedStyle(one).direction);
    assert.equal(direction, 'rtl');
    assert.equal(await panel.page.title(), 'Glassbox');
    assert.deepEqual(await panel.violations(), []);
  });
});
