import type { GraphBuilder } from '../../src/onnx/builder';

/** Sizes of the network; the names are those of DistilBERT's config.json. */
export interface NetworkSize {
  readonly vocab_size: number;
  readonly max_position_embeddings: number;
  readonly dim: number;
  readonly n_layers: number;
  readonly n_heads: number;
  readonly hidden_dim: number;
  readonly num_labels: number;
}

/** Where the parts of the network that differ between training and use come from. */
export interface NetworkParts {
  /** The value that holds a parameter: a graph input while training, a constant in the finished model. */
  readonly parameter: (name: string) => string;
  /** Wraps a hidden state while training. */
  readonly dropout?: (value: string) => string;
}

const layerNormEpsilon = 1e-12;

/** Shapes of all parameters, by their DistilBERT names. Matrices are [inputs, outputs], as MatMul takes them. */
export function parameterShapes(size: NetworkSize): Map<string, readonly number[]> {
  const { dim } = size;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, inputs: number, outputs: number): void => {
    shapes.set(`${name}.weight`, [inputs, outputs]).set(`${name}.bias`, [outputs]);
  };
  const norm = (name: string): void => {
    shapes.set(`${name}.weight`, [dim]).set(`${name}.bias`, [dim]);
  };
  shapes.set(`${embeddings}.word_embeddings.weight`, [size.vocab_size, dim]);
  shapes.set(`${embeddings}.position_embeddings.weight`, [size.max_position_embeddings, dim]);
  norm(`${embeddings}.LayerNorm`);
  for (let layer = 0; layer < size.n_layers; layer++) {
    const at = layerName(layer);
    for (const part of ['q_lin', 'k_lin', 'v_lin', 'out_lin']) {
      linear(`${at}.attention.${part}`, dim, dim);
    }
    norm(`${at}.sa_layer_norm`);
    linear(`${at}.ffn.lin1`, dim, size.hidden_dim);
    linear(`${at}.ffn.lin2`, size.hidden_dim, dim);
    norm(`${at}.output_layer_norm`);
  }
  linear('pre_classifier', dim, dim);
  linear('classifier', dim, size.num_labels);
  return shapes;
}

const embeddings = 'distilbert.embeddings';
const layerName = (layer: number): string => `distilbert.transformer.layer.${layer}`;

/**
 * Appends DistilBERT for sequence classification (Sanh et al. 2019) and returns the name of its logits,
 * [batch, num_labels]. `inputIds` and `attentionMask` are int64 [batch, sequence].
 */
export function buildNetwork(
  b: GraphBuilder,
  size: NetworkSize,
  inputIds: string,
  attentionMask: string,
  parts: NetworkParts,
): string {
  const { parameter, dropout = (value: string) => value } = parts;
  const headSize = size.dim / size.n_heads;
  const norm = (value: string, name: string): string =>
    b.op('LayerNormalization', [value, parameter(`${name}.weight`), parameter(`${name}.bias`)], {
      axis: -1,
      epsilon: layerNormEpsilon,
    });
  const linear = (value: string, name: string): string =>
    b.op('Add', [b.op('MatMul', [value, parameter(`${name}.weight`)]), parameter(`${name}.bias`)]);
  const heads = (value: string, perm: readonly number[]): string =>
    b.op('Transpose', [b.op('Reshape', [value, b.ints([0, 0, size.n_heads, headSize])])], { perm });

  const ignored = ignoredPositions(b, attentionMask);
  let hidden: string = dropout(norm(embed(b, inputIds, parameter), `${embeddings}.LayerNorm`));
  for (let layer = 0; layer < size.n_layers; layer++) {
    const at = layerName(layer);
    const query = heads(linear(hidden, `${at}.attention.q_lin`), [0, 2, 1, 3]);
    const key = heads(linear(hidden, `${at}.attention.k_lin`), [0, 2, 3, 1]);
    const value = heads(linear(hidden, `${at}.attention.v_lin`), [0, 2, 1, 3]);
    const scaled = b.op('Div', [query, b.scalar(Math.sqrt(headSize))]);
    const scores = b.op('Add', [b.op('MatMul', [scaled, key]), ignored]);
    const mixed = b.op('MatMul', [b.op('Softmax', [scores], { axis: -1 }), value]);
    const joined = b.op('Reshape', [
      b.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }),
      b.ints([0, 0, size.dim]),
    ]);
    const attended = dropout(linear(joined, `${at}.attention.out_lin`));
    hidden = norm(b.op('Add', [attended, hidden]), `${at}.sa_layer_norm`);
    const inner = b.op('Gelu', [linear(hidden, `${at}.ffn.lin1`)]);
    const outer = dropout(linear(inner, `${at}.ffn.lin2`));
    hidden = norm(b.op('Add', [outer, hidden]), `${at}.output_layer_norm`);
  }
  const first = b.op('Gather', [hidden, b.int(0)], { axis: 1 });
  const pooled = b.op('Relu', [linear(first, 'pre_classifier')]);
  return linear(pooled, 'classifier');
}

/** Word plus position embeddings, [batch, sequence, dim]. */
function embed(b: GraphBuilder, inputIds: string, parameter: (name: string) => string): string {
  const length = b.op('Gather', [b.op('Shape', [inputIds]), b.int(1)], { axis: 0 });
  const positions = b.op('Range', [b.int(0), length, b.int(1)]);
  const words = b.op('Gather', [parameter(`${embeddings}.word_embeddings.weight`), inputIds], {
    axis: 0,
  });
  const places = b.op(
    'Gather',
    [parameter(`${embeddings}.position_embeddings.weight`), positions],
    { axis: 0 },
  );
  return b.op('Add', [words, places]);
}

/** 0 where a key may be attended to and -1e9 where it is padding, [batch, 1, 1, sequence]. */
function ignoredPositions(b: GraphBuilder, attentionMask: string): string {
  const kept = b.op('Cast', [b.op('Unsqueeze', [attentionMask, b.ints([1, 2])])], {
    to: 'float32',
  });
  return b.op('Mul', [b.op('Sub', [kept, b.scalar(1)]), b.scalar(1e9)]);
}
