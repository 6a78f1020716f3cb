/** How programs begin and end that look at each text once: rows of tokens in, numbers a token and a text out. */
import { cleanup } from '../../../autodiff/passes';
import type { Facts } from '../../../autodiff/shapes';
import { GraphBuilder } from '../../../onnx/builder';
import type { Graph } from '../../../onnx/graph';
import type { Model } from '../../../model/model';
import { extensible } from '../../programGraphs';
import { programInputs, programOutputs } from '../gradients/programValues';
import { appendScalar, type ScalarValues } from '../gradients/scalarGraph';

export interface RowGraph {
  readonly graph: Graph;
  /** Names of outputs [B, L], zero on padding, and [B]. */
  readonly tokens: readonly string[];
  readonly numbers: readonly string[];
  /** False: what is said of a row is right only where it runs alone. */
  readonly together: boolean;
}

/** A graph under construction: the model's, the explained number, and what was appended since. */
export interface OpenRowGraph {
  readonly graph: Graph;
  readonly facts: Facts;
  readonly scalar: ScalarValues;
}

/** Appends the explained number of each row to the model's graph. */
export function openRowGraph({ about }: Model, source: Graph, facts: Facts): OpenRowGraph {
  const graph = extensible(source);
  const b = new GraphBuilder(graph, 'glassbox/');
  b.input(programInputs.rowOf, 'int64', ['B']);
  b.input(programInputs.rowMask, 'float32', ['B', 'L']);
  return { graph, facts, scalar: appendScalar(b, about.head, facts) };
}

/** Declares the outputs; `tokens` are values [B, L], `numbers` [B]. */
export function closeRowGraph(
  { graph, scalar }: OpenRowGraph,
  tokens: Readonly<Record<string, string>>,
  numbers: Readonly<Record<string, string>>,
  together: boolean,
): RowGraph {
  // Walks have named values of their own, so a new builder has to learn them.
  const b = new GraphBuilder(graph, 'glassbox/');
  const real = b.op('Greater', [programInputs.rowMask, b.scalar(0)]);
  for (const [name, value] of Object.entries(tokens)) {
    // Where, not Mul: a NaN on padding must not reach anything.
    b.output(b.op('Where', [real, value, b.scalar(0)]), name);
  }
  for (const [name, value] of Object.entries(numbers)) b.output(value, name);
  b.output(scalar.scalar, programOutputs.scalar);
  b.output(scalar.decisions, programOutputs.logits);
  return {
    graph: cleanup(graph),
    tokens: Object.keys(tokens),
    numbers: Object.keys(numbers),
    together,
  };
}
