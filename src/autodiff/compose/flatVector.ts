/**
 * Parameters as one flat vector, which is what iterative solvers work with. A program takes and gives whole
 * vectors; the graph cuts and joins them, which costs two copies of the parameters in a run.
 */
import { sizeOf } from '../../onnx/tensorData';
import type { Parameter } from '../parameters';
import type { Derivation, Pairs } from './derivation';

/** The place of a parameter in the flat vector. */
export interface Slot {
  readonly parameter: Parameter;
  readonly offset: number;
  readonly size: number;
}

export interface Layout {
  readonly slots: readonly Slot[];
  /** Number of parameters, as scalars. */
  readonly length: number;
}

/** One after the other, each row by row as the graph holds it. */
export function layoutOf(parameters: readonly Parameter[]): Layout {
  let length = 0;
  const slots = parameters.map((parameter): Slot => {
    const [offset, size] = [length, sizeOf(parameter.dims)];
    length += size;
    return { parameter, offset, size };
  });
  return { slots, length };
}

/** Cuts a vector [length] into one tensor for each parameter; returns parameter's value -> tensor. */
export function splitVector(
  derivation: Derivation,
  { slots }: Layout,
  vector: string,
): Map<string, string> {
  const b = derivation.builder('split/');
  const sizes = b.ints(slots.map(slot => slot.size));
  const parts = b.ops('Split', [vector, sizes], slots.length, { axis: 0 });
  return new Map(
    slots.map(({ parameter }, i) => [
      parameter.value,
      b.op('Reshape', [parts[i]!, b.ints(parameter.dims)]),
    ]),
  );
}

/** The inverse: a vector [length] of the tensors; zeros where there is none. */
export function joinVector(derivation: Derivation, { slots }: Layout, tensors: Pairs): string {
  const b = derivation.builder('join/');
  const parts = slots.map(({ parameter, size }) => {
    const tensor = tensors.get(parameter.value);
    if (tensor !== undefined) return b.op('Reshape', [tensor, b.ints([-1])]);
    const { dtype } = derivation.factsOf(parameter.value);
    return b.op('Expand', [b.scalar(0, dtype), b.ints([size])]);
  });
  return b.op('Concat', parts, { axis: 0 });
}
