/** Models as ONNX Runtime's own optimiser rewrites and saves them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Ort from 'onnxruntime-node';
import type { Graph } from '../../src/onnx/graph';
import { readModel } from '../../src/onnx/readModel';

/** The graph of a file after the fusions that every kind of processor can run. */
export async function optimised(file: string): Promise<Graph> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const { InferenceSession } = createRequire(__filename)('onnxruntime-node') as typeof Ort;
  const folder = mkdtempSync(path.join(tmpdir(), 'glassbox-'));
  const saved = path.join(folder, 'model.onnx');
  try {
    const session = await InferenceSession.create(file, {
      graphOptimizationLevel: 'extended',
      optimizedModelFilePath: saved,
      logSeverityLevel: 4,
    });
    await session.release();
    return readModel(new Uint8Array(readFileSync(saved)), saved);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
