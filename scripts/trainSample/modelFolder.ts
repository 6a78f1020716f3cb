import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { emptyGraph, GraphBuilder } from '../../src/onnx/builder';
import { writeModel } from '../../src/onnx/writeModel';
import { buildNetwork, parameterShapes, type NetworkSize } from './network';
import type { Parameters } from './trainingGraph';

/** Labels by index. */
export const labelNames = ['negative', 'positive'] as const;

/** The finished network as an ONNX file, parameters inside. */
export function networkModel(size: NetworkSize, parameters: Parameters): Uint8Array {
  const graph = emptyGraph('glassbox sample');
  const b = new GraphBuilder(graph);
  const ids = b.input('input_ids', 'int64', ['batch', 'sequence']);
  const mask = b.input('attention_mask', 'int64', ['batch', 'sequence']);
  for (const [name, dims] of parameterShapes(size)) {
    b.constant('float32', dims, Float32Array.from(parameters.get(name)!), name);
  }
  const logits = buildNetwork(b, size, ids, mask, { parameter: name => name });
  b.output(logits, 'logits');
  graph.outputs = [{ name: 'logits', dtype: 'float32', dims: ['batch', size.num_labels] }];
  return writeModel(graph);
}

/** config.json of Hugging Face for this network. */
function networkConfig(size: NetworkSize): object {
  const { num_labels, ...sizes } = size;
  if (num_labels !== labelNames.length) throw new Error(`There are ${labelNames.length} labels.`);
  return {
    architectures: ['DistilBertForSequenceClassification'],
    model_type: 'distilbert',
    ...sizes,
    activation: 'gelu',
    sinusoidal_pos_embds: false,
    pad_token_id: 0,
    id2label: Object.fromEntries(labelNames.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labelNames.map((label, id) => [label, id])),
  };
}

/** Writes model.onnx and config.json; the tokenizer's files are there already (see `tokenizerFor`). */
export function writeModelFolder(folder: string, size: NetworkSize, parameters: Parameters): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'model.onnx'), networkModel(size, parameters));
  writeFileSync(
    path.join(folder, 'config.json'),
    `${JSON.stringify(networkConfig(size), null, 1)}\n`,
  );
}
