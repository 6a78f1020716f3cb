import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openSession, type Trial } from '../../../src/runtime/devices';
import { familyDir, loadFamily } from '../../support/families';
import { assertClose } from '../../support/numbers';

/** Chromium's software Vulkan, where Debian's package puts it. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

function trial(): Trial {
  const model = readFileSync(path.join(familyDir('bert'), 'model.onnx'));
  return { model, feeds: loadFamily('bert').feeds, output: 'logits' };
}

describe('openSession', () => {
  it('opens the CPU when asked', async () => {
    const { session, device } = await openSession('cpu', trial());
    assert.deepEqual([session.device, device], ['cpu', 'cpu']);
    await session.release();
  });

  it('takes for auto a device that works, and says why', async () => {
    const { feeds, output } = trial();
    const cpu = await openSession('cpu', trial());
    const best = await openSession('auto', trial());
    assert.equal(best.session.device, best.device);
    assert.match(best.says, /WebGPU/);
    const expected = (await cpu.session.run(feeds))[output]!.data as Float32Array;
    const found = (await best.session.run(feeds))[output]!.data as Float32Array;
    assertClose([...found], [...expected], 1e-3, 'logits');
    await cpu.session.release();
    await best.session.release();
  });

  it('throws for a broken model whatever the device', async () => {
    for (const preference of ['cpu', 'auto'] as const) {
      await assert.rejects(openSession(preference, { ...trial(), model: Buffer.from('nothing') }), {
        code: 'bad-model',
      });
    }
  });
});

describe('WebGPU', () => {
  for (const [family, runsOn] of [
    ['bert', 'webgpu'],
    // Picks positions and puts their derivatives back.
    ['bert-ner', 'webgpu'],
    // Loops.
    ['lstm', 'webgpu'],
    // WebGPU's MaxPool does not tell where its maxima are, which the derivative reads.
    ['cnn', 'cpu'],
  ] as const) {
    agreesOnWebGpu(family, runsOn);
  }
});

function agreesOnWebGpu(family: string, runsOn: 'cpu' | 'webgpu'): void {
  it(`explains and flips ${family} as the CPU does, to 1e-4; the derivative runs on ${runsOn}`, function () {
    // The software device compiles each shader for tens of milliseconds.
    this.timeout(300_000);
    // In a process of its own: the driver's environment must not make other tests' sessions slow.
    const driver = existsSync(swiftShader)
      ? { VK_ICD_FILENAMES: swiftShader, VK_DRIVER_FILES: swiftShader }
      : {};
    const script = path.resolve('test', 'support', 'webGpuAgreement.ts');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', script, familyDir(family)],
      { env: { ...driver, ...process.env }, encoding: 'utf8' },
    );
    const unavailable = /WebGPU cannot be used on this machine.*"cpu" or "auto"/.exec(stderr);
    if (unavailable) {
      console.log(
        '      skipped: no Vulkan here (Debian: libvulkan1 and chromium, for SwiftShader)',
      );
      return this.skip();
    }
    assert.equal(status, 0, stderr);
    const agreement = JSON.parse(stdout) as { method: string; device: string; error: number }[];
    assert.equal(agreement.length, 4);
    for (const { method, device, error } of agreement) {
      assert.equal(device, runsOn);
      assert.ok(error <= 1e-4, `${method}: ${error}`);
    }
  });
}
