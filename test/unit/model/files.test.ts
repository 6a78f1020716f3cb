/** Which files of a folder are a model's. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { findFiles, nameOf, watchedFiles } from '../../../src/model/files';
import { GlassboxError, type ErrorCode } from '../../../src/protocol/messages';
import { Folders } from '../../support/models';

describe('findFiles', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });
  const text = { 'config.json': '{}', 'tokenizer.json': '{}' };
  const empty = (...names: string[]): Record<string, string> =>
    Object.fromEntries(names.map(name => [name, '']));

  /** The graph that is taken, relative to the folder. */
  async function taken(...names: string[]): Promise<string> {
    const dir = folders.with({ ...text, ...empty(...names) });
    const { onnx, config } = await findFiles(dir, true);
    assert.equal(config, path.join(dir, 'config.json'));
    return path.relative(dir, onnx).split(path.sep).join('/');
  }

  async function refuses(place: string, code: ErrorCode, ...words: RegExp[]): Promise<void> {
    await assert.rejects(findFiles(place, true), error => {
      assert.ok(error instanceof GlassboxError, String(error));
      assert.equal(error.code, code, error.message);
      assert.doesNotMatch(error.message, /\n/);
      for (const word of words) assert.match(error.message, word);
      return true;
    });
  }

  it('takes what has the most bits, in the folder before its folder onnx', async () => {
    const order = [
      'model.onnx',
      'onnx/model.onnx',
      'model_optimized.onnx',
      'model_fp16.onnx',
      'onnx/model_fp16.onnx',
      'model_quantized.onnx',
      'onnx/model_int8.onnx',
      'model_uint8.onnx',
      'onnx/model_q4.onnx',
      'model_q4f16.onnx',
      'model_bnb4.onnx',
    ];
    for (let first = 0; first < order.length; first++) {
      assert.equal(await taken(...order.slice(first).reverse()), order[first]);
    }
  });

  it('takes the only ONNX file whatever its name', async () => {
    assert.equal(await taken('sentiment.onnx'), 'sentiment.onnx');
    assert.equal(await taken('onnx/model_O2.onnx', 'readme.md'), 'onnx/model_O2.onnx');
  });

  it('asks which where there are several of unknown names, or none', async () => {
    const several = folders.with(empty('a.onnx', 'onnx/b.onnx'));
    await refuses(several, 'bad-model', /a\.onnx, onnx.b\.onnx; rename/);
    await refuses(folders.empty(), 'bad-model', /holds no model\.onnx/);
    const dir = folders.empty();
    mkdirSync(path.join(dir, 'model.onnx'));
    await refuses(dir, 'bad-model', /not a file that can be read/);
  });

  it('says that models that write text are none to explain', async () => {
    const names = ['encoder_model.onnx', 'decoder_model.onnx', 'decoder_with_past_model.onnx'];
    for (const some of [names, names.slice(1), ['onnx/decoder_model_merged.onnx']]) {
      await refuses(
        folders.with(empty(...some)),
        'unsupported',
        /writes text/,
        /text-classification/,
      );
    }
  });

  it('takes an ONNX file itself, with what lies beside it or beside its folder onnx', async () => {
    const dir = folders.with({ ...text, ...empty('model.onnx', 'model_fp16.onnx', 'onnx/x.onnx') });
    const beside = await findFiles(path.join(dir, 'model_fp16.onnx'), true);
    assert.deepEqual(beside, {
      onnx: path.join(dir, 'model_fp16.onnx'),
      config: path.join(dir, 'config.json'),
      tokenizer: path.join(dir, 'tokenizer.json'),
    });
    const inside = await findFiles(path.join(dir, 'onnx', 'x.onnx'), true);
    assert.equal(inside.onnx, path.join(dir, 'onnx', 'x.onnx'));
    assert.equal(inside.config, path.join(dir, 'config.json'));
    const chosen = await findFiles(path.join(dir, 'onnx'), true);
    assert.equal(chosen.onnx, inside.onnx);
    assert.equal(chosen.tokenizer, path.join(dir, 'tokenizer.json'));
    await refuses(path.join(dir, 'gone.onnx'), 'bad-model', /gone\.onnx is not a folder/);
  });

  it('follows links, as the cache of Hugging Face has them', async () => {
    const dir = folders.with({
      'blobs/1': '',
      'snapshot/config.json': '',
      'snapshot/tokenizer.json': '',
    });
    symlinkSync(path.join('..', 'blobs', '1'), path.join(dir, 'snapshot', 'model.onnx'));
    const { onnx } = await findFiles(path.join(dir, 'snapshot'), true);
    assert.equal(onnx, path.join(dir, 'snapshot', 'model.onnx'));
  });

  it('names a folder, or a file with its folder', () => {
    assert.equal(nameOf(path.join('a', 'sst2')), 'sst2');
    assert.equal(nameOf(path.join('a', 'sst2', 'onnx', 'model_fp16.onnx')), 'sst2/model_fp16.onnx');
    assert.equal(nameOf(path.join('a', 'sst2', 'model.onnx')), 'sst2/model.onnx');
  });

  it('watches every file that could be taken', async () => {
    const dir = folders.with({ ...text, ...empty('onnx/model_int8.onnx') });
    for (const place of [dir, path.join(dir, 'onnx', 'model_int8.onnx')]) {
      const { onnx, config, tokenizer } = await findFiles(place, true);
      const watched = watchedFiles(place);
      // A file that is named itself is watched as a part of the loaded model.
      for (const file of place === dir ? [onnx, config, tokenizer] : [config, tokenizer]) {
        assert.ok(watched.includes(file!), file!);
      }
    }
  });
});
