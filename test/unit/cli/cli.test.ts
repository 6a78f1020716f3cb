/** The command line contract: the JSON field by field, the errors, the exit codes. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExplainedRecord } from '../../../src/cli/explainCommand';
import type { Explanation } from '../../../src/protocol/explanation';
import { buildCli, runCli } from '../../support/builtCli';
import { familyDir, loadFamily } from '../../support/families';
import { assertClose } from '../../support/numbers';
import { makeTextModel, textModelLabels } from '../../support/textModel';

describe('command line', () => {
  let folder: string;
  let model: Awaited<ReturnType<typeof makeTextModel>>;
  const text = '🎬 Étoile film, not charming!';

  before(async function () {
    this.timeout(60_000);
    await buildCli();
    model = await makeTextModel();
    folder = await mkdtemp(path.join(tmpdir(), 'glassbox-cli-'));
    const lines = [
      { text: 'the film is good .', label: 'good' },
      { text, label: 'ugly' },
      { text },
    ];
    const jsonl = lines.map(line => JSON.stringify(line)).join('\n');
    await writeFile(path.join(folder, 'reviews.jsonl'), `${jsonl}\n{"text": broken}\n`);
    await writeFile(
      path.join(folder, 'odd.csv'),
      'first,second,class\n"the film\nis ""good""",bad,bad\n',
    );
    await writeFile(path.join(folder, 'notes.txt'), 'a very bad film\u001b[31m !\n');
  });

  after(async () => {
    await model.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]) =>
    runCli(['explain', ...args, '--model', model.dir], { cwd: folder });

  async function json(...args: string[]): Promise<ExplainedRecord> {
    const { code, out, err } = await run(...args, '--json');
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.equal(out.trim().split('\n').length, 1);
    return JSON.parse(out) as ExplainedRecord;
  }

  async function failure(...args: string[]): Promise<string> {
    const { code, out, err } = await run(...args);
    assert.deepEqual({ code, out }, { code: 2, out: '' });
    assert.match(err, /^glassbox: [^\n]+\n$/);
    return err;
  }

  describe('--json', () => {
    it('prints every field of the contract', async () => {
      const told = await json('reviews.jsonl:2');
      const words = told.tokens.map(({ start, end }) => text.slice(start, end));
      assert.deepEqual(words, ['', '🎬', 'Étoile', 'film', ',', 'not', 'charm', 'ing', '!', '']);
      for (const token of told.tokens) {
        assert.equal(typeof token.text, 'string');
        assert.equal(token.special, token.end === 0);
      }
      const { label, logits, probabilities, labels } = told.prediction;
      assert.deepEqual(labels, textModelLabels);
      assert.equal(logits.length, 3);
      assertClose([probabilities.reduce((a, b) => a + b)], [1], 1e-6, 'probabilities');
      assert.equal(label, labels[logits.indexOf(Math.max(...logits))]);
      const { value } = told.explained;
      assertClose([value], [Math.max(...logits)], 1e-5, 'value');
      assert.deepEqual(told.explained, {
        label,
        why: 'predicted',
        scalar: 'logit',
        against: null,
        value,
        choice: { kind: 'label', label },
        says: `logit of "${label}"`,
      });
      assert.deepEqual(told.method, {
        name: 'integrated-gradients',
        title: 'Integrated gradients',
        aggregate: 'dot',
        steps: 50,
        quadrature: 'gauss-legendre',
        baseline: 'zero',
      });
      assert.equal(told.attributions.length, words.length);
      const largest = Math.max(...told.attributions.map(Math.abs));
      assertClose(
        told.scores,
        told.attributions.map(a => a / largest),
        1e-9,
        'scores',
      );
      assert.ok(told.health.length > 0);
      for (const { check, ok, value: measured, says } of told.health) {
        assert.match(check, /^[a-z-]+$/);
        assert.equal(typeof ok, 'boolean');
        assert.ok(measured === null || typeof measured === 'number');
        assert.match(says, /\.$/);
      }
      assert.ok(['cpu', 'webgpu'].includes(told.device));
      assert.ok(told.milliseconds > 0);
      assert.equal(told.gold, null);
      const file = 'reviews.jsonl';
      const record = { file, line: 2, field: 'text', text, pair: null, words: null, gold: 'ugly' };
      assert.deepEqual(told.record, record);
      assert.deepEqual([told.windows, told.unseen, told.correct], [null, [], null]);
    });

    it('passes every option on', async () => {
      const options = '--method smoothgrad --aggregate l2 --scalar loss --label gold --samples 4';
      const more = '--noise 0.1 --noise-scale absolute --moment square --seed 7 --device cpu';
      const told = await json('reviews.jsonl:1', ...options.split(' '), ...more.split(' '));
      assert.deepEqual(told.method, {
        name: 'smoothgrad',
        title: 'SmoothGrad',
        aggregate: 'l2',
        samples: 4,
        noise: 0.1,
        noiseScale: 'absolute',
        moment: 'square',
        seed: 7,
      });
      assert.equal(told.explained.label, 'good');
      assert.equal(told.explained.why, 'gold');
      assert.equal(told.explained.scalar, 'loss');
      assert.equal(told.signed, false);
      const ig = '--steps 8 --quadrature middle --baseline pad --label mixed --scalar probability';
      const path = await json('reviews.jsonl:1', ...ig.split(' '));
      assert.deepEqual(
        [path.method.steps, path.method.quadrature, path.method.baseline],
        [8, 'middle', 'pad'],
      );
      assert.deepEqual([path.explained.label, path.explained.why], ['mixed', 'chosen']);
    });

    it('passes the options of perturbations and of relevance on', async () => {
      const flags =
        '--samples 40 --seed 3 --feature type --removal delete --kernel-width 12.5 --ridge 0.5';
      const { method, spread } = await json(
        'reviews.jsonl:1',
        '--method',
        'lime',
        ...flags.split(' '),
      );
      assert.deepEqual(method, {
        name: 'lime',
        title: 'LIME',
        samples: 40,
        seed: 3,
        feature: 'type',
        removal: 'delete',
        kernelWidth: 12.5,
        ridge: 0.5,
      });
      assert.ok(spread?.some(each => each > 0));
      const spans = await json('reviews.jsonl:1', '--method', 'occlusion', '--span', '2');
      assert.equal(spans.method.span, 2);
    });

    it('--top lists the strongest words, in order', async () => {
      const all = await json('reviews.jsonl:2');
      const { top } = await json('reviews.jsonl:2', '--top', '3');
      const ranked = all.tokens
        .map(({ special, start, end }, index) => ({ special, start, end, index }))
        .filter(({ special }) => !special)
        .sort((a, b) => Math.abs(all.scores[b.index]!) - Math.abs(all.scores[a.index]!));
      assert.deepEqual(
        top,
        ranked.slice(0, 3).map(({ start, end, index }) => ({
          field: 0,
          start,
          end,
          text: text.slice(start, end),
          score: all.scores[index],
          attribution: all.attributions[index],
          spread: null,
        })),
      );
      const { top: words } = await json('reviews.jsonl:2', '--top', '20', '--words', 'sum');
      assert.ok(words!.some(word => word.text === 'charming'));
      assert.equal('top' in all, false);
    });

    it('explains predicted minus gold', async () => {
      const { prediction } = await json('reviews.jsonl:1');
      const gold = textModelLabels.find(label => label !== prediction.label)!;
      await writeFile(path.join(folder, 'wrong.jsonl'), JSON.stringify({ text, label: gold }));
      const { explained } = await json('wrong.jsonl:1', '--label', 'contrast');
      assert.deepEqual([explained.against, explained.why], [gold, 'contrast']);
    });

    it('finds the record of a quoted field, by the fields that are named', async () => {
      const told = await json('odd.csv:3', '--field', 'first', '--label-field', 'class');
      assert.deepEqual(told.record, {
        file: 'odd.csv',
        line: 2,
        field: 'first',
        text: 'the film\nis "good"',
        pair: null,
        words: null,
        gold: 'bad',
      });
      assert.equal(told.gold, 'bad');
    });
  });

  describe('for a person', () => {
    it('shows the text, the verdict, the method and the health, without colour when there is no terminal', async () => {
      const { code, out, err } = await run('reviews.jsonl:1');
      assert.deepEqual({ code, err }, { code: 0, err: '' });
      assert.ok(!out.includes('\u001b'));
      assert.match(
        out,
        /^reviews\.jsonl:1 {2}(bad|good|mixed) 0\.\d\d {3}gold: good \((agrees|wrong)\)/,
      );
      assert.match(out.replace(/\[| [+-]+\]/g, ''), /\n {2}the film is good \.\n/);
      assert.match(out, /\[[^\]]+ [+-]+\]/);
      assert.match(out, /Integrated gradients of the logit of "\w+" \(predicted\)/);
      assert.match(out, /\n {2}ok {2}All numbers are finite\.\n/);
      const unknown = await run('reviews.jsonl:2');
      assert.match(unknown.out, /gold: ugly \(not a label of the model\)/);
      assert.match((await run('reviews.jsonl:3')).out, /no gold label/);
    });

    it('colours when asked, never when NO_COLOR is set, and marks magnitudes by stars', async () => {
      const args = ['explain', 'reviews.jsonl:1', '--model', model.dir];
      const coloured = await runCli(args, { cwd: folder, env: { FORCE_COLOR: '1' } });
      assert.ok(coloured.out.includes('\u001b[36m') || coloured.out.includes('\u001b[31m'));
      const plain = await runCli(args, { cwd: folder, env: { NO_COLOR: '1' } });
      assert.ok(!plain.out.includes('\u001b'));
      const unsigned = await run('reviews.jsonl:1', '--method', 'gradient');
      assert.match(unsigned.out, /\[[^\]]+ \*+\]/);
      assert.doesNotMatch(unsigned.out, /\[[^\]]+ [+-]+\]/);
    });

    it('shows the strongest words beside the probabilities of all labels, and marks no others', async () => {
      const { out } = await run('reviews.jsonl:1', '--top', '2');
      assert.equal(out.match(/\[[^\]]+ [+-]+\]/g)?.length, 2);
      const [, heading, ...rows] =
        /\n {2}(strongest tokens {2,}probabilities)\n(.*\n)(.*\n)(.*\n)/.exec(out)!;
      assert.equal(heading!.split(/ {2,}/)[0], 'strongest tokens');
      assert.match(
        rows[0]!,
        /^ {2}\S+ +[+-][\d.]+ {2}\(-?[\d.e-]+\) +(bad|good|mixed) #+ 0\.\d\d\n$/,
      );
      assert.match(rows[2]!, /^ +(bad|good|mixed) #* ?0\.\d\d\n$/);
    });

    it('shows spread, shares and further maps where the method has them', async () => {
      const lime = await run('reviews.jsonl:1', '--method', 'lime', '--samples', '30');
      assert.match(lime.out, /\n {2}standard deviation over seeds: [\d.e-]+ on average, /);
      const args = ['explain', path.resolve('media/sample/reviews.dev.jsonl:1')];
      const sample = ['--model', path.resolve('media/sample/model'), '--method', 'lrp-cp'];
      const { out } = await runCli([...args, ...sample]);
      assert.match(out, /\n {2}of the logit [\d.]+ are due to:\n {4}Words +#+ +\+[\d.]+\n/);
      assert.match(out, /\n\n {2}Positions, -?[\d.e-]+ in total {2}\w.*\n {2}\S/);
      const { shares, explained, maps } = JSON.parse(
        (await runCli([...args, ...sample, '--json'])).out,
      ) as ExplainedRecord;
      const sum = shares.reduce((all, { value }) => all + value, 0);
      assertClose([sum], [explained.value], 1e-4, 'shares');
      assert.ok(maps.some(({ name }) => name === 'position'));
    });

    it('characters that steer the terminal are shown, not sent', async () => {
      const { out } = await run('notes.txt:1');
      assert.ok(!out.includes('\u001b'));
      assert.match(out, /\u241b/);
    });

    it('lists the methods', async () => {
      const { code, out } = await runCli(['methods']);
      assert.equal(code, 0);
      assert.match(out, /integrated-gradients {2}Integrated gradients\n/);
      const { out: asJson } = await runCli(['methods', '--json']);
      const names = (JSON.parse(asJson) as { name: string }[]).map(({ name }) => name);
      assert.ok(names.includes('smoothgrad') && names.includes('input-x-gradient'));
    });
  });

  describe('errors: one line on stderr, exit code 2', () => {
    const wrong: [string[], RegExp][] = [
      [[], /FILE:LINE/],
      [['reviews.jsonl'], /FILE:LINE/],
      [['reviews.jsonl:0'], /counted from 1/],
      [['reviews.jsonl:99'], /reviews\.jsonl.*99/],
      [['reviews.jsonl:4'], /reviews\.jsonl, line 4/],
      [['missing.jsonl:1'], /missing\.jsonl/],
      [['model.onnx:1'], /model\.onnx is not a dataset/],
      [['odd.csv:2'], /odd\.csv/],
      [['odd.csv:2', '--field', 'third'], /third/],
      [['reviews.jsonl:1', '--steps', 'many'], /--steps/],
      [['reviews.jsonl:1', '--steps', '-3'], /--steps/],
      [['reviews.jsonl:1', '--noise', 'much'], /--noise/],
      [['reviews.jsonl:1', '--aggregate', 'max'], /--aggregate.*l2, l1, dot, sum/],
      [['reviews.jsonl:1', '--feature', 'line'], /--feature.*token, word, type/],
      [['reviews.jsonl:1', '--span', 'two'], /--span.*whole number/],
      [['reviews.jsonl:1', '--top', 'few'], /--top.*whole number/],
      [['reviews.jsonl:1', '--jsom'], /--jsom/],
      [['reviews.jsonl:1', 'more'], /argument/],
      [['reviews.jsonl:1', '--ids', 'golden.json'], /not both/],
      [['reviews.jsonl:1', '--position', '2'], /--position with --ids/],
      [['reviews.jsonl:1', '--pair-field', 'third'], /third.* Correct --pair-field/],
      [['reviews.jsonl:1', '--task', 'parsing'], /--task.*token-classification/],
      [['reviews.jsonl:1', '--words', 'median'], /--words.*pieces, sum, mean, max/],
      [['reviews.jsonl:1', '--answer-part', 'middle'], /--answer-part.*both, start, end/],
      [['reviews.jsonl:1', '--long', 'never'], /--long.*windows, start/],
      [['reviews.jsonl:1', '--overlap', 'much'], /--overlap/],
      [['reviews.jsonl:1', '--label', 'span:5-3:PER'], /--label.*span:3-5:PER/],
      [['reviews.jsonl:1', '--label', 'answer:1-2'], /choose a label/],
      [['--ids', 'missing.json'], /missing\.json/],
      [['--ids', 'notes.txt'], /notes\.txt is not valid JSON/],
      [['reviews.jsonl:1', '--method', 'magic'], /magic.*integrated-gradients/],
      [['reviews.jsonl:1', '--label', 'ugly'], /ugly.*bad, good, mixed/],
      [['reviews.jsonl:2', '--label', 'gold'], /gold/],
      [['reviews.jsonl:1', '--steps', '0'], /steps/],
    ];
    for (const [args, says] of wrong) {
      it(args.join(' ') || '(nothing)', async () => {
        assert.match(await failure(...args), says);
      });
    }

    it('a model folder that is none, and none at all', async () => {
      const args = ['explain', 'reviews.jsonl:1'];
      const nowhere = await runCli([...args, '--model', 'nowhere'], { cwd: folder });
      assert.equal(nowhere.code, 2);
      assert.match(nowhere.err, /^glassbox: [^\n]*nowhere[^\n]*\n$/);
      const none = await runCli(args, { cwd: folder });
      assert.deepEqual([none.code, none.out], [2, '']);
      assert.match(none.err, /^glassbox: [^\n]*--model[^\n]*\n$/);
    });

    it('no command, an unknown one; help and version are no errors', async () => {
      assert.match(
        (await runCli([])).err,
        /^glassbox: [^\n]*explain, compare, measure, evaluate, drivers, changes, attack, influence, suspicious, check or methods[^\n]*\n$/,
      );
      const unknown = await runCli(['exlain']);
      assert.deepEqual([unknown.code, unknown.out], [2, '']);
      assert.match(unknown.err, /^glassbox: [^\n]*exlain[^\n]*\n$/);
      const help = await runCli(['explain', '--help']);
      assert.deepEqual([help.code, help.err], [0, '']);
      assert.match(help.out, /--label-field <name>/);
      assert.match((await runCli(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
    });
  });

  describe('--ids', () => {
    for (const family of ['bert', 'roberta', 'distilbert', 'electra', 'albert']) {
      it(`explains the rows of ${family}'s golden.json as PyTorch does`, async () => {
        const dir = familyDir(family);
        const { golden } = loadFamily(family);
        const { code, out, err } = await runCli([
          ...['explain', '--ids', path.join(dir, 'golden.json'), '--model', dir, '--json'],
          ...['--method', 'input-x-gradient', '--scalar', 'loss', '--aggregate', 'dot'],
        ]);
        assert.deepEqual({ code, err }, { code: 0, err: '' });
        const told = JSON.parse(out) as Explanation[];
        assert.equal(told.length, golden.input_ids.length);
        told.forEach(({ attributions, prediction, explained, gold }, row) => {
          const real = (_: number, i: number) => golden.attention_mask[row]![i] === 1;
          const expected = golden.dot[row]!.filter(real);
          assertClose(attributions.filter(real), expected, 1e-4, `row ${row}`);
          assertClose(prediction.logits, golden.logits[row]!, 1e-5, `logits of row ${row}`);
          assert.equal(prediction.labels.indexOf(explained.label), golden.target[row]);
          const wanted = golden.labels?.[row];
          assert.equal(gold, wanted === undefined ? null : prediction.labels[wanted]);
        });
      });
    }

    it('prints rows for a person, too', async () => {
      const dir = familyDir('bert');
      const args = ['explain', '--ids', path.join(dir, 'golden.json'), '--model', dir];
      const { code, out } = await runCli(args);
      assert.equal(code, 0);
      assert.equal(out.match(/^row \d {2}LABEL_\d 0\.\d\d/gm)?.length, 4);
    });
  });
});
