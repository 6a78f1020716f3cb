/** Encodings of tensors that few exporters use: sparse, half a byte, strings. ONNX Runtime reads them too. */
import assert from 'node:assert/strict';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { prepare } from '../../../src/autodiff/passes';
import {
  AttributeProto_AttributeType as Kind,
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType as Type,
} from '../../../src/onnx/generated/onnx_pb';
import type { Graph } from '../../../src/onnx/graph';
import { readModel } from '../../../src/onnx/readModel';
import { readSparse } from '../../../src/onnx/readSparse';
import { numbersOf } from '../../../src/onnx/tensorData';
import { writeModel } from '../../../src/onnx/writeModel';
import { GlassboxError } from '../../../src/protocol/messages';
import { Session, type Feeds } from '../../../src/runtime/session';
import { numbers } from '../../support/numbers';
import { float32 } from '../../support/runGraph';

type GraphInit = MessageInitShape<typeof GraphProtoSchema>;

function info(name: string, rank: number) {
  const dim = Array.from({ length: rank }, () => ({}));
  const value = { case: 'tensorType' as const, value: { elemType: Type.FLOAT, shape: { dim } } };
  return { name, type: { value } };
}

function file(graph: GraphInit, version = 21n): Uint8Array {
  const model = { irVersion: 10n, opsetImport: [{ domain: '', version }], graph };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, model));
}

/** The read graph gives `y` as ONNX Runtime does from the file. */
async function agrees(bytes: Uint8Array, feeds: Feeds): Promise<Graph> {
  const graph = readModel(bytes, 'model.onnx');
  const results: number[][] = [];
  for (const model of [bytes, writeModel(graph)]) {
    const session = await Session.create(model, { optimise: 'off' });
    results.push(numbers((await session.run(feeds, ['y']))['y']));
    await session.release();
  }
  assert.deepEqual(results[1], results[0]);
  return graph;
}

function saying(code: string, ...words: RegExp[]): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof GlassboxError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of [/model\.onnx/, ...words]) assert.match(error.message, word);
    return true;
  };
}

describe('sparse tensors', () => {
  const values = { name: 'W', dataType: Type.FLOAT, dims: [3n], floatData: [5, -6, 7] };
  const flat = { dataType: Type.INT64, dims: [3n], int64Data: [1n, 4n, 11n] };
  const byAxes = { dataType: Type.INT64, dims: [3n, 2n], int64Data: [0n, 1n, 1n, 0n, 2n, 3n] };
  const dense = [0, 5, 0, 0, -6, 0, 0, 0, 0, 0, 0, 7];
  const x = float32([1, 3], [1, 10, 100]);

  for (const [how, indices] of Object.entries({ 'by flat': flat, 'by axis': byAxes })) {
    it(`are dense in the graph, as weights and as constants, ${how} indices`, async () => {
      const sparse = { values, indices, dims: [3n, 4n] };
      const graph: GraphInit = {
        name: 'sparse',
        input: [info('x', 2)],
        output: [info('y', 2)],
        sparseInitializer: [sparse],
        node: [{ opType: 'MatMul', input: ['x', 'W'], output: ['y'] }],
      };
      const read = await agrees(file(graph), { x });
      assert.deepEqual(numbersOf(read.constants.get('W')!), dense);
      const constant = {
        opType: 'Constant',
        output: ['C'],
        attribute: [{ name: 'sparse_value', type: Kind.SPARSE_TENSOR, sparseTensor: sparse }],
      };
      const product = { opType: 'MatMul', input: ['x', 'C'], output: ['y'] };
      const { input, output } = graph;
      const inNode = readModel(
        file({ name: 'sparse', input: input!, output: output!, node: [constant, product] }),
        'model.onnx',
      );
      assert.deepEqual(numbersOf(inNode.constants.get('C')!), dense);
    });
  }

  it('are told in one sentence when they are broken or enormous', () => {
    const read = (sparse: MessageInitShape<typeof GraphProtoSchema>['sparseInitializer']) => {
      const { sparseInitializer } = create(GraphProtoSchema, { sparseInitializer: sparse! });
      return readSparse(sparseInitializer[0]!, { fileName: 'model.onnx' });
    };
    const bad = saying('bad-model', /sparse/, /damaged/);
    assert.throws(() => read([{}]), bad);
    assert.throws(() => read([{ values, indices: flat, dims: [3n, 3n] }]), bad);
    assert.throws(() => read([{ values, indices: byAxes, dims: [2n, 6n] }]), bad);
    assert.throws(
      () => read([{ values, indices: { ...flat, dims: [2n], int64Data: [1n, 2n] }, dims: [12n] }]),
      bad,
    );
    assert.throws(
      () => read([{ values, indices: flat, dims: [2n ** 40n] }]),
      saying('unsupported', /2 GB/),
    );
  });
});

describe('tensors of half a byte', () => {
  for (const [name, dataType] of [
    ['uint4', 21],
    ['int4', 22],
  ] as const) {
    it(`are read as whole bytes, so that ${name} weights are dequantised alike`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 8 }), async bytes => {
          // 15 values: the last byte holds one.
          const q = { name: 'q', dims: [5n, 3n], dataType: dataType as number };
          const scale = { name: 's', dataType: Type.FLOAT, dims: [3n], floatData: [1, 2, 0.5] };
          const zero = { name: 'z', dataType: dataType as number, dims: [3n] };
          for (const how of ['rawData', 'int32Data'] as const) {
            const packed = (some: Uint8Array) =>
              how === 'rawData' ? { rawData: some } : { int32Data: [...some] };
            const graph = file({
              name: 'halves',
              input: [info('x', 2)],
              output: [info('y', 2)],
              initializer: [
                { ...q, ...packed(bytes) },
                scale,
                { ...zero, ...packed(Uint8Array.of(0x21, 0x03)) },
              ] as NonNullable<GraphInit['initializer']>,
              node: [
                {
                  opType: 'DequantizeLinear',
                  input: ['q', 's', 'z'],
                  output: ['w'],
                  attribute: [{ name: 'axis', type: Kind.INT, i: 1n }],
                },
                { opType: 'MatMul', input: ['x', 'w'], output: ['y'] },
              ],
            });
            const read = await agrees(graph, { x: float32([1, 5], [1, 2, 3, 4, 5]) });
            assert.equal(read.constants.get('q')!.dtype, name === 'int4' ? 'int8' : 'uint8');
          }
        }),
        { numRuns: 10 },
      );
    });
  }

  it('are told when their bytes are too few', () => {
    const graph = {
      node: [{ opType: 'Relu' }],
      initializer: [{ name: 't', dims: [5n], dataType: 22 }],
    };
    for (const data of [{ rawData: Uint8Array.of(1, 2) }, { int32Data: [1, 2] }]) {
      const initializer = [{ ...graph.initializer[0], ...data }];
      assert.throws(
        () => readModel(file({ ...graph, initializer }), 'model.onnx'),
        saying('bad-model', /"t"/, /\[5\]/),
      );
    }
  });
});

describe('tensors of strings', () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const graph: GraphInit = {
    name: 'strings',
    input: [info('x', 1)],
    output: [info('y', 1), { name: 'labels' }],
    initializer: [
      { name: 'names', dataType: Type.STRING, dims: [2n, 1n], stringData: [text('no'), text('ä')] },
    ],
    node: [
      { opType: 'Identity', input: ['names'], output: ['labels'] },
      {
        opType: 'Constant',
        output: ['more'],
        attribute: [{ name: 'value_strings', type: Kind.STRINGS, strings: [text('é')] }],
      },
      { opType: 'Neg', input: ['x'], output: ['y'] },
    ],
  };

  it('survive reading and writing, and go where the prediction does not need them', async () => {
    const read = await agrees(file(graph), { x: float32([2], [1, 2]) });
    const again = readModel(writeModel(read), 'model.onnx');
    assert.deepEqual(again, read);
    const names = again.constants.get('names')!;
    assert.equal(names.dtype, 'string');
    const needed = prepare({ ...read, outputs: read.outputs.slice(0, 1) });
    assert.deepEqual([needed.nodes.length, needed.constants.size], [1, 0]);
  });

  it('are told when some are missing', () => {
    const initializer = [{ name: 'names', dataType: Type.STRING, dims: [2n] }];
    assert.throws(
      () => readModel(file({ ...graph, initializer }), 'model.onnx'),
      saying('bad-model', /"names"/),
    );
  });
});
