/** Input Reduction where its result is known in closed form, and what it never removes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attack } from '../../../src/interpret/attack/attack';
import type { Goal } from '../../../src/interpret/attack/goal';
import { widthOf } from '../../../src/interpret/attack/reduction/beam';
import { guess } from '../../../src/interpret/attack/reduction/importance';
import { unitsOf } from '../../../src/interpret/attack/units';
import type { Model } from '../../../src/model/model';
import type { GraphBuilder } from '../../../src/onnx/builder';
import type { AttackOptions, Importance } from '../../../src/protocol/attack';
import { bagModel, sumOfNumbers } from '../../support/bags';
import { Folders } from '../../support/models';
import { assertClose } from '../../support/numbers';
import { reduce, singleRemovals, type Reduction } from '../../support/reduce';

/** 'm3' weighs -3, 'p5' weighs 5. */
const weights = Object.fromEntries(
  Array.from({ length: 11 }, (_, i) => [i < 5 ? `m${5 - i}` : `p${i - 5}`, i - 5]),
);
const wordsOf = (text: string): string[] => (text === '' ? [] : text.split(' '));
const sumOf = (words: readonly string[]): number =>
  words.reduce((sum, word) => sum + weights[word]!, 0);
const left = ({ last }: Reduction): string[] => wordsOf(last.draft.input.text);

/** Logits [sum of squares of all numbers, threshold]. */
const squares =
  (threshold: number) =>
  (b: GraphBuilder, vectors: string): string =>
    b.op('Add', [
      b.op('MatMul', [
        b.op('ReduceSum', [b.op('Mul', [vectors, vectors]), b.ints([1])], { keepdims: 0 }),
        b.constant('float32', [1, 2], [1, 0]),
      ]),
      b.constant('float32', [2], [0, threshold]),
    ]);

/** Logits [sum of tanh of the numbers, 0]. */
const saturated = (b: GraphBuilder, vectors: string): string =>
  sumOfNumbers(b, b.op('Tanh', [vectors]));

describe('input reduction', () => {
  let folders: Folders;
  const opened: Model[] = [];
  const numbered = (numbers: Readonly<Record<string, number>>): Record<string, number[]> =>
    Object.fromEntries(Object.entries(numbers).map(([word, number]) => [word, [number]]));
  const open = async (
    numbers: Readonly<Record<string, number>>,
    head: (b: GraphBuilder, vectors: string) => string,
  ): Promise<Model> => {
    const model = await bagModel(folders, numbered(numbers), head);
    opened.push(model);
    return model;
  };
  let linear: Model;
  before(async () => {
    folders = new Folders();
    linear = await open(weights, sumOfNumbers);
  });
  after(async () => {
    for (const model of opened) await model.release();
    folders.remove();
  });

  const texts = fc.record({
    words: fc.array(fc.constantFrom(...Object.keys(weights)), { minLength: 2, maxLength: 9 }),
    ignore: fc.subarray(Object.keys(weights), { maxLength: 2 }),
    beam: fc.integer({ min: 1, max: 4 }),
  });

  for (const importance of ['input-x-gradient', 'leave-one-out'] satisfies Importance[]) {
    it(`leaves as few words of a linear model as can be, by ${importance}`, async () => {
      await fc.assert(
        fc.asyncProperty(texts, async ({ words, ignore, beam }) => {
          const yes = sumOf(words) >= 0;
          const stays = (chosen: readonly string[]): boolean => sumOf(chosen) >= 0 === yes;
          const bound = words.filter(word => ignore.includes(word));
          // The words that speak for the label, the strongest first: so many as it takes.
          const free = words
            .filter(word => !ignore.includes(word))
            .sort((a, b) => (yes ? 1 : -1) * (weights[b]! - weights[a]!));
          let fewest = bound.length > 0 ? 0 : 1;
          while (!stays([...bound, ...free.slice(0, fewest)])) fewest++;
          const found = await reduce(
            linear,
            { text: words.join(' ') },
            { importance, ignore, beam },
          );
          const kept = left(found);
          assert.ok(stays(kept));
          assert.equal(kept.length, bound.length + fewest);
          assert.deepEqual(
            kept.filter(word => ignore.includes(word)),
            bound,
          );
        }),
        { numRuns: 60, seed: 1 },
      );
    });
  }

  it('estimates by input x gradient, exactly where the model is linear, what each removal does', async () => {
    const found = await reduce(
      linear,
      { text: 'p5 m2 p1 p3 m4' },
      { importance: 'input-x-gradient' },
    );
    let before = found.start.margin;
    const steps = found.found.path;
    assert.equal(steps.length, 4);
    for (const { trial, estimate } of steps) {
      assertClose([trial.margin], [before + estimate!], 1e-6, 'margin');
      before = trial.margin;
    }
    const measured = await reduce(
      linear,
      { text: 'p5 m2 p1 p3 m4' },
      { importance: 'leave-one-out' },
    );
    assert.ok(measured.found.path.every(({ estimate }) => estimate === null));
  });

  it('by the norm of the gradient removes the smallest numbers of a sum of squares', async () => {
    const model = await open({ a: 1, b: -2, c: 3, d: -4, e: 5, f: 0.5 }, squares(20));
    const found = await reduce(
      model,
      { text: 'a b c d e f' },
      { importance: 'gradient-norm', beam: 1 },
    );
    // 25 alone is above 20.
    assert.deepEqual(
      found.found.path.map(({ trial }) => trial.draft.input.text),
      ['a b c d e', 'b c d e', 'c d e', 'd e', 'e'],
    );
    assert.deepEqual(found.found.minimality, { proved: true, says: 'a single word is left' });
  });

  it("takes a word's gradient as one vector of all its pieces", async () => {
    const model = await open({ charm: 3, '##ing': 4, solid: 4.5, dull: 1 }, squares(0));
    const { start, tester, goal, options } = await reduce(model, { text: 'charming solid dull' });
    const of = async (unit: 'words' | 'tokens'): Promise<number[]> => {
      const units = unitsOf(start, goal, { ...options, unit });
      const [found] = await guess(tester, [{ trial: start, units }], 'gradient-norm');
      return found!.map(({ importance }) => importance);
    };
    // The gradient of x^2 is 2x; charm and ing have 6 and 8.
    assertClose(await of('words'), [10, 9, 2], 1e-6, 'words');
    assertClose(await of('tokens'), [6, 8, 9, 2], 1e-6, 'tokens');
    const [dot] = await guess(
      tester,
      [{ trial: start, units: unitsOf(start, goal, options) }],
      'input-x-gradient',
    );
    assertClose(
      dot!.map(({ estimate }) => estimate!),
      [50, 40.5, 2],
      1e-6,
      'estimates: 2 x^2, summed over the pieces',
    );
  });

  it('offers min(beam, max(1, L - 3)) removals of a text, all in one batch', async () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7, 30].map(words => widthOf(3, words)),
      [1, 1, 1, 1, 2, 3, 3, 3],
    );
    assert.deepEqual([widthOf(1, 30), widthOf(10, 30), widthOf(10, 8)], [1, 10, 5]);
    for (const [text, width] of [
      ['p5 p4 p3 p2', 1],
      ['p5 p4 p3 p2 p1', 2],
      ['p5 p4 p3 p2 p1 p0', 3],
      ['p5 p4 p3 p2 p1 p0 p1 p2', 3],
    ] as const) {
      const { found } = await reduce(linear, { text });
      // One gradient, and the offers.
      assert.equal(found.path[0]!.queries, 1 + width, text);
    }
  });

  it('tries every word where the least important ones cannot go', async () => {
    const model = await open({ sure: 6, no: -0.3, nay: -0.4 }, saturated);
    // The word that all hangs on has the smallest gradient, for tanh is flat there.
    const found = await reduce(model, { text: 'no sure nay' }, { importance: 'gradient-norm' });
    assert.deepEqual(left(found), ['sure']);
    assert.equal(found.found.path[0]!.queries, 1 + 1 + 2);
  });

  it('says of a text from which no word can go that it is minimal already', async () => {
    const model = await open({ three: 3, one: 1 }, squares(15));
    const { found, told } = await reduce(model, { text: 'three three' });
    assert.deepEqual([found.path, found.nothingToTry, told], [[], null, []]);
    assert.deepEqual(found.minimality, {
      proved: true,
      says: 'already minimal: all 2 single removals change the prediction',
    });
    const shorter = await reduce(model, { text: 'three one three' });
    assert.deepEqual(left(shorter), ['three', 'three']);
    assert.equal(
      shorter.found.minimality?.says,
      'no further word can be removed: all 2 single removals change the prediction',
    );
    const bound = await reduce(model, { text: 'three one three' }, { ignore: ['one', 'three'] });
    assert.equal(bound.found.nothingToTry, 'no word of the text may be removed');
  });

  it('has nothing to try where a single word stands, or another label is meant', async () => {
    for (const options of [{}, { unit: 'tokens' }] satisfies AttackOptions[]) {
      const { found, tester } = await reduce(linear, { text: 'p3' }, options);
      assert.match(found.nothingToTry!, /^the text has a single (word|token)$/);
      assert.deepEqual([found.path, found.minimality, tester.queries], [[], null, 0]);
    }
    const { goal } = await reduce(linear, { text: 'p3 p1' });
    const otherwise: Goal = {
      ...goal,
      judge: (read, draft) => ({ ...goal.judge(read, draft), reached: true }),
    };
    const { found } = await reduce(linear, { text: 'p3 p1' }, {}, { goal: otherwise });
    assert.equal(found.nothingToTry, 'the model does not predict yes here');
  });

  it('leaves a word of each text of a pair, and a text alone that is not named', async () => {
    const pair = { text: 'm1 p2 m3', pair: 'p1 p4 p2' };
    const of = async (field: 'text' | 'pair' | 'both'): Promise<(string | undefined)[]> => {
      const { input } = (await reduce(linear, pair, { field, importance: 'leave-one-out' })).last
        .draft;
      return [input.text, input.pair];
    };
    assert.deepEqual(await of('both'), ['p2', 'p4']);
    assert.deepEqual(await of('text'), ['p2', 'p1 p4 p2']);
    // -2 of the text: p4 alone makes up for it.
    assert.deepEqual(await of('pair'), ['m1 p2 m3', 'p4']);
  });

  it('removes pieces of words where tokens are the unit', async () => {
    const model = await open({ good: 1, '##ness': 5, ness: 0, film: -2, a: 0 }, sumOfNumbers);
    const found = await reduce(
      model,
      { text: 'a goodness film' },
      { preset: 'allennlp', importance: 'leave-one-out' },
    );
    // The preset dictates the importance: all gradients are equal here, so the first of equals goes.
    assert.equal(found.options.importance, 'gradient-norm');
    assert.equal(found.options.unit, 'tokens');
    const measured = await reduce(
      model,
      { text: 'a goodness film' },
      { unit: 'tokens', importance: 'leave-one-out' },
    );
    // Without its beginning the piece is another token, and the model is asked about that one.
    assert.deepEqual(
      measured.found.path.map(({ trial }) => trial.draft.input.text),
      ['a goodness', 'goodness', 'good'],
    );
  });

  it('removes pieces that have become one token, and marks that have become neighbours', async () => {
    const pieces = ['a', 'b', 'ab', 'ba', 'aab', '##a', '##b', '##bb', '##ab', '(', ')'];
    const model = await open(
      Object.fromEntries(pieces.map((piece, at) => [piece, ((at * 7) % 11) - 4])),
      sumOfNumbers,
    );
    const letters = (text: string): string => text.replaceAll(' ', '');
    const word = fc.string({
      unit: fc.constantFrom('a', 'b', '(', ')'),
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async words => {
        const input = { text: words.join(' ') };
        for (const unit of ['tokens', 'words'] as const) {
          const result = await reduce(model, input, { unit, importance: 'input-x-gradient' });
          const texts = [input.text, ...result.found.path.map(step => step.trial.draft.input.text)];
          texts.slice(1).forEach((text, at) => {
            // Apart from blanks, a stretch of the text before went, and nothing else.
            const [now, before] = [letters(text), letters(texts[at]!)];
            const gone = before.length - now.length;
            assert.ok(gone > 0);
            const cuts = Array.from({ length: now.length + 1 }, (_, from) => from);
            assert.ok(
              cuts.some(from => before.slice(0, from) + before.slice(from + gone) === now),
              `${texts[at]!} > ${text}`,
            );
          });
          const again = await result.tester.ask([
            ...result.found.path.map(({ trial }) => trial.draft),
            ...singleRemovals(result),
          ]);
          assert.deepEqual(
            again.map(trial => trial?.reached),
            again.map((_, at) => at >= result.found.path.length),
          );
        }
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it('counts in its sentence the tokens that are left, those that have joined as one', async () => {
    const model = await open({ go: 3, '##od': -2, '##ness': -0.5, goness: 5, x: 0 }, sumOfNumbers);
    const { final, says, steps } = await attack(model, {
      text: 'goodness x',
      modelDir: '',
      device: 'cpu',
      attack: 'input-reduction',
      options: { unit: 'tokens', importance: 'leave-one-out' },
      target: null,
      label: { kind: 'predicted' },
    });
    assert.deepEqual([final.text, steps.length], ['goness', 2]);
    assert.match(says, /^reduced from 4 to 1 token and still yes/);
  });

  it('keeps what it has told when it is cancelled', async () => {
    const stop = new AbortController();
    const told: string[][] = [];
    await assert.rejects(
      reduce(
        linear,
        { text: 'p5 p1 m2 p3 m1 p2' },
        {},
        {
          signal: stop.signal,
          tell: path => {
            told.push(path.map(({ trial }) => trial.draft.input.text));
            if (path.length === 2) stop.abort();
          },
        },
      ),
      { code: 'cancelled' },
    );
    assert.deepEqual(
      told.map(path => path.length),
      [1, 2],
    );
    assert.ok(told[1]!.every(text => sumOf(wordsOf(text)) >= 0));
  });
});
