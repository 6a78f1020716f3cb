/** Model folders whose parts do not belong together, or are not what their names say. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';
import { loadModel } from '../../../src/model/loadModel';
import { GlassboxError } from '../../../src/protocol/messages';
import { Folders, kitPath } from '../../support/models';

describe('mixed-up model folders', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  async function refuses(dir: string, message: RegExp): Promise<void> {
    const loading = loadModel(dir, 'cpu').then(model => model.release());
    await assert.rejects(loading, error => {
      assert.ok(error instanceof GlassboxError, String(error));
      assert.equal(error.code, 'bad-model', error.message);
      assert.match(error.message, message);
      return true;
    });
  }

  /** The folder of one model with nothing but the tokenizer.json of another. */
  function withTokenizerOf(context: Context, model: string, other: string): string {
    const dir = folders.empty();
    cpSync(kitPath(context, 'models', model), dir, { recursive: true });
    const bytes = readFileSync(kitPath(context, 'models', other, 'tokenizer.json'));
    renameSync(path.join(dir, 'tokenizer.json'), path.join(dir, 'tokenizer.old.json'));
    writeFileSync(path.join(dir, 'tokenizer.json'), bytes);
    return dir;
  }

  it("RoBERTa's tokenizer.json in BERT's folder", async function () {
    const dir = withTokenizerOf(this, 'sst2-bert', 'sst2-roberta');
    await refuses(dir, /has no .*"\[PAD\]".* and is a BPE tokenizer where a bert model has WordP/);
  });

  it("BERT's tokenizer.json in RoBERTa's folder", async function () {
    const dir = withTokenizerOf(this, 'sst2-roberta', 'sst2-bert');
    await refuses(dir, /has no .*"<pad>".* and is a WordPiece tokenizer where a roberta model/);
  });

  it('notes special tokens that only tokenizer_config.json knows', async () => {
    const dir = folders.textModel();
    writeFileSync(path.join(dir, 'tokenizer_config.json'), '{"cls_token": "<cls>"}');
    const model = await loadModel(dir, 'cpu');
    const [note, ...more] = model.about.notes;
    assert.deepEqual([note?.check, note?.ok, more.length], ['tokenizer', false, 0]);
    assert.match(note!.says, /may belong to another model: it has no "<cls>", which/);
    await model.release();
  });

  it('notes words that are spelt alike and have nothing in common', async function () {
    const noteOf = async (dir: string) => {
      const model = await loadModel(dir, 'cpu');
      await model.release();
      return model.about.notes.find(({ check }) => check === 'spelling');
    };
    const note = await noteOf(withTokenizerOf(this, 'sst2-bert', 'nli-bert'));
    assert.equal(note?.ok, false);
    assert.match(note.says, /may belong to another model, or the model's word vectors are hardly/);
    // Both were made with one tokenizer.
    assert.equal(await noteOf(withTokenizerOf(this, 'sst2-bert', 'mlm-bert')), undefined);
    for (const own of ['sst2-bert', 'sst2-roberta', 'nli-bert', 'ner-bert', 'tweet-cnn']) {
      assert.equal(await noteOf(kitPath(this, 'models', own)), undefined, own);
    }
  });

  it('notes a tokenizer with far fewer tokens than the embedding has rows', async function () {
    const dir = folders.empty();
    cpSync(kitPath(this, 'models', 'sst2-bert'), dir, { recursive: true });
    const sample = path.resolve('media', 'sample', 'model', 'tokenizer.json');
    cpSync(sample, path.join(dir, 'tokenizer.json'));
    const model = await loadModel(dir, 'cpu');
    await model.release();
    const says = model.about.notes.map(note => note.says).join(' ');
    assert.match(says, /has 2000 tokens, but the model has an embedding for 8000/);
  });

  it('a folder or a dead link where model.onnx should be', async () => {
    const says = /model\.onnx is not a file that can be read/;
    const folder = folders.with({ 'config.json': '{}' });
    mkdirSync(path.join(folder, 'model.onnx'));
    await refuses(folder, says);
    const link = folders.with({ 'config.json': '{}' });
    symlinkSync(path.join(link, 'nowhere'), path.join(link, 'model.onnx'));
    await refuses(link, says);
  });

  it('labels that are no names, or numbered otherwise', async () => {
    const dir = folders.textModel();
    const file = path.join(dir, 'config.json');
    const whole = JSON.parse(readFileSync(file, 'utf8')) as object;
    const write = (id2label: object): void => {
      writeFileSync(file, JSON.stringify({ ...whole, id2label }));
    };
    write({ 0: 'a', 1: { name: 'b' }, 2: 'c' });
    await refuses(dir, /config\.json names a label \{"name":"b"\} in "id2label", which is no name/);
    write({ 1: 'a', 2: 'b', 3: 'c' });
    await refuses(dir, /config\.json numbers its labels 1, 2, 3, where 0 to 2 are expected/);
    write({ 0: 0, 1: 1, 2: true });
    const model = await loadModel(dir, 'cpu');
    assert.deepEqual(model.about.head.labels, ['0', '1', 'true']);
    await model.release();
  });
});
