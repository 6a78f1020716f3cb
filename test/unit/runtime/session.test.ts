/** Sessions: types in and out, readable errors; probing for shapes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import type { DataType } from '../../../src/onnx/graph';
import { constantOf, elementsOf } from '../../../src/onnx/tensorData';
import { writeModel } from '../../../src/onnx/writeModel';
import { GlassboxError } from '../../../src/protocol/messages';
import { rankOf, staticDims } from '../../../src/autodiff/shapes';
import { learnFacts } from '../../../src/runtime/probe';
import { Session } from '../../../src/runtime/session';
import { numbers } from '../../support/numbers';
import { float32 } from '../../support/runGraph';

function identity(dtype: DataType): Uint8Array {
  const graph = emptyGraph('identity');
  const b = new GraphBuilder(graph);
  b.output(b.op('Identity', [b.input('x', dtype, ['n'])]), 'y');
  return writeModel(graph);
}

function saying(code: string, ...words: RegExp[]): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof GlassboxError, String(error));
    assert.equal(error.code, code);
    assert.doesNotMatch(error.message, /\n/, 'one line');
    for (const word of words) assert.match(error.message, word);
    return true;
  };
}

describe('Session', () => {
  const types: DataType[] = ['float32', 'float64', 'float16', 'int64', 'int32', 'uint8', 'bool'];
  for (const dtype of types) {
    it(`passes ${dtype} through unchanged`, async () => {
      const session = await Session.create(identity(dtype));
      const data = elementsOf(constantOf(dtype, [3], [1, 0, 1]));
      const { y } = await session.run({ x: { dtype, dims: [3], data } });
      assert.equal(y!.dtype, dtype);
      assert.deepEqual(y!.dims, [3]);
      assert.deepEqual(
        Array.from<number | bigint, number>(y!.data, Number),
        Array.from<number | bigint, number>(data, Number),
      );
      await session.release();
    });
  }

  it('loads from a path, tells its inputs, outputs and device, and computes only what is fetched', async () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'glassbox-'));
    const graph = emptyGraph('two');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float32', ['n']);
    b.output(b.op('Neg', [x]), 'minus');
    b.output(b.op('Exp', [x]), 'exp');
    const file = path.join(dir, 'model.onnx');
    writeFileSync(file, writeModel(graph));
    const session = await Session.create(file, { optimise: 'basic', threads: 1 });
    rmSync(dir, { recursive: true });
    assert.deepEqual(
      [session.inputs, session.outputs, session.device],
      [['x'], ['minus', 'exp'], 'cpu'],
    );
    const results = await session.run({ x: float32([2], [1, -2]) }, ['minus']);
    assert.deepEqual(Object.keys(results), ['minus']);
    assert.deepEqual(numbers(results['minus']), [-1, 2]);
    await session.release();
  });

  it('says in one line why a model does not load', async () => {
    await assert.rejects(
      Session.create(new Uint8Array([1, 2, 3])),
      saying('bad-model', /cannot load/),
    );
    await assert.rejects(Session.create('/no/such/model.onnx'), saying('bad-model', /no\/such/));
    const graph = emptyGraph('unknown');
    const b = new GraphBuilder(graph);
    b.output(b.op('NoSuchOp', [b.input('x', 'float32', [])]));
    await assert.rejects(Session.create(writeModel(graph)), saying('bad-model', /NoSuchOp/));
  });

  it('says in one line why a run failed, and works again after it', async () => {
    const session = await Session.create(identity('float32'));
    await assert.rejects(session.run({}), saying('internal'));
    await assert.rejects(
      session.run({ x: { dtype: 'int64', dims: [1], data: new BigInt64Array(1) } }),
      saying('internal'),
    );
    const { y } = await session.run({ x: float32([1], [4]) });
    assert.deepEqual(numbers(y), [4]);
    await session.release();
  });
});

describe('learnFacts', () => {
  it('knows type, rank and static dimensions of every value', async () => {
    const graph = emptyGraph('facts');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float32', ['batch', 'length', 4]);
    const w = b.constant('float32', [4, 2], new Float32Array(8), 'W');
    const y = b.op('MatMul', [x, w]);
    const shape = b.op('Shape', [y]);
    const pooled = b.op('ReduceSum', [y, b.ints([1])], { keepdims: 0 });
    b.output(pooled);
    const probe = (batch: number, length: number) => ({
      x: float32([batch, length, 4], Array<number>(batch * length * 4).fill(1)),
    });
    const facts = await learnFacts(graph, [probe(2, 3), probe(3, 5)]);
    const summary = Object.fromEntries(
      [x, w, y, shape, pooled].map(name => [name, staticDims(facts.get(name)!)]),
    );
    assert.deepEqual(summary, {
      [x]: [null, null, 4],
      [w]: [4, 2],
      [y]: [null, null, 2],
      [shape]: [3],
      [pooled]: [null, 2],
    });
    assert.equal(facts.get(shape)!.dtype, 'int64');
    assert.equal(rankOf(facts.get(pooled)!), 2);
    assert.equal(graph.outputs.length, 1, 'the graph is as it was');
  });
});
