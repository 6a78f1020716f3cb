/** Sweeps that are interrupted and asked for again, whatever has become of their files. */
import assert from 'node:assert/strict';
import {
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { Example } from '../../../src/interpret/influence/curvature/batches';
import { drawNumbers } from '../../../src/interpret/influence/curvature/chunks';
import { LossModel, type Sweep } from '../../../src/interpret/influence/curvature/lossModel';
import { unsolved } from '../../../src/interpret/influence/curvature/solveFor';
import { conjugateGradientMethod } from '../../../src/interpret/influence/methods/conjugateGradient';
import { gradientCosineMethod } from '../../../src/interpret/influence/methods/gradientCosine';
import {
  sweptScores,
  type SweepContext,
  type SweptQuestion,
} from '../../../src/interpret/influence/methods/sweptScores';
import {
  readDirection,
  writeDirection,
} from '../../../src/interpret/influence/resume/keptDirection';
import { KeptSweep } from '../../../src/interpret/influence/resume/keptSweep';
import { keyOf, makeRoom } from '../../../src/interpret/influence/resume/question';
import { openTrainingSet } from '../../../src/interpret/influence/train/openTrainingSet';
import { GlassboxError } from '../../../src/protocol/messages';
import { Bench, gradientsOf, options, randomExamples } from '../../support/deepInfluence';
import { MemoryTraining } from '../../support/memoryTraining';
import { assertClose } from '../../support/numbers';
import { dot } from '../../support/secondOrder';

const bench = new Bench();

after(async () => bench.release());

const train = randomExamples(13, 5);
const test = randomExamples(2, 9);

async function refusal(work: Promise<unknown>): Promise<GlassboxError> {
  const error: unknown = await work.then(
    () => assert.fail('nothing was thrown'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GlassboxError, String(error));
  return error;
}

/** A question in pieces of three lines, and how often it was solved. */
async function question() {
  const model = await bench.family('bert');
  let solved = 0;
  const asked: SweptQuestion = {
    tests: test,
    losses: await LossModel.of(model, /classifier/u),
    numbers: null,
    facts: { method: 'test' },
    size: 3,
    solve: gradient => {
      solved++;
      return unsolved(gradient);
    },
  };
  return { model, asked, solved: () => solved };
}

function fileIn(dir: string, ending: string): string {
  const names = readdirSync(dir).filter(name => name.endsWith(ending));
  assert.equal(names.length, 1, names.join());
  return path.join(dir, names[0]!);
}

/** Asks until so many lines are scored, and is cancelled there. */
async function interrupted(asked: SweptQuestion, context: SweepContext, at: number): Promise<void> {
  const controller = new AbortController();
  const work = sweptScores(asked, {
    ...context,
    signal: controller.signal,
    progress: ({ done, says }) => {
      if (says.startsWith('Scored') && done >= at) controller.abort();
    },
  });
  assert.equal((await refusal(work)).code, 'cancelled');
}

describe('an interrupted sweep', () => {
  it('goes on where it stopped, to the same bits, and costs nothing once it is done', async () => {
    const { model, asked, solved } = await question();
    const whole = await sweptScores(asked, bench.context(new MemoryTraining(model, train)));
    assert.equal(solved(), 1);

    const lines = new MemoryTraining(model, train);
    const context = bench.context(lines);
    await interrupted(asked, context, 6);
    assert.equal(solved(), 2);
    lines.read = 0;
    const said: string[] = [];
    const rest = await sweptScores(asked, {
      ...context,
      progress: ({ done, total, says }) => said.push(`${done}/${total} ${says}`),
    });
    assert.deepEqual(rest, whole, 'the same bits');
    assert.equal(lines.read, 7, 'two pieces of three lines were there');
    assert.match(said[0]!, /^\d+\/13 Scored \d+ of 13 lines$/u);
    assert.equal(solved(), 2, 'the direction was there');

    lines.read = 0;
    assert.deepEqual(await sweptScores(asked, context), whole);
    assert.equal(lines.read, 0);
    assert.equal(solved(), 2);
  });

  it('of a file on disk is that of gradients line by line, interrupted or not', async () => {
    const sample = path.resolve('media', 'sample');
    const model = await bench.model(path.join(sample, 'model'));
    const text = readFileSync(path.join(sample, 'reviews.train.jsonl'), 'utf8');
    const dir = bench.folders.with({ 'few.jsonl': text.split('\n').slice(0, 21).join('\n') });
    const cacheDir = bench.cacheDir();
    const lines = await openTrainingSet(model, { path: path.join(dir, 'few.jsonl') }, { cacheDir });
    const examples: Example[] = [];
    for await (const block of lines.examples()) examples.push(...block.examples);
    assert.equal(examples.length, 21);
    const losses = await LossModel.of(model, /classifier/u);
    const tests = examples.slice(0, 2);
    const asked: SweptQuestion = {
      tests,
      losses,
      numbers: null,
      facts: {},
      solve: unsolved,
      size: 4,
    };
    const gradient = Array.from(await losses.gradient(tests));
    const expected = (await gradientsOf(losses, examples)).map(g => dot(g, gradient));
    const whole = await sweptScores(asked, { train: lines, cacheDir: bench.cacheDir() });
    assertClose([...whole.scores], expected, 1e-4, 'scores');
    await interrupted(asked, { train: lines, cacheDir }, 9);
    assert.deepEqual(await sweptScores(asked, { train: lines, cacheDir }), whole);
    await lines.release();
  });

  it('is asked anew where anything is different', async () => {
    const { model, asked, solved } = await question();
    const lines = new MemoryTraining(model, train);
    const context = bench.context(lines);
    await sweptScores(asked, context);
    const others: SweptQuestion[] = [
      { ...asked, facts: { method: 'other' } },
      { ...asked, tests: test.slice(1) },
      { ...asked, tests: [{ ...test[0]!, target: 2 - Number(test[0]!.target) }, test[1]!] },
      { ...asked, losses: await LossModel.of(model, /pooler/u) },
    ];
    for (const [i, other] of others.entries()) {
      lines.read = 0;
      await sweptScores(other, context);
      assert.equal(lines.read, 13);
      assert.equal(solved(), i + 2);
    }
    // Other lines: only the sweep is another one.
    lines.read = 0;
    const some = await sweptScores({ ...asked, numbers: [2, 5, 6, 11] }, context);
    assert.equal(lines.read, 4);
    assert.equal(solved(), 5);
    const scored = [...some.scores].flatMap((score, i) => (Number.isNaN(score) ? [] : [i]));
    assert.deepEqual(scored, [2, 5, 6, 11]);
    const changed = new MemoryTraining(model, train.slice(1));
    await sweptScores(asked, { ...context, train: changed });
    assert.equal(changed.read, 12, 'another file');
  });

  it('trusts no broken record: one that was cut off, or changed', async () => {
    const { model, asked } = await question();
    const lines = new MemoryTraining(model, train);
    const whole = await sweptScores(asked, bench.context(lines));
    const break1 = (file: string): void => {
      truncateSync(file, statSync(file).size - 5);
    };
    const break2 = (file: string): void => {
      const bytes = readFileSync(file);
      bytes[100]! ^= 1;
      writeFileSync(file, bytes);
    };
    const empty = (file: string): void => {
      truncateSync(file, 0);
    };
    // Records of 3 lines have 72 bytes: byte 100 is in the second one.
    for (const [damage, left] of [
      [break1, 1],
      [break2, 10],
      [empty, 13],
    ] as const) {
      const context = bench.context(lines);
      await sweptScores(asked, context);
      damage(fileIn(context.cacheDir, '.sweep'));
      lines.read = 0;
      assert.deepEqual(await sweptScores(asked, context), whole);
      assert.equal(lines.read, left);
      lines.read = 0;
      await sweptScores(asked, context);
      assert.equal(lines.read, 0, 'mended');
    }
  });

  it('reads what two processes wrote at once', async () => {
    const dir = bench.cacheDir();
    const part = (from: number): Sweep => ({
      losses: Float64Array.of(from, from + 1),
      tangents: Float64Array.of(-from, -from - 1),
    });
    const [one, two] = [await KeptSweep.open(dir, 'k', 4, 2), await KeptSweep.open(dir, 'k', 4, 2)];
    await one.append(part(0));
    await two.append(part(0));
    await one.append(part(2));
    await two.append(part(2));
    const read = await KeptSweep.open(dir, 'k', 4, 2);
    assert.equal(read.done, 4);
    assert.deepEqual(read.parts, [part(0), part(2)]);
  });

  it('keeps a direction whole or not at all', async () => {
    const dir = bench.cacheDir();
    const solved = { ...unsolved(Float64Array.of(0.1, -2, 3e-9)), residual: 0.25, scale: 7 };
    const written = await writeDirection(dir, 'k', solved);
    assert.deepEqual(written.x, Float64Array.from(Float32Array.of(0.1, -2, 3e-9)));
    assert.deepEqual(await readDirection(dir, 'k'), written);
    assert.equal(await readDirection(dir, 'other'), null);
    const file = fileIn(dir, '.direction');
    const sound = readFileSync(file);
    for (const broken of [
      sound.subarray(0, -1),
      Buffer.concat([sound.subarray(0, -1), Buffer.of(sound.at(-1)! ^ 1)]),
      Buffer.from('{"length": 3}\n'),
      Buffer.from('no JSON\n'),
      Buffer.alloc(0),
    ]) {
      writeFileSync(file, broken);
      assert.equal(await readDirection(dir, 'k'), null);
    }
    writeFileSync(file, sound);
    assert.deepEqual(await readDirection(dir, 'k'), written);
  });

  it('makes room by deleting what was not used for longest, and nothing else', async () => {
    const dir = bench.cacheDir();
    const put = (name: string, age: number): void => {
      writeFileSync(path.join(dir, name), Buffer.alloc(100));
      utimesSync(path.join(dir, name), 1000 - age, 1000 - age);
    };
    put('a.sweep', 5);
    put('a.direction', 4);
    put('b.sweep', 3);
    put('c.sweep', 9);
    put('features.bin', 99);
    await makeRoom(dir, ['c'], 250);
    assert.deepEqual(readdirSync(dir).sort(), ['b.sweep', 'c.sweep', 'features.bin']);
    await makeRoom(path.join(dir, 'new'), []);
    assert.deepEqual(readdirSync(path.join(dir, 'new')), []);
    assert.notEqual(keyOf([1, 2]), keyOf([2, 1]));
  });

  it('costs nothing by all methods when only k is another one', async () => {
    const model = await bench.family('bert');
    for (const method of [conjugateGradientMethod, gradientCosineMethod]) {
      const lines = new MemoryTraining(model, train);
      const context = bench.context(lines);
      const first = await method(test, options({ params: 'classifier', k: 1 }), context);
      lines.read = 0;
      const again = await method(test, options({ params: 'classifier', k: 9 }), context);
      assert.deepEqual(again, first);
      assert.equal(lines.read, 0);
    }
  });

  it('is cancelled while it solves, too', async () => {
    const model = await bench.family('bert');
    for (const pattern of [/^Mean eigenvalue/u, /^Solving/u, /^Gradient/u]) {
      const controller = new AbortController();
      const context = bench.context(new MemoryTraining(model, train), {
        signal: controller.signal,
        progress: ({ says }) => {
          if (pattern.test(says)) controller.abort();
        },
      });
      const error = await refusal(conjugateGradientMethod(test, options(), context));
      assert.equal(error.code, 'cancelled', String(pattern));
    }
  });
});

describe('a draw of numbers', () => {
  it('is ascending, without repetition, and all where that is enough', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(60), fc.nat(), (count, most, seed) => {
        const numbers = drawNumbers(count, most, seed);
        assert.equal(numbers.length, Math.min(count, most));
        assert.deepEqual(
          numbers,
          [...new Set(numbers)].sort((a, b) => a - b),
        );
        assert.ok(numbers.every(number => number >= 0 && number < count));
        assert.deepEqual(drawNumbers(count, most, seed), numbers);
      }),
    );
  });

  it('has every number as often as another', () => {
    const [count, most, draws] = [12, 5, 6000];
    const seen = new Array<number>(count).fill(0);
    for (let seed = 0; seed < draws; seed++) {
      for (const number of drawNumbers(count, most, seed)) seen[number]!++;
    }
    const expected = (draws * most) / count;
    // Six standard deviations of a binomial.
    const slack = 6 * Math.sqrt(expected * (1 - most / count));
    for (const times of seen) assert.ok(Math.abs(times - expected) < slack, seen.join());
  });
});
