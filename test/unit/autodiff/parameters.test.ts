/** Which constants are parameters, and what they were called where the model was trained. */
import assert from 'node:assert/strict';
import { chooseParameters, parametersOf, type Parameter } from '../../../src/autodiff/parameters';
import { prepare } from '../../../src/autodiff/passes';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import type { Graph } from '../../../src/onnx/graph';
import { sizeOf } from '../../../src/onnx/tensorData';
import { GlassboxError } from '../../../src/protocol/messages';
import { loadSecondOrder, secondOrderFamilies } from '../../support/secondOrder';
import { loadFamily } from '../../support/families';

function namesOf(graph: Graph): string[] {
  return parametersOf(graph, graph.outputs[0]!.name).map(({ name }) => name);
}

function count(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { dims }) => sum + sizeOf(dims), 0);
}

describe('parametersOf', () => {
  for (const name of secondOrderFamilies) {
    it(`finds the parameters that PyTorch counts in ${name}, under module names`, function () {
      const { graph, golden } = loadSecondOrder(this, name);
      const parameters = parametersOf(graph, graph.outputs[0]!.name);
      assert.equal(count(parameters), golden.n_params);
      const names = parameters.map(parameter => parameter.name);
      assert.equal(new Set(names).size, names.length, 'names are unique');
      for (const parameter of names) {
        assert.match(parameter, /^m\.[\w.]+\.(weight|bias|weight_[ih]h_l\d|bias_l\d)$/u);
      }
      for (const expected of golden.head?.params ?? []) {
        assert.ok(names.includes(`m.${expected}`), expected);
      }
    });
  }

  it('recovers the same names from both exporters, and says which matrices are transposed', function () {
    const described = (name: string): string[] => {
      const { graph } = loadSecondOrder(this, name);
      const parameters = parametersOf(graph, graph.outputs[0]!.name);
      return parameters.map(p => `${p.name} [${p.dims.join()}] ${p.transposed}`).sort();
    };
    const script = described('bert');
    assert.deepEqual(described('bert-dynamo'), script);
    const layer = 'm.bert.encoder.layer.1';
    assert.ok(script.includes(`${layer}.intermediate.dense.weight [32,64] true`));
    assert.ok(script.includes('m.bert.pooler.dense.weight [32,32] false'));
    assert.ok(script.includes('m.classifier.weight [3,32] false'));
  });

  it('lists what layers share once', () => {
    const { graph } = loadFamily('albert');
    const names = namesOf(prepare(graph));
    const layer = 'm.albert.encoder.albert_layer_groups.0.albert_layers.0';
    assert.equal(names.filter(name => name === `${layer}.attention.query.weight`).length, 1);
    assert.equal(new Set(names).size, names.length);
    assert.equal(names.length, 27);
  });

  it('keeps out masks, scales, angles, running statistics and what the output does not need', () => {
    const graph = emptyGraph('buffers');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float32', ['n', 2]);
    const constant = (name: string, ...dims: number[]): string =>
      b.constant('float32', dims, new Float32Array(sizeOf(dims)).fill(1), name);
    const masked = b.op('Add', [x, constant('m.attention.causal_mask', 1, 2)]);
    const angles = b.op('Cos', [b.op('Mul', [masked, constant('m.rotary.inv_freq', 2)])]);
    const scaled = b.op('Mul', [angles, constant('scale')]);
    const turned = b.op('Mul', [scaled, constant('onnx::Mul_12', 2)]);
    const normalised = b.op('BatchNormalization', [
      turned,
      constant('m.norm.weight', 2),
      constant('m.norm.bias', 2),
      constant('m.norm.running_mean', 2),
      constant('onnx::BatchNormalization_3', 2),
    ]);
    b.output(b.op('MatMul', [normalised, constant('W', 2, 2)]), 'y');
    b.output(b.op('Add', [x, constant('m.other.bias', 2)]), 'z');
    assert.deepEqual(namesOf(graph), ['m.norm.weight', 'm.norm.bias', 'W']);
    assert.deepEqual(
      parametersOf(graph, 'z').map(({ name }) => name),
      ['m.other.bias'],
    );
  });
});

describe('chooseParameters', () => {
  const parameters = [
    'embeddings.word.weight',
    'encoder.layer.0.dense.weight',
    'encoder.layer.0.dense.bias',
    'encoder.layer.9.dense.weight',
    'encoder.layer.10.dense.weight',
    'encoder.norm.weight',
    'head.0.weight',
    'head.1.weight',
  ].map((name): Parameter => ({ name, value: name, dims: [1], transposed: false }));
  const chosen = (choice: Parameters<typeof chooseParameters>[1]): string[] =>
    chooseParameters(parameters, choice).map(({ name }) => name);

  it('takes those that a regular expression finds, and asks nothing of its flags', () => {
    assert.deepEqual(chosen(/head/gu), ['head.0.weight', 'head.1.weight']);
    assert.deepEqual(chosen(/layer\.0.*bias$/u), ['encoder.layer.0.dense.bias']);
    assert.equal(chosen(/./u).length, parameters.length);
  });

  it('takes the last blocks by their numbers, and what comes after them', () => {
    const after = ['encoder.norm.weight', 'head.0.weight', 'head.1.weight'];
    assert.deepEqual(chosen({ lastBlocks: 0 }), after);
    assert.deepEqual(chosen({ lastBlocks: 1 }), ['encoder.layer.10.dense.weight', ...after]);
    assert.deepEqual(chosen({ lastBlocks: 2 }), [
      'encoder.layer.9.dense.weight',
      'encoder.layer.10.dense.weight',
      ...after,
    ]);
  });

  it('gives up on an expression that would take longer than anyone waits', () => {
    const name = `encoder.${'a'.repeat(60)}.weight`;
    const one: Parameter = { name, value: name, dims: [1], transposed: false };
    const endless = /^(\w+\.?)+!/u;
    const says = { code: 'bad-input', message: /takes too long; write it without a repetition/u };
    assert.throws(() => chooseParameters([one], endless), says);
    assert.throws(() => chooseParameters([one], /./u, [endless]), says);
  });

  it('lists names where none fits', () => {
    const fails = (choice: RegExp | { lastBlocks: number }, of: readonly Parameter[]): string => {
      try {
        chooseParameters(of, choice);
      } catch (error) {
        assert.ok(error instanceof GlassboxError);
        assert.equal(error.code, 'bad-input');
        return error.message;
      }
      return assert.fail('nothing was thrown');
    };
    assert.equal(
      fails(/pooler/u, parameters.slice(0, 2)),
      'The model has no parameters named like /pooler/u; its parameters are embeddings.word.weight, encoder.layer.0.dense.weight.',
    );
    const many = Array.from({ length: 20 }, (_, i) => ({ ...parameters[0]!, name: `w${i}` }));
    assert.match(fails({ lastBlocks: 1 }, many), /w0, w1, w2, w3, .*12 more.*, w16, w17, w18, w19/);
  });
});
