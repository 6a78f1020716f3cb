/** Commands about a whole file, as users run them: evaluate, drivers, changes, measure; their files, and what they refuse. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelChangesState } from '../../../src/protocol/comparison';
import type { DriversState, EvaluationState } from '../../../src/protocol/evaluation';
import type { MeasureReport } from '../../../src/protocol/measures';
import { assertHarmless } from '../batch/page/hostile';
import { parsePage, rowsOf, valuesOf } from '../batch/page/parsed';
import {
  buildCli,
  builtFolder,
  runCli,
  withoutColours,
  type Finished,
} from '../../support/builtCli';
import { Folders } from '../../support/models';

const sample = path.resolve('media', 'sample');
const model = path.join(sample, 'model');

describe('command line: runs over a file', () => {
  const folders = new Folders();
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    await buildCli();
    const dev = await readFile(path.join(sample, 'reviews.dev.jsonl'), 'utf8');
    const lines = dev.split('\n');
    const hostile = { text: '<script>alert(1)</script> a joy', label: '<b>negative' };
    folder = folders.with({
      'reviews.jsonl': dev,
      'odd.jsonl': [...lines.slice(0, 5), '{"text": broken}', JSON.stringify(hostile)].join('\n'),
      'bad.jsonl': '{"text": broken}\n',
      'blank.txt': '\n\n',
      'taken.jsonl': '{"text": "mine"}\n',
      'taken.html': '<!DOCTYPE html><title>mine</title>',
    });
  });

  after(() => {
    folders.remove();
  });

  const all = (args: readonly string[]) => [...args, '--model', model, '--device', 'cpu'];
  const run = (...args: string[]) => runCli(all(args), { cwd: folder });
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');

  async function json<T>(...args: string[]): Promise<T> {
    const { code, out, err } = await run(...args, '--json', '--quiet');
    assert.equal(code, 0, err);
    assert.match(out, /^[^\n]+\n$/);
    return JSON.parse(out) as T;
  }

  describe('evaluate', () => {
    it('counts what is right, which the lines of --out and the page say, too', async () => {
      const files = ['--out', 'eval.jsonl', '--html', 'eval.html'];
      const { summary, state, wrong } = await json<EvaluationState>(
        ...['evaluate', 'reviews.jsonl', ...files],
      );
      assert.deepEqual([state, summary.done, summary.judged], ['done', 200, 200]);
      const [header, ...lines] = (await read('eval.jsonl')).trimEnd().split('\n');
      assert.equal((JSON.parse(header!) as { glassbox: string }).glassbox, 'evaluation-run');
      const told = lines.map(line => JSON.parse(line) as { gold: string; predicted: string });
      const right = told.filter(({ gold, predicted }) => gold === predicted).length;
      assert.deepEqual([summary.right, summary.accuracy], [right, right / 200]);
      assert.equal(wrong.length, 200 - right);
      const page = parsePage(await read('eval.html'));
      assertHarmless(page);
      assert.deepEqual(rowsOf(page, 'Confusion matrix').map(valuesOf), summary.confusion!.counts);
    });

    it('takes the lines that are asked for, and tells problems', async () => {
      const { summary, about } = await json<EvaluationState>(
        ...['evaluate', 'reviews.jsonl', '--lines', '3-4,10'],
      );
      assert.deepEqual([summary.total, about], [3, '3 selected lines of reviews.jsonl']);
      const { code, out } = await run('evaluate', 'odd.jsonl', '--html', 'odd.html', '--quiet');
      assert.equal(code, 0);
      assert.match(out, /\n!! {2}1 cannot be read: lines 6\n/);
      assert.match(out, /\n!! {2}1 label unknown to the model: lines 7\n/);
      const page = parsePage(await read('odd.html'));
      assertHarmless(page);
    });

    it('goes on where Ctrl-C stopped it', async function () {
      this.timeout(120_000);
      const dev = (await read('reviews.jsonl')).trimEnd().split('\n');
      const many = Array.from({ length: 20 }, () => dev).flat();
      await writeFile(path.join(folder, 'many.jsonl'), `${many.join('\n')}\n`);
      const args = ['evaluate', 'many.jsonl', '--out', 'many.out.jsonl'];
      const first = await interrupted(args, /0 of 4,000/);
      assert.equal(first.code, 130, first.err);
      assert.match(first.err, /Stopped; the same command goes on from there\.\n$/);
      const half = (await read('many.out.jsonl')).trimEnd().split('\n');
      assert.ok(half.length >= 1 && half.length < 4001, `${half.length} lines`);
      const { summary, state } = await json<EvaluationState>(...args);
      assert.deepEqual([state, summary.done], ['done', 4000]);
      const whole = (await read('many.out.jsonl')).trimEnd().split('\n');
      assert.equal(whole.length, 4001);
      assert.deepEqual(whole.slice(0, half.length), half);
      // Each line stands 20 times.
      const once = await json<EvaluationState>('evaluate', 'reviews.jsonl');
      assert.equal(summary.right, 20 * once.summary.right);
    });
  });

  it('drivers: means of words by label', async () => {
    const state = await json<DriversState>('drivers', 'reviews.jsonl', '--least-lines', '8');
    assert.deepEqual(
      [state.state, state.done, state.labels],
      ['done', 200, ['negative', 'positive']],
    );
    assert.ok(state.rows.length > 0 && state.rows.every(({ lines }) => lines >= 8));
    const { out } = await run('drivers', 'reviews.jsonl', '--least-lines', '8', '--quiet');
    assert.match(out, /\n\nnegative\nword +attribution +± /);
    assert.match(out, new RegExp(`\\n${state.rows[0]!.word} `));
  });

  it('changes: none from a model to itself', async () => {
    const args = ['changes', 'reviews.jsonl', '--with', model, '--lines', '6'];
    const state = await json<ModelChangesState>(...args, '--out', 'changes.jsonl');
    assert.deepEqual([state.done, state.flipped, state.rows.length], [6, 0, 6]);
    for (const { change, mapChange } of state.rows) {
      assert.ok(change < 1e-9 && Math.abs(mapChange!) < 1e-9);
    }
    assert.equal((await read('changes.jsonl')).trimEnd().split('\n').length, 7);
    const { out } = await run(...args, '--no-maps', '--quiet');
    assert.match(out, /\n {2}0 of 6 predictions changed\n/);
    assert.match(out, /\n +1 +0\.000 +undefined +positive /);
  });

  describe('measure', () => {
    const asked = [
      '--methods',
      'gradient,input-x-gradient',
      '--measures',
      'comprehensiveness,auc-tp',
    ];

    it('reports on some lines, on the page with the same numbers; a second run computes nothing', async () => {
      const args = ['measure', 'reviews.jsonl', ...asked, '--lines', '4', '--out', 'm.jsonl'];
      const report = await json<MeasureReport>(...args, '--html', 'm.html');
      assert.deepEqual([report.state, report.done, report.errors], ['done', 4, 0]);
      assert.deepEqual(
        report.methods.map(({ choice }) => [choice.method, choice.weights]),
        [
          ['gradient', 'real'],
          ['input-x-gradient', 'real'],
          ['gradient', 'shuffled'],
          ['random', 'real'],
        ],
      );
      const page = parsePage(await read('m.html'));
      assertHarmless(page);
      const wanted = report.methods.map(({ values, millisecondsPerLine }) => [
        ...(['auc-tp', 'comprehensiveness'] as const).flatMap(name => {
          const { mean, error } = values[name]!;
          return [mean, error];
        }),
        millisecondsPerLine,
      ]);
      assert.deepEqual(rowsOf(page, 'Measures').map(valuesOf), wanted);
      const before = await read('m.jsonl');
      const again = await json<MeasureReport>(...args, '--html', 'm.html');
      assert.deepEqual(again.methods, report.methods);
      assert.equal(await read('m.jsonl'), before);
      const { code, err } = await run(...args, '--samples', '3');
      assert.equal(code, 2);
      assert.match(err, /m\.jsonl holds a measuring with other settings \(samples\)/);
    });

    it('of one line, for a person', async () => {
      const { code, out } = await run(
        'measure',
        'reviews.jsonl:2',
        ...asked,
        '--removal',
        'delete',
      );
      assert.equal(code, 0);
      assert.match(out, /^reviews\.jsonl {2}model {2}1 record/);
      assert.match(out, /tokens are taken away by "delete"/);
      assert.match(out, /\nComprehensiveness, higher is better {2}/);
      assert.match(out, /no better than random/);
    });
  });

  describe('errors: one line on stderr, exit code 2, nothing is written', () => {
    const wrong: [string[], RegExp][] = [
      [['evaluate', 'missing.jsonl'], /missing\.jsonl/],
      [['evaluate', 'blank.txt'], /no record in blank\.txt/],
      [['evaluate', 'reviews.jsonl', '--lines', '9-3'], /--lines.*5-20,33/],
      [['evaluate', 'reviews.jsonl', '--out', 'reviews.jsonl'], /is the dataset itself/],
      [['evaluate', 'reviews.jsonl', '--html', 'reviews.jsonl'], /is the dataset itself/],
      [['evaluate', 'reviews.jsonl', '--out', 'taken.jsonl'], /taken\.jsonl is there already/],
      [['evaluate', 'reviews.jsonl', '--html', 'taken.html'], /taken\.html is there already/],
      [['evaluate', 'reviews.jsonl', '--html', 'x', '--out', 'x'], /different files/],
      [['measure', 'reviews.jsonl', '--html', 'taken.html'], /taken\.html is there already/],
      [['measure', 'reviews.jsonl', '--out', 'taken.jsonl'], /taken\.jsonl is there already/],
      [['measure', 'reviews.jsonl', '--shares', '0'], /--shares/],
      [['measure', 'reviews.jsonl:1', '--lines', '3'], /--lines with FILE/],
      [['measure', 'reviews.jsonl', '--removal', 'melt'], /--removal.*mask, pad, delete/],
      [['drivers', 'reviews.jsonl', '--method', 'magic'], /magic/],
      [['changes', 'reviews.jsonl'], /--with/],
      [['changes', 'reviews.jsonl', '--with', 'nowhere'], /nowhere/],
    ];
    for (const [args, says] of wrong) {
      it(args.join(' '), async () => {
        const files = ['reviews.jsonl', 'taken.jsonl', 'taken.html'];
        const before = await Promise.all(files.map(read));
        const { code, out, err } = await run(...args, '--quiet');
        assert.deepEqual({ code, out }, { code: 2, out: '' });
        assert.match(err, /^glassbox: [^\n]+\n$/);
        assert.match(err, says);
        assert.deepEqual(await Promise.all(files.map(read)), before);
      });
    }

    it('with nothing but errors', async () => {
      const { code, out } = await run('evaluate', 'bad.jsonl', '--quiet');
      assert.equal(code, 2);
      assert.match(out, /1 cannot be read/);
    });
  });

  /** Ctrl-C when standard error says `when`: in a terminal, the engine gets it as well. */
  function interrupted(args: readonly string[], when: RegExp): Promise<Finished> {
    return new Promise(resolve => {
      const child = spawn(process.execPath, [path.join(builtFolder, 'cli.js'), ...all(args)], {
        cwd: folder,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...withoutColours },
      });
      let [out, err, told] = ['', '', false];
      child.stdout.on('data', (text: Buffer) => (out += text.toString()));
      child.stderr.on('data', (text: Buffer) => {
        err += text.toString();
        if (told || !when.test(err)) return;
        told = true;
        process.kill(-child.pid!, 'SIGINT');
      });
      child.on('close', code => {
        resolve({ code: code ?? -1, out, err });
      });
    });
  }
});
