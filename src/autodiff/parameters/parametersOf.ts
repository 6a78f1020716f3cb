/** Which constants of a graph were trained. */
import type { Constant, Graph } from '../../onnx/graph';
import { isFloat, sizeOf } from '../../onnx/tensorData';
import { prune } from '../passes/prune';
import { isModulePath, parameterName } from './names';
import { usesOf, type Use } from './uses';

export interface Parameter {
  /** The framework's name, as far as it can be recovered; unique. */
  readonly name: string;
  /** The constant's name in the graph. */
  readonly value: string;
  /** As the graph holds it. */
  readonly dims: readonly number[];
  /** The framework holds the transposed matrix. */
  readonly transposed: boolean;
}

/** What modules carry along without training it. */
const buffer =
  /(?:^|\.)(?:running_mean|running_var|(?:original_)?inv_freq|masked_bias|\w*mask|(?:cos|sin)_cached)$/u;

/**
 * The trained constants on which `output` (the logits) depends, in the order of their first use. Expects a
 * prepared graph, in which a tied weight is one constant: it is listed once, and its derivative is the sum over
 * its uses. A float constant counts if it has a module path for a name, or if it is used as a weight; masks, scales,
 * angles of rotary embeddings and the statistics of batch normalisation do not. Recurrent weights are in ONNX's
 * order of gates, directions one after the other.
 */
export function parametersOf(graph: Graph, output: string): Parameter[] {
  const parameters: Parameter[] = [];
  const taken = new Set<string>();
  for (const [value, uses] of usesOf(prune({ ...graph, outputs: [{ name: output }] }))) {
    const constant = graph.constants.get(value)!;
    if (!isTrained(value, constant, uses)) continue;
    const { name, transposed } = parameterName(value, uses);
    // Two constants that say the same of themselves keep the names that tell them apart.
    const unique = taken.has(name) ? value : name;
    taken.add(unique);
    parameters.push({ name: unique, value, dims: constant.dims, transposed });
  }
  return parameters;
}

function isTrained(value: string, { dtype, dims }: Constant, uses: readonly Use[]): boolean {
  if (!isFloat(dtype)) return false;
  const known = uses.filter(({ role }) => role !== undefined);
  if (known.some(({ role }) => role === 'statistic')) return false;
  if (isModulePath(value)) return !buffer.test(value);
  return sizeOf(dims) > 1 && known.length > 0;
}
