/** Flat vectors of parameters, and the matrices of linear layers in them. */
import type { Layout } from '../../src/autodiff/compose';
import type { LayerMatrices, LinearLayer } from '../../src/interpret/influence/ekfac/linearLayers';
import type { Vector } from '../../src/interpret/influence/solve/vector';

/** The entries of a flat vector that belong to layers. */
export function matricesOf(
  layers: readonly LinearLayer[],
  layout: Layout,
  vector: Vector,
): Float64Array[] {
  return layers.map(layer => {
    const matrix = new Float64Array(layer.outputs * layer.columns);
    visit(layer, layout, (at, entry) => {
      matrix[entry] = vector[at]!;
    });
    return matrix;
  });
}

/** The flat vector [layout.length] of matrices, 0 for all that belongs to no layer. */
export function vectorOf(
  layers: readonly LinearLayer[],
  layout: Layout,
  matrices: LayerMatrices,
): Float64Array {
  const vector = new Float64Array(layout.length);
  layers.forEach((layer, i) => {
    visit(layer, layout, (at, entry) => {
      vector[at] = matrices[i]![entry]!;
    });
  });
  return vector;
}

/** Calls for each number of a layer: its place in the flat vector, and in the layer's matrix. */
function visit(
  { weight, bias, inputs, outputs, columns, turned }: LinearLayer,
  { slots }: Layout,
  call: (at: number, entry: number) => void,
): void {
  const offsetOf = (value: string): number =>
    slots.find(({ parameter }) => parameter.value === value)!.offset;
  const first = offsetOf(weight.value);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const at = turned ? output * inputs + input : input * outputs + output;
      call(first + at, output * columns + input);
    }
  }
  if (!bias) return;
  const start = offsetOf(bias.value);
  for (let output = 0; output < outputs; output++) {
    call(start + output, output * columns + inputs);
  }
}
