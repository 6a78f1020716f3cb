/** A process that explains golden rows on CPU and WebGPU and prints how far they are apart. */
import { FlipProgram } from '../../src/interpret/attack/flip/flipProgram';
import { explainIds } from '../../src/interpret/saliency/explainIds';
import { cell } from '../../src/interpret/task/decision';
import type { Row } from '../../src/model/inputs';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import { readGolden } from './families';
import { goldenRows } from './models';
import { relativeError } from './numbers';

/** The largest gains of replacements at each position. */
async function flipStep(gpu: Model, cpu: Model, row: Row) {
  const { vocabulary } = cpu.about.embedding;
  const decisions = [{ position: 0, cells: [cell(0)] }];
  const filterOf = row.mask.map(real => (real === 1 ? 0 : null));
  const frame = { filters: [new Uint8Array(vocabulary).fill(1)], best: 3, minCosine: null };
  const gainsOf = async (model: Model): Promise<number[]> => {
    const program = await FlipProgram.of(model);
    const { answers } = await program.run([{ row, decisions, filterOf }], frame);
    return answers[0]!.replacements.flatMap(list => list.map(({ gain }) => gain));
  };
  const [expected, found] = [await gainsOf(cpu), await gainsOf(gpu)];
  const { device } = await FlipProgram.of(gpu);
  return { method: 'flip step', device, error: relativeError(found, expected) };
}

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
  agreement.push(await flipStep(gpu, cpu, rows[0]!));
  console.log(JSON.stringify(agreement));
  await cpu.release();
  await gpu.release();
}

main(process.argv[2]!).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
