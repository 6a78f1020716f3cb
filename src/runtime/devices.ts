/** Where a model runs: on the CPU, or on the GPU through WebGPU when that is really better. */
import type { DevicePreference } from '../protocol/explanation';
import { GlassboxError, reasonOf } from '../protocol/messages';
import { Session, type Feeds, type SessionModel } from './session';

/** What is run to try a device: a model, and an input of a usual size. */
export interface Trial {
  /** What a session is made of. */
  readonly model: SessionModel;
  readonly feeds: Feeds;
  /** The float32 output that is compared. */
  readonly output: string;
}

export interface OpenedSession {
  readonly session: Session;
  readonly device: 'cpu' | 'webgpu';
  /** One sentence: why this device. */
  readonly says: string;
}

/** Largest difference from the CPU, relative to the CPU's largest number, at which a GPU is believed. */
const agreement = 1e-3;
/** Runs that are timed; the fastest counts, so that one disturbance does not decide. */
const timedRuns = 3;

/**
 * Opens the model on the device that is asked for. 'webgpu' throws GlassboxError 'unsupported' where there is
 * none; 'auto' takes WebGPU only if it opens, runs, agrees with the CPU and is faster on the trial's input.
 */
export async function openSession(
  preference: DevicePreference,
  trial: Trial,
): Promise<OpenedSession> {
  if (preference === 'cpu') {
    const session = await Session.create(trial.model);
    return { session, device: 'cpu', says: 'The CPU was asked for.' };
  }
  if (preference === 'webgpu') {
    return { ...(await openWebGpu(trial)), says: 'WebGPU was asked for.' };
  }
  return await openBest(trial);
}

/** Creation succeeds only where a graphics driver is found; some drivers then fail at the first run. */
async function openWebGpu(trial: Trial): Promise<{ session: Session; device: 'webgpu' }> {
  let session: Session | undefined;
  try {
    session = await Session.create(trial.model, { device: 'webgpu' });
    await session.run(trial.feeds, [trial.output]);
    return { session, device: 'webgpu' };
  } catch (error) {
    await session?.release();
    throw new GlassboxError(
      'unsupported',
      `WebGPU cannot be used on this machine (${reasonOf(error)}); choose the device "cpu" or "auto".`,
    );
  }
}

async function openBest(trial: Trial): Promise<OpenedSession> {
  const cpu = await Session.create(trial.model);
  const onCpu = (says: string): OpenedSession => ({ session: cpu, device: 'cpu', says });
  let gpu: Session;
  try {
    gpu = (await openWebGpu(trial)).session;
  } catch (error) {
    return onCpu(reasonOf(error));
  }
  let slow: Measured;
  let fast: Measured;
  try {
    slow = await measure(cpu, trial);
    fast = await measure(gpu, trial);
  } catch (error) {
    // It ran once when it was opened. A driver that then fails is no reason to do without the CPU.
    await gpu.release();
    return onCpu(`WebGPU failed when it was tried (${reasonOf(error)}).`);
  }
  const times = `${fast.milliseconds.toFixed(1)} ms against ${slow.milliseconds.toFixed(1)} ms on the CPU`;
  const off = relativeDifference(slow.values, fast.values);
  if (off > agreement || Number.isNaN(off)) {
    await gpu.release();
    return onCpu(`WebGPU disagrees with the CPU by ${off.toExponential(1)}.`);
  }
  if (fast.milliseconds >= slow.milliseconds) {
    await gpu.release();
    return onCpu(`WebGPU is slower here: ${times}.`);
  }
  await cpu.release();
  return { session: gpu, device: 'webgpu', says: `WebGPU is faster here: ${times}.` };
}

interface Measured {
  readonly milliseconds: number;
  readonly values: Float32Array;
}

async function measure(session: Session, { feeds, output }: Trial): Promise<Measured> {
  let values = (await session.run(feeds, [output]))[output]!.data as Float32Array;
  let milliseconds = Infinity;
  for (let run = 0; run < timedRuns; run++) {
    const started = performance.now();
    values = (await session.run(feeds, [output]))[output]!.data as Float32Array;
    milliseconds = Math.min(milliseconds, performance.now() - started);
  }
  return { milliseconds, values };
}

/** Largest difference relative to the largest magnitude of `truth`; NaN where a number is not finite. */
export function relativeDifference(truth: ArrayLike<number>, other: ArrayLike<number>): number {
  let difference = 0;
  let scale = Number.MIN_VALUE;
  for (let i = 0; i < truth.length; i++) {
    difference = Math.max(difference, Math.abs(truth[i]! - other[i]!));
    scale = Math.max(scale, Math.abs(truth[i]!));
  }
  return difference / scale;
}
