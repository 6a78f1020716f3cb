/** TracIn over checkpoints, and candidates by nearest neighbours, against brute force. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LossModel } from '../../../src/interpret/influence/curvature/lossModel';
import { FeatureProgram } from '../../../src/interpret/influence/head/featureProgram';
import {
  candidatesOf,
  squaredDistances,
} from '../../../src/interpret/influence/methods/candidates';
import { conjugateGradientMethod } from '../../../src/interpret/influence/methods/conjugateGradient';
import { gradientDotMethod } from '../../../src/interpret/influence/methods/gradientDot';
import { headMethod } from '../../../src/interpret/influence/methods/head';
import { tracinMethod } from '../../../src/interpret/influence/methods/tracin';
import { constantOf, numbersOf } from '../../../src/onnx/tensorData';
import { readModel } from '../../../src/onnx/readModel';
import { writeModel } from '../../../src/onnx/writeModel';
import { GlassboxError } from '../../../src/protocol/messages';
import {
  Bench,
  gradientsOf,
  options,
  randomExamples,
  tagsBelow,
} from '../../support/deepInfluence';
import { familyDir } from '../../support/families';
import { MemoryTraining } from '../../support/memoryTraining';
import { assertClose } from '../../support/numbers';
import { dot } from '../../support/secondOrder';

const tolerance = 1e-4;
const bench = new Bench();

after(async () => bench.release());

const train = randomExamples(13, 5);
const test = randomExamples(2, 9);

/** The small BERT with all weights times a factor, as another state of training would be. */
function checkpointDir(factor: number, more: Record<string, string> = {}): string {
  const file = path.join(familyDir('bert'), 'model.onnx');
  const graph = readModel(readFileSync(file), file);
  for (const [name, constant] of graph.constants) {
    if (constant.dtype !== 'float32' || constant.dims.length !== 2) continue;
    const values = numbersOf(constant).map(value => factor * value);
    graph.constants.set(name, constantOf('float32', constant.dims, values));
  }
  const config = readFileSync(path.join(familyDir('bert'), 'config.json'), 'utf8');
  return bench.folders.with({ 'model.onnx': writeModel(graph), 'config.json': config, ...more });
}

async function refusal(work: Promise<unknown>): Promise<GlassboxError> {
  const error: unknown = await work.then(
    () => assert.fail('nothing was thrown'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GlassboxError, String(error));
  return error;
}

describe('TracIn', () => {
  it('is the weighted sum of products of gradients, each at its own checkpoint', async () => {
    const model = await bench.family('bert');
    const dirs = [checkpointDir(0.8), familyDir('bert')];
    const set = options({ params: 'classifier|pooler', checkpoints: dirs, rates: [0.5, 0.25] });
    const context = bench.context(new MemoryTraining(model, train));
    const found = await tracinMethod(test, set, context);
    const expected = new Array<number>(train.length).fill(0);
    for (const [at, dir] of dirs.entries()) {
      const losses = await LossModel.of(await bench.model(dir), /classifier|pooler/u);
      const asked = Array.from(await losses.gradient(test));
      for (const [i, gradient] of (await gradientsOf(losses, train)).entries()) {
        expected[i]! += set.rates[at]! * dot(gradient, asked);
      }
    }
    assertClose([...found.scores], expected, tolerance, 'scores');
    assert.match(found.says, /2 checkpoints, weighted by 0\.5, 0\.25/u);
    const own = await (await LossModel.of(model, /classifier|pooler/u)).losses(train);
    assertClose([...found.losses!], [...own], 1e-6, 'losses are those of the model itself');
  });

  it('with the model alone is gradient dot, and takes its kept sweep', async () => {
    const model = await bench.family('bert');
    const lines = new MemoryTraining(model, train);
    const context = bench.context(lines);
    const plain = await gradientDotMethod(test, options(), context);
    lines.read = 0;
    const found = await tracinMethod(test, options(), context);
    assert.deepEqual(found.scores, plain.scores);
    assert.equal(lines.read, 0);
    assert.match(found.says, /the model alone .*this is gradient dot/u);
  });

  it('counts the checkpoints in its progress', async () => {
    const model = await bench.family('bert');
    const said: string[] = [];
    const dirs = [familyDir('bert'), checkpointDir(0.9)];
    const context = bench.context(new MemoryTraining(model, train), {
      progress: ({ done, total, says }) => said.push(`${done.toFixed(1)} of ${total}: ${says}`),
    });
    await tracinMethod(test, options({ params: 'classifier', checkpoints: dirs }), context);
    assert.ok(said.includes('2.0 of 2: Checkpoint 2 of 2: Scored 13 of 13 lines'), said.join('\n'));
  });

  it('refuses folders that are no checkpoints of the model, naming both', async () => {
    const model = await bench.family('bert');
    const context = bench.context(new MemoryTraining(model, train));
    const labels = JSON.stringify({
      ...(JSON.parse(readFileSync(path.join(familyDir('bert'), 'config.json'), 'utf8')) as object),
      id2label: { 0: 'bad', 1: 'fair', 2: 'good' },
    });
    for (const [dir, why] of [
      [checkpointDir(0.9, { 'config.json': labels }), /its labels are bad, fair, good, not /u],
      [familyDir('bert-ner'), /its task is "token-classification", not "text-classification"/u],
    ] as const) {
      const error = await refusal(tracinMethod(test, options({ checkpoints: [dir] }), context));
      assert.equal(error.code, 'bad-input');
      assert.match(error.message, why);
      assert.ok(error.message.startsWith(`${dir} is no checkpoint of ${model.about.dir}: `));
    }
  });
});

describe('candidates', () => {
  /** The mean over decisions of what the last layer reads. */
  async function pointsOf(name: string, examples: ReturnType<typeof randomExamples>) {
    const model = await bench.family(name);
    const program = await FeatureProgram.of(model);
    const points: number[][] = [];
    for (const { row, target } of examples) {
      const counted = [target].flat().flatMap((label, at) => (label >= 0 ? [at] : []));
      const { features, rows } = await program.run([row], { positions: [counted] });
      const width = features.length / rows;
      points.push(
        Array.from(
          { length: width },
          (_, k) =>
            Array.from({ length: rows }, (_r, row) => features[row * width + k]!).reduce(
              (a, b) => a + b,
            ) / rows,
        ),
      );
    }
    return points;
  }

  it('are the nearest by the model’s features, of texts and of tokens', async () => {
    for (const [name, target] of [
      ['bert', undefined],
      ['bert-ner', tagsBelow(5)],
    ] as const) {
      const model = await bench.family(name);
      const lines = randomExamples(13, 5, target);
      const tests = randomExamples(2, 9, target);
      const points = await pointsOf(name, lines);
      const asked = await pointsOf(name, tests);
      const centre = asked[0]!.map((x, k) => (x + asked[1]![k]!) / 2);
      const expected = points.map(p => p.reduce((sum, x, k) => sum + (x - centre[k]!) ** 2, 0));
      const context = bench.context(new MemoryTraining(model, lines, 3));
      const found = await squaredDistances(tests, context);
      assertClose([...found], expected, tolerance, `${name}: distances`);
      const order = [...expected.keys()].sort((a, b) => expected[a]! - expected[b]!);
      const nearest = order.slice(0, 5).sort((a, b) => a - b);
      const candidates = await candidatesOf(tests, options({ candidates: 5 }), context);
      assert.deepEqual(candidates!.numbers, nearest);
    }
  });

  it('alone are scored, as without them, and the recall is that of the head’s most influential', async () => {
    const model = await bench.family('bert');
    const lines = new MemoryTraining(model, train);
    const context = bench.context(lines);
    const some = { params: 'classifier', damping: 0.02, k: 2 } as const;
    const all = await conjugateGradientMethod(test, options(some), context);
    const set = options({ ...some, candidates: 6 });
    const found = await conjugateGradientMethod(test, set, context);
    const { numbers } = (await candidatesOf(test, set, context))!;
    assert.equal(numbers.length, 6);
    for (const [i, score] of found.scores.entries()) {
      if (numbers.includes(i)) assertClose([score], [all.scores[i]!], tolerance, `line ${i}`);
      else assert.ok(Number.isNaN(score) && Number.isNaN(found.losses![i]!));
    }
    const { scores } = await headMethod(test, options({ k: 2 }), context);
    const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
    const most = [...order.slice(0, 2), ...order.slice(-2)];
    const recall = most.filter(i => numbers.includes(i)).length / 4;
    const note = found.notes.find(({ check }) => check === 'recall')!;
    assert.equal(note.value, recall);
    assert.match(
      note.says,
      /Only the 6 nearest of 13 lines were scored\. Of the 4 lines that help and hurt most/u,
    );
    assert.equal(await candidatesOf(test, options({ candidates: 13 }), context), null);
  });

  it('have an unknown recall where the head has no exact influence', async () => {
    const model = await bench.family('bert');
    const context = bench.context(new MemoryTraining(model, train));
    const none = (): Promise<never> =>
      Promise.reject(new GlassboxError('unsupported', 'No exact influence.'));
    const found = await candidatesOf(test, options({ candidates: 4 }), context, none);
    assert.match(found!.notes[0]!.says, /recall is unknown/u);
    assert.equal(found!.notes[0]!.ok, false);
    const broken = (): Promise<never> => Promise.reject(new GlassboxError('cancelled', 'Stopped.'));
    await assert.rejects(
      candidatesOf(test, options({ candidates: 4 }), context, broken),
      /Stopped/u,
    );
  });
});
