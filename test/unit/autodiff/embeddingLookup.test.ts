/** Where word vectors are looked up. */
import assert from 'node:assert/strict';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { prepare } from '../../../src/autodiff/passes';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { GlassboxError } from '../../../src/protocol/messages';
import { familyNames, loadFamily } from '../../support/families';

describe('findEmbeddingLookup', () => {
  for (const name of familyNames) {
    it(`finds the table of 120 words in ${name}, as exported and prepared`, () => {
      const { graph, golden } = loadFamily(name);
      const width = golden.grad_logit[0]![0]!.length;
      for (const form of [graph, prepare(graph)]) {
        const { table, indicesInput, node, output } = findEmbeddingLookup(form);
        assert.deepEqual(table.constant.dims, [120, width]);
        assert.equal(form.constants.get(table.name), table.constant);
        assert.equal(indicesInput, 'input_ids');
        assert.deepEqual([node.op, node.outputs[0]], ['Gather', output]);
      }
    });
  }

  it('follows casts and reshapes of the ids, and passes other lookups', () => {
    const graph = emptyGraph('indirect');
    const b = new GraphBuilder(graph);
    const [types, ids] = [
      b.input('types', 'int64', ['b', 'l']),
      b.input('input_ids', 'int64', ['b', 'l']),
    ];
    b.op('Gather', [b.constant('float32', [2, 2], [1, 2, 3, 4], 'kinds'), types]);
    const moved = b.op('Reshape', [b.op('Cast', [ids], { to: 'int32' }), b.ints([0, -1])]);
    const words = b.op('Identity', [b.constant('float32', [1, 2], [1, 2], 'words')]);
    const output = b.op('Gather', [words, moved]);
    assert.equal(findEmbeddingLookup(graph).output, output);
    assert.equal(findEmbeddingLookup(graph).table.name, 'words');
  });

  it('says what is missing', () => {
    const graph = emptyGraph('vision');
    const b = new GraphBuilder(graph);
    b.op('Relu', [b.input('pixels', 'float32', ['b', 3])]);
    assert.throws(
      () => findEmbeddingLookup(graph),
      (error: unknown) => {
        assert.ok(error instanceof GlassboxError);
        assert.equal(error.code, 'bad-model');
        assert.match(error.message, /"input_ids"/);
        return true;
      },
    );
  });
});
