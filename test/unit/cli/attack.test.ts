/** `glassbox attack`, as users run it: a line, a whole file, stopped and gone on with, and what it refuses. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { AttackJson, AttackedTextJson } from '../../../src/batch/attackJson';
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import {
  buildCli,
  builtFolder,
  runCli,
  withoutColours,
  type Finished,
} from '../../support/builtCli';
import { Folders, kitPath } from '../../support/models';

const sample = path.resolve('media', 'sample');
const model = path.join(sample, 'model');

describe('command line: attack', () => {
  const folders = new Folders();
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    await buildCli();
    const reviews = await readFile(path.join(sample, 'reviews.dev.jsonl'), 'utf8');
    const lines = reviews.split('\n');
    folder = folders.with({
      'few.jsonl': [...lines.slice(0, 4), '', '{"text": broken}', ...lines.slice(4, 8)].join('\n'),
      'bad.jsonl': '{"text": broken}\n',
      'blank.txt': '\n\n',
      'taken.jsonl': '{"text": "mine"}\n',
      'evil.txt': 'a very bad film\u001b[31m !\n',
    });
    await copyFile(path.join(sample, 'reviews.dev.jsonl'), path.join(folder, 'reviews.jsonl'));
  });

  after(() => {
    folders.remove();
  });

  const run = (...args: string[]) =>
    runCli(['attack', ...args, '--model', model, '--device', 'cpu'], { cwd: folder });

  async function json(...args: string[]): Promise<AttackJson> {
    const { code, out, err } = await run(...args, '--json');
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.match(out, /^[^\n]+\n$/);
    return JSON.parse(out) as AttackJson;
  }

  /** Each step's changes lead back to the text before it. */
  function checkSteps({ original, steps, final }: AttackJson): void {
    let before: AttackedTextJson = original;
    for (const step of steps) {
      for (const name of ['text', 'pair'] as const) {
        const text = step[name];
        if (text === undefined) continue;
        const changed = step.changed.filter(({ field }) => field === name);
        const undone = [...changed].reverse().reduce((now, { start, end, from, to }) => {
          assert.equal(text.slice(start, end), to);
          return now.slice(0, start) + from + now.slice(end);
        }, text);
        const words = (of: string) => of.replace(/\s+/g, '');
        assert.equal(words(undone), words(before[name]!));
      }
      assert.ok(step.changed.length > 0);
      before = step;
    }
    const { text, pair, label, probabilities } = before;
    const last = { text, ...(pair !== undefined && { pair }), label, probabilities };
    assert.deepEqual(final, last);
  }

  it('flips a line, and prints every field of the contract', async () => {
    const told = await json('reviews.jsonl:1');
    assert.deepEqual(told.record, { file: 'reviews.jsonl', line: 1, field: 'text' });
    assert.equal(told.original.text, 'The plot is thin, but the leads are a joy.');
    assert.equal(told.original.label, 'positive');
    for (const { label, probabilities } of [told.original, ...told.steps, told.final]) {
      assert.deepEqual(Object.keys(probabilities), ['negative', 'positive']);
      assert.ok(probabilities[label]! > 0.5);
      assert.ok(Math.abs(probabilities['negative']! + probabilities['positive']! - 1) < 1e-6);
    }
    checkSteps(told);
    assert.deepEqual([told.outcome, told.success, told.final.label], ['flipped', true, 'negative']);
    assert.match(
      told.says,
      /^flipped positive to negative with \d+ of 12 words changed, \d+ runs$/,
    );
    assert.deepEqual([told.words, told.verified_from_text, told.cancelled], [12, true, false]);
    assert.ok(told.words_changed >= 1 && told.queries > told.steps.length && told.runs >= 2);
    assert.deepEqual([told.gold, told.correct, told.target], ['positive', true, null]);
    assert.match(told.model_hash, /^[0-9a-f]{64}$/);
    assert.match(told.glassbox, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(
      told.options,
      resolveAttackOptions('hotflip', {}),
      'what is not said is left to the engine',
    );
  });

  it('what is printed as the final prediction is what explain says of that text', async () => {
    const { final } = await json('reviews.jsonl:3');
    const again = folders.with({ 'again.jsonl': JSON.stringify({ text: final.text }) });
    const args = ['explain', 'again.jsonl:1', '--model', model, '--device', 'cpu', '--json'];
    const { out } = await runCli(args, { cwd: again });
    const { prediction } = JSON.parse(out) as {
      prediction: { label: string; labels: string[]; probabilities: number[] };
    };
    assert.equal(prediction.label, final.label);
    prediction.labels.forEach((label, index) => {
      assert.ok(Math.abs(prediction.probabilities[index]! - final.probabilities[label]!) < 1e-5);
    });
  });

  it('reduces lines; every step keeps the prediction and says what it removed', async () => {
    for (const line of [2, 5]) {
      const told = await json(`reviews.jsonl:${line}`, '--attack', 'input-reduction');
      assert.deepEqual([told.outcome, told.success], ['reduced', true]);
      checkSteps(told);
      assert.ok(told.steps.every(({ label }) => label === told.original.label));
      assert.deepEqual(told.options, resolveAttackOptions('input-reduction', {}));
    }
  });

  it('passes every option on', async () => {
    const flags =
      '--search beam --beam 2 --max-flips 4 --max-share 0.5 --candidates 16 --edits replace,delete ' +
      '--ignore plot --ignore is --attack-field text --unit tokens --own-words attack --no-whole-words ' +
      '--no-same-case --no-same-class --no-stop-words --min-cosine -0.5 --importance leave-one-out ' +
      '--by 0.25 --even-if-wrong --seed 7 --preset none --target negative --label predicted';
    const reading =
      '--field text --label-field label --pair-field (none) --task text-classification --long start --overlap 3';
    const told = await json('reviews.jsonl:1', ...flags.split(' '), ...reading.split(' '));
    assert.deepEqual(told.options, {
      preset: 'none',
      ignore: ['plot', 'is'],
      field: 'text',
      seed: 7,
      beam: 2,
      ownWords: 'attack',
      unit: 'tokens',
      search: 'beam',
      edits: ['replace', 'delete'],
      maxFlips: 4,
      maxShare: 0.5,
      candidates: 16,
      wholeWords: false,
      sameCase: false,
      sameClass: false,
      noStopWords: true,
      minCosine: -0.5,
      evenIfWrong: true,
      by: 0.25,
      importance: 'leave-one-out',
    });
    assert.equal(told.target, 'negative');
    const others = '--whole-words --same-case --same-class --stop-words';
    const { options } = await json('reviews.jsonl:1', ...others.split(' '));
    assert.deepEqual(
      [options.wholeWords, options.sameCase, options.sameClass, options.noStopWords],
      [true, true, true, false],
    );
    const preset = await json('reviews.jsonl:1', '--preset', 'allennlp');
    assert.deepEqual(preset.options, resolveAttackOptions('hotflip', { preset: 'allennlp' }));
  });

  it('prints for a person: marks and words, colours only where they are asked for', async () => {
    const { code, out, err } = await run('reviews.jsonl:1');
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.match(
      out,
      /^reviews\.jsonl:1 {2}HotFlip {2}flipped positive to negative with .*\nMake the model predict/,
    );
    assert.match(out, /\noriginal {2}positive 0\.\d\d {3}gold: positive \(agrees\)\n/);
    assert.match(out, /\nstep 1 .*\n {2}The plot is thin, but .*\[\w+ -> \w+\]/);
    assert.ok(!out.includes('\u001b'));
    const args = ['attack', 'reviews.jsonl:1', '--model', model];
    const coloured = await runCli(args, { cwd: folder, env: { FORCE_COLOR: '1' } });
    const [, changed] = coloured.out.split('\u001b[36m');
    assert.match(changed!, /^\[\w+ -> \w+\]/);
    const reduced = await run('reviews.jsonl:1', '--attack', 'input-reduction');
    assert.match(reduced.out, /\[- \w+\]/);
    assert.ok(!(await run('evil.txt:1')).out.includes('\u001b'));
  });

  it('an attack that does not flip is no error', async () => {
    const told = await json('reviews.jsonl:1', '--edits', 'insert', '--max-flips', '1');
    const asIs = await json('reviews.jsonl:1', '--target', 'positive');
    assert.deepEqual([asIs.outcome, asIs.success], ['skipped', false]);
    assert.equal(asIs.says, 'already predicted: positive');
    assert.equal(told.success, told.final.label !== 'positive');
  });

  describe('a whole file', () => {
    let whole: Finished;
    const timeless = (text: string) =>
      text.replaceAll(/"(?:started|milliseconds)":[^,}]+/g, '"time":0');

    before(async () => {
      whole = await run('few.jsonl');
    });

    it('is one object a line, with progress and a summary on standard error', () => {
      const { code, out, err } = whole;
      assert.equal(code, 0);
      const lines = out.trimEnd().split('\n');
      const told = lines.map(line => JSON.parse(line) as AttackJson);
      assert.deepEqual(
        told.map(({ record }) => record.line),
        [1, 2, 3, 4, 6, 7, 8, 9, 10],
      );
      const outcomes = told.map(({ outcome }) => outcome as string);
      assert.equal(outcomes[4], 'error');
      assert.match(told[4]!.says, /^few\.jsonl, line 6/);
      told.filter((_, index) => index !== 4).forEach(checkSteps);
      const progress = err.trimEnd().split('\n');
      progress.slice(0, 9).forEach((line, index) => {
        assert.ok(line.startsWith(`${index + 1}/9  few.jsonl:`), line);
      });
      const won = told.filter(({ success }) => success);
      const skipped = outcomes.filter(outcome => outcome === 'skipped').length;
      const tried = 8 - skipped;
      assert.ok(
        err.includes(
          `\n${won.length} of ${tried} attacks succeeded (${((100 * won.length) / tried).toFixed(1)} %); ${skipped} skipped, 1 error\n`,
        ),
        err,
      );
      assert.match(err, /\naccuracy: \d+\.\d % before, \d+\.\d % after\n$/);
      assert.ok(!err.includes('\u001b'));
    });

    it('is written to files, which an interrupted run goes on with', async function () {
      this.timeout(120_000);
      // So many that they are not all done when the signal comes, on however fast a machine.
      const records = 60;
      const dev = await readFile(path.resolve('media', 'sample', 'reviews.dev.jsonl'), 'utf8');
      const lines = dev.split('\n').slice(0, records);
      await writeFile(path.join(folder, 'many.jsonl'), `${lines.join('\n')}\n`);
      const all = await run('many.jsonl');
      const first = await interrupted(['many.jsonl', '--output', 'results.jsonl']);
      assert.deepEqual([first.code, first.out], [130, '']);
      assert.match(first.err, /\nstopped after [1-5]?\d of 60 records: /);
      const read = (name: string) => readFile(path.join(folder, name), 'utf8');
      const half = (await read('results.jsonl')).trimEnd().split('\n');
      assert.ok(half.length > 1 && half.length < records + 1, `${half.length} lines`);

      const second = await run('many.jsonl', '--output', 'results.jsonl');
      assert.deepEqual([second.code, second.out], [0, '']);
      assert.ok(second.err.startsWith(`${half.length - 1} done already in results.jsonl\n`));
      assert.match(second.err, /\nresults in results\.jsonl and results\.csv\n$/);
      const [header, ...told] = (await read('results.jsonl')).trimEnd().split('\n');
      assert.equal(timeless(told.join('\n')), timeless(all.out.trimEnd()));
      const { glassbox, dataset } = JSON.parse(header!) as Record<string, unknown>;
      assert.deepEqual([glassbox, dataset], ['attack-run', 'many.jsonl']);
      const table = parse<{ line: string }>(await read('results.csv'), { columns: true });
      assert.deepEqual(
        table.map(({ line }) => line),
        Array.from({ length: records }, (_, index) => String(index + 1)),
      );
      const other = await run('many.jsonl', '--output', 'results.jsonl', '--beam', '7');
      assert.deepEqual([other.code, other.out], [2, '']);
      assert.equal(
        other.err,
        'glassbox: results.jsonl holds an attack with other settings (beam); choose another file name for the results.\n',
      );
    });

    /** Ctrl-C after the second record: in a terminal, the engine gets it as well. */
    function interrupted(args: readonly string[]): Promise<Finished> {
      return new Promise(resolve => {
        const child = spawn(
          process.execPath,
          [
            path.join(builtFolder, 'cli.js'),
            'attack',
            ...args,
            '--model',
            model,
            '--device',
            'cpu',
          ],
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
          if (told || !err.includes('\n2/60 ')) return;
          told = true;
          process.kill(-child.pid!, 'SIGINT');
        });
        child.on('close', code => {
          resolve({ code: code ?? -1, out, err });
        });
      });
    }

    it('with nothing but errors is an error', async () => {
      const { code, err } = await run('bad.jsonl');
      assert.equal(code, 2);
      assert.match(err, /^1\/1 {2}bad\.jsonl:1 {2}bad\.jsonl, line 1/);
    });
  });

  describe('errors: one line on stderr, exit code 2', () => {
    const wrong: [string[], RegExp][] = [
      [[], /missing required argument 'file:line'/],
      [['reviews.jsonl:0'], /counted from 1/],
      [['reviews.jsonl:999'], /reviews\.jsonl.*999/],
      [['missing.jsonl:1'], /missing\.jsonl/],
      [['missing.jsonl'], /missing\.jsonl/],
      [['model.onnx'], /model\.onnx is not a dataset/],
      [['blank.txt'], /no record in blank\.txt/],
      [['reviews.jsonl:1', '--attack', 'magic'], /--attack.*hotflip, input-reduction/],
      [['reviews.jsonl:1', '--search', 'depth'], /--search.*greedy, beam, minimal/],
      [['reviews.jsonl:1', '--beam', 'wide'], /--beam.*whole number/],
      [['reviews.jsonl:1', '--beam', '0'], /width of the beam is 0/],
      [['reviews.jsonl:1', '--max-flips', '0'], /number of flips is 0/],
      [['reviews.jsonl:1', '--max-share', '2'], /share of words is 2/],
      [['reviews.jsonl:1', '--max-share', 'all'], /--max-share.*number/],
      [['reviews.jsonl:1', '--candidates', '-1'], /--candidates.*whole number/],
      [
        ['reviews.jsonl:1', '--edits', 'replace,melt'],
        /--edits.*replace, delete, insert, characters/,
      ],
      [['reviews.jsonl:1', '--edits', ''], /--edits.*replace, delete, insert, characters/],
      [['reviews.jsonl:1', '--min-cosine', '3'], /least cosine is 3/],
      [['reviews.jsonl:1', '--importance', 'size'], /--importance.*gradient-norm/],
      [['reviews.jsonl:1', '--unit', 'letters'], /--unit.*words, tokens/],
      [['reviews.jsonl:1', '--attack-field', 'third'], /--attack-field.*text, pair, both/],
      [['reviews.jsonl:1', '--own-words', 'keep'], /--own-words.*protect, attack/],
      [['reviews.jsonl:1', '--preset', 'lit'], /--preset.*none, allennlp/],
      [['reviews.jsonl:1', '--target', 'happy'], /happy.*negative, positive/],
      [['reviews.jsonl', '--target', 'happy'], /happy.*negative, positive/],
      [
        ['reviews.jsonl:1', '--attack', 'input-reduction', '--target', 'positive'],
        /keeps what is predicted; leave --target out/,
      ],
      [['reviews.jsonl:1', '--label', 'span:5-3:PER'], /--label.*span:3-5:PER/],
      [['reviews.jsonl:1', '--field', 'third'], /third.* Correct --field/],
      [['reviews.jsonl:1', '--output', 'x.jsonl'], /--output with FILE/],
      [['reviews.jsonl', '--beam', '0'], /width of the beam is 0/],
      [['reviews.jsonl', '--output', 'reviews.jsonl'], /reviews\.jsonl is the dataset itself/],
      [['reviews.jsonl', '--output', 'taken.jsonl'], /taken\.jsonl is there already/],
      [['reviews.jsonl', '--output', path.join('nowhere', 'x.jsonl')], /nowhere.*ENOENT/],
      [['reviews.jsonl:1', '--beem', '3'], /--beem/],
    ];
    for (const [args, says] of wrong) {
      it(args.join(' ') || '(nothing)', async () => {
        const { code, out, err } = await run(...args);
        assert.deepEqual({ code, out }, { code: 2, out: '' });
        assert.match(err, /^glassbox: [^\n]+\n$/);
        assert.match(err, says);
      });
    }

    it('a model folder that is none', async () => {
      for (const target of ['reviews.jsonl:1', 'reviews.jsonl']) {
        const args = ['attack', target, '--model', 'nowhere'];
        const { code, out, err } = await runCli(args, { cwd: folder });
        assert.deepEqual([code, out], [2, '']);
        assert.match(err, /^glassbox: [^\n]*nowhere[^\n]*\n$/);
      }
    });

    it('help is none', async () => {
      const { code, out, err } = await runCli(['attack', '--help']);
      assert.deepEqual([code, err], [0, '']);
      for (const flag of ['--max-flips <n>', '--no-stop-words', '--output <file>', '--own-words']) {
        assert.ok(out.includes(flag), flag);
      }
    });
  });

  it('changes only the text of a pair that it may', async function () {
    this.timeout(120_000);
    const nli = kitPath(this, 'models', 'nli-bert');
    const pairs = folders.with({
      'pairs.jsonl': JSON.stringify({
        premise: 'A man is playing a guitar on the stage.',
        hypothesis: 'A man is making music.',
      }),
    });
    for (const [field, other] of [
      ['text', 'pair'],
      ['pair', 'text'],
    ] as const) {
      const args = ['attack', 'pairs.jsonl:1', '--model', nli, '--attack-field', field, '--json'];
      const { code, out, err } = await runCli(args, { cwd: pairs });
      assert.equal(code, 0, err);
      const told = JSON.parse(out) as AttackJson;
      checkSteps(told);
      assert.equal(told.final[other], told.original[other]);
      assert.ok(told.steps.every(({ changed }) => changed.every(each => each.field === field)));
    }
  });
});
