/** Copies of a model's folder with something changed in its weights, its graph or its tokenizer. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Graph } from '../../src/onnx/graph';
import { readModel } from '../../src/onnx/readModel';
import { constantOf, elementsOf } from '../../src/onnx/tensorData';
import { writeModel } from '../../src/onnx/writeModel';

/** Fills `folder` with the model of `from`, its graph edited. */
export function editModel(from: string, folder: string, edit: (graph: Graph) => void): string {
  cpSync(from, folder, { recursive: true });
  const file = path.join(folder, 'model.onnx');
  const graph = readModel(readFileSync(file), 'model.onnx');
  edit(graph);
  writeFileSync(file, writeModel(graph));
  return folder;
}

/** New numbers for a float32 weight. */
export function setWeight(
  graph: Graph,
  name: string,
  numbers: (old: Float32Array) => Float32Array,
): void {
  const constant = graph.constants.get(name);
  assert.ok(constant?.dtype === 'float32', `${name} is a float32 weight`);
  const found = numbers(Float32Array.from(elementsOf(constant) as Float32Array));
  graph.constants.set(name, constantOf('float32', constant.dims, Array.from(found)));
}

/** Changes tokenizer.json. */
export function editTokenizer(folder: string, edit: (tokenizer: TokenizerJson) => void): string {
  const file = path.join(folder, 'tokenizer.json');
  const tokenizer = JSON.parse(readFileSync(file, 'utf8')) as TokenizerJson;
  edit(tokenizer);
  writeFileSync(file, JSON.stringify(tokenizer));
  return folder;
}

/** The part of a WordPiece tokenizer.json that tests change. */
export interface TokenizerJson {
  readonly added_tokens: { id: number; content: string }[];
  readonly model: { vocab: Record<string, number> };
}
