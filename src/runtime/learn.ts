/** Learns the shapes of values that derivatives added, by running the grown graph on a model's probe inputs. */
import type { Learn } from '../autodiff/compose';
import type { ValueFacts } from '../autodiff/shapes';
import type { DataType } from '../onnx/graph';
import { elementSize, elementsOf, sizeOf } from '../onnx/tensorData';
import { Session, type Feeds, type TensorValue } from './session';

/** `probes`: the inputs from which the model's own facts were learned. Inputs that are not in them get zeros. */
export function learnerOf(probes: readonly Feeds[]): Learn {
  return async (graph, known) => {
    const session = await Session.of(graph, { optimise: 'off' });
    try {
      const found = new Map<string, { dtype: DataType; dims: (readonly number[])[] }>();
      for (const [i, probe] of probes.entries()) {
        const fed = graph.inputs.map(({ name }) => [
          name,
          probe[name] ?? zeros(known.get(name)!, i),
        ]);
        const results = await session.run(Object.fromEntries(fed) as Feeds);
        for (const [name, { dtype, dims }] of Object.entries(results)) {
          const fact = found.get(name) ?? { dtype, dims: [] };
          fact.dims.push(dims);
          found.set(name, fact);
        }
      }
      return found;
    } finally {
      await session.release();
    }
  };
}

function zeros({ dtype, dims }: ValueFacts, probe: number): TensorValue {
  const shape = dims[probe]!;
  const bytes = new Uint8Array(sizeOf(shape) * elementSize[dtype]);
  return { dtype, dims: shape, data: elementsOf({ dtype, dims: shape, bytes }) };
}
