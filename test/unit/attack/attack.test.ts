import assert from 'node:assert/strict';
import path from 'node:path';
import { attack } from '../../../src/interpret/attack/attack';
import { firstDraft } from '../../../src/interpret/attack/draft';
import { goalFor } from '../../../src/interpret/attack/goals';
import { Tester } from '../../../src/interpret/attack/tester';
import type { Model } from '../../../src/model/model';
import type { AttackRequest, AttackResult } from '../../../src/protocol/attack';
import { GlassboxError } from '../../../src/protocol/messages';
import type { Gold } from '../../../src/protocol/task';
import { readText } from '../../../src/interpret/task/readText';
import { readers } from '../../../src/interpret/task/readers';
import { openModel } from '../../support/attackStudy';

const text = 'The plot was dull, but the acting was wonderful and the music delightful.';

describe('an attack on the sample model', function () {
  this.timeout(60_000);
  let model: Model;

  before(async () => {
    model = await openModel(path.resolve('media', 'sample', 'model'));
  });
  after(() => model.release());

  const ask = (change: Partial<AttackRequest> = {}): AttackRequest => ({
    modelDir: '',
    device: 'cpu',
    text,
    attack: 'hotflip',
    options: {},
    target: null,
    label: { kind: 'predicted' },
    ...change,
  });

  /** What the model says of a text, by the way that explanations go. */
  const labelOf = async (text: string): Promise<string> => {
    const read = await readText(model, { text }, {}, {});
    return readers[model.about.head.task](read.hand).ask({ kind: 'predicted' }, 'both').label;
  };

  it('ends in a text that the model judges as the result says', async () => {
    for (const search of ['greedy', 'beam', 'minimal'] as const) {
      const result = await attack(model, ask({ options: { search } }));
      assert.equal(result.outcome, 'flipped', result.says);
      assert.equal(result.verifiedFromText, true);
      assert.notEqual(result.final.label, result.original.label);
      assert.equal(await labelOf(result.final.text), result.final.label);
      assert.equal(result.wordsChanged, result.steps.at(-1)!.changes.length);
      for (const step of result.steps) {
        assert.equal(await labelOf(step.text), step.label);
        for (const { start, end, to } of step.changes) {
          assert.equal(step.text.slice(start, end), to);
        }
      }
    }
  });

  it('repeats itself', async () => {
    const stable = (result: AttackResult): unknown => ({ ...result, milliseconds: 0 });
    const options = { edits: ['replace', 'characters'], seed: 4 } as const;
    const [first, second] = [
      await attack(model, ask({ options })),
      await attack(model, ask({ options })),
    ];
    assert.deepEqual(stable(first), stable(second));
  });

  it('is skipped where the prediction is wrong already, unless that is wanted', async () => {
    const predicted = await labelOf(text);
    const wrong = model.about.head.labels.find(label => label !== predicted)!;
    const gold: Gold = { kind: 'label', label: wrong };
    const skipped = await attack(model, ask({ gold }));
    assert.equal(skipped.outcome, 'skipped');
    assert.equal(skipped.says, `already wrong: gold is ${wrong}`);
    assert.equal(skipped.final.text, text);
    const tried = await attack(model, ask({ gold, options: { evenIfWrong: true } }));
    assert.equal(tried.outcome, 'flipped');
    assert.equal(skipped.original.margin, tried.original.margin);
    const right: Gold = { kind: 'label', label: predicted };
    assert.equal((await attack(model, ask({ gold: right }))).outcome, 'flipped');
  });

  it('says in one sentence what target it cannot have', async () => {
    await assert.rejects(
      attack(model, ask({ target: 'furious' })),
      (error: unknown) =>
        error instanceof GlassboxError &&
        error.code === 'bad-input' &&
        error.message.includes('furious') &&
        error.message.includes('positive'),
    );
  });

  it('keeps what it has told when it is cancelled', async () => {
    const stop = new AbortController();
    const told: AttackResult[] = [];
    const work = attack(model, ask({ attack: 'input-reduction' }), {
      signal: stop.signal,
      trace: result => {
        told.push(result);
        if (told.length === 3) stop.abort();
      },
    });
    await assert.rejects(work, { code: 'cancelled' });
    const last = told.at(-1)!;
    assert.equal(told.length, 3);
    assert.equal(last.cancelled, true);
    assert.equal(last.steps.length, 3);
    assert.match(last.says, /^stopped: reduced from/);
    assert.equal(await labelOf(last.final.text), last.original.label);
  });

  it('verifies 64 candidates in one run', async () => {
    const read = await readText(model, { text }, {}, {});
    const question = { read, label: { kind: 'predicted' }, target: null, by: 1 } as const;
    const tester = new Tester(model, goalFor[model.about.head.task](question), {});
    const words = text.split(' ');
    // Words of the text in other places: of several lengths in tokens.
    const drafts = Array.from({ length: 64 }, (_, i) => {
      const other = words.with(i % words.length, words[(5 * i + 2) % words.length]!);
      return firstDraft({ text: other.join(' ') }, null);
    });
    let runs = 0;
    const predict = model.predict.bind(model);
    model.predict = async asked => {
      runs++;
      return await predict(asked);
    };
    try {
      const trials = await tester.ask(drafts);
      assert.equal(runs, 1);
      assert.deepEqual([tester.runs, tester.queries], [1, 64]);
      // Each says what it says alone.
      const [alone] = await tester.ask([drafts[9]!]);
      assert.ok(Math.abs(alone!.margin - trials[9]!.margin) < 1e-4);
    } finally {
      model.predict = predict;
    }
  });

  it('counts every text that the model was asked about', async () => {
    let rows = 0;
    const predict = model.predict.bind(model);
    model.predict = async asked => {
      rows += asked.length;
      return await predict(asked);
    };
    try {
      const { queries } = await attack(
        model,
        ask({ attack: 'input-reduction', options: { importance: 'leave-one-out' } }),
      );
      assert.equal(queries, rows);
    } finally {
      model.predict = predict;
    }
  });
});
