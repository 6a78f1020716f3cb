/** `glassbox check` as users run it: the page, the JSON, the exit code and the reasons. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GraphBuilder } from '../../../src/onnx/builder';
import type { ModelCheck } from '../../../src/protocol/modelCheck';
import { buildCli, runCli } from '../../support/builtCli';
import { Folders, wordModel } from '../../support/models';

const fixture = (...names: string[]): Buffer =>
  readFileSync(path.resolve('test', 'fixtures', ...names));

describe('command line, check', () => {
  let folders: Folders;
  before(async function () {
    this.timeout(60_000);
    await buildCli();
    folders = new Folders();
  });
  after(() => {
    folders.remove();
  });

  const check = (dir: string, ...args: string[]) => runCli(['check', '--model', dir, ...args]);

  async function json(dir: string, code: number, ...args: string[]): Promise<ModelCheck> {
    const done = await check(dir, '--json', ...args);
    assert.deepEqual([done.code, done.err], [code, ''], done.out);
    assert.equal(done.out.trim().split('\n').length, 1);
    return JSON.parse(done.out) as ModelCheck;
  }

  /** The good text model with some files replaced. */
  const changed = (files: Readonly<Record<string, string | Uint8Array>>): string => {
    const good = folders.textModel();
    const rest = ['model.onnx', 'config.json', 'tokenizer.json'].map(name => {
      return [name, readFileSync(path.join(good, name))] as const;
    });
    return folders.with({ ...Object.fromEntries(rest), ...files });
  };

  describe('a model that is well', () => {
    it('gets a page and exit code 0', async () => {
      const { code, out, err } = await check(folders.textModel());
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^Check of .*\n\nAll is well: /);
      for (const says of [/\nOperator set +14\n/, /\n {2}MatMul +16 +has a derivative\n/]) {
        assert.match(out, says);
      }
      assert.match(out, /agrees with finite differences/);
      assert.ok(!out.includes('\u001b'));
      assert.match(out, /Checked in \d+\.\d s\.\n$/);
    });

    it('has every field of the type in its JSON', async () => {
      const dir = folders.textModel();
      const told = await json(dir, 0);
      assert.deepEqual(
        [told.ok, told.reasons, told.dir, told.milliseconds > 0],
        [true, [], dir, true],
      );
      const { hash, parameters, tensors, ...model } = told.model!;
      assert.deepEqual(model, {
        name: path.basename(dir),
        file: path.join(dir, 'model.onnx'),
        architecture: 'BertForSequenceClassification',
        task: 'text-classification',
        labels: ['LABEL_0', 'LABEL_1', 'LABEL_2'],
        tokenizer: { kind: 'WordPiece', entries: 27, longest: 64 },
        opset: 14,
        conversions: [],
      });
      assert.match(hash, /^[0-9a-f]{64}$/);
      assert.ok(parameters > 20_000 && tensors > 30);
      const said = told.items.map(item => item.check);
      for (const wanted of ['load', 'operators', 'embeddings', 'derivative']) {
        assert.ok(said.includes(wanted), wanted);
      }
      for (const item of told.items) {
        assert.deepEqual(Object.keys(item).sort(), ['check', 'expected', 'ok', 'says', 'value']);
        assert.match(item.says, /[.]$/);
      }
      assert.equal(told.directions.length, 8);
      for (const { derivative, measured, error, expected } of told.directions) {
        assert.ok(Math.abs(Math.abs(derivative - measured) - error) <= 1e-12);
        assert.ok(error <= expected);
      }
      assert.deepEqual(told.devices.map(({ device }) => device).sort(), ['cpu', 'webgpu']);
      const cpu = told.devices.find(({ device }) => device === 'cpu')!;
      assert.ok(cpu.available && cpu.forward! > 0 && cpu.gradient! > 0 && cpu.length > 0);
      assert.ok(told.operators.every(({ derivative }) => derivative !== 'missing'));
    });

    it('is checked at the text, as the task and along the directions that are asked for', async () => {
      const dir = folders.textModel();
      const ours = await json(dir, 0);
      const length = ({ devices }: ModelCheck): number => devices[0]!.length;
      const short = await json(dir, 0, '--text', 'good film', '--seed', '3');
      // [CLS] good film [SEP]
      assert.equal(length(short), 4);
      assert.ok(length(ours) > 4);
      const pair = await json(dir, 0, '--text', 'good film', '--pair', 'bad', '--seed', '3');
      assert.equal(length(pair), 6);
      const other = await json(dir, 0, '--text', 'good film', '--seed', '4');
      assert.notDeepEqual(
        other.directions.map(({ derivative }) => derivative),
        short.directions.map(({ derivative }) => derivative),
      );
      const task = await json(dir, 0, '--task', 'multi-label-classification');
      assert.equal(task.model!.task, 'multi-label-classification');
    });

    it('is coloured when asked for', async () => {
      const args = ['check', '--model', folders.textModel()];
      const { out } = await runCli(args, { env: { FORCE_COLOR: '1' } });
      assert.ok(out.includes('\u001b[32mAll is well'));
      assert.ok(out.includes('\u001b[2m  ok '));
    });
  });

  describe('a model that is not well gets exit code 2 and the reason', () => {
    const broken: [string, () => string, RegExp][] = [
      [
        'a model.onnx that ends too early',
        () =>
          changed({ 'model.onnx': fixture('families', 'bert', 'model.onnx').subarray(0, 5000) }),
        /model\.onnx .*not an ONNX model, or it is incomplete/,
      ],
      [
        'the tokenizer of another model',
        () => changed({ 'tokenizer.json': fixture('tokenizers', 'bytelevel', 'tokenizer.json') }),
        /tokenizer\.json has token ids up to 268, but .*120 tokens only/,
      ],
      [
        'a folder that is not there',
        () => path.join(folders.empty(), 'nowhere'),
        /nowhere is not a folder/,
      ],
      [
        'an operator without a rule, by operator, node and file',
        () => changed({ 'model.onnx': determinants(), 'config.json': twoLabels }),
        /model\.onnx: .*Det "Det_1".*no derivative rule/,
      ],
    ];
    for (const [name, make, says] of broken) {
      it(name, async () => {
        const dir = make();
        const told = await json(dir, 2);
        assert.equal(told.ok, false);
        assert.match(told.reasons.join('\n'), says);
        const { code, out, err } = await check(dir);
        assert.deepEqual([code, err], [2, '']);
        assert.match(out, /\n\d things? (is|are) wrong\.\n {2}! /);
        assert.match(out, says);
      });
    }

    it('names the operator in the table, too', async () => {
      const dir = changed({ 'model.onnx': determinants(), 'config.json': twoLabels });
      assert.match((await check(dir)).out, /\n {2}Det +1 +NO derivative rule\n/);
    });

    it('and what is in its files cannot steer the terminal', async () => {
      const evil = '\u001b[2J\u009b31m';
      const dir = changed({
        'config.json': JSON.stringify({ model_type: 'bert', id2label: { 0: evil, 1: 'b' } }),
      });
      const { code, out } = await check(dir);
      assert.equal(code, 2);
      assert.doesNotMatch(out.replaceAll('\n', ''), /\p{Cc}/u);
    });
  });

  describe('what is asked wrongly is one line on stderr', () => {
    const wrong: [string[], RegExp][] = [
      [['check'], /--model/],
      [['check', '--model', 'm', '--task', 'parsing'], /--task.*token-classification/],
      [['check', '--model', 'm', '--seed', 'x'], /--seed.*whole number/],
      [['check', '--model', 'm', 'more'], /argument/],
    ];
    for (const [args, says] of wrong) {
      it(args.join(' '), async () => {
        const { code, out, err } = await runCli(args);
        assert.deepEqual([code, out], [2, '']);
        assert.match(err, /^glassbox: [^\n]+\n$/);
        assert.match(err, says);
      });
    }
  });
});

const twoLabels = JSON.stringify({ model_type: 'bag', id2label: { 0: 'no', 1: 'yes' } });

/** Logits by way of the determinants of each word vector's outer product with itself; 120 words. */
function determinants(): Uint8Array {
  const table = Array.from({ length: 120 }, (_, i) => [Math.sin(i), Math.cos(i)]);
  return wordModel(table, (b: GraphBuilder, words: string) => {
    const outer = b.op('MatMul', [
      b.op('Unsqueeze', [words, b.ints([3])]),
      b.op('Unsqueeze', [words, b.ints([2])]),
    ]);
    const sum = b.op('ReduceSum', [b.op('Det', [outer]), b.ints([1])], { keepdims: 1 });
    return b.op('MatMul', [sum, b.constant('float32', [1, 2], [1, -1])]);
  });
}
