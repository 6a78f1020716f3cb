/** Building graphs, checking them, and numbers as bytes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { DataType } from '../../../src/onnx/graph';
import { constantOf, elementsOf, numbersOf } from '../../../src/onnx/tensorData';

describe('GraphBuilder', () => {
  it('never gives a name twice, whoever builds', () => {
    const graph = emptyGraph('names');
    const first = new GraphBuilder(graph, 'a/');
    const x = first.input('x', 'float32', []);
    first.op('Add', [x, first.scalar(1)]);
    const second = new GraphBuilder(graph, 'a/');
    second.ops('Split', [second.op('Add', [x, second.scalar(2)])], 3);
    checkGraph(graph);
    assert.throws(() => first.input('x', 'float32', []), /"x"/);
  });

  it('shares small equal constants, of equal type and shape only', () => {
    const b = new GraphBuilder(emptyGraph('shared'));
    assert.equal(b.ints([1, 2]), b.ints([1, 2]));
    const different = [b.int(1), b.ints([1]), b.scalar(1), b.scalar(1, 'float64'), b.ints([1, 1])];
    assert.equal(new Set(different).size, different.length);
  });

  it('writes plain attributes as ONNX wants them', () => {
    const graph = emptyGraph('attributes');
    const b = new GraphBuilder(graph);
    b.op('Gemm', ['a', 'b'], { alpha: 1, transA: 1 });
    b.op('Cast', ['a'], { to: 'int64' });
    b.op('Transpose', ['a'], { perm: [1, 0] });
    b.op('Gelu', ['a'], { approximate: 'tanh' });
    assert.deepEqual(
      graph.nodes.map(node => node.attributes),
      [
        { alpha: { kind: 'float', value: 1 }, transA: { kind: 'int', value: 1 } },
        { to: { kind: 'int', value: 7 } },
        { perm: { kind: 'ints', value: [1, 0] } },
        { approximate: { kind: 'string', value: 'tanh' } },
      ],
    );
  });
});

describe('checkGraph', () => {
  const faulty = (build: (b: GraphBuilder) => void): (() => void) => {
    const graph = emptyGraph('faulty');
    build(new GraphBuilder(graph));
    return () => {
      checkGraph(graph);
    };
  };

  it('finds values that nothing makes, or that are made twice', () => {
    assert.throws(
      faulty(b => {
        b.op('Relu', ['x']);
      }),
      /Relu "Relu_1" uses "x"/,
    );
    assert.throws(
      faulty(b => {
        b.output('y');
      }),
      /output "y"/,
    );
    assert.throws(
      faulty(b => {
        b.input('x', 'float32', []);
        b.graph.nodes.push({
          op: 'Relu',
          domain: '',
          name: 'r',
          inputs: ['x'],
          outputs: ['x'],
          attributes: {},
        });
      }),
      /"x" is made twice/,
    );
    assert.throws(
      faulty(b => {
        b.graph.nodes.push({
          op: 'F',
          domain: 'com.other',
          name: 'f',
          inputs: [],
          outputs: ['y'],
          attributes: {},
        });
      }),
      /com\.other/,
    );
  });

  it('looks into nested graphs, which see the values outside', () => {
    const branch = (input: string) => {
      const inner = emptyGraph('branch');
      const b = new GraphBuilder(inner, 'inner/');
      b.output(b.op('Relu', [input]));
      return { kind: 'graph', value: inner } as const;
    };
    const withBranch = (input: string): (() => void) =>
      faulty(b => {
        const x = b.input('x', 'bool', []);
        b.op('If', [x], { then_branch: branch(input) });
      });
    assert.doesNotThrow(withBranch('x'));
    assert.throws(withBranch('z'), /"z"/);
  });
});

describe('numbers as bytes', () => {
  it('come back from every type that holds them exactly', () => {
    const types: DataType[] = [
      'float32',
      'float64',
      'float16',
      'bfloat16',
      'int8',
      'int16',
      'int32',
      'int64',
    ];
    const signed = fc.array(fc.integer({ min: -128, max: 127 }), { maxLength: 9 });
    fc.assert(
      fc.property(fc.constantFrom(...types), signed, (dtype, values) => {
        assert.deepEqual(numbersOf(constantOf(dtype, [values.length], values)), values);
      }),
    );
  });

  it('round to the nearest half, ties to even', () => {
    // Known bit patterns: IEEE 754 binary16.
    const cases: [number, number][] = [
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [65520, 0x7c00],
      [1e-8, 0x0000],
      [2 ** -24, 0x0001],
      [2 ** -14, 0x0400],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [0.1, 0x2e66],
      [Infinity, 0x7c00],
      [-0, 0x8000],
    ];
    for (const [value, bits] of cases) {
      assert.equal(elementsOf(constantOf('float16', [], [value]))[0], bits, String(value));
    }
  });

  it('are read at any place in memory', () => {
    const buffer = new ArrayBuffer(17);
    const bytes = new Uint8Array(buffer, 3, 8);
    new DataView(buffer).setFloat64(3, 1.25, true);
    assert.deepEqual(numbersOf({ dtype: 'float64', dims: [], bytes }), [1.25]);
    assert.deepEqual(
      numbersOf({ dtype: 'float64', dims: [], bytes: Buffer.from(buffer, 3, 8) }),
      [1.25],
    );
  });

  it('refuse a shape that they do not fill', () => {
    assert.throws(() => constantOf('int64', [2, 2], [1, 2, 3]), /\[2, 2\]/);
  });
});
