/** Exact head influence over training files of every task: the same numbers by conjugate gradient, and self-influence as influence. */
import assert from 'node:assert/strict';
import { judgeExamples } from '../../../src/interpret/influence/judged';
import { FeatureProgram } from '../../../src/interpret/influence/head/featureProgram';
import {
  influenceMethodTable,
  suspicionMethodTable,
} from '../../../src/interpret/influence/methods';
import {
  resolveInfluenceOptions,
  resolveSuspicionOptions,
} from '../../../src/interpret/influence/options';
import type { InfluenceScores } from '../../../src/interpret/influence/method';
import type { TrainingSet } from '../../../src/interpret/influence/trainingSet';
import type { Example } from '../../../src/interpret/influence/curvature/batches';
import type { InfluenceMethodName, InfluenceOptions } from '../../../src/protocol/influence';
import { GlassboxError } from '../../../src/protocol/messages';
import { InfluenceTasks, recordsOf, taskNames } from '../../support/influenceTasks';
import { assertClose } from '../../support/numbers';
import { allExamples, jsonl } from '../../support/trainFiles';

/** The gradients of the other method are made in single precision. */
const tolerance = 1e-4;

describe('exact head influence over a training file', () => {
  const tasks = new InfluenceTasks();
  after(() => tasks.release());

  const ask = async (
    train: TrainingSet,
    tests: readonly Example[],
    method: InfluenceMethodName,
    options: InfluenceOptions,
  ): Promise<InfluenceScores> =>
    await influenceMethodTable[method](
      tests,
      resolveInfluenceOptions(options),
      tasks.context(train),
    );

  for (const name of taskNames) {
    it(`is what conjugate gradient finds for the weights of the last layer (${name})`, async () => {
      const train = await tasks.open(name, 24);
      const tests = (await allExamples(await tasks.open(name, 5, 2))).slice(0, 3);
      const { place } = await FeatureProgram.of(train.model);
      const params = place.parameters.map(parameter => `^${parameter.name}$`).join('|');
      const damping = 0.03;
      const head = await ask(train, tests, 'head', { damping });
      const cg = await ask(train, tests, 'cg', { damping, params, tolerance: 1e-8 });
      assertClose([...head.scores], [...cg.scores], tolerance, 'scores');
      assertClose([...head.losses!], [...cg.losses!], tolerance, 'losses');
      assert.equal(head.damping, damping);
    });

    it(`of a line on itself is its self-influence (${name})`, async () => {
      const train = await tasks.open(name, 9, 3);
      const options = { damping: 0.02 };
      const self = await suspicionMethodTable.head(
        resolveSuspicionOptions(options),
        tasks.context(train),
      );
      const examples = await allExamples(train);
      const expected: number[] = [];
      for (const [number, example] of examples.entries()) {
        expected.push((await ask(train, [example], 'head', options)).scores[number]!);
      }
      assertClose([...self.scores], expected, 1e-9, 'self-influence');
    });
  }

  it('on several lines is the mean of those on each', async () => {
    const train = await tasks.open('tags', 12);
    const tests = await allExamples(await tasks.open('tags', 4, 5));
    const together = await ask(train, tests, 'head', {});
    const alone: Float64Array[] = [];
    for (const test of tests) alone.push((await ask(train, [test], 'head', {})).scores);
    const mean = [...together.scores].map(
      (_, i) => alone.reduce((sum, scores) => sum + scores[i]!, 0) / alone.length,
    );
    assertClose([...together.scores], mean, 1e-10, 'scores');
  });

  it('is prepared once for a damping, and says what it found', async () => {
    const train = await tasks.open('label', 12);
    const [test] = await allExamples(train);
    const calls: string[] = [];
    const context = {
      ...tasks.context(train),
      progress: ({ says }: { says: string }) => calls.push(says),
    };
    const run = (damping: number | null) =>
      influenceMethodTable.head([test!], resolveInfluenceOptions({ damping }), context);
    const curved = (): number => calls.filter(says => says.startsWith('Curvature')).length;
    const first = await run(null);
    const passes = curved();
    assert.ok(passes > 0);
    const again = await run(null);
    assert.equal(curved(), passes);
    assert.deepEqual(again.scores, first.scores);
    await run(0.5);
    assert.ok(curved() > passes);
    assert.match(
      first.says,
      /^Exact influence of the last linear layer alone \(.*classifier.*: 99 parameters\)/u,
    );
    assert.match(first.says, /a tenth of the mean eigenvalue/u);
    const [optimum] = first.notes;
    assert.equal(optimum!.check, 'optimum');
    assert.match(optimum!.says, /^The last layer is /u);
  });

  it('can be cancelled, and asked again', async () => {
    const train = await tasks.open('label', 12);
    const [test] = await allExamples(train);
    const options = resolveInfluenceOptions({});
    const context = { ...tasks.context(train), signal: AbortSignal.abort() };
    await assert.rejects(
      influenceMethodTable.head([test!], options, context),
      (error: unknown) => error instanceof GlassboxError && error.code === 'cancelled',
    );
    // What was cancelled has left nothing behind that would be taken for an answer.
    const { scores } = await ask(train, [test!], 'head', {});
    assert.ok(scores.some(score => score !== 0));
  });

  it('finds the lines on which label and prediction disagree', async () => {
    for (const name of taskNames) {
      const train = await tasks.openFile(name, jsonl(recordsOf(name, 20, 8)));
      const [test] = await allExamples(train);
      const { disagrees, losses } = await ask(train, [test!], 'head', {});
      const judged = await judgeExamples(train.model, await allExamples(train), {});
      assert.deepEqual(
        [...disagrees!].map(Boolean),
        judged.map(({ agrees }) => agrees === false),
      );
      assertClose(
        [...losses!],
        judged.map(({ loss }) => loss),
        1e-5,
        'losses',
      );
    }
  });
});
