/** One model as users find it (half precision, optimised, quantised), converted, on real sentences. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { convert, type Converted } from '../../../src/autodiff/lower';
import { cleanup, prepare } from '../../../src/autodiff/passes';
import { vjp } from '../../../src/autodiff/vjp';
import { GraphBuilder } from '../../../src/onnx/builder';
import type { Constant, Graph } from '../../../src/onnx/graph';
import { readModel } from '../../../src/onnx/readModel';
import { constantOf, elementsOf } from '../../../src/onnx/tensorData';
import { writeModel } from '../../../src/onnx/writeModel';
import { learnFacts } from '../../../src/runtime/probe';
import { Session, type Feeds } from '../../../src/runtime/session';
import { Tokenizer } from '../../../src/runtime/tokenizer';
import { integers, probeFeeds } from '../../support/families';
import { kitPath } from '../../support/models';
import { assertClose, numbers } from '../../support/numbers';
import { optimised } from '../../support/optimised';
import { float32 } from '../../support/runGraph';

/** So many lines of the development set. */
const lineCount = 40;

interface Variant {
  readonly file: Uint8Array;
  readonly converted: Converted;
  readonly milliseconds: number;
  /** Logits of the file as it is, one list a sentence. */
  readonly own: number[][];
  /** Logits of the converted and prepared graph. */
  readonly explained: number[][];
}

async function readSentences(context: Context): Promise<Feeds[]> {
  const lines = readFileSync(kitPath(context, 'data', 'sst2', 'dev.jsonl'), 'utf8').split('\n');
  const tokenizer = await Tokenizer.load(kitPath(context, 'models', 'sst2-bert', 'tokenizer.json'));
  const sentences: Feeds[] = [];
  for (const line of lines.slice(0, lineCount)) {
    const { text } = JSON.parse(line) as { text: string };
    const { ids, typeIds } = await tokenizer.encode({ text });
    sentences.push({
      input_ids: integers([ids]),
      attention_mask: integers([ids.map(() => 1)]),
      token_type_ids: integers([typeIds]),
    });
  }
  return sentences;
}

async function logitsOf(model: Uint8Array, sentences: readonly Feeds[]): Promise<number[][]> {
  const session = await Session.create(model, { threads: 1 });
  const logits: number[][] = [];
  for (const feeds of sentences) logits.push(numbers((await session.run(feeds))['logits']));
  await session.release();
  return logits;
}

async function load(file: string, sentences: readonly Feeds[]): Promise<Variant> {
  const bytes = new Uint8Array(readFileSync(file));
  const graph = readModel(bytes, path.basename(file));
  const start = performance.now();
  const converted = convert(graph);
  const milliseconds = performance.now() - start;
  const prepared = prepare(converted.graph);
  return {
    file: bytes,
    converted,
    milliseconds,
    own: await logitsOf(bytes, sentences),
    explained: await logitsOf(writeModel(prepared), sentences),
  };
}

function largestDifference(a: readonly number[][], b: readonly number[][]): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, k) => Math.abs(value - b[i]![k]!))));
}

/** Derivative of the first logit by the word vectors, at some sentences. */
async function gradients(converted: Graph, sentences: readonly Feeds[]): Promise<number[][]> {
  const graph = prepare(converted);
  const { output } = findEmbeddingLookup(graph);
  const facts = await learnFacts(graph, probeFeeds(graph));
  const b = new GraphBuilder(graph);
  const seed = b.input('seed', 'float32', ['batch', 2]);
  const found = vjp({ graph, seeds: new Map([['logits', seed]]), wrt: [output], facts });
  const name = found.get(output)!;
  const clean = cleanup({ ...graph, outputs: [{ name }] });
  const session = await Session.create(writeModel(clean), { threads: 1 });
  const results: number[][] = [];
  for (const feeds of sentences) {
    results.push(numbers((await session.run({ ...feeds, seed: float32([1, 2], [1, 0]) }))[name]));
  }
  await session.release();
  return results;
}

function transposed(matrix: Constant): Constant {
  const [rows, columns] = matrix.dims as [number, number];
  const values = elementsOf(matrix) as Float32Array;
  const turned = values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
  return constantOf('float32', [columns, rows], turned);
}

describe('sst2-bert as users find it', function () {
  this.timeout(120_000);
  let sentences: Feeds[];
  let plain: Variant;
  before(async function () {
    sentences = await readSentences(this);
    plain = await load(kitPath(this, 'models', 'sst2-bert', 'model.onnx'), sentences);
  });

  const report = (name: string, variant: Variant): void => {
    const own = largestDifference(variant.explained, variant.own);
    const other = largestDifference(variant.explained, plain.own);
    console.log(
      `      ${name}: explained graph against the file ${own.toExponential(1)}, against float32 ${other.toExponential(1)} (logits), converted in ${variant.milliseconds.toFixed(0)} ms`,
    );
  };

  it('in float32: nothing to convert', () => {
    assert.deepEqual(plain.converted.conversions, []);
    assert.ok(largestDifference(plain.explained, plain.own) < 1e-5);
  });

  it('optimised by ONNX Runtime: the same logits and gradients', async function () {
    const file = kitPath(this, 'variants', 'sst2-bert-ort-optimized', 'model.onnx');
    const variant = await load(file, sentences);
    report('optimised', variant);
    assert.deepEqual(variant.converted.conversions, [
      {
        kind: 'fused',
        says: 'fused operators: SkipLayerNormalization x 8, BiasGelu x 4',
        exact: true,
      },
    ]);
    assert.ok(largestDifference(variant.explained, variant.own) < 1e-5);
    assert.ok(largestDifference(variant.explained, plain.own) < 1e-5);
    const few = sentences.slice(0, 10);
    const [actual, expected] = [
      await gradients(variant.converted.graph, few),
      await gradients(plain.converted.graph, few),
    ];
    expected.forEach((values, i) => {
      assertClose(actual[i]!, values, 1e-4, `gradient of sentence ${i}`);
    });
  });

  it('in float16: between the float16 run and the float32 model', async function () {
    const file = kitPath(this, 'variants', 'sst2-bert-fp16', 'model.onnx');
    const variant = await load(file, sentences);
    report('float16', variant);
    assert.deepEqual(
      variant.converted.conversions.map(({ kind }) => kind),
      ['float16'],
    );
    // Halves have 11 bits: their rounding, through four layers.
    assert.ok(largestDifference(variant.explained, variant.own) < 2e-2);
    assert.ok(largestDifference(variant.explained, plain.own) < 2e-2);
    const few = sentences.slice(0, 10);
    const [actual, expected] = [
      await gradients(variant.converted.graph, few),
      await gradients(plain.converted.graph, few),
    ];
    expected.forEach((values, i) => {
      assertClose(actual[i]!, values, 2e-2, `gradient of sentence ${i}`);
    });
  });

  it('quantised dynamically: its weights multiplied out, its activations not rounded', async function () {
    const file = kitPath(this, 'variants', 'sst2-bert-int8', 'onnx', 'model_quantized.onnx');
    const variant = await load(file, sentences);
    report('int8', variant);
    const [conversion] = variant.converted.conversions;
    assert.ok(conversion);
    assert.equal(conversion.kind, 'quantised');
    assert.equal(conversion.exact, false);
    assert.match(conversion.says, /DequantizeLinear x 3, MatMulInteger x 26/);
    const noise = largestDifference(variant.own, plain.own);
    assert.ok(
      largestDifference(variant.explained, variant.own) < 2 * noise,
      'of the size of its noise',
    );

    // The weights are those of the float32 model, rounded to 256 steps over their range.
    const { constants } = variant.converted.graph;
    const table = 'm.bert.embeddings.word_embeddings.weight';
    const rounded = elementsOf(constants.get(table)!) as Float32Array;
    const original = elementsOf(plain.converted.graph.constants.get(table)!) as Float32Array;
    const range =
      original.reduce((m, x) => Math.max(m, x), 0) - original.reduce((m, x) => Math.min(m, x), 0);
    const step = range / 255;
    assert.ok(original.every((x, i) => Math.abs(x - rounded[i]!) <= 0.501 * step));

    // With these weights put into the float32 model, it gives the same logits.
    const dequantised: Graph = {
      ...plain.converted.graph,
      constants: new Map(plain.converted.graph.constants),
    };
    let replaced = 0;
    for (const name of dequantised.constants.keys()) {
      const constant = constants.get(name);
      if (constant?.dtype !== 'float32') continue;
      // The quantiser has made a product and a sum of each Gemm, which had its weight transposed.
      const turned = /(pooler\.dense|classifier)\.weight$/.test(name);
      dequantised.constants.set(name, turned ? transposed(constant) : constant);
      replaced++;
    }
    assert.ok(replaced > 40, `${replaced} weights`);
    const expected = await logitsOf(writeModel(dequantised), sentences);
    assertClose(variant.explained.flat(), expected.flat(), 1e-5, 'logits of these weights');

    // The optimiser fuses quantised products, too; they stand for the same.
    const fused = convert(await optimised(file));
    assert.match(
      fused.conversions[0]!.says,
      /MatMulIntegerToFloat x 12, DynamicQuantizeMatMul x 14/,
    );
    const same = await logitsOf(writeModel(prepare(fused.graph)), sentences);
    assertClose(same.flat(), expected.flat(), 1e-5, 'logits of the optimised file');
  });
});
