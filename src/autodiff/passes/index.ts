/** Passes over graphs, before and after differentiation. Each returns a new graph and leaves its argument alone. */
import type { Graph } from '../../onnx/graph';
import { cancelTransposes } from './cancelTransposes';
import { lowerRecurrent } from './lowerRecurrent';
import { lowerSequences } from './lowerSequences';
import { mergeEqualNodes } from './mergeEqualNodes';
import { prune } from './prune';
import { raiseGelu } from './raiseGelu';
import { raiseLayerNorm } from './raiseLayerNorm';
import { removeIdentities } from './removeIdentities';
import { uniqueBodyNames } from './uniqueBodyNames';
import { upgrade } from './upgrade';

export { narrow, type Narrowed } from './narrow';

/** Brings a model to the form that the rules are written for. */
export function prepare(graph: Graph): Graph {
  const primitive = lowerRecurrent(uniqueBodyNames(lowerSequences(upgrade(graph))));
  return prune(raiseGelu(raiseLayerNorm(removeIdentities(primitive))));
}

/** Removes what differentiation left over. */
export function cleanup(graph: Graph): Graph {
  return mergeEqualNodes(cancelTransposes(removeIdentities(prune(graph))));
}
