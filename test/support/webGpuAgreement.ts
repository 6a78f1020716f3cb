/** A process that explains golden rows on CPU and WebGPU and prints how far they are apart. */
import { explainIds } from '../../src/interpret/saliency/explainIds';
import { loadModel } from '../../src/model/loadModel';
import { readGolden } from './families';
import { goldenRows } from './models';
import { relativeError } from './numbers';

async function main(dir: string): Promise<void> {
  const golden = readGolden(dir);
  // One padded row, and the same batch wherever it goes: each new shape has its shaders compiled anew.
  const rows = goldenRows(golden).slice(1, 2);
  const gpu = await loadModel(dir, 'webgpu', { tokenizer: 'optional' });
  const cpu = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
  const agreement = [];
  for (const method of ['gradient', 'integrated-gradients', 'smoothgrad']) {
    const request = {
      method,
      parameters: { steps: 3, samples: 4 },
      scalar: 'logit',
      label: { kind: 'predicted' },
      // Of a tagger.
      ...(gpu.about.head.decides === 'token' ? { position: 1 } : {}),
    } as const;
    const expected = await explainIds(cpu, rows, request);
    const found = await explainIds(gpu, rows, request);
    const errors = found.map(({ attributions }, row) =>
      relativeError([...attributions], [...expected[row]!.attributions]),
    );
    agreement.push({ method, device: found[0]!.device, error: Math.max(...errors) });
  }
  console.log(JSON.stringify(agreement));
  await cpu.release();
  await gpu.release();
}

main(process.argv[2]!).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
