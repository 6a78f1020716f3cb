/** Local functions written out: the graph computes what ONNX Runtime computes of the file itself. */
import assert from 'node:assert/strict';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { prepare } from '../../../src/autodiff/passes';
import { checkGraph } from '../../../src/onnx/checkGraph';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type AttributeProto,
  type FunctionProto,
  type NodeProto,
  type ValueInfoProto,
} from '../../../src/onnx/generated/onnx_pb';
import type { Graph } from '../../../src/onnx/graph';
import { readModel } from '../../../src/onnx/readModel';
import { GlassboxError } from '../../../src/protocol/messages';
import { Session } from '../../../src/runtime/session';
import { numbers } from '../../support/numbers';
import { float32 } from '../../support/runGraph';

type More = MessageInitShape<typeof NodeProtoSchema>;

function node(opType: string, input: string[], output: string[], more: More = {}): NodeProto {
  return create(NodeProtoSchema, { opType, input, output, ...more });
}

const call = (name: string, input: string[], output: string[], more: More = {}): NodeProto =>
  node(name, input, output, { domain: 'local', name: `${name} for ${output.join()}`, ...more });

const float = (name: string, f: number): AttributeProto =>
  create(AttributeProtoSchema, { name, type: Kind.FLOAT, f });

const reference = (name: string, refAttrName: string, type = Kind.FLOAT): AttributeProto =>
  create(AttributeProtoSchema, { name, type, refAttrName });

function fn(
  name: string,
  input: string[],
  output: string[],
  body: NodeProto[],
  more: MessageInitShape<typeof FunctionProtoSchema> = {},
): FunctionProto {
  return create(FunctionProtoSchema, {
    name,
    domain: 'local',
    input,
    output,
    node: body,
    opsetImport: [
      { domain: '', version: 17n },
      { domain: 'local', version: 1n },
    ],
    ...more,
  });
}

const info = (name: string): MessageInitShape<typeof GraphProtoSchema>['input'] =>
  [
    {
      name,
      type: {
        value: {
          case: 'tensorType',
          value: { elemType: 1, shape: { dim: [{ value: { case: 'dimParam', value: 'n' } }] } },
        },
      },
    },
  ] as ValueInfoProto[];

function file(nodes: NodeProto[], functions: FunctionProto[], outputs = ['y']): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 10n,
      opsetImport: [
        { domain: '', version: 17n },
        { domain: 'local', version: 1n },
      ],
      functions,
      graph: {
        name: 'calls',
        node: nodes,
        input: info('x')!,
        output: outputs.flatMap(name => info(name)!),
      },
    }),
  );
}

/** The graph read from a file, which must compute what ONNX Runtime computes of the file. */
async function agrees(bytes: Uint8Array, values = [0.5, -2, 3]): Promise<Graph> {
  const graph = readModel(bytes, 'model.onnx');
  checkGraph(graph);
  assert.deepEqual(graph.domains, {});
  assert.ok(graph.nodes.every(({ domain }) => domain === ''));
  const feeds = { x: float32([values.length], values) };
  const truth = await Session.create(bytes, { optimise: 'off' });
  const expected = await truth.run(feeds);
  for (const form of [graph, prepare(graph)]) {
    const session = await Session.of(form, { optimise: 'off' });
    const found = await session.run(feeds);
    for (const name of Object.keys(expected)) {
      assert.deepEqual(numbers(found[name]), numbers(expected[name]));
    }
    await session.release();
  }
  await truth.release();
  return graph;
}

describe('local functions', () => {
  const square = fn('Square', ['a'], ['b'], [node('Mul', ['a', 'a'], ['b'])]);

  it('are written out at each call, with names of their own', async () => {
    const fourth = fn(
      'Fourth',
      ['a'],
      ['b'],
      [call('Square', ['a'], ['inner']), node('Mul', ['inner', 'inner'], ['b'])],
    );
    const nodes = [
      call('Fourth', ['x'], ['inner']),
      call('Fourth', ['inner'], ['a']),
      node('Add', ['a', 'x'], ['y']),
    ];
    const graph = await agrees(file(nodes, [fourth, square]));
    assert.deepEqual(
      graph.nodes.map(({ op }) => op),
      ['Mul', 'Mul', 'Mul', 'Mul', 'Add'],
    );
    assert.match(graph.nodes[0]!.name, /^Fourth for inner\/Square for inner\//);
  });

  it('take attributes from the call, from the call around it, or their default', async () => {
    const scale = fn(
      'Scale',
      ['a'],
      ['b'],
      [
        node('Constant', [], ['factor'], { attribute: [reference('value_float', 'factor')] }),
        node('Mul', ['a', 'factor'], ['scaled']),
        node('LeakyRelu', ['scaled'], ['b'], { attribute: [reference('alpha', 'slope')] }),
      ],
      { attribute: ['slope'], attributeProto: [float('factor', 3)] },
    );
    const outer = fn(
      'Outer',
      ['a'],
      ['b'],
      [
        call('Scale', ['a'], ['b'], {
          attribute: [reference('factor', 'f'), float('slope', 0.25)],
        }),
      ],
      { attribute: ['f'] },
    );
    const nodes = [
      call('Scale', ['x'], ['one'], { attribute: [float('slope', 0.5)] }),
      call('Scale', ['one'], ['two'], { attribute: [float('factor', -1), float('slope', 0.5)] }),
      // Without a slope LeakyRelu has its own default.
      call('Scale', ['two'], ['three']),
      call('Outer', ['three'], ['y'], { attribute: [float('f', 7)] }),
    ];
    const graph = await agrees(file(nodes, [scale, outer]));
    const slopes = graph.nodes
      .filter(({ op }) => op === 'LeakyRelu')
      .map(({ attributes: { alpha } }) => (alpha?.kind === 'float' ? alpha.value : null));
    assert.deepEqual(slopes, [0.5, 0.5, null, 0.25]);
  });

  it('leave optional inputs and unused outputs out', async () => {
    const clip = fn(
      'Bound',
      ['a', 'low', 'high'],
      ['b', 'c'],
      [node('Clip', ['a', 'low', 'high'], ['b']), node('Neg', ['b'], ['c'])],
    );
    const nodes = [
      node('Constant', [], ['high'], { attribute: [float('value_float', 1)] }),
      call('Bound', ['x', '', 'high'], ['', 'y']),
      call('Bound', ['x'], ['z', '']),
    ];
    const graph = await agrees(file(nodes, [clip], ['y', 'z']));
    assert.deepEqual(graph.nodes[0]!.inputs, ['x', '', 'high']);
    assert.deepEqual(graph.nodes[2]!.inputs, ['x', '', '']);
  });

  it('may hand an input through, and give a value twice', async () => {
    const twice = fn('Twice', ['a'], ['a', 'b', 'b'], [node('Neg', ['a'], ['b'])]);
    const nodes = [
      call('Twice', ['x'], ['same', 'one', 'two']),
      node('Mul', ['one', 'two'], ['squares']),
      node('Add', ['squares', 'same'], ['y']),
    ];
    // ONNX Runtime does not take such a function, so the numbers are written down.
    const graph = readModel(file(nodes, [twice]), 'model.onnx');
    checkGraph(graph);
    const session = await Session.of(graph);
    const { y } = await session.run({ x: float32([2], [3, -2]) });
    assert.deepEqual(numbers(y), [12, 2]);
    await session.release();
  });

  it('keep apart what branches inside them are called', async () => {
    const branch = (opType: string): AttributeProto =>
      create(AttributeProtoSchema, {
        name: opType === 'Neg' ? 'then_branch' : 'else_branch',
        type: Kind.GRAPH,
        g: {
          name: 'branch',
          node: [call('Square', ['a'], ['inner']), node(opType, ['inner'], ['out'])],
          output: info('out')!,
        },
      });
    const choose = fn(
      'Choose',
      ['a'],
      ['b'],
      [
        node('Constant', [], ['zero'], { attribute: [float('value_float', 0)] }),
        node('ReduceSum', ['a'], ['sum'], {
          attribute: [create(AttributeProtoSchema, { name: 'keepdims', type: Kind.INT, i: 0n })],
        }),
        node('Greater', ['sum', 'zero'], ['positive']),
        node('If', ['positive'], ['b'], { attribute: [branch('Neg'), branch('Exp')] }),
      ],
    );
    const nodes = [call('Choose', ['x'], ['inner']), call('Choose', ['inner'], ['y'])];
    const bytes = file(nodes, [choose, square]);
    await agrees(bytes, [1, 0.5]);
    await agrees(bytes, [-1, 0.5]);
  });

  it('do not clash with names of the graph', async () => {
    const nodes = [
      node('Neg', ['x'], ['function1/a']),
      call('Fourth', ['function1/a'], ['function']),
      node('Add', ['function', 'function1/a'], ['y']),
    ];
    const fourth = fn(
      'Fourth',
      ['x'],
      ['y'],
      [node('Mul', ['x', 'x'], ['a']), node('Mul', ['a', 'a'], ['y'])],
    );
    await agrees(file(nodes, [fourth]));
  });

  it('may be overloaded', async () => {
    const negative = fn('Square', ['a'], ['b'], [node('Neg', ['a'], ['b'])], { overload: 'other' });
    const nodes = [
      call('Square', ['x'], ['inner']),
      call('Square', ['inner'], ['y'], { overload: 'other' }),
    ];
    await agrees(file(nodes, [square, negative]));
  });

  it('may be written in another operator set than the graph', () => {
    // Until opset 12 the axes of Squeeze were an attribute.
    const squeeze = fn(
      'Flat',
      ['a'],
      ['b'],
      [
        node('Squeeze', ['a'], ['b'], {
          attribute: [create(AttributeProtoSchema, { name: 'axes', type: Kind.INTS, ints: [0n] })],
        }),
      ],
    );
    squeeze.opsetImport[0]!.version = 12n;
    const read = readModel(file([call('Flat', ['x'], ['y'])], [squeeze]), 'model.onnx');
    assert.equal(read.nodes[0]!.opset, 12);
    const { nodes } = prepare(read);
    assert.equal(nodes[0]!.inputs.length, 2);
    assert.equal(nodes[0]!.opset, undefined);
  });

  it('that call themselves, or grow without bounds, are told in a sentence', () => {
    const circle = [
      fn('A', ['a'], ['b'], [call('B', ['a'], ['b'])]),
      fn('B', ['a'], ['b'], [call('A', ['a'], ['b'])]),
    ];
    const saying = (code: string, words: RegExp) => (error: unknown) =>
      error instanceof GlassboxError && error.code === code && words.test(error.message);
    assert.throws(
      () => readModel(file([call('A', ['x'], ['y'])], circle), 'model.onnx'),
      saying('bad-model', /model\.onnx: the function . calls itself/),
    );
    const tenfold = Array.from({ length: 9 }, (_, i) =>
      fn(
        `F${i}`,
        ['a'],
        ['v10'],
        Array.from({ length: 10 }, (_, k) => {
          const values: [string[], string[]] = [[k === 0 ? 'a' : `v${k}`], [`v${k + 1}`]];
          return i === 0 ? node('Neg', ...values) : call(`F${i - 1}`, ...values);
        }),
      ),
    );
    assert.throws(
      () => readModel(file([call('F8', ['x'], ['y'])], tenfold), 'model.onnx'),
      saying('unsupported', /model\.onnx has more than 200000 nodes/),
    );
  });
});
