/** Programs that are made of a model: on the model's device where it can run them, else on the CPU. */
import type { Model } from '../model/model';
import type { HealthCheck } from '../protocol/explanation';
import { GlassboxError, reasonOf } from '../protocol/messages';

/** `note`: set where the program runs elsewhere than the model. */
export type Open<T> = (device: 'cpu' | 'webgpu', note: HealthCheck | null) => Promise<T>;

/**
 * What `open` makes; it must have run once there, for that is when a GPU says what it cannot do. Throws what `open` throws on the CPU.
 * `what`: for the note.
 */
export async function onDevice<T>(
  { about: { device } }: Model,
  open: Open<T>,
  what = 'the derivative of this model',
): Promise<T> {
  if (device === 'cpu') return await open('cpu', null);
  try {
    return await open(device, null);
  } catch (error) {
    const says = `The GPU cannot run ${what} (${reasonOf(error)}), so the CPU does.`;
    return await open('cpu', { check: 'device', ok: true, value: null, says });
  }
}

/** A graph of ours that ONNX Runtime refuses, although it runs the model's own. */
export function cannotRun(file: string, error: unknown): GlassboxError {
  return new GlassboxError(
    'unsupported',
    `${file} runs, but not together with its derivative (${reasonOf(error)}); export the model again with another exporter or opset.`,
  );
}
