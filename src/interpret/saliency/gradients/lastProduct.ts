/** Finds the matrix product that makes a tagger's or a masked model's logits. */
import { GraphIndex } from '../../../autodiff/passes/graphIndex';
import { staticDims, type Facts } from '../../../autodiff/shapes';
import type { GraphBuilder } from '../../../onnx/builder';
import type { Graph } from '../../../onnx/graph';

export interface LastProduct {
  /** What is multiplied, [B, L, width], and its width. */
  readonly value: string;
  readonly width: number;
  /** [width, classes] */
  readonly matrix: string;
  /** The logits of other rows in place of `value`. */
  readonly again: (b: GraphBuilder, rows: string) => string;
}

/** Logits = value matrix + biases, with a matrix and biases that do not depend on the text; else null. */
export function lastProduct(graph: Graph, logits: string, facts: Facts): LastProduct | null {
  const index = new GraphIndex(graph);
  const biases: string[] = [];
  let at = logits;
  for (let node = index.maker(at, 'Add'); node; node = index.maker(at, 'Add')) {
    const [first, second] = node.inputs as [string, string];
    const firstIsBias = index.constant(first) !== undefined;
    if (!firstIsBias && index.constant(second) === undefined) return null;
    biases.push(firstIsBias ? first : second);
    at = firstIsBias ? second : first;
  }
  const product = index.maker(at, 'MatMul');
  if (!product) return null;
  const [value, matrix] = product.inputs as [string, string];
  // Weights that are tied to the word vectors are read through a Transpose.
  const weights = index.maker(matrix, 'Transpose')?.inputs[0] ?? matrix;
  const known = facts.get(value);
  const dims = known ? staticDims(known) : [];
  const width = dims[2];
  if (index.constant(weights)?.dims.length !== 2 || dims.length !== 3 || !width) return null;
  return {
    value,
    width,
    matrix,
    again: (b, rows) =>
      biases.reduceRight((sum, bias) => b.op('Add', [sum, bias]), b.op('MatMul', [rows, matrix])),
  };
}
