/** Opening ONNX files: weights inside, beside, and too large to read; what is refused; the hash. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { hashOf, openModelFile } from '../../../src/model/modelFile';
import type { Graph } from '../../../src/onnx/graph';
import { placeOf } from '../../../src/onnx/storedWeights';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import { GlassboxError, type ErrorCode } from '../../../src/protocol/messages';
import { Session, type SessionModel } from '../../../src/runtime/session';
import { edited, pointTo, writeExternal, type Entries } from '../../support/externalModel';
import { Folders } from '../../support/models';
import { numbers, seededRandom } from '../../support/numbers';
import { float32 } from '../../support/runGraph';

const rows = 70;
const columns = 90;

/** y = x W + b, with W of 25200 bytes: more than a small tensor. */
function linear(): { bytes: Uint8Array; weight: Float32Array } {
  const graph = emptyGraph('linear');
  const b = new GraphBuilder(graph);
  const random = seededRandom(3);
  const weight = Float32Array.from({ length: rows * columns }, () => random() - 0.5);
  const product = b.op('MatMul', [
    b.input('x', 'float32', ['n', rows]),
    b.constant('float32', [rows, columns], weight, 'W'),
  ]);
  const bias = Float32Array.from({ length: columns }, (_, i) => i);
  b.output(b.op('Add', [product, b.constant('float32', [columns], bias, 'b')]), 'y');
  return { bytes: writeModel(graph), weight };
}

const { bytes, weight } = linear();

async function runs(session: Session): Promise<number[]> {
  const x = Array.from({ length: rows }, (_, i) => Math.sin(i));
  const { y } = await session.run({ x: float32([1, rows], x) });
  await session.release();
  return numbers(y);
}

/** The same but for the order of float32 sums. */
function near(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) => {
    const truth = expected[i]!;
    assert.ok(Math.abs(value - truth) < 2e-6 * Math.max(1, Math.abs(truth)), `${value}, ${truth}`);
  });
}

const create = async (model: SessionModel): Promise<Session> => await Session.create(model);

describe('openModelFile', () => {
  const folders = new Folders();
  let expected: number[];
  before(async () => {
    expected = await runs(await create(bytes));
  });
  after(() => {
    folders.remove();
  });

  /** The graph has the weights, the model and the graph compute what the model in memory does. */
  async function agrees(file: string, large?: number): Promise<Graph> {
    const { graph, model } = await openModelFile(file, large);
    const { bytes: read } = graph.constants.get('W')!;
    assert.deepEqual(Buffer.from(read), Buffer.from(weight.buffer));
    near(await runs(await create(model)), expected);
    const found = await runs(await Session.of(graph));
    // Without packing the products are summed up in another order.
    near(found, expected);
    return graph;
  }

  it('keeps a small file in memory', async () => {
    const dir = folders.with({ 'model.onnx': bytes });
    const graph = await agrees(path.join(dir, 'model.onnx'));
    assert.ok([...graph.constants.values()].every(constant => !placeOf(constant)));
  });

  it('leaves the weights of a large file where they are', async () => {
    const file = path.join(folders.with({ 'model.onnx': bytes }), 'model.onnx');
    const graph = await agrees(file, 1000);
    const { offset, length } = placeOf(graph.constants.get('W')!)!;
    assert.equal(length, weight.byteLength);
    assert.deepEqual(bytes.slice(offset, offset + length), new Uint8Array(weight.buffer));
    assert.equal(placeOf(graph.constants.get('b')!), undefined, 'small ones are read');
    assert.deepEqual((await openModelFile(file, 1000)).parts, [file]);
    const { model } = await openModelFile(file, 1000);
    assert.ok(typeof model === 'object' && 'folder' in model && model.bytes.length < 2000);
  });

  it('reads weights from one file or several, at any alignment', async () => {
    for (const gap of [0, 1, 2, 3, 7]) {
      const dir = folders.empty();
      writeExternal(dir, bytes, index => `weights ${index}.bin`, gap);
      await agrees(path.join(dir, 'model.onnx'));
      const one = folders.empty();
      writeExternal(one, bytes, undefined, gap);
      await agrees(path.join(one, 'model.onnx'));
    }
  });

  it('reads weights from a folder below, and without a length', async () => {
    const dir = folders.empty();
    mkdirSync(path.join(dir, 'weights'));
    const model = edited(bytes, ({ graph }) => {
      const raw = pointTo(graph!.initializer[0]!, { location: 'weights/W.bin' });
      writeFileSync(path.join(dir, 'weights', 'W.bin'), raw);
    });
    writeFileSync(path.join(dir, 'model.onnx'), model);
    await agrees(path.join(dir, 'model.onnx'));
  });

  it('follows links to files that lie together, as in the cache of Hugging Face', async () => {
    const dir = folders.empty();
    mkdirSync(path.join(dir, 'blobs'));
    mkdirSync(path.join(dir, 'snapshots', 'main'), { recursive: true });
    writeExternal(path.join(dir, 'blobs'), bytes);
    for (const name of ['model.onnx', 'model.onnx_data']) {
      symlinkSync(path.join('..', '..', 'blobs', name), path.join(dir, 'snapshots', 'main', name));
    }
    await agrees(path.join(dir, 'snapshots', 'main', 'model.onnx'));
  });

  it('reads the weights of Constant nodes and of nested graphs', async () => {
    const graph = emptyGraph('nested');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float32', ['n', rows]);
    const branch = (factor: number): Graph => {
      const inner = { ...emptyGraph('branch'), opset: 0 };
      const c = new GraphBuilder(inner, `branch ${factor}/`);
      const scaled = weight.map(value => value * factor);
      const held = c.op('Constant', [], {
        value: { dtype: 'float32', dims: [rows, columns], bytes: new Uint8Array(scaled.buffer) },
      });
      inner.outputs.push({ name: held });
      return inner;
    };
    const positive = b.op('Greater', [b.op('ReduceMax', [x], { keepdims: 0 }), b.scalar(0)]);
    const chosen = b.op('If', [positive], {
      then_branch: { kind: 'graph', value: branch(1) },
      else_branch: { kind: 'graph', value: branch(2) },
    });
    b.output(b.op('MatMul', [x, chosen]), 'y');
    const file = path.join(folders.with({ 'model.onnx': writeModel(graph) }), 'model.onnx');
    const whole = await openModelFile(file);
    const truth = await runs(await create(whole.model));
    const opened = await openModelFile(file, 1000);
    assert.ok(typeof opened.model === 'object' && 'folder' in opened.model);
    assert.ok(opened.model.bytes.length < 2000, 'both weights stay in the file');
    near(await runs(await create(opened.model)), truth);
    const again = await runs(await Session.of(opened.graph));
    near(again, truth);
  });

  describe('says in one sentence what is wrong with external data:', () => {
    async function refuses(dir: string, code: ErrorCode, ...words: RegExp[]): Promise<void> {
      await assert.rejects(openModelFile(path.join(dir, 'model.onnx')), error => {
        assert.ok(error instanceof GlassboxError, String(error));
        assert.equal(error.code, code, error.message);
        assert.doesNotMatch(error.message, /\n/);
        for (const word of [/\.onnx|LFS/, ...words]) assert.match(error.message, word);
        return true;
      });
    }
    /** A folder whose model finds W as `entries` say, and files besides. */
    function pointing(entries: Entries, files: Record<string, string | Uint8Array> = {}): string {
      const model = edited(bytes, ({ graph }) => {
        pointTo(graph!.initializer[0]!, entries);
      });
      return folders.with({ ...files, 'model.onnx': model });
    }
    const data = new Uint8Array(weight.buffer);

    it('a path out of the folder', async () => {
      const outside = path.join(folders.with({ 'W.bin': data }), 'W.bin');
      const absolute = ['/etc/passwd', outside, 'C:\\Windows\\win.ini', 'c:/W.bin', 'D:W.bin'];
      const shares = ['\\\\server\\share\\W.bin', '//server/share/W.bin', '\\W.bin'];
      const climbing = ['../W.bin', 'a/../../W.bin', 'a/..', '..', '..\\W.bin', 'W.bin/..'];
      for (const location of [...absolute, ...shares, ...climbing, 'a\0b', 'a\\b', '']) {
        const dir = pointing({ location }, { 'W.bin': data });
        await refuses(dir, 'unsupported', /"W"/, /not in the model's folder/);
      }
    });

    it('a link out of the folder, of a file or of a folder', async () => {
      const outside = folders.with({ 'W.bin': data });
      const one = pointing({ location: 'W.bin' });
      symlinkSync(path.join(outside, 'W.bin'), path.join(one, 'W.bin'));
      await refuses(one, 'unsupported', /not in the model's folder/);
      const two = pointing({ location: 'weights/W.bin' });
      symlinkSync(outside, path.join(two, 'weights'));
      await refuses(two, 'unsupported', /not in the model's folder/);
    });

    it('a file that is not there, or is a folder', async () => {
      await refuses(pointing({ location: 'W.bin' }), 'bad-model', /no such file/, /W\.bin/);
      const dir = pointing({ location: 'W.bin' });
      mkdirSync(path.join(dir, 'W.bin'));
      await refuses(dir, 'bad-model', /no such file/);
    });

    it('a file that is too short, and an offset behind its end', async () => {
      const short = { 'W.bin': data.subarray(0, data.length - 1) };
      await refuses(
        pointing({ location: 'W.bin' }, short),
        'bad-model',
        /too short/,
        /25199 bytes/,
      );
      for (const offset of ['1', '25200', '999999999999']) {
        const dir = pointing({ location: 'W.bin', offset }, { 'W.bin': data });
        await refuses(dir, 'bad-model', /too short/);
      }
    });

    it('numbers that are none, or not those of the tensor', async () => {
      const wrong: Entries[] = [
        { offset: '-4' },
        { offset: '1e3' },
        { offset: '99999999999999999999' },
        { length: '25196' },
        { length: '-1' },
        { length: 'all' },
      ];
      for (const entries of wrong) {
        const dir = pointing({ location: 'W.bin', ...entries }, { 'W.bin': data });
        await refuses(dir, 'bad-model', /"W"/, /announces/, /25200/);
      }
    });

    it('a file that Git LFS has not fetched', async () => {
      const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n';
      const dir = pointing({ location: 'W.bin' }, { 'W.bin': pointer });
      await refuses(dir, 'bad-model', /W\.bin is only a Git LFS pointer/, /git lfs pull/);
    });

    it('a file that was cut off after the model was opened', async () => {
      const dir = folders.empty();
      writeExternal(dir, bytes);
      const { graph } = await openModelFile(path.join(dir, 'model.onnx'));
      writeFileSync(path.join(dir, 'model.onnx_data'), 'x');
      assert.throws(
        () => graph.constants.get('W')!.bytes,
        (error: unknown) =>
          error instanceof GlassboxError &&
          error.message.includes('model.onnx_data cannot be read'),
      );
    });
  });

  it('never raises anything but our error, whatever bytes of a large file are changed or missing', async () => {
    const dir = folders.empty();
    const file = path.join(dir, 'model.onnx');
    writeExternal(dir, bytes);
    const small = readFileSync(file);
    const change = fc.oneof(
      fc.record({ cut: fc.nat(1000) }),
      fc.record({ place: fc.nat(100_000), bit: fc.nat(7) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(bytes, small), change, async (whole, what) => {
        let damaged = Uint8Array.from(whole);
        if ('cut' in what) damaged = damaged.subarray(0, damaged.length - 1 - what.cut);
        else damaged[what.place % damaged.length]! ^= 1 << what.bit;
        writeFileSync(file, damaged);
        try {
          const { graph } = await openModelFile(file, 100);
          for (const constant of graph.constants.values()) assert.ok(constant.bytes);
        } catch (error) {
          assert.ok(error instanceof GlassboxError, error instanceof Error ? error.stack : '');
          assert.doesNotMatch(error.message, /\n/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('says that a large file is cut off', async () => {
    const file = path.join(folders.with({ 'model.onnx': bytes.subarray(0, 20_000) }), 'model.onnx');
    await assert.rejects(openModelFile(file, 1000), (error: unknown) => {
      assert.ok(error instanceof GlassboxError);
      assert.match(error.message, /model\.onnx.*incomplete.*ends within a field/);
      return true;
    });
  });
});

describe('hashOf', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  it('is the SHA-256 of the file, and covers the data beside it', async () => {
    const dir = folders.with({ 'plain.onnx': bytes });
    const plain = path.join(dir, 'plain.onnx');
    const sha = (...parts: Uint8Array[]): string =>
      createHash('sha256').update(Buffer.concat(parts)).digest('hex');
    assert.equal(await hashOf((await openModelFile(plain)).parts), sha(bytes));
    writeExternal(dir, bytes);
    const { parts } = await openModelFile(path.join(dir, 'model.onnx'));
    const contents = parts.map(part => readFileSync(part));
    assert.equal(contents.length, 2);
    const before = await hashOf(parts);
    assert.equal(before, sha(...contents));
    appendFileSync(path.join(dir, 'model.onnx_data'), 'x');
    assert.notEqual(await hashOf(parts), before);
    await assert.rejects(hashOf([path.join(dir, 'gone')]), /gone cannot be read/);
  });
});
