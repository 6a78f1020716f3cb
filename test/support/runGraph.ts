/** Runs small graphs in tests. */
import { writeModel } from '../../src/onnx/writeModel';
import type { Graph } from '../../src/onnx/graph';
import { Session, type Feeds, type TensorValue } from '../../src/runtime/session';

/** The outputs of one run. `optimise` 'off' keeps to the graph as it is. */
export async function runGraph(
  graph: Graph,
  feeds: Feeds,
  optimise: 'off' | 'basic' | 'all' = 'off',
): Promise<Feeds> {
  const session = await Session.create(writeModel(graph), { optimise, threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

export function float32(dims: readonly number[], values: readonly number[]): TensorValue {
  return { dtype: 'float32', dims, data: Float32Array.from(values) };
}

export function float64(dims: readonly number[], values: readonly number[]): TensorValue {
  return { dtype: 'float64', dims, data: Float64Array.from(values) };
}
