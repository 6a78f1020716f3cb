/** Evaluating a file, from its lines to the saved results, against the bare runs of the model that it needs. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { evaluationRun } from '../../src/batch/evaluation/evaluationRun';
import { formatOf, openFileLines, recordAt, textInput } from '../../src/dataset';
import { EngineClient } from '../../src/engine/client';
import { predictRows } from '../../src/interpret/task/predictRows';
import { encodeText } from '../../src/interpret/task/readText';
import type { Row } from '../../src/model/inputs';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import { writeModel } from '../../src/onnx/writeModel';
import { bertBase, buildBertLike } from '../support/bertLike';
import { kit } from '../support/models';
import { format, type Figure } from './report';
import { timePair } from './timing';

const rounds = 5;
/** As many texts as the engine reads together. */
const together = 256;

/** What comes with a line (tokens, messages, results) costs the same whatever the model: of tiny models it is much. */
export async function evaluationFigures(): Promise<Figure[]> {
  const sample = path.resolve('media', 'sample');
  const dev = path.join(sample, 'reviews.dev.jsonl');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'glassbox-bench-'));
  const small = smallBert(path.join(sample, 'model'), folder);
  const figures = [
    await evaluationFigure('sample model', path.join(sample, 'model'), dev, 4000),
    await evaluationFigure('BERT of 6 layers, 384 wide', small, dev, 600),
  ];
  rmSync(folder, { recursive: true });
  const [model, data] = [path.join(kit, 'models', 'sst2-bert'), path.join(kit, 'data', 'sst2')];
  if (existsSync(model)) {
    figures.push(await evaluationFigure('sst2-bert', model, path.join(data, 'dev.jsonl'), 4000));
  }
  return figures;
}

/** A model of a size that people use, with random weights and the sample's tokenizer. */
function smallBert(sample: string, folder: string): string {
  cpSync(sample, folder, { recursive: true });
  const config = path.join(folder, 'config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll(/distilbert/gi, 'bert'));
  const size = {
    ...bertBase,
    layers: 6,
    hidden: 384,
    heads: 6,
    intermediate: 1536,
    vocab: 2000,
    positions: 128,
  };
  writeFileSync(path.join(folder, 'model.onnx'), writeModel(buildBertLike(size)));
  return folder;
}

/** `file`: JSONL, repeated until it has `count` lines. */
async function evaluationFigure(
  name: string,
  modelDir: string,
  file: string,
  count: number,
): Promise<Figure> {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'glassbox-bench-'));
  const data = path.join(folder, 'data.jsonl');
  writeFileSync(data, Array.from({ length: count }, (_, i) => lines[i % lines.length]!).join('\n'));
  const client = new EngineClient({ entry: path.resolve('dist', 'engine.js') });
  const model = await loadModel(modelDir, 'cpu');
  const source = await openFileLines(data);
  try {
    const rows = await rowsOf(model, source);
    const forward = async (): Promise<void> => {
      for (let from = 0; from < rows.length; from += together) {
        await predictRows(model, rows.slice(from, from + together), {});
      }
    };
    let run = 0;
    const evaluate = async (): Promise<void> => {
      const dataset = { file: data, path: data, source, format: formatOf(data)! };
      const output = path.join(folder, `results${run++}.jsonl`);
      const question = { modelDir, device: 'cpu' } as const;
      const { state } = await evaluationRun({ dataset, question, output }, client);
      if (state.summary.done !== count) throw new Error(`${state.summary.done} lines were done.`);
    };
    const { first, second, ratio } = await timePair(forward, evaluate, rounds);
    return {
      name: `Evaluate a file over bare forward runs, ${name}`,
      value: ratio,
      unit: 'x',
      // Nine tenths of the bare throughput.
      goal: 1.11,
      details: `${count} lines: ${format(first)} ms of bare runs of the same batches, ${format(second)} ms from the file to the saved results; median of ${rounds} rounds`,
    };
  } finally {
    client.dispose();
    await source.close();
    await model.release();
    rmSync(folder, { recursive: true });
  }
}

async function rowsOf(
  model: Model,
  source: Awaited<ReturnType<typeof openFileLines>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let line = 0; line < source.lineCount; line++) {
    const input = textInput(recordAt(source, 'jsonl', line));
    const encoded = await encodeText(model, input, { mode: 'windows', overlap: null });
    rows.push(...encoded!.windows.map(({ row }) => row));
  }
  return rows;
}
