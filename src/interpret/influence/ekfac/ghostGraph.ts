/**
 * Programs of linear layers over batches of texts. The gradient of a text's loss by a layer y = W x + b is sum_t dy_t [x_t, 1]^T over its
 * positions, so all that is wanted of it is made of what goes in and of the adjoint of what comes out: one backward
 * pass by values, none by weights, and no gradient of a text is ever written down where its products will do ("ghost" products, Goodfellow
 * 2015; Li et al. 2022; for influence Grosse et al. 2023).
 */
import { Derivation, programInputs, type Learn } from '../../../autodiff/compose';
import type { Facts } from '../../../autodiff/shapes';
import type { Head } from '../../../model/head';
import type { GraphBuilder } from '../../../onnx/builder';
import type { DataType, Graph } from '../../../onnx/graph';
import { GlassboxError } from '../../../protocol/messages';
import { extensible } from '../../programGraphs';
import type { HeadLoss } from '../curvature/rowLoss';
import { ghostInputs, ghostOutputs, resultsOf, type Ends, type GhostResult } from './ghostResults';
import type { LinearLayer } from './linearLayers';
import { appendDirections, type DirectionPlan } from './outputDirections';

export interface GhostRequest {
  /** Narrowed, with the facts of its values; left as it is. */
  readonly graph: Graph;
  readonly facts: Facts;
  readonly learn: Learn;
  readonly head: Head;
  /** The input with the tokens. */
  readonly ids: string;
  readonly loss: HeadLoss;
  readonly layers: readonly LinearLayer[];
  readonly result: GhostResult;
  readonly plan: DirectionPlan;
}

/** Throws GlassboxError 'unsupported' where the derivative must pass an op that has no rule. */
export async function ghostGraph(request: GhostRequest): Promise<Graph> {
  const { head, layers, result } = request;
  const derivation = new Derivation(extensible(request.graph), request.facts, request.learn);
  const logits = head.outputs[0]!;
  const loss = request.loss.append(derivation, logits);
  const { dtype, dims } = derivation.factsOf(logits);
  const perRow = dims.map(probe => [probe[0]!]);
  const weights = derivation.input(programInputs.weights, dtype, perRow);
  const curved = result === 'factors' || result === 'eigenvalues';
  const seeds = curved
    ? appendDirections(derivation, head, request.plan, logits, weights).map(
        direction => new Map([[logits, direction]]),
      )
    : [new Map([[loss, weights]])];
  const adjoints: Map<string, string>[] = [];
  const wanted = layers.map(({ output }) => output);
  for (const seed of seeds) adjoints.push(await derivation.vjp(seed, wanted));

  declareInputs(derivation, request, dtype, dims.length);
  const positions = ghostInputs.positions;
  const b = derivation.builder('ghost/');
  const batch = b.op('Shape', [logits], { start: 0, end: 1 });
  const ends = layers.map((layer, at): Ends => {
    const x = withOnes(b, layer, inRows(b, layer, layer.input, batch));
    const found = adjoints.map(map => adjointOf(map, layer));
    const ys = found.map(y => inRows(b, layer, y, batch));
    const single =
      layer.rows === 'texts' ||
      (layer.rows === 'positions' &&
        derivation.factsOf(layer.input).dims.every(probe => probe[1] === 1));
    return { at, layer, x, adjoints: ys, single };
  });
  const outputs = new Map<string, string>([[ghostOutputs.losses, loss]]);
  for (const [name, value] of resultsOf(b, result, ends, positions)) outputs.set(name, value);
  return derivation.finish(outputs);
}

/** Queries may be of any number: in no two probes the same, nor that of anything else there. */
const probedQueries = [7, 11];

function declareInputs(
  derivation: Derivation,
  { result, layers, ids }: GhostRequest,
  dtype: DataType,
  probes: number,
): void {
  const declare = (name: string, sizes: (probe: number) => number[]): string =>
    derivation.input(
      name,
      dtype,
      Array.from({ length: probes }, (_, probe) => sizes(probe)),
    );
  if (result === 'factors') {
    const { dims } = derivation.factsOf(ids);
    declare(ghostInputs.positions, probe => [...dims[probe]!]);
  }
  for (const [at, { outputs, columns }] of layers.entries()) {
    const queries = (probe: number): number => probedQueries[probe % 2]! + probe;
    if (result === 'dots' || result === 'manyDots') {
      declare(ghostInputs.query(at), probe => [queries(probe) * outputs, columns]);
    }
    if (result === 'selfInfluence') declare(ghostInputs.inverse(at), () => [outputs, columns]);
    if (result === 'eigenvalues' || result === 'selfInfluence') {
      declare(ghostInputs.basisIn(at), () => [columns, columns]);
      declare(ghostInputs.basisOut(at), () => [outputs, outputs]);
    }
  }
}

function adjointOf(found: ReadonlyMap<string, string>, { output, name }: LinearLayer): string {
  const adjoint = found.get(output);
  if (adjoint !== undefined) return adjoint;
  throw new GlassboxError(
    'unsupported',
    `The loss does not depend smoothly on the layer ${name}; choose other parameters.`,
  );
}

/** As [rows, positions, width]. */
function inRows(b: GraphBuilder, { rows }: LinearLayer, value: string, batch: string): string {
  if (rows === 'positions') return value;
  if (rows === 'texts') return b.op('Unsqueeze', [value, b.ints([1])]);
  const width = b.op('Shape', [value], { start: 1, end: 2 });
  return b.op('Reshape', [value, b.op('Concat', [batch, b.ints([-1]), width], { axis: 0 })]);
}

function withOnes(b: GraphBuilder, { bias }: LinearLayer, x: string): string {
  return bias ? b.op('Pad', [x, b.ints([0, 0, 0, 0, 0, 1]), b.scalar(1)]) : x;
}
