/** Attention operators in every form of their masks and inputs, against ONNX Runtime's own kernels. */
import assert from 'node:assert/strict';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { convert } from '../../../src/autodiff/lower';
import type { PlainAttributes } from '../../../src/onnx/builder';
import type { Constant } from '../../../src/onnx/graph';
import { constantOf, sizeOf } from '../../../src/onnx/tensorData';
import type { TensorValue } from '../../../src/runtime/session';
import { GlassboxError } from '../../../src/protocol/messages';
import { checkLowered, FusedGraph } from '../../support/fusedGraph';

const [batch, length, heads, features] = [2, 5, 2, 4];
const width = heads * features;

/** Masks by what their shape is called in ONNX Runtime's documentation. */
const masks: Record<string, { dims: number[]; values: number[] }> = {
  '[B]': { dims: [2], values: [5, 3] },
  '[2B]': { dims: [4], values: [5, 4, 0, 2] },
  '[B, L]': { dims: [2, 5], values: [1, 1, 1, 1, 1, 0, 1, 1, 0, 0] },
  '[B, L, L]': {
    dims: [2, 5, 5],
    values: Array.from({ length: 50 }, (_, i) => Number(i % 5 <= (i / 5) % 5 || i % 3 === 0)),
  },
};

describe('lowering of Attention', () => {
  const build = (
    more: (g: FusedGraph) => string[],
    attributes: PlainAttributes = {},
    bias = true,
  ): FusedGraph => {
    const g = new FusedGraph();
    const x = g.input([batch, length, 6]);
    const inputs = [x, g.weight([6, 3 * width]), bias ? g.weight([3 * width]) : '', ...more(g)];
    return g.output(...g.node('Attention', inputs, { num_heads: heads, ...attributes }));
  };

  it('without a bias', async () => {
    // ONNX Runtime's kernel needs one (1.30 crashes without).
    const reference = build(() => []);
    for (const [name, { dims }] of reference.graph.constants) {
      if (dims.length === 1) reference.b.graph.constants.set(name, zeros(dims));
    }
    await checkLowered(
      build(() => [], {}, false),
      reference.graph,
    );
  });

  it('plain, with its scale, and looking only back', async () => {
    await checkLowered(build(() => []));
    await checkLowered(build(() => [], { scale: { kind: 'float', value: 0.8 } }));
    await checkLowered(build(() => [], { unidirectional: 1 }));
  });

  for (const [form, { dims, values }] of Object.entries(masks)) {
    it(`with a mask of the form ${form}`, async () => {
      for (const unidirectional of [0, 1]) {
        await checkLowered(build(g => [g.integers('int32', dims, values)], { unidirectional }));
      }
    });
  }

  it('with another number for what is masked', async () => {
    const mask = masks['[B, L]']!;
    const attributes = { mask_filter_value: { kind: 'float', value: -3 } } as const;
    await checkLowered(build(g => [g.integers('int32', mask.dims, mask.values)], attributes));
  });

  it('with numbers added to the scores, of all rows or of each', async () => {
    const mask = masks['[B, L]']!;
    for (const dims of [
      [batch, heads, length, length],
      [1, heads, length, length],
      [1, 1, length, length],
    ]) {
      await checkLowered(
        build(g => [g.integers('int32', mask.dims, mask.values), '', g.input(dims, 2)]),
      );
    }
  });

  it('with values of another width', async () => {
    const g = new FusedGraph();
    const sizes = [width, width, 2 * width];
    const inputs = [g.input([batch, length, 6]), g.weight([6, 4 * width]), g.weight([4 * width])];
    const attributes = { num_heads: heads, qkv_hidden_sizes: sizes };
    await checkLowered(g.output(...g.node('Attention', inputs, attributes)));
  });

  it('with a past, which it hands on', async () => {
    const g = new FusedGraph();
    const inputs = [
      g.input([batch, length, 6]),
      g.weight([6, 3 * width]),
      g.weight([3 * width]),
      '',
      g.input([2, batch, heads, 3, features], 2),
    ];
    const attributes = { num_heads: heads, unidirectional: 1 };
    await checkLowered(g.output(...g.node('Attention', inputs, attributes, [0, 1])));
  });

  it('refuses in one sentence what it does not know', () => {
    const g = build(() => [], { do_rotary: 1 });
    assert.throws(
      () => convert(g.graph),
      (error: unknown) =>
        error instanceof GlassboxError &&
        error.code === 'unsupported' &&
        /^Glassbox cannot take Attention "Attention_2" apart: .*float32 export/.test(error.message),
    );
  });
});

function zeros(dims: readonly number[]): Constant {
  return constantOf('float32', dims, new Float32Array(sizeOf(dims)));
}

describe('lowering of MultiHeadAttention', () => {
  const keyLength = 3;
  const build = (
    more: (g: FusedGraph) => string[],
    attributes: PlainAttributes = {},
    wanted = [0],
    keys = keyLength,
  ): FusedGraph => {
    const g = new FusedGraph();
    const separate = [length, keys, keys].map(size => g.input([batch, size, width]));
    const inputs = [...separate, ...more(g)];
    const all = { num_heads: heads, ...attributes };
    return g.output(...g.node('MultiHeadAttention', inputs, all, wanted));
  };

  it('with keys and values of their own, with and without a bias', async () => {
    await checkLowered(build(() => []));
    await checkLowered(build(g => [g.weight([3 * width])]));
    await checkLowered(build(() => [], { scale: { kind: 'float', value: 0.8 } }));
  });

  it('looking only back', async () => {
    await checkLowered(build(() => [], { unidirectional: 1 }, [0], length));
  });

  it('with every form of a mask', async () => {
    const forms = [
      { dims: [2], values: [3, 1] },
      { dims: [2, 3], values: [1, 1, 1, 1, 0, 1] },
      { dims: [2, 5, 3], values: Array.from({ length: 30 }, (_, i) => Number(i % 7 !== 0)) },
    ];
    for (const { dims, values } of forms) {
      await checkLowered(build(g => ['', g.integers('int32', dims, values)]));
    }
  });

  it('with numbers added to the scores', async () => {
    await checkLowered(build(g => ['', '', g.input([1, heads, length, keyLength], 2)]));
  });

  it('with a past, which it hands on', async () => {
    const past = (g: FusedGraph): string => g.input([batch, heads, 2, features], 2);
    await checkLowered(build(g => ['', '', '', past(g), past(g)], {}, [0, 1, 2]));
  });

  it('with keys and values packed, or all three', async () => {
    const form = (packed: number): FusedGraph => {
      const g = new FusedGraph();
      const parts = [0, 1, 2].map(() => g.input([batch, length, width]));
      const shape = g.b.ints([0, 0, heads, 1, features]);
      const apart = parts.map(x => g.b.op('Reshape', [x, shape]));
      const inputs = parts.slice(0, 3 - packed);
      if (packed > 0) inputs.push(g.b.op('Concat', apart.slice(3 - packed), { axis: 3 }));
      return g.output(...g.node('MultiHeadAttention', inputs, { num_heads: heads }));
    };
    // ONNX Runtime has no kernel for these on the CPU.
    await checkLowered(form(3), form(0).graph);
    await checkLowered(form(2), form(0).graph);
  });

  it('with keys and values whose heads are apart already', async () => {
    const g = new FusedGraph();
    const ready = [0, 1].map(() => g.input([batch, heads, keyLength, features], 3));
    const inputs = [g.input([batch, length, width]), ...ready];
    await checkLowered(g.output(...g.node('MultiHeadAttention', inputs, { num_heads: heads })));
  });
});

describe('lowering of a whole encoder', () => {
  /** As ONNX Runtime's transformer optimiser writes BERT: one node for the embeddings, six a layer. */
  const encoder = (mask: 'counts' | 'raw'): FusedGraph => {
    const g = new FusedGraph();
    const ids = g.b.input('input_ids', 'int64', ['batch', 'length']);
    const given = g.b.input('attention_mask', 'int64', ['batch', 'length']);
    const values = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0];
    g.feeds['input_ids'] = integer(values.map((_, i) => (3 * i) % 10));
    g.feeds['attention_mask'] = integer(values);
    const [rows, open] = [ids, given].map(x => g.b.op('Cast', [x], { to: 'int32' }));
    const norm = (): string[] => [g.weight([width]), g.weight([width])];
    const tables = ['', g.weight([10, width], 'words'), g.weight([6, width]), ''];
    const embedded = g.node(
      'EmbedLayerNormalization',
      [rows!, ...tables, ...norm(), mask === 'counts' ? open! : ''],
      {},
      [0, 1],
    );
    let x = embedded[0]!;
    for (let layer = 0; layer < 2; layer++) {
      const weights = [g.weight([width, 3 * width]), g.weight([3 * width])];
      const inputs = [x, ...weights, mask === 'counts' ? embedded[1]! : open!];
      const [attended] = g.node('Attention', inputs, { num_heads: heads });
      const mixed = g.b.op('MatMul', [attended!, g.weight([width, width])]);
      [x] = g.node('SkipLayerNormalization', [mixed, x, ...norm(), g.weight([width])]) as [string];
      const wide = g.b.op('MatMul', [x, g.weight([width, 16])]);
      const [active] = g.node('BiasGelu', [wide, g.weight([16])]);
      const narrow = g.b.op('MatMul', [active!, g.weight([16, width])]);
      [x] = g.node('SkipLayerNormalization', [narrow, x, ...norm(), g.weight([width])]) as [string];
    }
    return g.output(g.b.op('Gather', [x, g.b.int(0)], { axis: 1 }));
  };
  const integer = (values: readonly number[]): TensorValue => ({
    dtype: 'int64',
    dims: [batch, length],
    data: BigInt64Array.from(values, BigInt),
  });

  for (const mask of ['counts', 'raw'] as const) {
    it(mask === 'raw' ? 'masked by the input' : 'masked by numbers of tokens', async () => {
      const { graph, conversions } = await checkLowered(encoder(mask), undefined, 1e-5);
      assert.equal(findEmbeddingLookup(graph).table.name, 'words');
      assert.deepEqual(conversions, [
        {
          kind: 'fused',
          says: 'fused operators: EmbedLayerNormalization x 1, Attention x 2, SkipLayerNormalization x 4, BiasGelu x 2',
          exact: true,
        },
      ]);
    });
  }
});

describe('lowering of GroupQueryAttention', () => {
  const keyHeads = 1;
  /** A whole text read at once: nothing came before. */
  const build = (packed: boolean, attributes: PlainAttributes = {}): FusedGraph => {
    const g = new FusedGraph();
    const features = 16;
    const parts = packed
      ? [g.input([batch, length, (heads + 2 * keyHeads) * features]), '', '']
      : [heads, keyHeads, keyHeads].map(count => g.input([batch, length, count * features]));
    const inputs = [
      ...parts,
      '',
      '',
      g.integers('int32', [batch], [length - 1, length - 1]),
      g.b.constant('int32', [], [length]),
      g.weight([9, features / 2]),
      g.weight([9, features / 2]),
    ];
    const all = { num_heads: heads, kv_num_heads: keyHeads, ...attributes };
    return g.output(...g.node('GroupQueryAttention', inputs, all, [0, 1, 2]));
  };

  for (const packed of [false, true]) {
    it(packed ? 'packed' : 'with keys and values apart', async () => {
      await checkLowered(build(packed));
      await checkLowered(build(packed, { do_rotary: 1 }));
      await checkLowered(build(packed, { do_rotary: 1, rotary_interleaved: 1 }));
      await checkLowered(build(packed, { local_window_size: 2 }));
      await checkLowered(build(packed, { softcap: { kind: 'float', value: 2 } }));
    });
  }
});

describe('lowering of the standard Attention', () => {
  const build = (
    more: (g: FusedGraph) => string[],
    attributes: PlainAttributes = {},
    { groups = 1, flat = true, keys = 3, wanted = [0] } = {},
  ): FusedGraph => {
    const g = new FusedGraph(23);
    const counts = [heads * groups, heads, heads];
    const inputs = counts.map((count, i) => {
      const size = i === 0 ? length : keys;
      return flat
        ? g.input([batch, size, count * features])
        : g.input([batch, count, size, features], 3);
    });
    const all = flat
      ? { q_num_heads: heads * groups, kv_num_heads: heads, ...attributes }
      : attributes;
    return g.output(...g.node('Attention', [...inputs, ...more(g)], all, wanted, ''));
  };

  it('of three and of four dimensions, with grouped queries', async () => {
    await checkLowered(build(() => []));
    await checkLowered(build(() => [], {}, { groups: 3 }));
    await checkLowered(build(() => [], { scale: { kind: 'float', value: 0.7 } }, { flat: false }));
    await checkLowered(build(() => [], {}, { flat: false, groups: 2 }));
  });

  it('looking only back, as many keys as queries or not', async () => {
    await checkLowered(build(() => [], { is_causal: 1 }, { keys: length }));
    await checkLowered(build(() => [], { is_causal: 1 }));
  });

  it('with masks of numbers and of conditions', async () => {
    await checkLowered(build(g => [g.input([length, 3], 2)]));
    await checkLowered(build(g => [g.input([batch, 1, length, 3], 2)]));
    const open = Array.from({ length: 30 }, (_, i) => Number(i % 7 !== 0));
    await checkLowered(
      build(g => [g.b.op('Cast', [g.integers('int32', [2, 1, 5, 3], open)], { to: 'bool' })]),
    );
  });

  it('with a past, which it hands on', async () => {
    const past = (g: FusedGraph): string => g.input([batch, heads, 2, features], 3);
    await checkLowered(build(g => ['', past(g), past(g)], {}, { wanted: [0, 1, 2] }));
  });

  it('with a soft cap', async () => {
    await checkLowered(build(() => [], { softcap: { kind: 'float', value: 1.5 } }));
    await checkLowered(
      build(g => [g.input([length, 3], 2)], { softcap: { kind: 'float', value: 1.5 } }),
    );
  });
});
