/** How much memory the engine needs at most, in units of the model's weights. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EngineClient } from '../../src/engine/client';
import type { ExplainIdsRequest } from '../../src/protocol/engineMessages';
import { writeModel } from '../../src/onnx/writeModel';
import { bertBase, buildBertLike } from '../support/bertLike';
import { format, type Figure } from './report';

/** Milliseconds between two looks at the memory. */
const sampleEvery = 50;
/** Tokens of the explained text, and of one as long as the model takes. */
const lengths = [32, bertBase.positions];

/**
 * The most memory that the built engine process has while it loads a BERT-base and explains by integrated
 * gradients; only where the system tells the proportional set size (Linux). Resident memory would count
 * weights twice that two sessions map from one file.
 */
export async function engineMemory(): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  const folder = await mkdtemp(path.join(os.tmpdir(), 'glassbox-bench-'));
  const client = new EngineClient({ entry: path.resolve('dist', 'engine.js') });
  try {
    const file = path.join(folder, 'model.onnx');
    await writeFile(file, writeModel(buildBertLike(bertBase)));
    const weights = (await stat(file)).size;
    const figures: Figure[] = [];
    for (const length of lengths) {
      const { pid } = await client.call('status', null);
      let peak = 0;
      const samples = setInterval(() => (peak = Math.max(peak, memoryOf(pid))), sampleEvery);
      await client.call('explainIds', requestOf(folder, length));
      clearInterval(samples);
      figures.push({
        name: `Peak memory of the engine over weights, BERT-base, ${length} tokens`,
        value: peak / weights,
        unit: 'x',
        goal: 3,
        details: `${format(peak / 1e6)} MB, with ${format(weights / 1e6)} MB of weights`,
      });
    }
    return figures;
  } finally {
    client.dispose();
    await rm(folder, { recursive: true });
  }
}

function requestOf(modelDir: string, length: number): ExplainIdsRequest {
  const ids = Array.from({ length }, (_, i) => 1000 + ((i * 7919) % 20000));
  return {
    modelDir,
    device: 'cpu',
    rows: [{ ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) }],
    method: 'integrated-gradients',
    parameters: { steps: 10 },
    scalar: 'logit',
    label: { kind: 'predicted' },
  };
}

/** The memory of a process in bytes: its own, and its share of what it has together with others. */
export function memoryOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)![1]) * 1024;
}
