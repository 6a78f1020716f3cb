/** A whole explanation: what it carries, what it refuses, and how it is stopped. */
import assert from 'node:assert/strict';
import { explain } from '../../../src/interpret/saliency/explain';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { methodDescriptions } from '../../../src/interpret/saliency/methods';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import type { Explanation } from '../../../src/protocol/explanation';
import type { Progress } from '../../../src/protocol/messages';
import { ask, Folders, rowOf, type AskOptions } from '../../support/models';

const text = 'The film is not very good 😀, the charming 映画 is.';

describe('explain', () => {
  let folders: Folders;
  let model: Model;
  before(async () => {
    folders = new Folders();
    model = await loadModel(folders.textModel(), 'cpu');
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  const run = (method: string, more: AskOptions = {}): Promise<Explanation> =>
    explain(model, ask(text, method, more));
  const check = (found: Explanation, name: string): Explanation['health'][number] =>
    found.health.find(entry => entry.check === name)!;

  it('carries everything needed to read it and to make it again, for every method', async () => {
    for (const { name, title, defaults } of methodDescriptions) {
      const found = await run(name, { gold: 'label_1' });
      const size = found.tokens.length;
      assert.deepEqual([found.attributions.length, found.scores.length], [size, size]);
      assert.deepEqual(found.method, { name, title, ...defaults });
      assert.equal(found.gold, 'LABEL_1');
      assert.equal(
        found.prediction.labels[
          found.prediction.logits.indexOf(Math.max(...found.prediction.logits))
        ],
        found.prediction.label,
      );
      assert.ok(Math.abs(found.prediction.probabilities.reduce((a, b) => a + b, 0) - 1) < 1e-6);
      assert.ok(found.scores.every(score => Math.abs(score) <= 1));
      assert.ok(found.signed || found.scores.every(score => score >= 0));
      assert.match(found.modelHash, /^[0-9a-f]{64}$/);
      assert.deepEqual([found.device, found.modelName], ['cpu', model.about.name]);
      assert.ok(found.milliseconds > 0);
      assert.ok(check(found, 'finite').ok && check(found, 'nonzero').ok);
    }
  });

  it('places its tokens in the text, emoji and CJK included', async () => {
    const { tokens } = await run('gradient');
    assert.deepEqual(
      tokens.filter(token => !token.special).map(({ start, end }) => text.slice(start, end)),
      [
        'The',
        'film',
        'is',
        'not',
        'very',
        'good',
        '😀',
        ',',
        'the',
        'charm',
        'ing',
        '映',
        '画',
        'is',
        '.',
      ],
    );
  });

  it('repeats to the last bit for a seed, and differs for another', async () => {
    const smooth = (seed: number): Promise<Explanation> =>
      run('smoothgrad', { parameters: { seed, noise: 0.1 } });
    const first = (await smooth(1)).attributions;
    assert.deepEqual((await smooth(1)).attributions, first);
    assert.notDeepEqual((await smooth(2)).attributions, first);
  });

  it('ignores parameters that a preset dictates, and those that a method does not read', async () => {
    const parameters = { steps: 50, quadrature: 'middle', baseline: 'pad', samples: 3 } as const;
    const preset = await run('allennlp-integrated-gradient', { parameters });
    assert.deepEqual(preset.method, (await run('allennlp-integrated-gradient')).method);
    assert.equal((await run('gradient', { parameters })).method.steps, undefined);
  });

  it("takes 'sum' of a product for its dot", async () => {
    const sum = await run('integrated-gradients', { parameters: { aggregate: 'sum' } });
    assert.equal(sum.method.aggregate, 'dot');
    assert.deepEqual(sum.attributions, (await run('integrated-gradients')).attributions);
  });

  it('explains the label that is asked for', async () => {
    const logits = (await run('gradient')).prediction.logits;
    const at = (found: Explanation): number =>
      found.prediction.labels.indexOf(found.explained.label);
    for (const [label, gold, why] of [
      [{ kind: 'predicted' }, undefined, 'predicted'],
      [{ kind: 'gold' }, '1', 'gold'],
      [{ kind: 'label', label: 'label_2' }, undefined, 'chosen'],
    ] as const) {
      const found = await run('gradient', { label, ...(gold ? { gold } : {}) });
      assert.equal(found.explained.why, why);
      assert.ok(Math.abs(found.explained.value - logits[at(found)]!) < 1e-6);
    }
    assert.equal(
      (await run('gradient', { label: { kind: 'gold' }, gold: '1' })).explained.label,
      'LABEL_1',
    );
  });

  it('explains an empty text, and says that it is empty', async () => {
    const found = await explain(model, ask('', 'integrated-gradients'));
    assert.deepEqual(
      found.tokens.map(token => token.text),
      ['[CLS]', '[SEP]'],
    );
    assert.equal(check(found, 'empty-text').ok, false);
  });

  it('explains the beginning of 100,000 characters, and says how much was not read', async () => {
    const long = 'the film is good '.repeat(6000).slice(0, 100_000);
    const longText = { mode: 'start', overlap: null } as const;
    const found = await explain(model, ask(long, 'input-x-gradient', { longText }));
    assert.equal(found.tokens.length, 64);
    assert.equal(found.tokens.at(-1)!.text, '[SEP]');
    assert.match(check(found, 'truncated').says, /9\d{4} characters were not seen/);
    assert.equal(check(found, 'truncated').ok, false);
    const [unseen] = found.unseen;
    assert.equal(long.slice(0, unseen!.start).split(' ').length, 62 + 1);
    assert.deepEqual([unseen!.end, found.unseen.length], [long.length, 1]);
  });

  it('reads NUL, lone surrogates and HTML as any text', async () => {
    for (const odd of ['a\0b', 'good \ud83d', '<img src=x onerror=alert(1)>']) {
      const { tokens } = await explain(model, ask(odd, 'gradient'));
      assert.ok(tokens.every(({ start, end }) => start <= end && end <= odd.length));
    }
  });

  it('says which tokens are unknown and that the gold label is', async () => {
    const found = await run('gradient', { gold: 'excellent' });
    assert.equal(check(found, 'unknown-tokens').value, 1);
    assert.equal(found.gold, null);
    assert.match(check(found, 'gold-label').says, /"excellent".*LABEL_0, LABEL_1, LABEL_2/);
  });

  describe('refuses in one sentence', () => {
    const cases: [string, AskOptions, RegExp][] = [
      [
        'a method that is not there',
        { method: 'no-method' },
        /no method "no-method".*integrated-gradients/,
      ],
      ['gold without gold', { label: { kind: 'gold' } }, /no gold label/],
      ['gold that the model lacks', { label: { kind: 'gold' }, gold: 'nice' }, /no gold label/],
      [
        'a label that the model lacks',
        { label: { kind: 'label', label: 'nice' } },
        /no label "nice".*LABEL_0/,
      ],
      ['no steps', { method: 'integrated-gradients', parameters: { steps: 0 } }, /steps must be/],
      ['half a step', { method: 'integrated-gradients', parameters: { steps: 1.5 } }, /not 1.5/],
      [
        'one trapezoid',
        { method: 'integrated-gradients', parameters: { steps: 1, quadrature: 'trapezoid' } },
        /from 2/,
      ],
      ['negative noise', { method: 'smoothgrad', parameters: { noise: -1 } }, /noise must be/],
      ['a negative seed', { method: 'smoothgrad', parameters: { seed: -1 } }, /seed must be/],
      [
        'a norm where only dot goes',
        { method: 'allennlp-simple-gradient', parameters: { aggregate: 'l2' } },
        /cannot be combined by "l2".*dot/,
      ],
    ];
    for (const [what, more, message] of cases) {
      it(what, async () => {
        await assert.rejects(run(more.method ?? 'gradient', more), { code: 'bad-input', message });
      });
    }

    it('predicted minus gold where they agree', async () => {
      const gold = (await run('gradient')).prediction.label;
      await assert.rejects(run('gradient', { label: { kind: 'contrast' }, gold }), {
        code: 'bad-input',
        message: /agrees with the gold label/,
      });
    });

    it('ids that are none', async () => {
      const request = {
        method: 'gradient',
        parameters: {},
        scalar: 'logit',
        label: { kind: 'predicted' },
      } as const;
      for (const [row, message] of [
        [rowOf(1, 120), /Row 0 .* holds 120.* 0 to 119/],
        [rowOf(), /has no token/],
        [{ ids: [1, 2], mask: [1], typeIds: [0, 0] }, /different lengths/],
        [rowOf(...Array<number>(65).fill(1)), /65 tokens, more than the model's 64/],
      ] as const) {
        await assert.rejects(explainIds(model, [row], request), { code: 'bad-input', message });
      }
    });
  });

  it('stops a 5,000-step path when it is cancelled, and works on', async () => {
    const controller = new AbortController();
    const seen: Progress[] = [];
    const request = ask(text, 'integrated-gradients', { parameters: { steps: 5000 } });
    const options = {
      signal: controller.signal,
      progress: (progress: Progress) => {
        seen.push(progress);
        // The message arrives while a slice runs, so through the event loop.
        if (seen.length === 2)
          setImmediate(() => {
            controller.abort();
          });
      },
    };
    await assert.rejects(explain(model, request, options), { code: 'cancelled' });
    assert.ok(seen.length < 6, `${seen.length} slices`);
    assert.ok(seen[0]!.done < seen[1]!.done && seen[1]!.total === 5001);
    assert.ok((await run('gradient')).scores.length > 0);
  });
});
