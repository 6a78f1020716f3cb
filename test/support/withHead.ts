/** A model with another last linear layer, as a folder of its own. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FeatureProgram } from '../../src/interpret/influence/head/featureProgram';
import { columnsOf, type LinearHead } from '../../src/interpret/influence/head/linearHead';
import type { Model } from '../../src/model/model';
import type { Graph } from '../../src/onnx/graph';
import { readModel } from '../../src/onnx/readModel';
import { writeModel } from '../../src/onnx/writeModel';

/** Copies a model's folder to `folder`, with the weights of `head` for those of its last linear layer. */
export async function writeWithHead(
  model: Model,
  dir: string,
  head: LinearHead,
  folder: string,
): Promise<void> {
  const { place } = await FeatureProgram.of(model);
  const onnx = 'model.onnx';
  for (const name of readdirSync(dir)) {
    if (name !== onnx) cpSync(path.join(dir, name), path.join(folder, name));
  }
  const graph = readModel(readFileSync(path.join(dir, onnx)), onnx);
  const { classes, width, weights, bias } = head;
  const columns = columnsOf(head);
  const [weight, offset] = place.parameters;
  replace(graph, weight!.value, dims => {
    const byClass = dims[0] === classes && dims[1] === width;
    return (i: number) =>
      byClass
        ? weights[Math.floor(i / width) * columns + (i % width)]!
        : weights[(i % classes) * columns + Math.floor(i / classes)]!;
  });
  if (bias) replace(graph, offset!.value, () => c => weights[c * columns + width]!);
  writeFileSync(path.join(folder, onnx), writeModel(graph));
}

function replace(
  graph: Graph,
  name: string,
  entries: (dims: readonly number[]) => (i: number) => number,
): void {
  const constant = graph.constants.get(name);
  assert.ok(constant, `${name} is a weight of the file`);
  const of = entries(constant.dims);
  const data = Float32Array.from(
    { length: constant.dims.reduce((product, dim) => product * dim, 1) },
    (_, i) => of(i),
  );
  const bytes = new Uint8Array(data.buffer);
  graph.constants.set(name, { dtype: 'float32', dims: constant.dims, bytes });
}
