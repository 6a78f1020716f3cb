/** Measures over a file: a model whose true importances are known, runs that are stopped and gone on with, and what is refused. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BatchEngine } from '../../../src/batch/engine';
import { parseMeasureLine } from '../../../src/batch/measuring/measuredLine';
import {
  measureRun,
  withControls,
  type MeasureWatch,
} from '../../../src/batch/measuring/measureRun';
import { formatOf, openFileLines } from '../../../src/dataset';
import { EngineServer } from '../../../src/engine/server';
import { Random } from '../../../src/interpret/random';
import type { MeasuredChoice, MeasureOptions, MeasureReport } from '../../../src/protocol/measures';
import { bagModel } from '../../support/bags';
import { Folders } from '../../support/models';

const weights = {
  good: 2,
  fine: 1.5,
  film: 0.3,
  the: 0,
  dull: -1.2,
  bad: -2,
  plain: 0.6,
  slow: -0.7,
  odd: -0.2,
  warm: 1.1,
};

/** Texts of seven words; gold is what their sum says, so that the model is right. */
function records(count: number): { text: string; label: string; rationale: string[] }[] {
  const random = new Random(5);
  const words = Object.entries(weights);
  return Array.from({ length: count }, () => {
    const some = Array.from({ length: 7 }, () => random.pick(words));
    const yes = some.reduce((sum, [, weight]) => sum + weight, 0) >= 0;
    const strongest = [...some].sort(([, a], [, b]) => (yes ? b - a : a - b));
    return {
      text: some.map(([word]) => word).join(' '),
      label: yes ? 'yes' : 'no',
      rationale: [strongest[0]![0]],
    };
  });
}

/** A bad explanation, but one: LIME with hardly a sample more than words. */
const fewSamples = { samples: 9, removal: 'delete' } as const;

const choice = (method: string): MeasuredChoice => ({
  method,
  parameters: method === 'lime' ? fewSamples : {},
  weights: 'real',
});

describe('batch: measures over a file', () => {
  const folders = new Folders();
  const server = new EngineServer();
  let modelDir = '';
  before(async () => {
    const words = Object.fromEntries(Object.entries(weights).map(([word, w]) => [word, [w, 0]]));
    // Logits [sum, -sum]; the second number is always 0, so that a shuffled table gives other contributions.
    const model = await bagModel(folders, words, (b, vectors) =>
      b.op('MatMul', [
        b.op('ReduceSum', [vectors, b.ints([1])], { keepdims: 0 }),
        b.constant('float32', [2, 2], [1, -1, 0, 0]),
      ]),
    );
    modelDir = model.about.dir;
    await model.release();
  });
  after(async () => {
    await server.release();
    folders.remove();
  });

  /** Counts its calls. */
  function engineOf(): BatchEngine<'measure'> & { readonly asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      async call(name, params) {
        if (name === 'measure' && 'text' in params) asked.push(params.text);
        const answer =
          name === 'measure' ? server.measure(params as never) : server.loadModel(params);
        return await answer;
      },
    };
  }

  async function run(
    file: string,
    {
      methods = ['input-x-gradient', 'gradient', 'random'],
      output = null,
      options = {
        measures: [
          'auc-tp',
          'comprehensiveness',
          'sufficiency',
          'tau-loo',
          'infidelity',
          'plausibility',
        ],
      },
      engine = engineOf(),
      watch = {},
    }: {
      methods?: readonly string[];
      output?: string | null;
      options?: MeasureOptions;
      engine?: BatchEngine<'measure'>;
      watch?: MeasureWatch;
    } = {},
  ): Promise<MeasureReport> {
    const source = await openFileLines(file);
    try {
      return await measureRun(
        {
          dataset: { file: path.basename(file), path: file, source, format: formatOf(file)! },
          question: {
            ...{ modelDir, device: 'cpu', scalar: 'logit', label: { kind: 'predicted' } },
            choices: methods.map(choice),
            options,
          },
          output,
        },
        engine,
        watch,
      );
    } finally {
      await source.close();
    }
  }

  function datasetOf(lines: readonly unknown[]): string {
    const content = lines
      .map(line => (typeof line === 'string' ? line : JSON.stringify(line)))
      .join('\n');
    return path.join(folders.with({ 'reviews.jsonl': content }), 'reviews.jsonl');
  }

  /** Less how long it took. */
  function timeless(report: MeasureReport): unknown {
    return {
      ...report,
      methods: report.methods.map(method => ({ ...method, millisecondsPerLine: 0 })),
    };
  }

  it('the true contributions come first, random last, in everything that is measured', async () => {
    const report = await run(datasetOf(records(40)), {
      methods: ['input-x-gradient', 'gradient', 'lime', 'random'],
    });
    assert.equal(report.state, 'done');
    assert.equal(report.done, 40);
    assert.equal(report.errors, 0);
    const [oracle, gradient, lime, random, shuffled] = report.methods;
    assert.equal(shuffled!.choice.weights, 'shuffled');
    assert.equal(random!.family, 'control');
    for (const [column, sign] of [
      ['auc-tp', -1],
      ['comprehensiveness', 1],
      ['sufficiency', -1],
      ['infidelity', -1],
      ['tau-loo', 1],
      ['token-f1', 1],
      ['auprc', 1],
    ] as const) {
      const goodness = (method: typeof oracle) => sign * method!.values[column]!.mean;
      const says = `${column}: ${[oracle, lime, random].map(goodness).join(', ')}`;
      assert.ok(goodness(oracle) > goodness(lime), says);
      assert.ok(goodness(lime) > goodness(random), says);
      assert.ok(goodness(oracle) > goodness(shuffled), column);
      assert.equal(oracle!.values[column]!.againstRandom, 'better', column);
      assert.equal(lime!.values[column]!.againstRandom, 'better', column);
      assert.equal(random!.values[column]!.againstRandom, null);
    }
    assert.equal(gradient!.values['tau-loo'], null);
    assert.equal(oracle!.values['token-f1']!.mean, 1);
    // All of the model's decisions are right while nothing is taken away.
    for (const { curve } of report.methods) assert.equal(curve[0]!.macroF1, 1);
    // The gradient is the same at all words, so there is nothing to agree with.
    assert.equal(report.agreement[0]![1], null);
    assert.ok(Math.abs(report.agreement[0]![0]! - 1) < 1e-12);
    assert.equal(report.options.removal, 'mask');
  });

  it('means and standard errors are those of the lines', async () => {
    const file = datasetOf(records(8));
    const output = path.join(path.dirname(file), 'out.jsonl');
    const report = await run(file, { output });
    const lines = (await readFile(output, 'utf8')).trim().split('\n').slice(1);
    const values = lines.map(line => {
      const parsed = parseMeasureLine(line)!;
      assert.ok('methods' in parsed);
      return parsed.methods[0]!.measures!.comprehensiveness!;
    });
    assert.equal(values.length, 8);
    const mean = values.reduce((a, b) => a + b, 0) / 8;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7;
    const found = report.methods[0]!.values.comprehensiveness!;
    assert.ok(Math.abs(found.mean - mean) < 1e-12);
    assert.ok(Math.abs(found.error - Math.sqrt(variance / 8)) < 1e-12);
    assert.equal(found.lines, 8);
  });

  it('stopped and gone on with: the report of a run that was not', async () => {
    const file = datasetOf([...records(4), '{"text": broken}', ...records(6).slice(4)]);
    const whole = await run(file);
    assert.equal(whole.errors, 1);
    const output = path.join(path.dirname(file), 'out.jsonl');
    const control = new AbortController();
    const stopped = await run(file, {
      output,
      watch: {
        signal: control.signal,
        onLine: done => {
          if (done === 3) control.abort();
        },
      },
    });
    assert.equal(stopped.state, 'stopped');
    assert.equal(stopped.done, 3);
    // Killed while it wrote.
    const text = await readFile(output, 'utf8');
    await writeFile(output, text.slice(0, -20));
    const engine = engineOf();
    const rest = await run(file, { output, engine });
    assert.equal(engine.asked.length, 4);
    assert.deepEqual(timeless({ ...rest, saved: whole.saved }), timeless(whole));
    const again = engineOf();
    assert.deepEqual(
      timeless({ ...(await run(file, { output, engine: again })), saved: whole.saved }),
      timeless(whole),
    );
    assert.equal(again.asked.length, 0);
  });

  it('refuses the results of other settings and of another dataset, and files that are something else', async () => {
    const file = datasetOf(records(2));
    const output = path.join(path.dirname(file), 'out.jsonl');
    await run(file, { output, methods: ['gradient'] });
    const before = await readFile(output, 'utf8');
    const refused = (more: Parameters<typeof run>[1], why: RegExp) =>
      assert.rejects(run(file, { output, methods: ['gradient'], ...more }), why);
    await refused({ methods: ['smoothgrad'] }, /holds a measuring with other settings \(choices\)/);
    await refused({ options: { seed: 3 } }, /other settings/);
    await refused({ output: file }, /is the dataset itself/);
    await refused({ options: { samples: -1 } }, /Samples of a measure/);
    await refused({ methods: ['nonsense'] }, /There is no method "nonsense"/);
    assert.equal(await readFile(output, 'utf8'), before);
  });

  it('the random explainer and shuffled weights are always there, once', () => {
    const all = withControls([choice('gradient')]);
    assert.deepEqual(
      all.map(({ method, weights: kind }) => `${method} ${kind}`),
      ['gradient real', 'gradient shuffled', 'random real'],
    );
    assert.deepEqual(withControls(all), all);
  });

  it('tells reports on its way', async () => {
    const reports: MeasureReport[] = [];
    await run(datasetOf(records(2)), { watch: { onReport: report => reports.push(report) } });
    assert.equal(reports[0]!.state, 'running');
    assert.equal(reports[0]!.done, 0);
    assert.equal(reports[0]!.total, 2);
    assert.ok(reports[0]!.methods.every(({ values }) => values['auc-tp'] === null));
  });
});
