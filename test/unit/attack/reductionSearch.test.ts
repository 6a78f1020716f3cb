/** Input Reduction against all subsets of the words, on small models that are not linear. */
import assert from 'node:assert/strict';
import type { Model } from '../../../src/model/model';
import type { GraphBuilder } from '../../../src/onnx/builder';
import { importances } from '../../../src/protocol/attack';
import { bagModel } from '../../support/bags';
import { Folders } from '../../support/models';
import { normals, seededRandom } from '../../support/numbers';
import { reduce, type Reduction } from '../../support/reduce';

const width = 4;
const vocabulary = Array.from({ length: 24 }, (_, i) => `w${i}`);
const wordsOf = (text: string): string[] => text.split(' ');

/**
 * Logits [products of sums of the words' squashed numbers, threshold]: words make or break what others do, and few words alone
 * are enough for 'yes'.
 */
const mixed =
  (random: () => number) =>
  (b: GraphBuilder, vectors: string): string => {
    const sum = b.op('ReduceSum', [b.op('Tanh', [vectors]), b.ints([1])], { keepdims: 0 });
    const side = (): string =>
      b.op('MatMul', [sum, b.constant('float32', [width, width], normals(random, width * width))]);
    const products = b.op('Mul', [side(), side()]);
    const yes = b.constant('float32', [width, 2], [1, 0, 1, 0, 1, 0, 1, 0]);
    const threshold = b.constant('float32', [2], [0, 12]);
    return b.op('Add', [b.op('MatMul', [products, yes]), threshold]);
  };

describe('the search of input reduction', () => {
  let folders: Folders;
  let model: Model;
  const random = seededRandom(5);
  /** Those of 'yes'. */
  const texts: string[][] = [];
  before(async () => {
    folders = new Folders();
    const words = Object.fromEntries(vocabulary.map(word => [word, normals(random, width)]));
    model = await bagModel(folders, words, mixed(random));
    while (texts.length < 24) {
      const some = Array.from({ length: 8 }, () => vocabulary[Math.floor(random() * 24)]!);
      const { goal } = await reduce(model, { text: some.join(' ') }, { ignore: vocabulary });
      if (goal.from === 'yes') texts.push(some);
    }
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  /** Whether texts keep the prediction: read anew, apart from the search. */
  async function kept(
    { tester, start }: Reduction,
    all: readonly (readonly string[])[],
  ): Promise<boolean[]> {
    const trials = await tester.ask(
      all.map(words => ({ ...start.draft, input: { text: words.join(' ') } })),
    );
    return trials.map(trial => trial !== null && !trial.reached);
  }
  const without = (words: readonly string[]): string[][] =>
    words.length < 2 ? [] : words.map((_, gone) => words.filter((_, at) => at !== gone));
  const subsets = (words: readonly string[]): string[][] =>
    Array.from({ length: 2 ** words.length - 1 }, (_, bits) =>
      words.filter((_, at) => ((bits + 1) >> at) % 2 === 1),
    );

  for (const importance of importances) {
    it(`keeps the prediction at each step and ends 1-minimal, by ${importance}`, async () => {
      let [found, least] = [0, 0];
      for (const words of texts) {
        const result = await reduce(model, { text: words.join(' ') }, { importance });
        const path = result.found.path.map(({ trial }) => wordsOf(trial.draft.input.text));
        // Each step is the text before it without one of its words.
        [words, ...path].slice(0, -1).forEach((before, step) => {
          assert.ok(without(before).some(left => left.join(' ') === path[step]!.join(' ')));
        });
        assert.ok((await kept(result, path)).every(Boolean));
        assert.deepEqual(
          result.told.map(told => told.length),
          path.map((_, step) => step + 1),
        );
        const last = path.at(-1) ?? words;
        assert.equal(result.found.minimality?.proved, true);
        assert.ok(
          !(await kept(result, without(last))).some(Boolean),
          `${last.join(' ')} is minimal`,
        );
        const all = subsets(words);
        const still = await kept(result, all);
        const shortest = Math.min(...all.filter((_, i) => still[i]).map(({ length }) => length));
        assert.ok(last.length >= shortest);
        found += last.length;
        least += shortest;
      }
      console.log(
        `      ${found} words are left of ${8 * texts.length}; of all subsets the shortest have ${least}`,
      );
      // A search that stops at once would leave all of them.
      assert.ok(found <= 1.5 * least, `${found} words are left where ${least} would do`);
    });
  }

  it('never ends with a longer text for a wider beam, and sometimes with a shorter one', async () => {
    for (const importance of importances) {
      let shorter = 0;
      for (const words of texts) {
        const lengths: number[] = [];
        for (const beam of [1, 2, 4]) {
          const { last } = await reduce(model, { text: words.join(' ') }, { importance, beam });
          lengths.push(wordsOf(last.draft.input.text).length);
        }
        const [greedy, ...wider] = lengths;
        assert.ok(
          wider.every(length => length <= greedy!),
          `${words.join(' ')}: ${lengths.join()}`,
        );
        if (wider.some(length => length < greedy!)) shorter++;
      }
      console.log(`      by ${importance}: shorter in ${shorter} of ${texts.length} texts`);
      assert.ok(shorter > 0, `a wider beam helps ${importance}`);
    }
  });

  it('finds the same again', async () => {
    const once = async (): Promise<unknown> => {
      const { found, tester } = await reduce(model, { text: texts[0]!.join(' ') }, { beam: 3 });
      const steps = found.path.map(({ trial, ...step }) => [trial.draft, trial.margin, step]);
      return [steps, found.minimality, tester.queries, tester.runs];
    };
    assert.deepEqual(await once(), await once());
  });

  it('asks about a text once a round, whichever of two equal words went', async () => {
    const [word] = vocabulary;
    const result = await reduce(
      model,
      { text: Array.from({ length: 8 }, () => word).join(' ') },
      { importance: 'leave-one-out' },
    );
    // 7 removals of 8 equal words are one text each round.
    assert.equal(result.found.path[0]!.queries, 1);
  });
});
