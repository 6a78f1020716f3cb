/** `glassbox compare`, as users run it: methods, labels and models on one line. */
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { spearman } from '../../../src/interpret/correlation';
import type { ComparisonState } from '../../../src/protocol/comparison';
import type { Explanation } from '../../../src/protocol/explanation';
import { buildCli, runCli } from '../../support/builtCli';
import { Folders } from '../../support/models';
import { assertClose } from '../../support/numbers';

const sample = path.resolve('media', 'sample');
const model = path.join(sample, 'model');

describe('command line: compare', () => {
  const folders = new Folders();
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    await buildCli();
    folder = folders.with({ 'evil.txt': 'a <b>very</b> bad film\u001b[31m !\n' });
    await copyFile(path.join(sample, 'reviews.dev.jsonl'), path.join(folder, 'reviews.jsonl'));
  });

  after(() => {
    folders.remove();
  });

  const run = (...args: string[]) =>
    runCli([...args, '--model', model, '--device', 'cpu'], { cwd: folder });

  async function json(...args: string[]): Promise<ComparisonState> {
    const { code, out } = await run('compare', ...args, '--json', '--quiet');
    assert.equal(code, 0);
    return JSON.parse(out) as ComparisonState;
  }

  async function explained(...args: string[]): Promise<Explanation> {
    return JSON.parse((await run('explain', ...args, '--json')).out) as Explanation;
  }

  /** Of the tokens of the text. */
  const scoresOf = ({ tokens, scores }: Explanation) =>
    scores.filter((_, index) => !tokens[index]!.special);

  it('methods: each map is what explain says, with faithfulness and agreement, and random is among them', async () => {
    const told = await json(
      'reviews.jsonl:1',
      '--methods',
      'integrated-gradients:steps=20,input-x-gradient',
    );
    assert.deepEqual([told.kind, told.about], ['methods', 'logit of "positive"']);
    assert.deepEqual(
      told.rows.map(({ key, family, state }) => [key, family, state]),
      [
        ['integrated-gradients', 'gradient', 'done'],
        ['input-x-gradient', 'gradient', 'done'],
        ['random', 'control', 'done'],
      ],
    );
    const alone = await explained('reviews.jsonl:1', '--steps', '20');
    const [first, second] = told.rows.map(({ explanation }) => explanation!);
    assert.equal(first!.method.steps, 20);
    assertClose(first!.scores, alone.scores, 1e-5, 'scores');
    const rho = spearman(scoresOf(first!), scoresOf(second!));
    assertClose([told.agreement[0]![1]!], [rho!], 1e-9, 'agreement');
    assert.equal(told.rows[1]!.agreement, told.agreement[0]![1]);
    for (const { measures } of told.rows) {
      assert.ok(measures);
      assert.ok(measures.comprehensiveness !== null && measures.tauLoo !== null);
      assert.equal(measures.infidelity, null, 'only what was asked');
    }
    assert.deepEqual(
      [told.record.file, told.record.line, told.running],
      ['reviews.jsonl', 1, null],
    );
  });

  it('labels: a row a label, the sums of whose maps are told', async () => {
    const told = await json('reviews.jsonl:1', '--labels', '--method', 'input-x-gradient');
    assert.deepEqual(
      told.rows.map(({ key }) => key),
      ['negative', 'positive'],
    );
    const args = ['--labels', '--method', 'input-x-gradient'];
    const { out } = await run('compare', 'reviews.jsonl:1', ...args);
    for (const { key, explanation } of told.rows) {
      assert.equal(explanation!.explained.label, key);
      const alone = await explained('reviews.jsonl:1', '--label', key, ...args.slice(1));
      assertClose(explanation!.attributions, alone.attributions, 1e-5, key);
      const row = new RegExp(
        `^positive +positive 0\\.98 +${key} +0\\.\\d+ +(-?[\\d.]+)$`,
        'm',
      ).exec(out);
      const total = alone.attributions.reduce((sum, value) => sum + value, 0);
      assertClose([Number(row![1])], [total], 1e-2, 'total attribution');
    }
  });

  it('models: the same model twice is the same map', async () => {
    const told = await json('reviews.jsonl:1', '--with', model);
    assert.deepEqual([told.kind, told.rows.length], ['models', 2]);
    assert.ok(Math.abs(told.agreement[0]![1]! - 1) < 1e-12);
    assert.deepEqual(told.rows[0]!.explanation!.prediction, told.rows[1]!.explanation!.prediction);
  });

  it('prints for a person, progress on standard error, and sends no control characters on', async () => {
    const { code, out, err } = await run(
      'compare',
      'evil.txt:1',
      '--methods',
      'gradient,occlusion',
    );
    assert.equal(code, 0);
    assert.ok(!out.includes('\u001b') && out.includes('\u241b'));
    assert.match(out, /\nmethod +Comprehensiveness +Sufficiency +tau-LOO +ms\nGradient +/);
    assert.match(out, /\n\nOcclusion\n {2}.*film/);
    assert.match(out, /\nSpearman correlation +1 +2 +3\n1 Gradient +1\.00 /);
    assert.match(out, /\n!! {2}Random: /);
    assert.match(err, /%/);
  });

  describe('errors: one line on stderr, exit code 2', () => {
    const wrong: [string[], RegExp][] = [
      [['reviews.jsonl'], /FILE:LINE/],
      [['reviews.jsonl:1', '--methods', 'magic'], /--methods.*magic.*integrated-gradients/],
      [['reviews.jsonl:1', '--methods', 'lime:sample=3'], /sample=3.*samples/],
      [['reviews.jsonl:1', '--methods', 'lime:removal=melt'], /mask, pad, delete/],
      [['reviews.jsonl:1', '--methods', 'lime', '--labels'], /one of --methods, --labels/],
      [['reviews.jsonl:1', '--labels', '--measures', 'tau-loo'], /--measures with methods/],
      [['reviews.jsonl:1', '--measures', 'beauty'], /--measures.*auc-tp/],
      [['reviews.jsonl:1', '--with', 'nowhere'], /nowhere/],
    ];
    for (const [args, says] of wrong) {
      it(args.join(' '), async () => {
        const { code, out, err } = await run('compare', ...args, '--json');
        assert.deepEqual({ code, out }, { code: 2, out: '' });
        assert.match(err.trim().split('\n').at(-1)!, /^glassbox: /);
        assert.match(err, says);
      });
    }
  });
});
