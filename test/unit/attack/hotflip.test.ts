/** HotFlip against brute force, on small models that are not linear. */
import assert from 'node:assert/strict';
import type { Model } from '../../../src/model/model';
import type { GraphBuilder } from '../../../src/onnx/builder';
import { bagModel } from '../../support/bags';
import { flip, textsOf, type Flipped } from '../../support/flip';
import { Folders } from '../../support/models';
import { normals, seededRandom } from '../../support/numbers';
import { randomAttack } from '../../support/randomAttack';

const width = 3;
const length = 6;
/** Words of letters alone, of which none is a stop word. */
const vocabulary = Array.from({ length: 20 }, (_, i) => `q${String.fromCharCode(97 + i)}z`);
/** More than there are single substitutions. */
const all = 200;

describe('hotflip, against brute force', () => {
  let folders: Folders;
  let model: Model;
  const random = seededRandom(11);
  const vectors = new Map(vocabulary.map(word => [word, normals(random, width)]));
  const [a, b] = [normals(random, width * width), normals(random, width * width)] as const;
  const texts = Array.from({ length: 16 }, () =>
    Array.from({ length }, () => vocabulary[Math.floor(random() * vocabulary.length)]!),
  );

  /** Logits [sum of products of two mixtures of the squashed sum, 0]. */
  const head = (graph: GraphBuilder, words: string): string => {
    const sum = graph.op('ReduceSum', [graph.op('Tanh', [words]), graph.ints([1])], {
      keepdims: 0,
    });
    const side = (weights: number[]): string =>
      graph.op('MatMul', [sum, graph.constant('float32', [width, width], weights)]);
    const products = graph.op('Mul', [side(a), side(b)]);
    const yes = graph.constant('float32', [width, 2], [1, 0, 1, 0, 1, 0]);
    return graph.op('MatMul', [products, yes]);
  };

  /** The same in float64. */
  const logitOf = (words: readonly (readonly number[])[]): number => {
    const sum = Array.from({ length: width }, (_, d) =>
      words.reduce((total, vector) => total + Math.tanh(vector[d]!), 0),
    );
    const side = (weights: readonly number[], k: number): number =>
      sum.reduce((total, value, d) => total + value * weights[d * width + k]!, 0);
    return Array.from({ length: width }, (_, k) => side(a, k) * side(b, k)).reduce((x, y) => x + y);
  };
  const vectorsOf = (words: readonly string[]): number[][] => words.map(word => vectors.get(word)!);
  /** Of a flip: positive once the prediction has changed. */
  const marginFrom = (original: readonly string[]): ((words: readonly string[]) => number) => {
    const sign = logitOf(vectorsOf(original)) > 0 ? -1 : 1;
    return words => sign * logitOf(vectorsOf(words));
  };
  const flipsOf = (words: readonly string[]): { at: number; word: string; text: string[] }[] =>
    words.flatMap((old, at) =>
      vocabulary
        .filter(word => word !== old)
        .map(word => ({ at, word, text: words.with(at, word) })),
    );

  before(async () => {
    folders = new Folders();
    model = await bagModel(folders, Object.fromEntries(vectors), head);
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  const run = (words: readonly string[], options: Parameters<typeof flip>[2]): Promise<Flipped> =>
    flip(model, words.join(' '), options);
  const wordsOf = (flipped: Flipped, step: number): string[] => textsOf(flipped)[step]!.split(' ');

  it('makes with one candidate the flip of the largest first-order estimate', async () => {
    const step = 1e-5;
    for (const words of texts) {
      const margin = marginFrom(words);
      const sign = margin(words) < 0 === logitOf(vectorsOf(words)) > 0 ? -1 : 1;
      const gradient = vectorsOf(words).map((vector, at) =>
        vector.map((_, d) => {
          const [up, down] = [step, -step].map(by => {
            const moved = vectorsOf(words);
            moved[at] = moved[at]!.with(d, moved[at]![d]! + by);
            return sign * logitOf(moved);
          }) as [number, number];
          return (up - down) / (2 * step);
        }),
      );
      const gains = flipsOf(words).map(({ at, word, text }) => ({
        text: text.join(' '),
        gain: vectors
          .get(word)!
          .reduce((sum, v, d) => sum + (v - vectors.get(words[at]!)![d]!) * gradient[at]![d]!, 0),
      }));
      const best = Math.max(...gains.map(({ gain }) => gain));
      const flipped = await run(words, { candidates: 1, maxFlips: 1 });
      // A step that raises the margin is told; one that does not is not.
      const [first] = flipped.found.path;
      if (!first) {
        const chosen = gains.find(({ gain }) => gain === best)!;
        assert.ok(margin(chosen.text.split(' ')) <= margin(words) + 1e-6);
        continue;
      }
      const chosen = gains.find(({ text }) => text === textsOf(flipped)[0])!;
      assert.ok(chosen.gain >= best - 1e-4, `${chosen.gain} of ${best}`);
      assert.ok(Math.abs(first.estimate! - best) <= 1e-4 * Math.max(1, best));
    }
  });

  it('finds the best single substitution when it verifies enough of them', async () => {
    const ranks: number[] = [];
    for (const words of texts) {
      const margin = marginFrom(words);
      const margins = flipsOf(words).map(({ text }) => margin(text));
      const best = Math.max(...margins);
      const flipped = await run(words, { candidates: all, maxFlips: 1 });
      if (best > margin(words)) {
        assert.ok(Math.abs(margin(wordsOf(flipped, 0)) - best) <= 1e-4 * Math.max(1, best));
      } else {
        assert.equal(flipped.found.path.length, 0);
      }
      const one = await run(words, { candidates: 1, maxFlips: 1 });
      const found = margin(one.found.path.length > 0 ? wordsOf(one, 0) : words);
      ranks.push(1 + margins.filter(other => other > found + 1e-6).length);
    }
    const middle = [...ranks].sort((x, y) => x - y)[ranks.length >> 1]!;
    console.log(
      `      the first-order flip alone is on rank ${ranks.join(', ')} of ${flipsOf(texts[0]!).length}`,
    );
    // Chance alone would be in the middle of them.
    assert.ok(middle <= flipsOf(texts[0]!).length / 4, `middle rank ${middle}`);
  });

  it('says that it flipped only what the model says so from the text alone', async () => {
    for (const words of texts) {
      const margin = marginFrom(words);
      for (const search of ['greedy', 'beam', 'minimal'] as const) {
        const flipped = await run(words, { candidates: 8, search });
        const { found, start, tester, last } = flipped;
        for (const [step, { trial }] of found.path.entries()) {
          const [alone] = await tester.ask([trial.draft]);
          assert.equal(alone!.reached, trial.reached);
          const truth = margin(wordsOf(flipped, step));
          assert.ok(Math.abs(trial.margin - truth) <= 1e-3 * Math.max(1, Math.abs(truth)));
          assert.equal(trial.reached, truth > 0);
          assert.equal(trial.reached, step === found.path.length - 1 && last.reached);
        }
        assert.ok(found.path.length === 0 || last.margin > start.margin);
      }
    }
  });

  it('never does worse with a beam than without, and no worse still with a minimal set', async () => {
    for (const words of texts) {
      for (const candidates of [1, 2, 6]) {
        const greedy = await run(words, { candidates, maxFlips: 4 });
        for (const beam of [2, 5]) {
          const wide = await run(words, { candidates, maxFlips: 4, search: 'beam', beam });
          const least = await run(words, { candidates, maxFlips: 4, search: 'minimal', beam });
          assert.ok(!greedy.last.reached || wide.last.reached);
          assert.ok(!wide.last.reached || least.last.reached);
          if (greedy.last.reached) {
            assert.ok(wide.found.path.length <= greedy.found.path.length);
          }
          if (wide.last.reached) assert.ok(least.found.path.length <= wide.found.path.length);
        }
      }
    }
  });

  it('finds minimal sets of which no smaller one flips', async () => {
    // Chance finds sets with much to spare.
    for (const words of texts) {
      const margin = marginFrom(words);
      const options = { candidates: 1, maxFlips: 6, search: 'minimal', beam: 1 } as const;
      const flipped = await flip(model, words.join(' '), options, { method: randomAttack });
      if (!flipped.last.reached) {
        assert.equal(flipped.found.minimality, null);
        continue;
      }
      assert.equal(flipped.found.minimality?.proved, true);
      const final = wordsOf(flipped, flipped.found.path.length - 1);
      const changed = [...words.keys()].filter(at => words[at] !== final[at]);
      assert.equal(changed.length, flipped.found.path.length);
      for (let some = 0; some < 2 ** changed.length - 1; some++) {
        const kept = changed.filter((_, bit) => (some >> bit) % 2 === 1);
        const text = words.map((word, at) => (kept.includes(at) ? final[at]! : word));
        assert.ok(margin(text) <= 1e-6, `${kept.join()} of ${changed.join()} flips already`);
      }
      if (changed.length < 2) continue;
      const count = 2 ** changed.length - 2;
      const says = `none of the ${count} smaller sets of these ${changed.length} changes flips it`;
      assert.equal(flipped.found.minimality.says, says);
    }
  });

  it('changes each word once, never an ignored one, and no more than are allowed', async () => {
    for (const [index, words] of texts.entries()) {
      const ignore = [words[index % length]!.toUpperCase(), words[(index + 2) % length]!];
      const limits = index % 2 === 0 ? { maxFlips: 2 } : { maxFlips: 9, maxShare: 0.5 };
      const flipped = await run(words, { candidates: 4, ignore, ...limits, search: 'beam' });
      assert.ok(flipped.found.path.length <= (index % 2 === 0 ? 2 : 3));
      for (const step of flipped.found.path.keys()) {
        const now = wordsOf(flipped, step);
        const changed = [...words.keys()].filter(at => words[at] !== now[at]);
        assert.equal(changed.length, step + 1);
        const names = ignore.map(name => name.toLowerCase());
        assert.ok(changed.every(at => !names.includes(words[at]!)));
        const { changes, changed: last } = flipped.found.path[step]!.trial.draft;
        assert.deepEqual([changes.length, last.length], [step + 1, 1]);
      }
    }
  });

  it('has nothing to try where no word may be changed', async () => {
    const { found } = await run(texts[0]!, { ignore: vocabulary });
    assert.deepEqual(found.path, []);
    assert.equal(found.nothingToTry, 'no word of the text may be changed');
  });

  it('gives the same for the same seed, and is told as it goes', async () => {
    for (const search of ['greedy', 'beam', 'minimal'] as const) {
      const options = { candidates: 6, search, edits: ['replace', 'characters'], seed: 3 } as const;
      const [one, two] = [await run(texts[1]!, options), await run(texts[1]!, options)];
      const plain = ({ found, told }: Flipped): string =>
        JSON.stringify(
          [found.path, ...told].map(path =>
            path.map(({ trial: { draft, margin }, ...rest }) => [draft, margin, rest]),
          ),
        );
      assert.equal(plain(one), plain(two));
      assert.deepEqual(one.told.at(-1) ?? [], one.found.path);
    }
  });

  it('stops where it is when it is cancelled', async () => {
    const cancel = new AbortController();
    let told = 0;
    const onTell = (): void => {
      told++;
      cancel.abort();
    };
    // A first step that does not flip yet.
    let stopped = 0;
    for (const words of texts) {
      const whole = await run(words, { candidates: 1 });
      if (whole.told.length < 2) continue;
      const running = flip(
        model,
        words.join(' '),
        { candidates: 1 },
        { signal: cancel.signal, onTell },
      );
      await assert.rejects(running, { code: 'cancelled' });
      assert.equal(told, 1);
      stopped++;
      break;
    }
    assert.equal(stopped, 1);
  });

  it('beats chance with the same budget', async () => {
    let [steps, drawn] = [0, 0];
    for (const words of texts) {
      const options = { candidates: 2, maxFlips: length };
      const count = ({ last, found }: Flipped): number =>
        last.reached ? found.path.length : length + 1;
      steps += count(await run(words, options));
      drawn += count(await flip(model, words.join(' '), options, { method: randomAttack }));
    }
    assert.ok(steps < 0.8 * drawn, `${steps} changes against ${drawn}`);
  });
});
