/** The gradient step where its numbers are known by other means, and how it is cut into runs. */
import assert from 'node:assert/strict';
import { FlipProgram } from '../../../src/interpret/attack/flip/flipProgram';
import type { FlipFrame, FlipQuestion } from '../../../src/interpret/attack/flip/flipQuestion';
import { cell } from '../../../src/interpret/task/decision';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import { assertAnswer, cosine, dot, tableOf } from '../../support/flipOracle';
import { Folders, loadBare, logitsOf, rowOf, wordModel } from '../../support/models';
import { assertClose, normals, seededRandom } from '../../support/numbers';

const random = seededRandom(3);
const width = 3;
const vectors = Array.from({ length: 9 }, () => normals(random, width));
const weights = Array.from({ length: width }, () => normals(random, 2));
const everything = (size: number): Uint8Array => new Uint8Array(size).fill(1);

const bag = (b: GraphBuilder, words: string): string =>
  b.op('MatMul', [
    b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 }),
    b.constant('float32', [width, 2], weights.flat()),
  ]);

/** Tanh between two layers, over the sum of all words. */
const curved = (b: GraphBuilder, words: string): string =>
  b.op('Tanh', [
    b.op('MatMul', [
      b.op('ReduceMean', [b.op('Tanh', [words]), b.ints([1])], { keepdims: 0 }),
      b.constant('float32', [width, 2], weights.flat()),
    ]),
  ]);

function question(ids: readonly number[], choice = 0): FlipQuestion {
  const decisions = [{ position: 0, cells: [cell(choice)] }];
  return { row: rowOf(...ids), decisions, filterOf: ids.map(() => 0) };
}

/** Everything may stand everywhere. */
function frameOf(model: Model, best: number): FlipFrame {
  return { filters: [everything(model.about.embedding.vocabulary)], best, minCosine: null };
}

describe('the flip program', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  describe('of a linear bag of words', () => {
    let model: Model;
    before(async () => (model = await loadBare(folders, wordModel(vectors, bag))));
    after(() => model.release());

    it('gives as gain what every single substitution changes, the truly best one first', async () => {
      const ids = [1, 5, 5, 8];
      const { answers } = await (
        await FlipProgram.of(model)
      ).run([question(ids)], frameOf(model, 20));
      const [answer] = answers;
      const before = (await logitsOf(model, [rowOf(...ids)]))[0]![0]!;
      assertClose([answer!.value], [before], 1e-6, 'value');
      for (const [at, found] of answer!.replacements.entries()) {
        const others = [...vectors.keys()].filter(id => id !== ids[at]);
        const rows = others.map(id => rowOf(...ids.with(at, id)));
        const changes = (await logitsOf(model, rows)).map(([logit]) => logit! - before);
        const order = [...others.keys()].sort((a, b) => changes[b]! - changes[a]!);
        assert.deepEqual(
          found.map(({ id }) => id),
          order.map(i => others[i]),
        );
        const gains = found.map(({ gain }) => gain);
        assertClose(
          gains,
          order.map(i => changes[i]!),
          1e-5,
          'gains',
        );
        // A word vector set to zero: the bag without the word.
        const without = (await logitsOf(model, [rowOf(...ids.toSpliced(at, 1))]))[0]![0]!;
        assertClose([-answer!.dots[at]!], [without - before], 1e-5, 'without the word');
      }
    });

    it('never runs texts of different length together, for there is no mask', async () => {
      const questions = [question([1, 2]), question([3]), question([4, 5]), question([6, 7, 8], 1)];
      const program = await FlipProgram.of(model);
      const { answers, runs } = await program.run(questions, frameOf(model, 2));
      assert.equal(runs, 3);
      for (const [index, asked] of questions.entries()) {
        const alone = await program.run([asked], frameOf(model, 2));
        assert.deepEqual(alone, { answers: [answers[index]], runs: 1 });
      }
    });

    it('asks for the positions of a long text in turn where a large vocabulary leaves no room', async () => {
      const program = await FlipProgram.of(model);
      const questions = [question([1, 2, 3, 4, 5]), question([5, 4, 3, 2, 1], 1)];
      const whole = await program.run(questions, frameOf(model, 3));
      assert.equal(whole.runs, 1);
      const roomy = program.mostPositions;
      program.mostPositions = 2;
      const told: string[] = [];
      const cut = await program.run(questions, frameOf(model, 3), {
        progress: ({ says }) => told.push(says),
      });
      program.mostPositions = roomy;
      assert.deepEqual(cut.answers, whole.answers);
      // Two, two and one position of either; no two of these fit together in this order.
      assert.equal(cut.runs, 6);
      assert.equal(told[0], '1 of 6 gradients');
    });

    it('leaves positions alone that nobody asks for', async () => {
      const asked = { ...question([1, 2, 3]), filterOf: [null, 0, null] };
      const { answers } = await (await FlipProgram.of(model)).run([asked], frameOf(model, 2));
      assert.deepEqual(
        answers[0]!.replacements.map(list => list.length),
        [0, 2, 0],
      );
      const norm = Math.hypot(...weights.map(([first]) => first!));
      assertClose([...answers[0]!.norms], [norm, norm, norm], 1e-6, 'norms');
    });

    it('gives zero for padding, even of a model that reads it', async () => {
      const { row, ...asked } = question([1, 2, 3]);
      const padded = { ...asked, row: { ...row, mask: [1, 1, 0] }, filterOf: [0, 0, null] };
      const { answers } = await (await FlipProgram.of(model)).run([padded], frameOf(model, 2));
      const { norms, dots } = answers[0]!;
      assert.deepEqual([norms[2], dots[2]], [0, 0]);
      assert.ok(norms[1]! > 0 && dots[1] !== 0);
    });

    it('stops between two runs', async () => {
      const program = await FlipProgram.of(model);
      const controller = new AbortController();
      const questions = [question([1]), question([1, 2]), question([1, 2, 3])];
      const told: number[] = [];
      const running = program.run(questions, frameOf(model, 1), {
        signal: controller.signal,
        progress: ({ done }) => {
          told.push(done);
          controller.abort();
        },
      });
      await assert.rejects(running, { code: 'cancelled', message: 'The attack was cancelled.' });
      assert.deepEqual(told, [1]);
    });

    it('answers no questions with no runs', async () => {
      const found = await (await FlipProgram.of(model)).run([], frameOf(model, 1));
      assert.deepEqual(found, { answers: [], runs: 0 });
    });
  });

  it('gives as gain the derivative in the direction of the replacement', async () => {
    // The table holds e_i + h (e_v - e_i) and e_i - h (e_v - e_i) as words of their own.
    const [h, id, other] = [1e-2, 2, 7];
    const step = (sign: number): number[] =>
      vectors[id]!.map((value, i) => value + sign * h * (vectors[other]![i]! - value));
    const table = [...vectors, step(1), step(-1)];
    const model = await loadBare(folders, wordModel(table, curved));
    const ids = [4, id, 6];
    const nearby = [9, 10].map(near => rowOf(...ids.with(1, near)));
    for (const choice of [0, 1]) {
      const program = await FlipProgram.of(model);
      const { answers } = await program.run([question(ids, choice)], frameOf(model, 11));
      const [up, down] = (await logitsOf(model, nearby)).map(logits => logits[choice]!);
      const slope = (up! - down!) / (2 * h);
      const gain = answers[0]!.replacements[1]!.find(one => one.id === other)!.gain;
      assertClose([gain], [slope], 1e-3, `slope of logit ${choice}`);
    }
    await model.release();
  });

  it('compares word vectors by cosine: itself, its multiples and its opposite; the zero vector is like none', async () => {
    const table = [
      [1, 2, -1],
      [2, 4, -2],
      [-1, -2, 1],
      [0, 0, 0],
      [2, -1, 0],
      [1, 2, -0.9],
    ];
    const model = await loadBare(folders, wordModel(table, bag));
    const program = await FlipProgram.of(model);
    const like = async (minCosine: number, id = 0): Promise<number[]> => {
      const frame = { ...frameOf(model, 6), minCosine };
      const { answers } = await program.run([question([id, 4])], frame);
      return answers[0]!.replacements[0]!.map(one => one.id).sort();
    };
    assert.deepEqual(await like(1), [1]);
    assert.deepEqual(await like(cosine(table[0]!, table[5]!) - 1e-4), [1, 5]);
    assert.deepEqual(await like(-0.5), [1, 4, 5]);
    assert.deepEqual(await like(-0.999), [1, 4, 5]);
    assert.deepEqual(await like(-1), [1, 2, 3, 4, 5]);
    assert.deepEqual(await like(0, 3), []);
    await model.release();
  });

  it('of an export with a fixed batch and length', async () => {
    const graph = emptyGraph('fixed');
    const b = new GraphBuilder(graph);
    const ids = b.input('input_ids', 'int64', [2, 4]);
    const table = b.constant('float32', [9, width], vectors.flat());
    b.output(curved(b, b.op('Gather', [table, ids], { axis: 0 })), 'logits');
    const model = await loadBare(folders, writeModel(graph));
    const asked = [[1, 2], [3, 4, 5, 6], [7]].map(list => question(list));
    const program = await FlipProgram.of(model);
    const { answers, runs } = await program.run(asked, frameOf(model, 3));
    assert.equal(runs, 2);
    // Short texts are filled up with token 0, which such a model reads.
    const logits = await logitsOf(
      model,
      asked.map(({ row }) => row),
    );
    for (const [index, { row, filterOf }] of asked.entries()) {
      const full = rowOf(...row.ids, ...Array<number>(4 - row.ids.length).fill(0));
      assertClose([answers[index]!.value], [logits[index]![0]!], 1e-6, 'value');
      const gradient = row.ids.map((_, at) => curvedGradient(full.ids, at));
      const table = await tableOf(model);
      assertAnswer(
        answers[index]!,
        { row, filterOf, decisions: [] },
        frameOf(model, 3),
        gradient,
        table,
      );
    }
    await model.release();
  });

  /** Of logit 0 of `curved`, by hand: (1 - tanh^2 z) w (1 - tanh^2 e) / length. */
  function curvedGradient(ids: readonly number[], at: number): number[] {
    const mean = vectors[0]!.map(
      (_, i) => ids.reduce((sum, id) => sum + Math.tanh(vectors[id]![i]!), 0) / ids.length,
    );
    const z = dot(
      mean,
      weights.map(([first]) => first!),
    );
    return vectors[ids[at]!]!.map(
      (value, i) =>
        ((1 - Math.tanh(z) ** 2) * weights[i]![0]! * (1 - Math.tanh(value) ** 2)) / ids.length,
    );
  }

  it('of a model whose gradient is no number, finds nothing', async () => {
    const infinite = (b: GraphBuilder, words: string): string => {
      const sum = b.op('ReduceSum', [words, b.ints([1, 2])], { keepdims: 0 });
      const root = b.op('Sqrt', [b.op('Unsqueeze', [sum, b.ints([1])])]);
      return b.op('Concat', [root, b.op('Neg', [root])], { axis: 1 });
    };
    const model = await loadBare(
      folders,
      wordModel(
        [
          [1, -1],
          [2, 1],
          [1, 3],
        ],
        infinite,
      ),
    );
    const program = await FlipProgram.of(model);
    const { answers } = await program.run([question([0, 0])], frameOf(model, 3));
    assert.deepEqual(answers[0]!.replacements, [[], []]);
    await model.release();
  });

  it('names the file and the op that has no derivative', async () => {
    const model = await loadBare(
      folders,
      wordModel(vectors, (b, words) =>
        bag(b, b.op('CenterCropPad', [words, b.ints([width])], { axes: [2] })),
      ),
    );
    await assert.rejects(FlipProgram.of(model), {
      code: 'unsupported',
      message: /model\.onnx: Glassbox cannot differentiate .*CenterCropPad/,
    });
    await model.release();
  });

  it('of probabilities asks for the logits before them', async () => {
    const graph = emptyGraph('squashed');
    const b = new GraphBuilder(graph);
    const ids = b.input('input_ids', 'int64', ['batch', 'length']);
    const table = b.constant('float32', [9, width], vectors.flat());
    const logits = bag(b, b.op('Gather', [table, ids], { axis: 0 }));
    b.output(b.op('Softmax', [logits], { axis: -1 }), 'probabilities');
    const dir = folders.with({ 'model.onnx': writeModel(graph) });
    const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    // The difference of two log-probabilities is that of the logits.
    const decisions = [{ position: 0, cells: [cell(0), cell(1, -1)] }];
    const asked = { ...question([1, 2, 3]), decisions };
    const { answers } = await (await FlipProgram.of(model)).run([asked], frameOf(model, 4));
    const slope = weights.map(([first, second]) => first! - second!);
    const gradient = [slope, slope, slope];
    assertAnswer(answers[0]!, asked, frameOf(model, 4), gradient, await tableOf(model));
    await model.release();
  });
});
