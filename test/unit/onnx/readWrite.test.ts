/** Reading and writing ONNX files, and what is said about broken ones. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import {
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from '../../../src/onnx/generated/onnx_pb';
import { readModel } from '../../../src/onnx/readModel';
import { readTensor } from '../../../src/onnx/readTensor';
import { numbersOf } from '../../../src/onnx/tensorData';
import { writeModel } from '../../../src/onnx/writeModel';
import { GlassboxError } from '../../../src/protocol/messages';
import { familyDir, familyNames, loadFamily } from '../../support/families';

const bytes = (family: string): Uint8Array =>
  readFileSync(path.join(familyDir(family), 'model.onnx'));

/** An error of ours, in words, that names the file. */
function clear(code: string, ...words: RegExp[]): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof GlassboxError, String(error));
    assert.equal(error.code, code);
    for (const word of [/model\.onnx/, ...words]) assert.match(error.message, word);
    return true;
  };
}

describe('readModel and writeModel', () => {
  for (const name of familyNames) {
    it(`read, write and read again the same graph: ${name}`, () => {
      const first = readModel(bytes(name), 'model.onnx');
      checkGraph(first);
      const second = readModel(writeModel(first), 'model.onnx');
      // What the exporter noted is for readers of the graph, and not written.
      const nodes = first.nodes.map(({ metadata: _, ...node }) => node);
      assert.deepEqual(second, { ...first, nodes });
    });
  }

  it('keep weights as views of the file', () => {
    const file = new Uint8Array(bytes('bert'));
    const graph = readModel(file, 'model.onnx');
    const large = [...graph.constants.values()].filter(constant => constant.bytes.length > 1000);
    assert.ok(large.length > 10);
    assert.ok(large.every(constant => constant.bytes.buffer === file.buffer));
  });

  it('turn Constant nodes into constants', () => {
    const { graph } = loadFamily('bert');
    assert.ok(graph.nodes.every(node => node.op !== 'Constant'));
    const inner = emptyGraph('constants', 13);
    const b = new GraphBuilder(inner);
    const one = b.op('Constant', [], { value_float: 1.5 });
    const list = b.op('Constant', [], { value_ints: [3, -4] });
    b.output(b.op('Expand', [one, list]), 'y');
    const read = readModel(writeModel(inner), 'model.onnx');
    assert.deepEqual(numbersOf(read.constants.get(one)!), [1.5]);
    assert.deepEqual(numbersOf(read.constants.get(list)!), [3, -4]);
    assert.deepEqual(read.constants.get(list)!.dims, [2]);
  });

  it('keep nested graphs, large integers and every kind of attribute', () => {
    const graph = emptyGraph('kinds');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'bool', []);
    const branch = emptyGraph('branch');
    branch.opset = 0;
    const inner = new GraphBuilder(branch, 'then/');
    inner.output(inner.op('Identity', [b.scalar(2)]));
    b.output(
      b.op('If', [x], {
        then_branch: { kind: 'graph', value: branch },
        int: 2 ** 63,
        floats: { kind: 'floats', value: [0.5, -0.25] },
        strings: ['a', 'ü'],
        string: 'é',
        alpha: 0.5,
        list: [-1, 2 ** 40],
      }),
    );
    const read = readModel(writeModel(graph), 'model.onnx');
    assert.deepEqual(read.nodes, graph.nodes);
    assert.deepEqual(read.inputs, graph.inputs);
  });
});

describe('readTensor', () => {
  const { FLOAT, DOUBLE, INT64, INT32, UINT64, FLOAT16, BOOL, STRING } = TensorProto_DataType;
  const read = (fields: object): number[] => {
    const model = create(ModelProtoSchema, {
      graph: { initializer: [{ name: 't', dims: [2n], ...fields }] },
    });
    return numbersOf(readTensor(model.graph!.initializer[0]!, { fileName: 'model.onnx' }));
  };

  it('reads every encoding', () => {
    assert.deepEqual(read({ dataType: FLOAT, floatData: [1, -2.5] }), [1, -2.5]);
    assert.deepEqual(read({ dataType: DOUBLE, doubleData: [0.1, 2] }), [0.1, 2]);
    assert.deepEqual(read({ dataType: INT64, int64Data: [-1n, 2n] }), [-1, 2]);
    assert.deepEqual(read({ dataType: UINT64, uint64Data: [1n, 2n] }), [1, 2]);
    assert.deepEqual(read({ dataType: INT32, int32Data: [-1, 7] }), [-1, 7]);
    assert.deepEqual(read({ dataType: BOOL, int32Data: [0, 1] }), [0, 1]);
    // Bit patterns of 1 and -2.
    assert.deepEqual(read({ dataType: FLOAT16, int32Data: [0x3c00, 0xc000] }), [1, -2]);
    assert.deepEqual(
      read({ dataType: FLOAT, rawData: new Uint8Array([0, 0, 128, 63, 0, 0, 0, 0]) }),
      [1, 0],
    );
  });

  it('says what it cannot read', () => {
    const external = {
      dataType: FLOAT,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: [{ key: 'location', value: 'model.onnx.data' }],
    };
    assert.throws(() => read(external), clear('unsupported', /model\.onnx\.data/, /by its folder/));
    assert.throws(() => read({ dataType: STRING }), clear('bad-model', /string/));
    assert.throws(() => read({ dataType: 17 }), clear('unsupported', /float8e4m3fn/, /float32/));
    assert.throws(() => read({ dataType: FLOAT, floatData: [1] }), clear('bad-model', /\[2\]/));
    assert.throws(() => read({ dataType: INT64, rawData: new Uint8Array(9) }), clear('bad-model'));
  });
});

describe('broken files', () => {
  it('are told in one clear sentence wherever they are cut off', () => {
    const whole = bytes('bert');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), length => {
        assert.throws(() => readModel(whole.subarray(0, length), 'model.onnx'), clear('bad-model'));
      }),
      { numRuns: 60 },
    );
  });

  it('are told when Git LFS has not fetched them', () => {
    const pointer = Buffer.from(
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n',
    );
    assert.throws(() => readModel(pointer, 'model.onnx'), clear('bad-model', /git lfs pull/));
  });

  it('are told when they are random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), random => {
        assert.throws(() => readModel(random, 'model.onnx'), GlassboxError);
      }),
    );
  });

  it('never raise anything but our error when bytes are changed', () => {
    const whole = bytes('bert');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (place, byte) => {
        const changed = new Uint8Array(whole);
        changed[place] = byte;
        try {
          readModel(changed, 'model.onnx');
        } catch (error) {
          assert.ok(error instanceof GlassboxError, String(error));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are told when they do not say the operator set', () => {
    const file = (model: object): Uint8Array =>
      toBinary(ModelProtoSchema, create(ModelProtoSchema, model));
    const node = [{ opType: 'Relu', input: ['x'], output: ['y'] }];
    assert.throws(() => readModel(file({ graph: { node } }), 'model.onnx'), clear('bad-model'));
  });
});
