/** What makes a folder a model, and what is said about folders that are none. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SaliencyProgram } from '../../../src/interpret/saliency/gradients/program';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { loadModel, type LoadOptions } from '../../../src/model/loadModel';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import { GlassboxError } from '../../../src/protocol/messages';
import { familyDir, familyNames } from '../../support/families';
import { Folders, kitPath, logitsOf, rowOf, wordModel } from '../../support/models';
import { assertClose, seededRandom } from '../../support/numbers';

const head = (b: GraphBuilder, words: string): string =>
  b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 });
const table = [
  [1, 2],
  [3, -1],
  [0, 5],
  [2, 2],
  [1, 1],
];
const config = JSON.stringify({ model_type: 'bag', id2label: { 0: 'no', 1: 'yes' } });
const tokenizer = (name: string): Buffer =>
  readFileSync(path.resolve('test', 'fixtures', 'tokenizers', name, 'tokenizer.json'));

describe('loadModel', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  it('reads labels, length, hash and architecture of a folder', async () => {
    const dir = folders.textModel();
    const model = await loadModel(dir, 'cpu');
    const { about } = model;
    assert.deepEqual(about.head.labels, ['LABEL_0', 'LABEL_1', 'LABEL_2']);
    assert.deepEqual(
      [about.name, about.architecture, about.maxTokens, about.padId, about.maskId, about.device],
      [path.basename(dir), 'BertForSequenceClassification', 64, 0, 4, 'cpu'],
    );
    const bytes = readFileSync(path.join(dir, 'model.onnx'));
    assert.equal(about.hash, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual(about.notes, []);
    await model.release();
  });

  it('takes two positions off for RoBERTa, whose positions start after the padding', async () => {
    const model = await loadModel(familyDir('roberta'), 'cpu', { tokenizer: 'optional' });
    assert.equal(model.about.maxTokens, 62);
    // So long a text runs, and one token more does not.
    const ids = Array.from({ length: 63 }, (_, i) => 5 + i);
    assert.equal((await model.predict([rowOf(...ids.slice(1))])).length, 1);
    await assert.rejects(model.predict([rowOf(...ids)]));
    await model.release();
  });

  it('finds the graph in onnx/ too', async () => {
    const dir = folders.with({ 'onnx/model.onnx': wordModel(table, head) });
    const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    assert.equal(model.about.file, path.join(dir, 'onnx', 'model.onnx'));
    assert.deepEqual(await logitsOf(model, [rowOf(0, 1), rowOf(2)]), [
      [4, 1],
      // Padded on the right with id 0, as this model has no mask.
      [1, 7],
    ]);
    await model.release();
  });

  it('fills inputs by other usual names, and the lengths of rows', async () => {
    const graph = emptyGraph('names');
    const b = new GraphBuilder(graph);
    const ids = b.input('tokens', 'int64', ['batch', 'length']);
    const mask = b.input('input_mask:0', 'float32', ['batch', 'length']);
    const lengths = b.input('seq_lengths', 'int32', ['batch']);
    const words = b.op('Gather', [b.constant('float32', [5, 2], table.flat()), ids], { axis: 0 });
    const sum = head(b, b.op('Mul', [words, b.op('Unsqueeze', [mask, b.ints([2])])]));
    const count = b.op('Unsqueeze', [b.op('Cast', [lengths], { to: 'float32' }), b.ints([1])]);
    b.output(b.op('Div', [sum, count]), 'logits');
    const dir = folders.with({ 'model.onnx': writeModel(graph) });
    const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    const found = await logitsOf(model, [rowOf(0, 1), rowOf(2)]);
    const sums = await loadModel(folders.with({ 'model.onnx': wordModel(table, head) }), 'cpu', {
      tokenizer: 'optional',
    });
    const [first] = await logitsOf(sums, [rowOf(0, 1)]);
    const [second] = await logitsOf(sums, [rowOf(2)]);
    assert.deepEqual(found, [first!.map(z => z / 2), second]);
    await model.release();
    await sums.release();
  });

  it('takes probabilities back to logits', async () => {
    for (const [op, attributes] of [
      ['Softmax', { axis: -1 }],
      ['Sigmoid', {}],
    ] as const) {
      const squashed = wordModel(table, (b, words) =>
        b.op(op, [b.op('Mul', [head(b, words), b.scalar(0.5)])], attributes),
      );
      const plain = wordModel(table, (b, words) => b.op('Mul', [head(b, words), b.scalar(0.5)]));
      const ask = async (onnx: Uint8Array, task?: 'multi-label-classification') => {
        const dir = folders.with({ 'model.onnx': onnx });
        const model = await loadModel(dir, 'cpu', { tokenizer: 'optional', task });
        const [found] = await explainIds(model, [rowOf(0, 1, 2)], {
          method: 'integrated-gradients',
          parameters: {},
          scalar: 'probability',
          label: { kind: 'label', label: 'LABEL_1' },
        });
        await model.release();
        return found!;
      };
      const found = await ask(squashed);
      const truth = await ask(plain, op === 'Sigmoid' ? 'multi-label-classification' : undefined);
      assert.equal(found.prediction.link, truth.prediction.link);
      const close = (a: readonly number[], b: readonly number[]) => {
        a.forEach((value, i) => {
          assert.ok(Math.abs(value - b[i]!) < 1e-5, `${op}: ${a.join()} is not ${b.join()}`);
        });
      };
      close(found.prediction.probabilities, truth.prediction.probabilities);
      close(found.attributions, truth.attributions);
      assert.match(found.health.map(({ says }) => says).join(' '), /gives probabilities/);
    }
  });

  it('runs models whose batch or length the export has fixed', async () => {
    const graph = emptyGraph('fixed');
    const b = new GraphBuilder(graph);
    const ids = b.input('input_ids', 'int64', [2, 4]);
    const mask = b.input('attention_mask', 'int64', [2, 4]);
    const words = b.op('Gather', [b.constant('float32', [5, 2], table.flat()), ids], { axis: 0 });
    const seen = b.op('Unsqueeze', [b.op('Cast', [mask], { to: 'float32' }), b.ints([2])]);
    b.output(head(b, b.op('Mul', [words, seen])), 'logits');
    const dir = folders.with({ 'model.onnx': writeModel(graph) });
    const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    const rows = [rowOf(0, 1), rowOf(2), rowOf(3, 4, 0)];
    assert.deepEqual(await logitsOf(model, rows), [
      [4, 1],
      [0, 5],
      [4, 5],
    ]);
    const found = await explainIds(model, rows, {
      method: 'integrated-gradients',
      parameters: { steps: 5 },
      scalar: 'logit',
      label: { kind: 'label', label: '1' },
    });
    assert.deepEqual(
      found.map(e => e.attributions.length),
      [2, 1, 3],
    );
    assertClose(
      found.flatMap(e => [...e.attributions]),
      [2, -1, 5, 2, 1, 2],
      1e-6,
      'fixed batch',
    );
    await model.release();
  });

  describe('says in one sentence what is wrong', () => {
    async function refuses(
      dir: string,
      message: RegExp,
      code = 'bad-model',
      options: LoadOptions = {},
    ): Promise<void> {
      const model = loadModel(dir, 'cpu', options).then(async loaded => {
        await SaliencyProgram.of(loaded).finally(() => loaded.release());
      });
      await assert.rejects(model, error => {
        assert.ok(error instanceof GlassboxError, String(error));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        assert.ok(!error.message.includes('\n'));
        return true;
      });
    }
    const bare = { tokenizer: 'optional' } as const;

    it('no folder', async () => {
      await refuses(path.join(folders.empty(), 'nowhere'), /nowhere is not a folder/);
    });

    it('missing files, one after the other', async () => {
      const onnx = wordModel(table, head);
      await refuses(folders.empty(), /holds no model\.onnx/);
      await refuses(folders.with({ 'model.onnx': onnx }), /holds no config\.json/);
      const without = folders.with({ 'model.onnx': onnx, 'config.json': config });
      await refuses(without, /holds no tokenizer\.json/);
    });

    it('broken config.json and tokenizer.json', async () => {
      const dir = folders.textModel();
      writeFileSync(path.join(dir, 'tokenizer.json'), '{"model":');
      await refuses(dir, /tokenizer\.json is not/);
      writeFileSync(path.join(dir, 'config.json'), '{"id2label":');
      await refuses(dir, /config\.json cannot be read as JSON/);
      writeFileSync(path.join(dir, 'config.json'), '7');
      await refuses(dir, /config\.json is not a JSON object/);
    });

    it('a truncated model, wherever it ends', async () => {
      const bytes = readFileSync(path.join(familyDir('bert'), 'model.onnx'));
      const random = seededRandom(1);
      const lengths = [0, 1, 100, bytes.length - 1];
      for (let i = 0; i < 12; i++) lengths.push(Math.floor(random() * bytes.length));
      for (const length of lengths) {
        const dir = folders.with({ 'model.onnx': bytes.subarray(0, length) });
        await refuses(dir, /model\.onnx/, 'bad-model', bare);
      }
    });

    it('random bytes', async () => {
      const random = seededRandom(2);
      for (let i = 0; i < 12; i++) {
        const bytes = Uint8Array.from({ length: 3000 }, () => Math.floor(256 * random()));
        await refuses(folders.with({ 'model.onnx': bytes }), /model\.onnx/, 'bad-model', bare);
      }
    });

    it('the tokenizer of another model, by its size', async () => {
      const dir = folders.textModel();
      writeFileSync(path.join(dir, 'tokenizer.json'), tokenizer('bytelevel'));
      await refuses(dir, /tokenizer\.json has token ids up to 268, but .*120 tokens only/);
    });

    it('the tokenizer of another model, by its kind and padding', async function () {
      const dir = folders.empty();
      cpSync(kitPath(this, 'models', 'sst2-bert'), dir, { recursive: true });
      const other = kitPath(this, 'models', 'sst2-roberta', 'tokenizer.json');
      writeFileSync(path.join(dir, 'tokenizer.json'), readFileSync(other));
      writeFileSync(path.join(dir, 'tokenizer_config.json'), '{}');
      writeFileSync(path.join(dir, 'special_tokens_map.json'), '{}');
      await refuses(dir, /pads with id 1.*is a BPE tokenizer where a bert model has WordPiece/);
    });

    it('a configuration without labels, or with too many', async () => {
      const dir = folders.textModel();
      const whole = JSON.parse(readFileSync(path.join(dir, 'config.json'), 'utf8')) as object;
      const write = (more: object): void => {
        writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ ...whole, ...more }));
      };
      write({ id2label: undefined, label2id: undefined });
      await refuses(dir, /does not name the labels of the 3 logits/);
      write({ id2label: { 0: 'a', 1: 'b' } });
      await refuses(dir, /names 2 labels \(a, b\) but the model gives 3 logits/);
    });

    it('inputs that cannot be filled, or are not there', async () => {
      const graph = emptyGraph('odd');
      const b = new GraphBuilder(graph);
      b.output(b.op('Relu', [b.input('pixel_values', 'float32', ['batch', 2])]), 'logits');
      const dir = folders.with({ 'model.onnx': writeModel(graph) });
      await refuses(dir, /wants "pixel_values" as float32/, 'bad-model', bare);
    });

    it('a model without an embedding table', async () => {
      const graph = emptyGraph('counts');
      const b = new GraphBuilder(graph);
      const ids = b.input('input_ids', 'int64', ['batch', 'length']);
      const counts = b.op('Cast', [ids], { to: 'float32' });
      b.output(b.op('Slice', [counts, b.ints([0]), b.ints([2]), b.ints([1])]), 'logits');
      const dir = folders.with({ 'model.onnx': writeModel(graph) });
      await refuses(dir, /word vectors/, 'bad-model', bare);
    });

    it('an op without a derivative rule, by op, node and file', async () => {
      const odd = wordModel(table, determinants);
      await refuses(
        folders.with({ 'model.onnx': odd }),
        /model\.onnx: .*Det "Det_1".*no derivative rule/,
        'unsupported',
        bare,
      );
    });
  });

  it('loads every family without a tokenizer, for token ids', async () => {
    for (const name of familyNames) {
      const model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
      assert.equal(model.about.tokenizer, null);
      assert.equal(model.about.head.labels.length, 3);
      await model.release();
    }
  });
});

/** Logits [B, 2] by way of the determinants of each word vector's outer product with itself. */
function determinants(b: GraphBuilder, words: string): string {
  const outer = b.op('MatMul', [
    b.op('Unsqueeze', [words, b.ints([3])]),
    b.op('Unsqueeze', [words, b.ints([2])]),
  ]);
  const sum = b.op('ReduceSum', [b.op('Det', [outer]), b.ints([1])], { keepdims: 1 });
  return b.op('MatMul', [sum, b.constant('float32', [1, 2], [1, -1])]);
}
