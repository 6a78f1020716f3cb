/** Methods beyond the head over a streamed training file, against dense matrices, closed forms and gradients line by line. */
import assert from 'node:assert/strict';
import { LossModel } from '../../../src/interpret/influence/curvature/lossModel';
import type { Example } from '../../../src/interpret/influence/curvature/batches';
import { conjugateGradientMethod } from '../../../src/interpret/influence/methods/conjugateGradient';
import { gradientCosineMethod } from '../../../src/interpret/influence/methods/gradientCosine';
import { gradientDotMethod } from '../../../src/interpret/influence/methods/gradientDot';
import { headMethod } from '../../../src/interpret/influence/methods/head';
import { residualNote } from '../../../src/interpret/influence/methods/notes';
import { lissaMethod } from '../../../src/interpret/influence/methods/lissa';
import type { InfluenceMethod } from '../../../src/interpret/influence/method';
import { GlassboxError } from '../../../src/protocol/messages';
import type { InfluenceOptions } from '../../../src/protocol/influence';
import {
  Bench,
  denseOf,
  gradientsOf,
  options,
  randomExamples,
  tagsBelow,
} from '../../support/deepInfluence';
import { plusDiagonal } from '../../support/denseMatrix';
import { MemoryTraining } from '../../support/memoryTraining';
import { kitPath } from '../../support/models';
import { assertClose } from '../../support/numbers';
import { dot, solve } from '../../support/secondOrder';

/** The models are float32; relative to the largest entry. */
const tolerance = 1e-4;

const bench = new Bench();

after(async () => bench.release());

const train = randomExamples(13, 5);
const test = randomExamples(2, 9);

/** The model, lines and a line asked about, for each kind of target. */
async function tasks() {
  const labels = (below: (n: number) => number): number[] => [0, 1, 2].map(() => below(2));
  return [
    { name: 'texts', model: await bench.family('bert'), target: undefined, head: 'classifier' },
    {
      name: 'tokens',
      model: await bench.family('bert-ner'),
      target: tagsBelow(5),
      head: 'classifier',
    },
    { name: 'labels', model: await bench.severalLabels(), target: labels, head: 'head' },
  ] as const;
}

async function refusal(work: Promise<unknown>): Promise<GlassboxError> {
  const error: unknown = await work.then(
    () => assert.fail('nothing was thrown'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GlassboxError, String(error));
  return error;
}

describe('influence by conjugate gradient over a training file', () => {
  it('by the last layer is the exact influence of the head, of texts, tokens and several labels', async () => {
    for (const { name, model, target, head } of await tasks()) {
      const lines = new MemoryTraining(model, randomExamples(17, 3, target));
      const tests = randomExamples(2, 4, target);
      const set = options({ params: head, damping: 0.02, tolerance: 1e-7 });
      const exact = await headMethod(tests, set, bench.context(lines));
      const found = await conjugateGradientMethod(tests, set, bench.context(lines));
      assertClose([...found.scores], [...exact.scores], tolerance, name);
      assertClose([...found.losses!], [...exact.losses!], tolerance, `${name}: losses`);
      assert.ok(found.residual! < 1e-5 && found.damping === 0.02);
    }
  });

  it('by deeper parameters is that of the dense matrix of the drawn lines', async () => {
    const model = await bench.family('bert');
    const params = 'classifier|layer\\.1\\.output\\.dense\\.bias';
    const losses = await LossModel.of(model, new RegExp(params, 'u'));
    const gradients = await gradientsOf(losses, train);
    const asked = Array.from(await losses.gradient(test));
    for (const [curvature, kind] of [
      ['gauss-newton', 'gaussNewton'],
      ['hessian', 'hessian'],
    ] as const) {
      const damping = 0.5;
      const matrix = plusDiagonal(await denseOf(await losses.curvature(train, kind)), damping);
      const expected = gradients.map(gradient => dot(gradient, solve(matrix, asked)));
      const set = options({ params, curvature, damping, tolerance: 1e-7 });
      const found = await conjugateGradientMethod(
        test,
        set,
        bench.context(new MemoryTraining(model, train)),
      );
      assertClose([...found.scores], expected, tolerance, curvature);
      assert.match(
        found.says,
        curvature === 'hessian' ? /the Hessian/u : /the Gauss-Newton matrix/u,
      );
    }
  });

  /**
   * Of two classes the Gauss-Newton matrix of a line is p / (1 - p) g g^T, p the probability of its label: so the whole is of low rank, and
   * Woodbury's identity has the inverse.
   */
  it('by the last blocks of BERT, its pooler and its classifier is the closed form of two classes', async function () {
    const model = await bench.model(kitPath(this, 'models', 'sst2-bert'));
    const lines = randomExamples(12, 2, below => below(2));
    const tests = randomExamples(1, 8, below => below(2));
    for (const lastBlocks of [0, 1]) {
      const losses = await LossModel.of(model, { lastBlocks });
      const damping = lastBlocks === 0 ? 0.01 : 0.1;
      const g = await gradientsOf(losses, lines);
      const asked = Array.from(await losses.gradient(tests));
      const p = Array.from(await losses.losses(lines), loss => Math.exp(-loss));
      const inverse = p.map(pi => (lines.length * (1 - pi)) / pi);
      const gram = g.map(a => g.map(b => dot(a, b)));
      const own = g.map(a => dot(a, asked));
      const inner = gram.map((row, i) =>
        row.map((x, j) => x + (i === j ? damping * inverse[i]! : 0)),
      );
      const solved = solve(inner, own);
      const expected = own.map((x, i) => (x - dot(gram[i]!, solved)) / damping);
      const set = options({ lastBlocks, damping, tolerance: 1e-7 });
      const context = bench.context(new MemoryTraining(model, lines));
      const found = await conjugateGradientMethod(tests, set, context);
      assertClose([...found.scores], expected, 5e-4, `${lastBlocks} blocks`);
      const names =
        /what comes after the last block \(m\.bert\.pooler\.dense\.weight, .*classifier\.bias: 16,770 numbers\)/u;
      assert.match(
        found.says,
        lastBlocks === 0 ? names : /the last block and what comes after it/u,
      );
    }
  });

  it('finds its damping, draws lines by the seed, and says when it is not solved', async () => {
    const model = await bench.family('bert');
    const ask = async (some: InfluenceOptions) => {
      const context = bench.context(new MemoryTraining(model, train));
      return await conjugateGradientMethod(test, options(some), context);
    };
    const found = await ask({});
    assert.ok(found.damping! > 0 && found.residual! <= 2e-3);
    assert.match(found.says, /of all lines, by the last block .*a tenth of the mean eigenvalue/u);
    assert.deepEqual(
      found.notes.map(({ check, ok }) => [check, ok]),
      [['residual', true]],
    );
    const drawn = { curvatureLines: 6, params: 'classifier' };
    const [one, same, other] = [
      await ask({ ...drawn, seed: 1 }),
      await ask({ ...drawn, seed: 1 }),
      await ask({ ...drawn, seed: 2 }),
    ];
    assert.deepEqual(one, same);
    assert.notDeepEqual(one.scores, other.scores);
    assert.match(one.says, /6 of 13 lines, drawn by the seed 1/u);
    const early = await ask({ maxSteps: 1, damping: 1e-6 });
    assert.equal(early.notes[0]!.ok, false);
    const notes = [0.5, 278].map(
      residual => residualNote({ residual, steps: 9 }, 1e-3, 'try cg').says,
    );
    assert.match(notes[0]!, /scores are between/u);
    assert.match(notes[1]!, /far from solved .*: do not rely on these scores; try cg\.$/u);
    assert.match(early.notes[0]!.says, /far from solved .*after 1 steps.*maxSteps/u);
  });

  it('refuses a question about nothing, and parameters that are not there', async () => {
    const context = bench.context(new MemoryTraining(await bench.family('bert'), train));
    for (const method of [
      conjugateGradientMethod,
      lissaMethod,
      gradientDotMethod,
      gradientCosineMethod,
    ]) {
      const none = await refusal(method([], options(), context));
      assert.match(none.message, /no line whose loss could be asked about/u);
      const missing = await refusal(method(test, options({ params: 'no such' }), context));
      assert.match(
        missing.message,
        /no parameters named like \/no such\/u; its parameters are m\./u,
      );
      if (method === gradientCosineMethod) continue;
      const frozen = await refusal(method(test, options({ params_to_freeze: ['m'] }), context));
      assert.match(frozen.message, /frozen by params_to_freeze/u);
    }
  });
});

describe('influence by LiSSA over a training file', () => {
  it('tends to the dense solution with scale times damping', async () => {
    const model = await bench.family('bert');
    const losses = await LossModel.of(model, /classifier/u);
    const gradients = await gradientsOf(losses, train);
    const asked = Array.from(await losses.gradient(test));
    const set = options({
      params: 'classifier',
      lissa_batch_size: train.length,
      recursion_depth: 300,
      damping: 0.05,
      scale: 'auto',
    });
    const context = bench.context(new MemoryTraining(model, train));
    const found = await lissaMethod(test, set, context);
    const dense = await denseOf(await losses.curvature(train, 'hessian'));
    const expected = solve(plusDiagonal(dense, found.damping!), asked);
    assertClose(
      [...found.scores],
      gradients.map(g => dot(g, expected)),
      tolerance,
      'scores',
    );
    assert.ok(found.residual! < 1e-4);
    assert.match(
      found.says,
      /LiSSA.* on the Hessian, by .*recursion_depth 300, scale [\d.]+: 300 steps/u,
    );
  });

  it('steps over batches of all lines, read as they come', async () => {
    const model = await bench.family('bert');
    const losses = await LossModel.of(model, /classifier/u);
    const lines = new MemoryTraining(model, train);
    // Whatever the order, after an epoch of one step over all lines: h = g + (1 - damping) g - H g / scale.
    const set = options({
      params: 'classifier',
      lissa_batch_size: 13,
      recursion_depth: 1,
      damping: 0.1,
      scale: 20,
      curvatureLines: 4,
    });
    const found = await lissaMethod(test, set, bench.context(lines));
    const asked = await losses.gradient(test);
    const product = await (await losses.curvature(train, 'hessian')).times(asked);
    const x = Array.from(asked, (g, i) => (1.9 * g - product[i]! / 20) / 20);
    const gradients = await gradientsOf(losses, train);
    assertClose(
      [...found.scores],
      gradients.map(g => dot(g, x)),
      tolerance,
      'one step',
    );
    assert.equal(lines.read, 4 + 13 + 13, 'the sample, the step and the sweep');
  });

  it("with AllenNLP's defaults and few lines is gradient dot over the scale, and says so", async () => {
    const model = await bench.family('bert');
    const context = bench.context(new MemoryTraining(model, train));
    const found = await lissaMethod(test, options(), context);
    const plain = await gradientDotMethod(test, options(), context);
    assertClose(
      [...found.scores],
      [...plain.scores].map(score => score / 1e4),
      1e-6,
      'scores',
    );
    assert.equal(found.damping, 30);
    assert.match(found.notes[0]!.says, /there was no step.*divided by the scale of 10000/u);
    assert.match(
      found.says,
      /lissa_batch_size 8, damping 0\.003, num_samples 1, recursion_depth 0\.25, scale 10000/u,
    );
  });

  it('stops with a way out where it diverges, and freezes by the beginning of names', async () => {
    const model = await bench.family('bert');
    const context = bench.context(new MemoryTraining(model, train));
    const wild = options({ params: 'classifier', scale: 1e-3, recursion_depth: 500, damping: 0 });
    const error = await refusal(lissaMethod(test, wild, context));
    assert.match(error.message, /^LiSSA diverges .*choose a larger scale, "auto"/u);
    const frozen = options({ params_to_freeze: ['m\\.bert', 'classifier'], scale: 50 });
    const some = await lissaMethod(test, frozen, context);
    assert.match(
      some.says,
      /but those frozen \(m\.classifier\.weight, m\.classifier\.bias: 99 numbers\)/u,
    );
  });
});

describe('products of gradients over a training file', () => {
  it('are those of gradients line by line, of texts, tokens and several labels', async () => {
    for (const { name, model, target, head } of await tasks()) {
      const lines = randomExamples(9, 3, target);
      const tests = randomExamples(2, 4, target);
      const params = name === 'labels' ? 'head|dense' : `${head}|layer\\.1\\.output`;
      const context = bench.context(new MemoryTraining(model, lines));
      const losses = await LossModel.of(model, new RegExp(params, 'u'));
      const asked = Array.from(await losses.gradient(tests));
      const expected = (await gradientsOf(losses, lines)).map(g => dot(g, asked));
      const found = await gradientDotMethod(tests, options({ params }), context);
      assertClose([...found.scores], expected, tolerance, name);
    }
  });

  it('as cosines, too, by the linear layers', async () => {
    for (const { name, model, target, head } of await tasks()) {
      const lines = randomExamples(9, 3, target);
      const tests = randomExamples(2, 4, target);
      const linear = name === 'labels' ? 'head|dense' : `${head}|layer\\.1\\..*dense`;
      const losses = await LossModel.of(model, new RegExp(linear, 'u'));
      const asked = Array.from(await losses.gradient(tests));
      const expected = (await gradientsOf(losses, lines)).map(
        g => dot(g, asked) / Math.sqrt(dot(g, g) * dot(asked, asked)),
      );
      // With layers of another kind the answer is by the linear ones alone.
      for (const params of [linear, `${linear}|LayerNorm`]) {
        const context = bench.context(new MemoryTraining(model, lines));
        const all = params !== linear && name !== 'labels';
        if (all && params.includes('LayerNorm')) {
          const wider = `${head}|layer\\.1\\..*dense|layer\\.1\\..*LayerNorm`;
          const found = await gradientCosineMethod(tests, options({ params: wider }), context);
          assertClose([...found.scores], expected, tolerance, `${name}, LayerNorm left out`);
          assert.match(found.says, /without the 128 that are in no linear layer/u);
          continue;
        }
        const found = await gradientCosineMethod(tests, options({ params }), context);
        assertClose([...found.scores], expected, tolerance, name);
      }
    }
  });
});

describe('scores of a training file', () => {
  const methods: [string, InfluenceMethod, InfluenceOptions][] = [
    ['cg', conjugateGradientMethod, { params: 'classifier', damping: 0.02, tolerance: 1e-7 }],
    ['lissa', lissaMethod, { params: 'classifier', scale: 50, recursion_depth: 4 }],
    ['gradient-dot', gradientDotMethod, {}],
    ['gradient-cosine', gradientCosineMethod, {}],
  ];

  it('have the same bits whatever the blocks in which it is read', async () => {
    const model = await bench.family('bert');
    for (const [name, method, some] of methods) {
      const ask = async (blockSize: number) => {
        const lines = new MemoryTraining(model, train, blockSize);
        return await method(test, options(some), bench.context(lines));
      };
      const expected = await ask(5);
      for (const blockSize of [1, 1000]) assert.deepEqual(await ask(blockSize), expected, name);
    }
  });

  it('do not depend on its order', async () => {
    const model = await bench.family('bert');
    for (const [name, method, some] of methods) {
      // The order of LiSSA's steps is drawn for the numbers of lines; a step over all has none.
      const set = options(name === 'lissa' ? { ...some, lissa_batch_size: train.length } : some);
      const ask = async (lines: Example[]) =>
        (await method(test, set, bench.context(new MemoryTraining(model, lines)))).scores;
      const turned = await ask(train.toReversed());
      assertClose([...turned].reverse(), [...(await ask(train))], tolerance, name);
    }
  });
});
