/** `glassbox influence` and `glassbox suspicious`, as users run them, on the sample and its training file. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { createColors } from 'picocolors';
import type { InfluenceJson, TestInstanceJson } from '../../../src/batch/influenceJson';
import type { SuspicionJson } from '../../../src/batch/suspicionJson';
import { runProgram } from '../../../src/cli/program';
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
const trainFile = path.join(sample, 'reviews.train.jsonl');

interface Line {
  readonly text: string;
  readonly label: string;
}

describe('command line: influence', () => {
  const folders = new Folders();
  let folder: string;
  let train: Line[];

  before(async function () {
    this.timeout(60_000);
    await buildCli();
    const lines = (await readFile(trainFile, 'utf8')).trimEnd().split('\n');
    train = lines.map(line => JSON.parse(line) as Line);
    const renamed = train.slice(0, 3).map(({ text, label }) => ({ wrote: text, meant: label }));
    const dev = await readFile(path.join(sample, 'reviews.dev.jsonl'), 'utf8');
    const [one, two] = dev.split('\n');
    folder = folders.with({
      'few.jsonl': `${[one, '', '{"text": broken}', two].join('\n')}\n`,
      'two.jsonl': `${[one, two].join('\n')}\n`,
      'bare.txt': 'The plot is thin, but the leads are a joy.\n',
      'bad.jsonl': '{"text": broken}\n',
      'blank.txt': '\n\n',
      'small.jsonl': `${[...lines.slice(0, 58), '{"text": "So so.", "label": "neutral"}', '', '{"text": "No label."}'].join('\n')}\n`,
      'renamed.jsonl': `${renamed.map(line => JSON.stringify(line)).join('\n')}\n`,
      'strange.jsonl': '{"text": "So so.", "label": "neutral"}\n',
      'mine.csv': 'a,b\n1,2\n',
    });
    await copyFile(path.join(sample, 'reviews.dev.jsonl'), path.join(folder, 'reviews.jsonl'));
    await copyFile(trainFile, path.join(folder, 'train.jsonl'));
    cache.push('--cache', path.join(folder, 'cache'));
  });

  after(() => {
    folders.remove();
  });

  const cache: string[] = [];
  const run = (...args: string[]) =>
    runCli([...args, '--model', model, '--device', 'cpu'], { cwd: folder });

  /** Without a process of its own for the command line: the engine, where it is needed, has one. */
  async function inProcess(args: readonly string[]): Promise<Finished> {
    let [out, err] = ['', ''];
    const there = args.map(arg =>
      /^[^/\\]+\.(?:jsonl|txt|csv)(?::\d+)?$/.test(arg) ? path.join(folder, arg) : arg,
    );
    const code = await runProgram([...there, ...cache, '--model', model, '--device', 'cpu'], {
      out: text => (out += text),
      err: text => (err += text),
      colors: createColors(false),
      engine: { entry: path.join(builtFolder, 'engine.js') },
    });
    return { code, out, err };
  }

  async function json<Answer>(...args: string[]): Promise<Answer> {
    const { code, out, err } = await inProcess([...args, '--json', '--quiet']);
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.match(out, /^[^\n]+\n$/);
    return JSON.parse(out) as Answer;
  }

  const traced = (...args: string[]) => json<InfluenceJson>('influence', ...args);

  async function scoresIn(name: string): Promise<Map<number, number>> {
    const rows = parse<{ line: string; score: string }>(
      await readFile(path.join(folder, name), 'utf8'),
      { columns: true },
    );
    return new Map(rows.map(({ line, score }) => [Number(line), Number(score)]));
  }

  describe('a line, by the exact head', () => {
    let told: InfluenceJson;
    let scores: Map<number, number>;

    before(async function () {
      this.timeout(60_000);
      const asked = ['reviews.jsonl:17', '--train', 'train.jsonl', '--k', '5'];
      told = await traced(...asked, '--all-scores', 'scores.csv');
      scores = await scoresIn('scores.csv');
    });

    it('is told with its label, its loss, and the lines that help and hurt', () => {
      const test = told.test_instance as TestInstanceJson;
      assert.deepEqual([test.file, test.line], [path.join(folder, 'reviews.jsonl'), 17]);
      assert.deepEqual(
        [test.label, test.label_from, test.predicted, test.agrees],
        ['positive', 'gold', 'positive', true],
      );
      assert.ok(Math.abs(test.loss + Math.log(test.probability!)) < 1e-5);
      assert.equal(told.n_train, 1500);
      assert.deepEqual([told.residual, told.problems], [null, []]);
      assert.equal(told.method.name, 'head');
      assert.ok(told.damping! > 0 && told.method['damping'] === null);
      assert.match(told.score_says, /^Positive helps, negative hurts: .*\(C \+ damping I\)\^-1/);
      assert.ok(path.isAbsolute(told.train_file));
      const { top_k_train_instances: top, bottom_k_train_instances: bottom } = told;
      assert.deepEqual([top.length, bottom.length], [5, 5]);
      assert.ok(top.every(({ score }) => score > 0) && bottom.every(({ score }) => score < 0));
      for (const { line, text, label, predicted, probability, loss, agrees } of [
        ...top,
        ...bottom,
      ]) {
        const { text: right, label: gold } = train[line - 1]!;
        assert.deepEqual([text, label], [right, gold]);
        assert.equal(agrees, label === predicted);
        const ofLabel = agrees ? probability! : 1 - probability!;
        assert.ok(Math.abs(loss + Math.log(ofLabel)) < 1e-4);
      }
      const wrong = Object.values(told.disagreeing).flat() as { agrees: boolean }[];
      assert.ok(wrong.length > 0 && wrong.every(({ agrees }) => !agrees));
    });

    it('the ends of all scores are the lists, to the bit', () => {
      assert.deepEqual(
        [...scores.keys()],
        train.map((_, index) => index + 1),
      );
      const ranked = [...scores].sort(([, a], [, b]) => b - a);
      const listed = (rows: InfluenceJson['top_k_train_instances']) =>
        rows.map(({ line, score }) => [line, score]);
      assert.deepEqual(listed(told.top_k_train_instances), ranked.slice(0, 5));
      assert.deepEqual(listed(told.bottom_k_train_instances), ranked.slice(-5).reverse());
    });

    it('comes out the same from the cache, and is told to a person', async () => {
      const args = ['influence', 'reviews.jsonl:17', '--train', 'train.jsonl', '--k', '2'];
      const { code, out, err } = await run(...args, ...cache);
      assert.equal(code, 0);
      assert.match(out, /^reviews\.jsonl:17 {2}Exact head influence {2}of the label "positive"\n/);
      assert.match(out, /; features: 0 computed now, 1,500 kept from before\n/);
      const { score, line } = told.top_k_train_instances[0]!;
      const first = ` helps ${score.toPrecision(3)}  line ${line}  `;
      assert.ok(out.includes(first), `${first} in ${out}`);
      assert.match(out, /\nhurts: more weight on these lines of train\.jsonl raises the loss\n/);
      assert.ok(!out.includes('\u001b'));
      // How often it is told depends on the time it takes; a share of one step is not told.
      assert.match(err, /^(?:(?: *\d+ % {2})?[A-Z][^\n]+\n)+$/);
    });

    it('several lines together have the mean of their scores', async () => {
      const asked = ['--train', 'small.jsonl', '--k', '1'];
      const sum = new Map<number, number>();
      let loss = 0;
      for (const line of [1, 2]) {
        const args = [`two.jsonl:${line}`, ...asked, '--all-scores', `scores.csv`];
        loss += (await traced(...args)).test_instance.loss / 2;
        for (const [at, score] of await scoresIn('scores.csv')) {
          sum.set(at, (sum.get(at) ?? 0) + score / 2);
        }
      }
      const args = ['two.jsonl', '--together', ...asked, '--all-scores', 'scores.csv'];
      const { test_instance } = await traced(...args);
      assert.deepEqual(Object.keys(test_instance), ['file', 'instances', 'loss']);
      assert.ok(Math.abs(test_instance.loss - loss) < 1e-6 * loss);
      const together = await scoresIn('scores.csv');
      assert.equal(together.size, 58);
      const largest = Math.max(...[...sum.values()].map(Math.abs));
      for (const [at, score] of together) {
        assert.ok(Math.abs(score - sum.get(at)!) < 1e-6 * largest, `line ${at}`);
      }
    });
  });

  describe('methods below the head, on few lines', () => {
    const asked = ['reviews.jsonl:3', '--train', 'small.jsonl'];
    const problems = [
      { says: 'the label "neutral" is none of the model\'s', lines: [59] },
      { says: 'label', lines: [61] },
    ];

    it('conjugate gradient by the last layer alone is the exact head', async () => {
      const scores = ['--damping', '0.01', '--all-scores', 'scores.csv'];
      const head = await traced(...asked, ...scores);
      const exact = await scoresIn('scores.csv');
      const solved = ['--method', 'cg', '--params', '^classifier', '--tolerance', '1e-5'];
      const told = await traced(...asked, ...scores, ...solved);
      const found = await scoresIn('scores.csv');
      assert.equal(head.damping, 0.01);
      assert.ok(told.residual! <= 1e-5);
      assert.deepEqual(
        [told.method['params'], told.method['tolerance'], told.method['damping']],
        ['^classifier', 1e-5, 0.01],
      );
      assert.deepEqual([...found.keys()], [...exact.keys()]);
      const largest = Math.max(...[...exact.values()].map(Math.abs));
      for (const [line, score] of found) {
        assert.ok(Math.abs(score - exact.get(line)!) < 1e-3 * largest, `line ${line}`);
      }
    });

    it("passes every option on, with AllenNLP's names, and lists what cannot be used", async () => {
      const flags =
        '--method lissa --lissa-batch-size 4 --num-samples 2 --recursion-depth 3 --scale 100 --damping 0.02 ' +
        '--params ^classifier --params-to-freeze classifier.bias --curvature gauss-newton --curvature-lines 20 ' +
        '--candidates 30 --seed 7 --k 3 --field text --label-field label --pair-field (none) ' +
        '--train-field text --train-label-field label --train-pair-field (none) --task text-classification';
      const told = await traced(...asked, ...flags.split(' '), '--all-scores', 'scores.csv');
      assert.deepEqual(told.method, {
        name: 'lissa',
        title: 'LiSSA (SimpleInfluence)',
        params: '^classifier',
        lastBlocks: 1,
        params_to_freeze: ['classifier.bias'],
        lissa_batch_size: 4,
        damping: 0.02,
        num_samples: 2,
        recursion_depth: 3,
        scale: 100,
        curvature: 'gauss-newton',
        curvatureLines: 20,
        candidates: 30,
        seed: 7,
      });
      assert.ok(told.residual! > 0);
      assert.equal(told.n_train, 58);
      assert.deepEqual(
        told.problems.map(({ count, lines }) => ({ count, lines })),
        problems.map(({ lines }) => ({ count: 1, lines })),
      );
      told.problems.forEach(({ says }, index) => {
        assert.ok(says.includes(problems[index]!.says), says);
      });
      // Who is no candidate has no score.
      const cells = (await readFile(path.join(folder, 'scores.csv'), 'utf8')).trimEnd().split('\n');
      assert.equal(cells.length, 59);
      assert.equal(cells.filter(cell => cell.endsWith(',')).length, 28);
    });

    it('neighbours, TracIn with a checkpoint, and a text without label', async () => {
      const near = await traced(...asked, '--method', 'neighbours', '--distance', 'euclidean');
      assert.deepEqual(near.method['distance'], 'euclidean');
      const label = (near.test_instance as TestInstanceJson).label;
      assert.ok(near.top_k_train_instances.every(each => each.label === label));
      assert.ok(near.bottom_k_train_instances.every(each => each.label !== label));

      const bare = ['bare.txt:1', '--train', 'small.jsonl', '--last-blocks', '0'];
      const once = await traced(...bare, '--method', 'gradient-dot');
      const { label_from, label: asIs, predicted } = once.test_instance as TestInstanceJson;
      assert.deepEqual([label_from, asIs], ['predicted', predicted]);
      const rates = ['--checkpoint', model, '--rate', '0.5', '--checkpoint', model, '--rate', '2'];
      const summed = await traced(...bare, '--method', 'tracin', ...rates);
      assert.deepEqual(summed.method['checkpoints'], [model, model]);
      summed.top_k_train_instances.forEach(({ line, score }, index) => {
        const { line: same, score: dot } = once.top_k_train_instances[index]!;
        assert.equal(line, same);
        assert.ok(Math.abs(score - 2.5 * dot) < 1e-5 * Math.abs(score));
      });
    });

    it('each line of a file is an object a line, like the line alone', async () => {
      const args = ['--train', 'small.jsonl', '--k', '2'];
      const { code, out, err } = await run('influence', 'few.jsonl', ...args, ...cache);
      assert.equal(code, 0);
      const told = out
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as InfluenceJson);
      assert.equal(told.length, 3);
      const { test_instance, error } = told[1] as unknown as Record<string, unknown>;
      assert.deepEqual(test_instance, { file: 'few.jsonl', line: 3 });
      assert.match(String(error), /^few\.jsonl, line 3/);
      for (const [index, line] of [
        [0, 1],
        [2, 4],
      ] as const) {
        const alone = await run('influence', `few.jsonl:${line}`, ...args, ...cache, '--json');
        const answer = JSON.parse(alone.out) as InfluenceJson;
        assert.deepEqual({ ...told[index], milliseconds: 0 }, { ...answer, milliseconds: 0 });
      }
      const lines = err.split('\n').filter(line => /^\d\/3 {2}few\.jsonl:\d /.test(line));
      assert.equal(lines.length, 3, err);
      assert.match(lines[0]!, /loss \S+; lines? \S+ helps most, lines? \S+ hurts most$/);
    });

    it('a training file that was added to is read again, and only what is new is computed', async () => {
      const grown = path.join(folder, 'grown.jsonl');
      await copyFile(path.join(folder, 'small.jsonl'), grown);
      await appendFile(grown, '{"text": "A joy of its own.", "label": "positive"}\n');
      const args = ['influence', 'reviews.jsonl:3', '--train', 'grown.jsonl', ...cache];
      const { out } = await run(...args);
      assert.match(out, /\n59 lines of grown\.jsonl were used; features: 1 computed now, 58 kept/);
    });
  });

  it('goes on after Ctrl-C, and the answer is the same', async function () {
    this.timeout(60_000);
    const args = ['reviews.jsonl:3', '--train', 'train.jsonl', '--k', '4'];
    const first = await interrupted(
      ['influence', ...args, '--cache', 'other'],
      /Features of [1-9]/,
    );
    assert.deepEqual([first.code, first.out], [130, '']);
    assert.match(
      first.err,
      /\nglassbox: Cancelled\. What was computed is kept in [^\n]*other; the same command goes on from there\.\n$/,
    );
    const second = await run('influence', ...args, '--cache', 'other', '--quiet');
    assert.deepEqual([second.code, second.err], [0, '']);
    const [, computed, kept] =
      /; features: ([\d,]+) computed now, ([\d,]+) kept from before\n/.exec(second.out) ?? [];
    const number = (digits: string | undefined) => Number(digits?.replace(',', ''));
    assert.ok(number(kept) > 0);
    assert.equal(number(computed) + number(kept), 1500);
    const fresh = await run('influence', ...args, ...cache);
    const timeless = (text: string) => text.replace(/; features: .*|\d+ ms\n/g, '');
    assert.equal(timeless(second.out), timeless(fresh.out));
  });

  /** Ctrl-C when this is told: in a terminal, the engine gets it as well. */
  function interrupted(args: readonly string[], when: RegExp): Promise<Finished> {
    return new Promise(resolve => {
      const child = spawn(
        process.execPath,
        [path.join(builtFolder, 'cli.js'), ...args, '--model', model, '--device', 'cpu'],
        {
          cwd: folder,
          detached: true,
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, ...withoutColours },
        },
      );
      let out = '';
      let err = '';
      let told = false;
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

  describe('suspicious', () => {
    it('ranks a training file, with a reason for each line', async () => {
      const told = await json<SuspicionJson>('suspicious', 'train.jsonl', '--k', '150');
      assert.deepEqual([told.n_train, told.lines.length], [1500, 150]);
      assert.deepEqual(
        told.lines.map(({ rank }) => rank),
        told.lines.map((_, index) => index + 1),
      );
      told.lines.forEach(({ line, text, label, score, reason }, index) => {
        assert.deepEqual([text, label], [train[line - 1]!.text, train[line - 1]!.label]);
        assert.ok(score <= (told.lines[index - 1]?.score ?? Infinity));
        assert.ok(reason.length > 0);
      });
      assert.match(told.score_says, /g\^T \(C \+ damping I\)\^-1 g/);
    });

    it('by EK-FAC, with its options', async () => {
      const flags = '--method ekfac --params ^classifier.weight --damping 0.01 --seed 3 --k 3';
      const told = await json<SuspicionJson>('suspicious', 'small.jsonl', ...flags.split(' '));
      assert.equal(told.lines.length, 3);
      assert.deepEqual(told.method, {
        name: 'ekfac',
        title: 'Self-influence by EK-FAC',
        params: '^classifier.weight',
        lastBlocks: 1,
        damping: 0.01,
        curvatureLines: 1024,
        seed: 3,
      });
    });

    it('by loss, all lines; and for a person', async () => {
      const told = await json<SuspicionJson>(
        'suspicious',
        'small.jsonl',
        '--method',
        'loss',
        '--k',
        '0',
      );
      assert.equal(told.lines.length, 58);
      told.lines.forEach(({ score, loss }) => {
        assert.ok(Math.abs(score - loss) < 1e-6);
      });
      assert.deepEqual(
        told.problems.flatMap(({ lines }) => lines),
        [59, 61],
      );
      const { code, out } = await run('suspicious', 'small.jsonl', '--k', '2', ...cache);
      assert.equal(code, 0);
      assert.match(out, /^small\.jsonl {2}Self-influence of the head {2}2 of 58 lines/);
      assert.match(out, /\n {3}1 {2}##########/);
      assert.match(out, /\n!! {2}line 59 was left out: the label "neutral" is none of the model's/);
    });
  });

  it('other names of fields are given for each file', async () => {
    const args = ['reviews.jsonl:1', '--train', 'renamed.jsonl'];
    const fields = ['--train-field', 'wrote', '--train-label-field', 'meant'];
    assert.equal((await traced(...args, ...fields)).n_train, 3);
    const wrong = await run('influence', ...args, '--train-field', 'third', ...cache);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /--train-field/);
  });

  describe('errors: one line on stderr, exit code 2', () => {
    const known = ['--train', 'train.jsonl'];
    const line = ['influence', 'reviews.jsonl:1'];
    const wrong: [string[], RegExp][] = [
      [['influence'], /--train/],
      [['influence', ...known], /missing required argument 'file:line'/],
      [['influence', 'reviews.jsonl:0', ...known], /counted from 1/],
      [['influence', 'reviews.jsonl:999', ...known], /reviews\.jsonl.*999/],
      [['influence', 'missing.jsonl:1', ...known], /missing\.jsonl/],
      [['influence', 'missing.jsonl', ...known], /missing\.jsonl/],
      [['influence', 'blank.txt', ...known], /no record in blank\.txt/],
      [['influence', 'blank.txt', '--together', ...known], /no record in blank\.txt/],
      [['influence', 'reviews.jsonl:1', '--together', ...known], /--together with FILE/],
      [[...line, '--train', 'missing.jsonl'], /missing\.jsonl/],
      [['influence', 'two.jsonl', '--train', 'missing.jsonl'], /missing\.jsonl/],
      [[...line, '--train', 'strange.jsonl'], /strange\.jsonl.*neutral/],
      [[...line, ...known, '--method', 'magic'], /--method.*head, cg, lissa/],
      [[...line, ...known, '--k', '0'], /k is 0/],
      [[...line, ...known, '--k', 'all'], /--k.*whole number/],
      [[...line, ...known, '--damping', '-1'], /damping is -1/],
      [[...line, ...known, '--scale', 'big'], /--scale.*number or "auto"/],
      [[...line, ...known, '--params', '('], /params is "\(", which is no regular expression/],
      [[...line, ...known, '--checkpoint', model, '--rate', '1', '--rate', '2'], /2 rates for 1/],
      [[...line, ...known, '--rate', 'fast'], /--rate.*number/],
      [[...line, ...known, '--distance', 'far'], /--distance.*cosine, euclidean/],
      [[...line, ...known, '--unit', 'word'], /--unit.*line, entity/],
      [[...line, ...known, '--all-scores', 'train.jsonl'], /train\.jsonl is the dataset itself/],
      [
        [...line, ...known, '--all-scores', 'reviews.jsonl'],
        /reviews\.jsonl is the dataset itself/,
      ],
      [[...line, ...known, '--all-scores', 'mine.csv'], /mine\.csv is there already/],
      [['influence', 'reviews.jsonl', ...known, '--all-scores', 'x.csv'], /--all-scores with/],
      [['suspicious'], /missing required argument 'train'/],
      [['suspicious', 'missing.jsonl'], /missing\.jsonl/],
      [['suspicious', 'strange.jsonl'], /strange\.jsonl.*neutral/],
      [['suspicious', 'train.jsonl', '--method', 'cg'], /--method.*head, ekfac, loss/],
      [['suspicious', 'train.jsonl', '--seed', '-1'], /--seed.*whole number/],
    ];
    for (const [args, says] of wrong) {
      it(args.map(arg => path.basename(arg)).join(' '), async () => {
        const { code, out, err } = await inProcess([...args, '--quiet']);
        assert.deepEqual({ code, out }, { code: 2, out: '' });
        assert.match(err, /^glassbox: [^\n]+\n$/);
        assert.match(err, says);
      });
    }

    it('nothing but records that cannot be read', async () => {
      const { code, out } = await run('influence', 'bad.jsonl', ...known, ...cache);
      assert.equal(code, 2);
      assert.match(out, /^\{"test_instance":\{"file":"bad\.jsonl","line":1\},"error":"bad\.jsonl/);
    });

    it('help is none', async () => {
      const { code, out, err } = await runCli(['influence', '--help']);
      assert.deepEqual([code, err], [0, '']);
      for (const flag of [
        '--all-scores <file>',
        '--params-to-freeze <regex...>',
        '--cache <dir>',
      ]) {
        assert.ok(out.includes(flag), flag);
      }
      assert.match((await runCli(['suspicious', '--help'])).out, /--k <n>/);
    });
  });

  it("keeps things in the user's cache folder where nothing else is said", async function () {
    if (process.platform !== 'linux') this.skip();
    const args = ['suspicious', 'small.jsonl', '--model', model, '--device', 'cpu'];
    const env = { XDG_CACHE_HOME: path.join(folder, 'xdg') };
    assert.equal((await runCli(args, { cwd: folder, env })).code, 0);
    assert.ok(existsSync(path.join(folder, 'xdg', 'glassbox')));
  });
});
