/** How long a person waits, and how much memory the engine keeps: the built engine process on the sample model. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineClient } from '../../src/engine/client';
import type { ExplainRequest } from '../../src/protocol/explanation';
import type { Figure } from './report';
import { format } from './report';
import { median, milliseconds } from './timing';

const explains = 1000;

export async function engineFigures(): Promise<Figure[]> {
  const texts = await sampleTexts();
  const client = new EngineClient({ entry: path.resolve('dist', 'engine.js') });
  try {
    let next = 0;
    const explain = (): Promise<unknown> =>
      client.call('explain', request(texts[next++ % texts.length]!));
    const first = await milliseconds(explain);
    for (let i = 0; i < 20; i++) await explain();
    const times: number[] = [];
    for (let i = 0; i < 50; i++) times.push(await milliseconds(explain));
    // The first thousand fills caches and arenas; a leak would go on in the second.
    for (let i = 0; i < explains; i++) await explain();
    const before = (await client.call('status', null)).memory;
    for (let i = 0; i < explains; i++) await explain();
    const after = (await client.call('status', null)).memory;
    return [
      {
        name: 'Engine start to first result, sample model',
        value: first,
        unit: ' ms',
        goal: 2000,
        details: 'starts the process, loads and checks the model, builds its program, explains',
      },
      {
        name: 'Explain one line, engine warm',
        value: median(times),
        unit: ' ms',
        goal: 150,
        details: `integrated gradients, 50 points; slowest of ${times.length}: ${format(Math.max(...times))} ms`,
      },
      {
        name: `Memory of the engine after ${explains} more explains`,
        value: after / before,
        unit: 'x',
        goal: 1.05,
        details: `${format(before / 1e6)} MB before, ${format(after / 1e6)} MB after`,
      },
    ];
  } finally {
    client.dispose();
  }
}

function request(text: string): ExplainRequest {
  return {
    modelDir: path.resolve('media', 'sample', 'model'),
    device: 'cpu',
    text,
    method: 'integrated-gradients',
    parameters: {},
    scalar: 'logit',
    label: { kind: 'predicted' },
  };
}

async function sampleTexts(): Promise<string[]> {
  const lines = await readFile(path.resolve('media', 'sample', 'reviews.dev.jsonl'), 'utf8');
  return lines
    .trim()
    .split('\n')
    .map(line => (JSON.parse(line) as { text: string }).text);
}
