/** Models, examples and brute force for the methods of influence beyond the head. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Example } from '../../src/interpret/influence/curvature/batches';
import type { LossModel } from '../../src/interpret/influence/curvature/lossModel';
import type { MethodContext } from '../../src/interpret/influence/method';
import { resolveInfluenceOptions } from '../../src/interpret/influence/options';
import type { SymmetricOperator } from '../../src/interpret/influence/solve/operator';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import { emptyGraph, GraphBuilder } from '../../src/onnx/builder';
import { writeModel } from '../../src/onnx/writeModel';
import type { InfluenceOptions, ResolvedInfluenceOptions } from '../../src/protocol/influence';
import { familyDir } from './families';
import { MemoryTraining } from './memoryTraining';
import { Folders, rowOf } from './models';
import { normals, seededRandom } from './numbers';
import { unit } from './secondOrder';

/** Models that are loaded once, and folders, all gone at the end. */
export class Bench {
  readonly folders = new Folders();
  private readonly models = new Map<string, Promise<Model>>();
  private readonly caches: string[] = [];

  family(name: string): Promise<Model> {
    return this.model(familyDir(name));
  }

  model(dir: string): Promise<Model> {
    const kept = this.models.get(dir) ?? loadModel(dir, 'cpu', { tokenizer: 'optional' });
    this.models.set(dir, kept);
    return kept;
  }

  /** Two layers over the mean of word vectors; several labels, each by itself. */
  async severalLabels(outputs = 3): Promise<Model> {
    return await this.model(this.folders.with(severalLabelsFiles(outputs)));
  }

  cacheDir(): string {
    const dir = mkdtempSync(path.join(tmpdir(), 'glassbox-influence-'));
    this.caches.push(dir);
    return dir;
  }

  context(
    train: MemoryTraining,
    more: Partial<MethodContext> = {},
  ): MethodContext & { readonly train: MemoryTraining } {
    return {
      model: train.model,
      openModel: dir => this.model(dir),
      cacheDir: this.cacheDir(),
      ...more,
      train,
    };
  }

  async release(): Promise<void> {
    for (const model of this.models.values()) await (await model).release();
    for (const dir of this.caches) rmSync(dir, { recursive: true });
    this.folders.remove();
  }
}

function severalLabelsFiles(outputs: number) {
  const random = seededRandom(outputs);
  const graph = emptyGraph('labels');
  const b = new GraphBuilder(graph);
  const ids = b.input('input_ids', 'int64', ['batch', 'length']);
  const weights = (rows: number, columns: number, name: string): string =>
    b.constant('float32', [rows, columns], normals(random, rows * columns), name);
  const words = b.op('Gather', [weights(120, 6, 'm.embedding.weight'), ids], { axis: 0 });
  const mean = b.op('ReduceMean', [words, b.ints([1])], { keepdims: 0 });
  const hidden = b.op('Tanh', [b.op('MatMul', [mean, weights(6, 4, 'm.dense.weight')])]);
  const bias = b.constant('float32', [outputs], normals(random, outputs), 'm.head.bias');
  b.output(b.op('Gemm', [hidden, weights(4, outputs, 'm.head.weight'), bias]), 'logits');
  const id2label = Object.fromEntries(Array.from({ length: outputs }, (_, i) => [i, `label ${i}`]));
  const config = { problem_type: 'multi_label_classification', id2label };
  return { 'model.onnx': writeModel(graph), 'config.json': JSON.stringify(config) };
}

/** Rows of different lengths with random ids and a target by `targetOf`. */
export function randomExamples(
  count: number,
  seed: number,
  targetOf: (below: (n: number) => number, length: number) => Example['target'] = below => below(3),
): Example[] {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  return Array.from({ length: count }, () => {
    const ids = Array.from({ length: 2 + below(7) }, () => 4 + below(110));
    return { row: rowOf(...ids), target: targetOf(below, ids.length) };
  });
}

/** Tags of all tokens but the first and the last, which count for nothing. */
export function tagsBelow(tags: number) {
  return (below: (n: number) => number, length: number): number[] =>
    Array.from({ length }, (_, i) => (i === 0 || (i === length - 1 && i > 1) ? -100 : below(tags)));
}

export function options(some: InfluenceOptions = {}): ResolvedInfluenceOptions {
  return resolveInfluenceOptions(some);
}

/** One backward pass a line. */
export async function gradientsOf(
  losses: LossModel,
  examples: readonly Example[],
): Promise<number[][]> {
  const found: number[][] = [];
  for (const example of examples) found.push(Array.from(await losses.gradient([example])));
  return found;
}

/** The whole matrix, column by column. */
export async function denseOf(operator: SymmetricOperator): Promise<number[][]> {
  const columns: number[][] = [];
  for (let i = 0; i < operator.size; i++) {
    columns.push(Array.from(await operator.times(Float64Array.from(unit(operator.size, i)))));
  }
  return columns;
}
