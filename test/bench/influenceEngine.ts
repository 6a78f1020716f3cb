/** What a large training file costs the engine: memory, and the time until a cancel is heard. */
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EngineClient } from '../../src/engine/client';
import type { InfluenceRequest } from '../../src/protocol/influence';
import { GlassboxError } from '../../src/protocol/messages';
import { Folders } from '../support/models';
import { memoryOf } from './memory';
import { format, type Figure } from './report';

/** Lines of the two files. */
const [few, many] = [50_000, 500_000];
/** Of the tiny model, 32 numbers a line. */
const featureBytes = 128;
/** Milliseconds between two looks at the memory. */
const sampleEvery = 50;

/** A tiny random BERT and files of distinct short lines, so that what is measured is the file and not the model. */
export async function influenceEngineFigures(): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  const folders = new Folders();
  const data = mkdtempSync(path.join(os.tmpdir(), 'glassbox-lines-'));
  try {
    const modelDir = folders.textModel();
    const files = { few: path.join(data, 'few.jsonl'), many: path.join(data, 'many.jsonl') };
    await writeFile(files.few, few);
    await writeFile(files.many, many);
    const [small, large] = [
      await peakOf(request(modelDir, files.few, folders.empty())),
      await peakOf(request(modelDir, files.many, folders.empty())),
    ];
    const each = (large.peak - small.peak) / (many - few);
    return [
      {
        name: 'Memory of the engine a training line, beyond features',
        value: each - featureBytes,
        unit: ' B',
        goal: 128,
        details: `peak ${format(small.peak / 1e6)} MB with ${few} lines, ${format(large.peak / 1e6)} MB with ${many}: ${format(each)} B a line, ${featureBytes} of them its features, which are kept in memory up to 256 MB, else only on disk; exact head influence of a tiny model, ${format(large.seconds)} s for the second file`,
      },
      await cancelFigure(request(modelDir, files.many, folders.empty())),
    ];
  } finally {
    folders.remove();
    rmSync(data, { recursive: true });
  }
}

async function writeFile(file: string, lines: number): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  for (let line = 0; line < lines; line++) {
    const text = `a line with the number ${line}`;
    const written = stream.write(`${JSON.stringify({ text, label: `LABEL_${line % 3}` })}\n`);
    if (!written) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
}

function request(modelDir: string, file: string, cacheDir: string): InfluenceRequest {
  return {
    ...{ modelDir, device: 'cpu', cacheDir },
    train: { path: file },
    tests: [{ text: 'a line with the number 7' }],
    method: 'head',
    options: {},
  };
}

async function peakOf(params: InfluenceRequest): Promise<{ peak: number; seconds: number }> {
  const client = newClient();
  try {
    const { pid } = await client.call('status', null);
    let peak = 0;
    const started = performance.now();
    const samples = setInterval(() => (peak = Math.max(peak, memoryOf(pid))), sampleEvery);
    await client.call('influence', params);
    clearInterval(samples);
    return { peak, seconds: (performance.now() - started) / 1000 };
  } finally {
    client.dispose();
  }
}

/** From the cancel, in the middle of the features, until the same process is ready for the next question. */
async function cancelFigure(params: InfluenceRequest): Promise<Figure> {
  const client = newClient();
  try {
    const { pid } = await client.call('status', null);
    const controller = new AbortController();
    const { signal } = controller;
    let asked = 0;
    const answer = client.call('influence', params, {
      signal,
      onProgress: ({ done, total }) => {
        if (done < total / 10 || signal.aborted) return;
        asked = performance.now();
        controller.abort();
      },
    });
    const error: unknown = await answer.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof GlassboxError) || error.code !== 'cancelled') throw error;
    await ready(client);
    const milliseconds = performance.now() - asked;
    if (client.pid !== pid) throw new Error('The engine did not hear the cancel and was ended.');
    return {
      name: `Cancel of a trace over ${many} lines`,
      value: milliseconds,
      unit: ' ms',
      goal: 1000,
      details: 'until the same engine process is ready for the next question',
    };
  } finally {
    client.dispose();
  }
}

async function ready(client: EngineClient): Promise<void> {
  if (client.state === 'ready') return;
  await new Promise<void>(resolve => {
    const stop = client.onState(state => {
      if (state !== 'ready') return;
      stop();
      resolve();
    });
  });
}

function newClient(): EngineClient {
  return new EngineClient({ entry: path.resolve('dist', 'engine.js') });
}
